"""Tables of tensors into a module: prefixes of wrappers and trainers, heads of another size, and what does not fit."""

import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from ...files import printable, why
from .checkpoint import State, tables

log = logging.getLogger("engine")

BEST = ("state_dict", "model", "model_state_dict", "net", "network", "module")
"""Keys that go first where several tables in a file fit equally well: what was trained, not its running mean."""
COMPILED = "_orig_mod."


def load_weights(
    module: nn.Module, file: Path, *, name: str, loose: bool = False, renamed: Callable[[State], State] | None = None
) -> bool:
    """Give a module the weights of a file; returns whether it has its own classes still.

    Of several tables in the file the one is taken that fits best, without the prefix that wrappers and trainers put
    before names. loose: a class head of another size is taken, what the file lacks stays as it is and what it has
    beyond is left aside, each of them said. renamed: gives tensors the names that a library has for them now, where it
    had others when they were saved. Raises ValueError naming what does not fit, OSError.
    """
    wanted = {_plain(key): (key, value) for key, value in module.state_dict().items()}
    shapes = {key: tuple(value.shape) for key, (_, value) in wanted.items() if isinstance(value, Tensor)}
    table = _best(tables(file), set(wanted))
    state = _by_name(table, set(wanted))
    if renamed is not None and not set(shapes) <= set(state):
        state = renamed(state)
    if len(set(state) & set(shapes)) < len(shapes) / 2:
        state = _in_order(table, shapes) or state
    heads = _other_heads(module, state, shapes)
    if heads and not loose:
        head, (seen, needed) = next(iter(heads.items()))
        raise ValueError(
            f"{file}: its class head {head} has {seen} classes where {name} has {needed}; "
            "--weights-loose takes the file's head"
        )
    for head, (count, needed) in heads.items():
        log.info("%s: the class head %s is taken with %d classes in place of %d", file.name, head, count, needed)
        _resize(module, head, count)
        shapes |= {
            key: (count, *shape[1:])
            for key, shape in shapes.items()
            if key.rpartition(".")[0] == head and shape[0] == needed
        }
    _check(file, name, state, shapes, _optional(module), loose)
    given = {wanted[key][0]: value for key, value in state.items() if key in wanted}
    broken = [key for key, value in given.items() if isinstance(value, Tensor) and not _is_finite(value)]
    if broken:
        log.warning("%s: %s: not all of it is finite; the training may have failed", file.name, some(broken))
    try:
        module.load_state_dict(given, strict=False)
    except Exception as error:  # sparse or complex tensors, and what a module makes of its extra state
        raise ValueError(f"{file}: does not fit {name}: {why(error)[:300]}") from None
    return not heads


def _is_finite(value: Tensor) -> bool:
    try:
        return bool(value.isfinite().all())
    except RuntimeError:  # of kinds of numbers or storage for which torch cannot tell
        return True


def _plain(key: str) -> str:
    return key.replace(COMPILED, "")


def _best(found: list[tuple[str, State]], wanted: set[str]) -> State:
    def rank(each: tuple[str, State]) -> tuple[int, bool]:
        return len(set(_by_name(each[1], wanted)) & wanted), each[0].rpartition(".")[2] in BEST

    key, table = max(found, key=rank)
    if len(found) > 1:
        log.info("of the tables %s the one called %s is taken", ", ".join(name or "(whole)" for name, _ in found), key)
    return table


def _by_name(table: State, wanted: set[str]) -> State:
    """The table with the names that the network uses: without the prefix, or with the one, under which most match."""
    state = {_plain(key): value for key, value in table.items()}
    taken = Counter(key[:cut] for key in state for cut in (0, *_cuts(key)) if key[cut:] in wanted)
    given = Counter(key[:cut] for key in wanted for cut in _cuts(key) if key[cut:] in state)
    prefix, matched = taken.most_common(1)[0] if taken else ("", 0)
    if given and given.most_common(1)[0][1] > matched:
        return {given.most_common(1)[0][0] + key: value for key, value in state.items()}
    aside = [key for key in state if not key.startswith(prefix)]
    if aside:
        log.debug("left aside, being outside of %s: %s", prefix, some(aside))
    return {key[len(prefix) :]: value for key, value in state.items() if key.startswith(prefix)}


