"""Shader text from `shaders/`, composed strictly: what is misspelt or missing is an error with file and line.

The desktop compiles what comes out as it is; the browser puts its own version and precisions in the place of the first
line. The text is composed here, before gloo sees it, because gloo finds includes by bare name (its own first) and
compiles what has no #version as GLSL 1.20:

    #version 330            must be the first line of an entry point, and of nothing else
    #include "file.glsl"    from the same folder, once
    NAME                    a word in capitals is a number given to `compose`
    #if NAME > 2 ... #endif is resolved here, so that gloo finds the declarations that are compiled and no others
    #for G < NAME ... #endfor   the lines between once for each number below NAME, put in where they say {G}
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

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

    @cached_property
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


@cache
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
        for number, line in self.unrolled(name, lines):
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

    def unrolled(self, name: str, lines: list[str]) -> Iterator[tuple[int, str]]:
        """The lines and their numbers, those of a loop as often as it runs."""
        begin = 0  # the line of the open #for
        variable, count, body = "", 0, list[tuple[int, str]]()
        for number, line in enumerate(lines, 1):
            code = line.split("//")[0].strip()
            if code.startswith("#for"):
                if begin:
                    raise ShaderError(f"{name}:{number}: a #for inside another")
                variable, count = self.loop(code, (name, number))
                begin, body = number, []
            elif code.startswith("#endfor"):
                if not begin:
                    raise ShaderError(f"{name}:{number}: #endfor without #for")
                begin = 0
                yield from ((at, each.replace(f"{{{variable}}}", str(k))) for k in range(count) for at, each in body)
            elif begin:
                body.append((number, line))
            else:
                yield number, line
        if begin:
            raise ShaderError(f"{name}:{begin}: #for without #endfor")

    def loop(self, code: str, place: tuple[str, int]) -> tuple[str, int]:
        match = re.fullmatch(r"#for\s+([A-Z])\s*<\s*(\w+)", code)
        if not match:
            raise ShaderError("{}:{}: a loop is #for G < NAME, not '{}'".format(*place, code))
        return match[1], self.number(match[2], place)

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
