"""How much the tests of one part see: break its code in one place at a time and run its tests.

    python tools/mutants.py motion                       a sample of 100 mutants of engine/motion, by tests/motion
    python tools/mutants.py motion/handle.py --sample 0  every mutant of one file
    python tools/mutants.py tour -- -m 'not trains'      what follows -- goes to pytest

A mutant is killed when a test fails or takes far longer than it should. Coverage says which tests run a line, and only
these are asked. Mutants that survive are listed by line: each is a missing assertion, or changes nothing that anybody
could see. The working tree is copied, never touched.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
PAIRS = [(ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn),
         (ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.BitAnd, ast.BitOr)]  # fmt: skip
TOLERANCE = 1e-4  # a smaller number says what counts as zero: twice as much changes nothing
OTHER = dict(PAIRS) | {b: a for a, b in PAIRS}
OTHER |= {ast.MatMult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult}


@dataclass(frozen=True)
class Mutant:
    """One file with one place changed."""

    file: str
    line: int
    lines: range
    """From where its statement begins to where the place ends."""
    before: str
    after: str
    source: str


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Other nodes that could stand where this one stands."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        yield ast.Compare(node.left, [OTHER[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OTHER:
        other = copy.copy(node)
        other.op = OTHER[type(node.op)]()
        yield other
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not 0 < node.value < TOLERANCE:
        yield ast.Constant(node.value + 1 if isinstance(node.value, int) else node.value * 2 + (node.value == 0))


def places(tree: ast.AST, line: int = 1) -> Iterator[tuple[ast.AST, str, int | None, int]]:
    """Every place of a syntax tree: its parent, field and index, and the line on which its statement begins.

    Types and what errors say are left out.
    """
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.JoinedStr | ast.Raise):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                begun = child.lineno if isinstance(child, ast.stmt) else line
                yield tree, field, index, begun
                yield from places(child, begun)


def mutants(file: Path) -> Iterator[Mutant]:
    """All mutants of one file."""
    tree = ast.parse(file.read_text())
    name = str(file.relative_to(ROOT))
    for parent, field, index, begun in list(places(tree)):
        held = getattr(parent, field)
        node = held if index is None else held[index]
        for other in changes(node):
            put(parent, field, index, ast.copy_location(other, node))
            yield Mutant(name, node.lineno, range(begun, node.end_lineno + 1), ast.unparse(node), ast.unparse(other),
                         ast.unparse(ast.fix_missing_locations(tree)))  # fmt: skip
            put(parent, field, index, node)


def put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def passes(tree: Path, tests: list[str], seconds: float) -> bool:
    """Whether the tests pass in a copy of the tree, in a process of their own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(tree)
        sys.path.insert(0, str(tree))
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        os._exit(import_module("pytest").main(["-x", "-q", "-p", "no:cacheprovider", *tests]))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (ended := os.waitpid(child, os.WNOHANG))[0]:
            return ended[1] == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def reached(mutant: Mutant, tree: Path, data: CoverageData) -> list[str] | None:
    """The tests that run a mutant's lines, those of its own file first; None where it is run by an import, for all."""
    lines = data.contexts_by_lineno(str(tree / mutant.file))
    found = {context.rsplit("|", 1)[0] for line in mutant.lines for context in lines.get(line, ())}
    if found == {""}:
        return None
    own = f"/test_{Path(mutant.file).name}::"  # what most likely sees it
    return sorted(found - {""}, key=lambda each: (own not in each, each))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", help="a folder or file under engine/")
    parser.add_argument("--sample", type=int, default=100, help="how many mutants; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args, words = parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]
    sys.dont_write_bytecode = True  # two mutants of one second and one length would be taken for each other
    for library in ("numpy", "pandas", "pytest", "hypothesis"):  # once for all
        import_module(library)
    under = ROOT / "engine" / args.part
    files = sorted(under.rglob("*.py")) if under.is_dir() else [under]
    found = [mutant for file in files for mutant in mutants(file)]
    chosen = random.Random(args.seed).sample(found, min(args.sample or len(found), len(found)))
    with tempfile.TemporaryDirectory() as folder:
        trees = [Path(folder) / str(k) / "tree" for k in range(args.jobs)]
        for tree in trees:
            for name in ("engine", "shaders", "tests", "web"):
                shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
            shutil.copy(ROOT / "pyproject.toml", tree)
        own, first = [f"tests/{args.part.split('/')[0]}"], trees[0]
        start = time.monotonic()
        if not passes(first, ["--cov=engine", "--cov-context=test", "--cov-report=", *own, *words], 3600):
            sys.exit(f"{own[0]}: its tests fail before anything is changed")
        limit = 30 + 2 * (time.monotonic() - start)
        data = CoverageData(str(first / ".coverage"))
        data.read()

        def survives(mutant: Mutant) -> bool:
            tests = reached(mutant, first, data)
            tree = trees.pop()
            (tree / mutant.file).write_text(mutant.source)
            alive = tests == [] or passes(tree, [*(own if tests is None else tests), *words], limit)
            (tree / mutant.file).write_text((ROOT / mutant.file).read_text())
            trees.append(tree)
            if alive:
                why = "  (which no test runs)" if tests == [] else ""
                print(f"{mutant.file}:{mutant.line}: {mutant.before}  ->  {mutant.after}{why}", flush=True)
            return alive

        with ThreadPoolExecutor(args.jobs) as pool:
            alive = sum(pool.map(survives, chosen))
    print(f"{args.part}: {len(chosen) - alive} of {len(chosen)} mutants killed, of {len(found)} there are")


if __name__ == "__main__":
    main()
