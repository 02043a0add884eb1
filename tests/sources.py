"""The engine's source as trees: every module, and what it imports."""

import ast
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@cache
def parsed(file):
    """A file as its tree, read once; nobody changes it."""
    return ast.parse(file.read_text())


def statements(node):
    """The statements in a tree, in any depth, without the expressions in them, which are ten times as many."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(node, part, ()):
            yield each
            yield from statements(each)


@cache
def modules():
    """Every module of the engine: its part, its file, and the absolute names that it imports."""
    found = []
    for file in sorted((ROOT / "engine").rglob("*.py")):
        inside = file.relative_to(ROOT / "engine")
        part = inside.parts[0].removesuffix(".py")
        package = ["engine", *inside.parts[:-1]]
        names = set()
        for node in statements(parsed(file)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                names.add(".".join([*base, *([node.module] if node.module else [])]))
                names |= {".".join([*base, *([node.module] if node.module else []), a.name]) for a in node.names}
        found.append((part, file, frozenset(names)))
    return found


def outside(names):
    return {name.split(".")[0] for name in names} - {"engine"} - set(sys.stdlib_module_names)
