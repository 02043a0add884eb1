"""A compiled pair of shaders, strictly: a name that is misspelt or never set is an error with file and line.

The text is that of `glsl`. gloo by itself only logs a uniform that does not exist.
"""

import difflib
import logging
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from vispy import gloo
from vispy.gloo import gl

from .glsl import ShaderError, compose
from .offscreen import describe
from .stack import Stack

logging.getLogger("vispy").setLevel(logging.ERROR)  # it warns of gl_VertexID; what matters is an error here

PORTIONS = (1024, 8192)
"""Points that a software rasteriser is given at a time, at first and at most: what it notes down for them stays in the
processor's caches, and its threads fill one portion while the vertices of the next are shaded. A million dots take half
the time. Each portion is twice the one before, so that its threads begin early."""
STACK_UNIT = 7  # the texture unit of a stack of pages; gloo numbers its own from 0


class Program:
    """A compiled pair of shaders, `stem`.vert and `stem`.frag, in the current GL context.

    Setting a name that neither declares raises ShaderError, and so does drawing before everything is set. An array
    of matrices is set as a whole, float32 (k, 4, 4).
    """

    def __init__(self, stem: str, **numbers: int) -> None:
        self._stem = stem
        self._sources = {"vert": compose(f"{stem}.vert", **numbers), "frag": compose(f"{stem}.frag", **numbers)}
        unused = set(numbers) - self._sources["vert"].used - self._sources["frag"].used
        if unused:
            raise ShaderError(f"{stem}.vert:1: neither it nor {stem}.frag uses {min(unused)}")
        self._declared = self._sources["vert"].declared | self._sources["frag"].declared
        self._set: dict[str, Any] = {}
        self._stack: tuple[Stack, str] | None = None
        self._places: dict[str, int] = {}
        self._matrices: dict[str, np.ndarray[Any, Any]] = {}
        self._context = gloo.context.get_current_canvas().context
        self._software = describe().software
        self._program = gloo.Program()
        self._compile()

    def _compile(self) -> None:
        try:
            self._program.set_shaders(self._sources["vert"].text, self._sources["frag"].text)
            self._context.glir.associate(self._program.glir)
            self._context.flush_commands()
        except RuntimeError as error:
            raise ShaderError(self._explain(str(error))) from None

    def _explain(self, message: str) -> str:
        """The driver's complaint with our file and line for its own."""
        match = re.search(r"on line (\d+): (.*)", message)
        if not match:
            return f"{self._stem}.vert:1: with {self._stem}.frag: {message}"
        lines = self._sources["frag" if "FRAGMENT" in message else "vert"].lines
        file, number = lines[min(int(match[1]), len(lines)) - 1]
        return f"{file}:{number}: {match[2]}"

    def __setitem__(self, name: str, value: Any) -> None:
        if name in self._set and _same(self._set[name], value):
            return
        names = [f"{name}[{k}]" for k in range(len(value))] if isinstance(value, np.ndarray) else [name]
        for name in (each for each in names if each not in self._declared):
            near = difflib.get_close_matches(name, self._declared, n=1)
            hint = "; the nearest is {} ({}:{})".format(near[0], *self._declared[near[0]]) if near else ""
            raise ShaderError(f"{self._stem}.vert:1: neither it nor {self._stem}.frag declares '{name}'{hint}")
        if isinstance(value, np.ndarray):
            self._set |= dict.fromkeys(names, value)
            self._matrices[names[0]] = value
        elif isinstance(value, Stack):
            self._set[name] = value
            self._stack = value, name
        else:
            self._program[name] = self._set[name] = value

    def delete(self) -> None:
        """Let go of it on the GPU."""
        self._program.delete()

    def __contains__(self, name: str) -> bool:
        return name in self._declared

    def draw_triangle(self) -> None:
        """Draw three vertices as a triangle, which gl_VertexID alone tells apart."""
        self._draw(gl.GL_TRIANGLES, 0, 3, None)

    def draw_points(self, first: int, count: int, *, order: gloo.IndexBuffer | None = None) -> None:
        """Draw vertices first to first + count - 1 as points; gl_VertexID starts at `first`.

        order: the vertices one after the other, uint32 (count,), in place of first and count.
        """
        self._draw(gl.GL_POINTS, first, count, order)

    def _draw(self, kind: int, first: int, count: int, order: gloo.IndexBuffer | None) -> None:
        if len(self._set) < len(self._declared):
            name = min(set(self._declared) - set(self._set))
            raise ShaderError("{}:{}: {} is declared and was never set".format(*self._declared[name], name))
        self._context.glir.associate(self._program.glir)
        if order is not None:
            self._context.glir.associate(order.glir)
        self._context.flush_commands()
        parser = self._context.shared.parser
        drawn = parser.get_object(self._program.id)
        drawn.activate()
        for name, matrices in self._matrices.items():
            if name not in self._places:
                self._places[name] = gl.glGetUniformLocation(drawn.handle, name)
            gl.glUniformMatrix4fv(self._places[name], len(matrices), False, matrices)
        self._matrices.clear()
        if self._stack is not None:
            stack, name = self._stack
            gl.glUniform1i(gl.glGetUniformLocation(drawn.handle, name), STACK_UNIT)
            gl.glActiveTexture(gl.GL_TEXTURE0 + STACK_UNIT)
            stack.bind()
        drawn._pre_draw()  # textures and attributes, once for all portions
        if order is not None:
            parser.get_object(order.id).activate()
        for start, some in portions(first, count, software=self._software):
            if order is None:
                gl.glDrawArrays(kind, start, some)
            else:
                gl.glDrawElements(kind, some, gl.GL_UNSIGNED_INT, 4 * start)
            if self._software:
                gl.glFlush()
        if order is not None:
            parser.get_object(order.id).deactivate()
        drawn._post_draw()
        gl.check_error(f"{self._stem} drawn")


def portions(first: int, count: int, *, software: bool) -> Iterator[tuple[int, int]]:
    """Where each draw of `count` points from `first` on begins, and how many it draws."""
    some, most = PORTIONS if software else (count, count)
    end = first + count
    while first < end:
        yield first, min(some, end - first)
        first, some = first + some, min(2 * some, most)


def _same(a: Any, b: Any) -> bool:
    """Whether setting b after a would change nothing: the same object, or equal plain numbers."""
    return a is b or (isinstance(b, (float, tuple)) and a == b)