def _cuts(key: str) -> list[int]:
    return [k + 1 for k, letter in enumerate(key) if letter == "."]


def _in_order(table: State, shapes: dict[str, Any]) -> State | None:
    """The same tensors under other names: as many of the same shapes in the same order, counters aside."""
    ours = [key for key in shapes if not key.endswith("num_batches_tracked")]
    theirs = [
        key for key, value in table.items() if isinstance(value, Tensor) and not key.endswith("num_batches_tracked")
    ]
    if [tuple(table[key].shape) for key in theirs] != [shapes[key] for key in ours]:
        return None
    log.info("the file's tensors have other names (%s for %s) and are taken in their order", theirs[0], ours[0])
    return {ours: table[key] for ours, key in zip(ours, theirs, strict=True)}


def _other_heads(module: nn.Module, state: State, shapes: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layer whose weights differ in the number of classes alone, where there is just one; auxiliary ones beside."""
    found: dict[str, tuple[int, int]] = {}
    for key, shape in shapes.items():
        value = state.get(key)
        owner = key.rpartition(".")[0]
        if not isinstance(value, Tensor) or not (shape and value.ndim):
            continue
        if value.shape != shape and tuple(value.shape[1:]) == shape[1:] and _is_stored(value):
            found[owner] = (len(value), shape[0])
    plain = {_plain(name): each for name, each in module.named_modules()}
    heads = {name for name in found if isinstance(plain.get(name), nn.Linear | nn.Conv2d)}
    return found if heads == set(found) and len({count for count, _ in found.values()}) == 1 else {}


def _is_stored(value: Tensor) -> bool:
    """Whether a file holds as many numbers as the shape says: one number may be stored as a trillion of rows."""
    try:
        return value.untyped_storage().nbytes() >= value.numel() * value.element_size()
    except (NotImplementedError, RuntimeError):  # sparse and the like
        return False


def _resize(module: nn.Module, head: str, count: int) -> None:
    names = {_plain(name): name for name, _ in module.named_modules()}
    old = module.get_submodule(names[head])
    with_bias = getattr(old, "bias", None) is not None
    new: nn.Module
    if isinstance(old, nn.Linear):
        new = nn.Linear(old.in_features, count, bias=with_bias)
    else:
        assert isinstance(old, nn.Conv2d)
        new = nn.Conv2d(old.in_channels, count, old.kernel_size, old.stride, bias=with_bias)  # type: ignore[arg-type]
    parent, _, last = names[head].rpartition(".")
    setattr(module.get_submodule(parent), last, new.to(next(old.parameters())).train(old.training))


def _optional(module: nn.Module) -> set[str]:
    """What may be missing: counters and tables of indices, and auxiliary classifiers, which run in training alone."""
    counters = {_plain(key) for key, value in module.named_buffers() if not value.is_floating_point()}
    return counters | {_plain(key) for key in module.state_dict() if key.lower().startswith("aux")}


def _check(file: Path, name: str, state: State, shapes: dict[str, Any], optional: set[str], loose: bool) -> None:
    missing = [key for key in shapes if key not in state and key not in optional]
    unknown = [key for key in state if key not in shapes and not key.endswith("_extra_state")]
    if not set(state) & set(shapes):
        raise ValueError(f"{file}: does not fit {name}: it has {some(unknown)} where {some(missing)} are needed")
    for what, keys, rest in (
        ("lacks", missing, "which stay as they were"),
        ("has, beyond those of the network,", unknown, "which are left aside"),
    ):
        if keys and not loose:
            raise ValueError(f"{file}: does not fit {name}: it {what} {some(keys)}")
        if keys:
            log.warning("%s %s %s, %s", file.name, what, some(keys), rest)
    wrong = [key for key, shape in shapes.items() if key in state and tuple(state[key].shape) != shape]
    if wrong:
        seen, needed = tuple(state[wrong[0]].shape), shapes[wrong[0]]
        raise ValueError(f"{file}: does not fit {name}: {some(wrong)} has shape {seen} where {needed} is needed")


def some(keys: list[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return ", ".join(printable(key[:100]) for key in keys[:3]) + more
