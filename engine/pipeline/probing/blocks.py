"""The places in a network that a person would name: 8 to 60 blocks, in the order in which they run.

The rule, as docs/networks.md tells it to users: from the network's own parts, open what is no block (plain containers,
stages of blocks of one kind, what holds exactly one such stage); then whatever else holds more than half of all
computation; then, while there are fewer than LEAST layers, the kind of block that computes most. Of more than MOST,
every second one of the most frequent kind stays.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from torch import Tensor, nn

from .trace import Run, Trace

log = logging.getLogger("engine")

LEAST = 8  # layers, the input and the softmax of the output counted
MOST = 60
CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
AGAIN = 3  # times that a block runs which is the next one, and the one after, by itself
NAMED = 5  # layers without rows that are named one by one


def default_places(network: nn.Module, seen: Trace) -> list[Run]:
    """The runs that become layers unless others are asked for. What has no rows for the pictures is named."""
    tree = _Tree(network, seen)
    places = _like_their_siblings(tree, _opened(tree, tree.parts("")))
    ends = 1 + (seen.output is not None and len(seen.output) == 1)
    while (trunk := _trunk(tree, places)) is not None:
        places = _with_opened(tree, places, [trunk])
    while tree.number(places) + ends < LEAST:
        wider = _finer(tree, places)
        if wider is None or tree.number(wider) + ends > MOST:
            break
        places = wider
    runs = [run for place in places for run in tree.runs(place)]
    _say_what_has_no_rows([run for run in runs if run.rows is None])
    runs = _thinned([run for run in runs if run.rows is not None], MOST - ends)
    order = {(run.module, run.call): k for k, run in enumerate(seen.runs)}
    return sorted(runs, key=lambda run: order[run.module, run.call])


@dataclass(frozen=True, eq=False)
class _Tree:
    """The modules in which something happens, by dotted name; the network itself is ""."""

    network: nn.Module
    seen: Trace

    @cached_property
    def modules(self) -> dict[str, nn.Module]:
        return dict(self.network.named_modules())

    @cached_property
    def inside(self) -> dict[str, list[Run]]:
        """The runs of a module and of all in it that do something, in the order in which they end."""
        found: dict[str, list[Run]] = {}
        for run in self.seen.runs:
            if not run.idle:
                for name in (run.module, *_above(run.module)):
                    found.setdefault(name, []).append(run)
        return found

    @cached_property
    def work(self) -> Counter[str]:
        """Multiplications in a module and all in it, as its weights and outputs say; attention's own are not seen."""
        total: Counter[str] = Counter()
        for name, runs in self.seen.by_module.items():
            counted = sum(each.numel() for each in self._own_weights(name))
            for run in runs:
                cost = counted * _positions(self.modules[name], run)
                for place in (name, *_above(name)):
                    total[place] += cost
        return total

    def _own_weights(self, name: str) -> Iterator[Tensor]:
        """The weights of a module that no watched module in it uses: the insides of some run without being called."""
        for inner, value in self.modules[name].named_parameters():
            owners = (f"{name}.{above}" for above in _above(inner) if above)
            if not any(owner in self.seen.by_module for owner in owners):
                yield value

    def parts(self, name: str) -> list[str]:
        children = (f"{name}.{child}" if name else child for child, _ in self.modules[name].named_children())
        return [child for child in children if child in self.inside]

    def fork(self, name: str) -> list[str]:
        """The parts of a module, or of its one part, and so on, where there are several; else none."""
        parts = self.parts(name)
        while len(parts) == 1:
            parts = self.parts(parts[0])
        return parts

    def kind(self, name: str) -> type[nn.Module]:
        return type(self.modules[name])

    def layers(self, name: str) -> int:
        """How many modules with a matrix of weights run in a module."""
        weights = (getattr(self.modules[each], "weight", None) for each in {run.module for run in self.inside[name]})
        return sum(isinstance(weight, Tensor) and weight.ndim > 1 for weight in weights)

    def again(self, name: str) -> bool:
        """Whether a module runs so often that it stands for a row of blocks that share their weights."""
        return len(self.seen.by_module.get(name, [])) >= AGAIN

    def number(self, names: list[str]) -> int:
        """How many layers these modules make: each as many as it runs."""
        return sum(len(self.runs(name)) for name in names)

    def runs(self, name: str) -> list[Run]:
        """The runs that stand for a module: its own, or where it is not called itself, the last one inside."""
        own = [run for run in self.seen.by_module.get(name, []) if not run.idle]
        if own or name in self.seen.by_module:
            return own
        return [run for run in self.inside[name] if run.rows is not None][-1:]


