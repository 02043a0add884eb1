"""Shaders from `shaders/` to GL programs, strictly: what is misspelt or missing is an error with file and line.

The text is composed here, before gloo sees it, because gloo finds includes by bare name (its own first), compiles
what has no #version as GLSL 1.20, and only logs a uniform that does not exist:

    #version 330            must be the first line of an entry point, and of nothing else
    #include "file.glsl"    from the same folder, once
    NAME                    a word in capitals is a number given to `compose`
    #if NAME > 2 ... #endif is resolved here, so that gloo finds the declarations that are compiled and no others
"""

import difflib
import logging
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from vispy import gloo
from vispy.gloo import gl

from .offscreen import describe
from .stack import Stack

logging.getLogger("vispy").setLevel(logging.ERROR)  # it warns of gl_VertexID; what matters is an error here

PORTION = 8192
"""Points that a software rasteriser is given at a time: what it notes down for them stays in the processor's caches,
and its threads fill one portion while the vertices of the next are shaded. A million dots take half the time."""
STACK_UNIT = 7  # the texture unit of a stack of pages; gloo numbers its own from 0
VERSION = "#version 330"
DECLARATION = re.compile(r"^\s*(uniform|in)\s+\w+\s+(\w+)\s*(?:\[(\d+)\])?\s*;")
NUMBER = re.compile(r"\b(?!GL_)[A-Z][A-Z0-9_]+\b")


class ShaderError(ValueError):
    """A shader is not as it must be. The message begins with file and line."""


@dataclass(frozen=True)
class Source:
    """One composed shader."""

    text: str
    lines: tuple[tuple[str, int], ...]
    """Where each line of the text came from: file and line number."""
    used: frozenset[str]
    """Which of the numbers given it uses."""

    @property
    def declared(self) -> dict[str, tuple[str, int]]:
        """The uniforms, of a vertex shader also the attributes, and where each is declared.

        Elements of arrays are listed one by one.
        """
        found = {}
        for line, place in zip(self.text.splitlines(), self.lines, strict=True):
            match = DECLARATION.match(line)
            if match and (match[1] == "uniform" or self.lines[0][0].endswith(".vert")):
                for name in [f"{match[2]}[{k}]" for k in range(int(match[3]))] if match[3] else [match[2]]:
                    found[name] = place
        return found


@cache
def folder() -> Path:
    """Where the shaders are: in the package when installed, beside it in a checkout."""
    packaged = Path(str(files("engine"))) / "shaders"
    return packaged if packaged.is_dir() else packaged.parents[1] / "shaders"


def compose(name: str, **numbers: int) -> Source:
    """The entry point `name` (such as "points.vert") with its includes and numbers put in.

    Raises ShaderError for a missing file, a missing or misplaced version line, a file that includes itself,
    a number that is not given, or a declaration that gloo would not see.
    """
    composer = _Composer(numbers)
    composer.append(name, ())
    lines, places = zip(*composer.out, strict=True)
    return Source("\n".join(lines), places, frozenset(composer.used))


@dataclass
class _Composer:
    numbers: dict[str, int]
    out: list[tuple[str, tuple[str, int]]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def append(self, name: str, parents: tuple[tuple[str, int], ...]) -> None:
        """Append the lines of one file; `parents` are the includes that led to it, outermost first."""
        self.done.add(name)
        lines = self.read(name, parents).splitlines()
        if not parents and (not lines or lines[0].rstrip() != VERSION):
            raise ShaderError(f"{name}:1: the first line must be '{VERSION}', not '{lines[0] if lines else ''}'")
        branches: list[bool] = []  # of the open #ifs, whether each is taken
        for number, line in enumerate(lines, 1):
            place = (name, number)
            code = line.split("//")[0].strip()
            if parents and code.startswith("#version"):
                raise ShaderError(f"{name}:{number}: an included file has no #version; the entry point has it")
            if code.startswith("#if"):
                branches.append(self.condition(code, place))
            elif code.startswith("#endif"):
                if not branches:
                    raise ShaderError(f"{name}:{number}: #endif without #if")
                branches.pop()
            elif all(branches):
                if code.startswith("#include"):
                    self.include(code, place, parents)
                else:
                    self.out.append((self.substitute(code, place), place))
        if branches:
            raise ShaderError(f"{name}:{len(lines)}: #if without #endif")

    def read(self, name: str, parents: tuple[tuple[str, int], ...]) -> str:
        try:
            return (folder() / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            near = difflib.get_close_matches(name, [each.name for each in folder().iterdir()], n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            file, number = parents[-1] if parents else (name, 1)
            raise ShaderError(f"{file}:{number}: no shader {name} in {folder()}{hint}") from None

    def include(self, code: str, place: tuple[str, int], parents: tuple[tuple[str, int], ...]) -> None:
        match = re.fullmatch(r'#include\s+"([^"]+)"', code)
        if not match:
            raise ShaderError('{}:{}: an include is written #include "file.glsl"'.format(*place))
        if match[1] in {place[0], *(file for file, _ in parents)}:
            raise ShaderError("{}:{}: {} includes itself".format(*place, match[1]))
        if match[1] not in self.done:
            self.append(match[1], (*parents, place))

    def condition(self, code: str, place: tuple[str, int]) -> bool:
        match = re.fullmatch(r"#if\s+(\w+)\s*(>|==)\s*(\d+)", code)
        if not match:
            raise ShaderError("{}:{}: a condition is #if NAME > 2 or #if NAME == 2, not '{}'".format(*place, code))
        value, bound = self.number(match[1], place), int(match[3])
        return value > bound if match[2] == ">" else value == bound

    def substitute(self, code: str, place: tuple[str, int]) -> str:
        code = NUMBER.sub(lambda match: str(self.number(match[0], place)), code)
        if re.match(r"(uniform|in)\s", code) and not DECLARATION.match(code):
            raise ShaderError("{}:{}: one declaration to a line, any size a number: '{}'".format(*place, code))
        return code

    def number(self, name: str, place: tuple[str, int]) -> int:
        if name not in self.numbers:
            raise ShaderError("{}:{}: {} is not given".format(*place, name))
        self.used.add(name)
        return self.numbers[name]


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
        self._portion = PORTION if describe().software else 0
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
        elif name not in self._set or not _same(self._set[name], value):
            self._program[name] = self._set[name] = value

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
        portion = self._portion or count
        for start in range(first, first + count, portion):
            some = min(portion, first + count - start)
            if order is None:
                gl.glDrawArrays(kind, start, some)
            else:
                gl.glDrawElements(kind, some, gl.GL_UNSIGNED_INT, 4 * start)
            if self._portion:
                gl.glFlush()
        if order is not None:
            parser.get_object(order.id).deactivate()
        drawn._post_draw()
        gl.check_error(f"{self._stem} drawn")


def _same(a: Any, b: Any) -> bool:
    """Whether setting b after a would change nothing: the same object, or equal plain numbers."""
    return a is b or (isinstance(b, (float, tuple)) and a == b)