def _above(name: str) -> Iterator[str]:
    """The names of what holds a module, from the nearest to the network itself."""
    while name:
        name = name.rpartition(".")[0]
        yield name


def _positions(module: nn.Module, run: Run) -> int:
    """At how many places of a picture the weights are used."""
    if run.shape is None:
        return 1
    weight = getattr(module, "weight", None)
    channels = len(weight) if isinstance(weight, Tensor) and weight.ndim else run.shape[-1]
    count = 1
    for side in run.shape:
        count *= side
    return max(1, count // max(1, channels))


def _opened(tree: _Tree, names: list[str]) -> list[str]:
    """What is seen of modules once containers and stages are opened: themselves, or that of their parts."""
    found: list[str] = []
    for name in names:
        if tree.again(name):
            found.append(name)
            continue
        alone = sum(tree.kind(other) is tree.kind(name) for other in names) == 1
        stages = [each for each in (name, *tree.parts(name)) if _is_stage(tree, each, units=alone)]
        plain = tree.kind(name) in CONTAINERS and bool(tree.parts(name))
        found += _opened(tree, tree.parts(name)) if plain or len(stages) == 1 or name in stages else [name]
    return found


def _like_their_siblings(tree: _Tree, places: list[str]) -> list[str]:
    """The same, stages of a single block opened too where stages of their kind with more blocks have been."""
    kept = set(places)
    opened = {type(tree.modules[above]) for name in places for above in _above(name) if above and above not in kept}
    single = [name for name in places if tree.kind(name) in opened and len(tree.parts(name)) == 1]
    return [part for name in places for part in (tree.parts(name) if name in single else [name])]


def _is_stage(tree: _Tree, name: str, *, units: bool) -> bool:
    """Two or more blocks of one kind, that have parts themselves, one after the other.

    units: blocks may have one layer of weights each. Among siblings they are what a block is made of, not blocks.
    """
    parts = tree.parts(name)
    kinds = {tree.kind(part) for part in parts}
    if len(parts) < 2 or len(kinds) > 1 or not tree.parts(parts[0]):
        return False
    if not units and tree.layers(parts[0]) < 2:
        return False
    given = [min(tree.inside[part], key=lambda run: run.begun).given for part in parts]
    return all(a != b or a < 0 for a, b in pairwise(given))  # branches side by side are given the same


def _trunk(tree: _Tree, places: list[str]) -> str | None:
    """The one that holds more than half of all computation, where it can be opened and has no sibling of its kind."""
    for name in places:
        siblings = sum(tree.kind(other) is tree.kind(name) for other in places)
        if tree.work[name] > tree.work[""] / 2 and siblings == 1 and tree.fork(name) and not tree.again(name):
            return name
    return None


def _finer(tree: _Tree, places: list[str]) -> list[str] | None:
    """The same with the kind of block opened that computes most; None where none can be."""
    total: Counter[type[nn.Module]] = Counter()
    for name in places:
        if tree.fork(name):
            total[tree.kind(name)] += tree.work[name] + 1
    if not total:
        return None
    kind = total.most_common(1)[0][0]
    return _with_opened(tree, places, [name for name in places if tree.kind(name) is kind])


def _with_opened(tree: _Tree, places: list[str], which: list[str]) -> list[str]:
    found: list[str] = []
    for name in places:
        inner = tree.fork(name) if name in which else []
        found += _opened(tree, inner) or [name]
    return found


def _thinned(runs: list[Run], most: int) -> list[Run]:
    count = len(runs)
    while len(runs) > most:
        kind = Counter(run.kind for run in runs).most_common(1)[0][0]
        same = [run for run in runs if run.kind == kind]
        dropped = {(run.module, run.call) for run in same[-2::-2]}
        runs = [run for run in runs if (run.module, run.call) not in dropped]
    if len(runs) < count:
        log.info(
            "%d of %d blocks are looked at; --layers takes others, and umap-tour layers lists all", len(runs), count
        )
    return runs


def _say_what_has_no_rows(runs: list[Run]) -> None:
    for run in runs[:NAMED]:
        log.warning("left out: layer %s %s", run.name, run.why)
    if len(runs) > NAMED:
        log.warning("left out: %d more layers that have no row for each picture", len(runs) - NAMED)
