"""Files of weights to tables of tensors: state dicts, Lightning, safetensors, shards. Nothing else is unpickled."""

import json
import pickle
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..files import opened

State = dict[str, Any]
"""Tensors by name; and under names that end in _extra_state whatever plain values a module keeps beside them."""

DEPTH = 3  # of dicts in dicts
INDEX = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
WHOLE = ("model.safetensors", "pytorch_model.bin")
HARMLESS = re.compile(
    r"argparse\.Namespace|.*\.AttributeDict|omegaconf\..*|pathlib\.\w*Path|types\.SimpleNamespace|typing\.Any"
    r"|collections\.(defaultdict|OrderedDict)|builtins\.(dict|list|set|int|float|str)|numpy\..*|(pytorch_)?lightning.*"
)
"""Names that trainers leave in their checkpoints beside the tensors; read as empty values, never as what they name."""


def tables(file: Path) -> list[tuple[str, State]]:
    """Every table of tensors in a file, or in the folder of a sharded one, with the key that it lies under.

    Raises FileNotFoundError, or ValueError where it cannot be read or holds no such table.
    """
    values = _values(file)
    found = list(_tables(values, "", DEPTH))
    if not found:
        raise ValueError(f"{file}: no table of tensors (of NumPy arrays neither); save network.state_dict()")
    return found


def _tables(values: Any, key: str, depth: int) -> Iterator[tuple[str, State]]:
    if not isinstance(values, dict) or depth == 0:
        return
    table = {
        name: value
        for name, value in values.items()
        if isinstance(name, str) and (isinstance(value, Tensor) or name.endswith("_extra_state"))
    }
    others = [name for name in values if name not in table]
    if table:
        yield key, table
    for name in others:
        yield from _tables(values[name], f"{key}.{name}" if key else str(name), depth - 1)


def _values(file: Path) -> Any:
    if file.is_dir():
        inside = next((file / name for name in (*WHOLE, *INDEX) if (file / name).is_file()), None)
        if inside is None:
            raise FileNotFoundError(
                f"{file}: no weights in that folder (a file of its own, or one of {', '.join(WHOLE)})"
            )
        file = inside
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such file of weights (--weights takes default, none, or a file)")
    if file.name.endswith(".index.json"):
        return _shards(file)
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old pickles; what cannot be read says so below
            return _load(file)
    except Exception as error:  # torch and safetensors raise whatever their readers met
        if isinstance(error, pickle.UnpicklingError) and re.search("Unsupported (global|class)", str(error)):
            raise ValueError(
                f"{file}: holds more than tensors, and unpickling that could run anything; save network.state_dict()"
            ) from None
        raise ValueError(f"{file}: no readable file of weights ({_why(file, error)})") from None


def _why(file: Path, error: Exception) -> str:
    """What a file is instead of weights, in a person's words where its first bytes or the library's error tell."""
    with opened(file) as stream:
        begin = stream.read(8)
    if not begin:
        return "it is empty"
    if "TorchScript" in str(error):
        return "it is a TorchScript archive; save torch.jit.load(FILE).state_dict()"
    if begin.startswith(b"\x89HDF"):
        return "it is HDF5, as Keras writes; make a state dict of it"
    said = str(error).split(". ")[0].splitlines()
    if file.suffix == ".safetensors" and said:
        return said[0]
    return "it is none that torch.save or safetensors wrote"


def _load(file: Path) -> Any:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        names = torch.serialization.get_unsafe_globals_in_checkpoint(file)
        if not names or not all(HARMLESS.fullmatch(name) for name in names):
            raise
        with torch.serialization.safe_globals([(type("Nothing", (_Nothing,), {}), name) for name in names]):
            return torch.load(file, map_location="cpu", weights_only=True)


class _Nothing(dict[Any, Any]):
    """Stands for a value of some class that is not loaded; takes whatever the file would have told that one."""

    def __new__(cls, *values: Any, **named: Any) -> "_Nothing":
        return super().__new__(cls)

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__()

    def __setstate__(self, state: Any) -> None:
        pass

    def append(self, value: Any) -> None:
        pass

    def extend(self, values: Any) -> None:
        pass


def _shards(index: Path) -> State:
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        if not names or not all(isinstance(name, str) and Path(name).name == name for name in names):
            raise ValueError("its shards are no files beside it")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{index}: no readable list of shards ({error})") from None
    state: State = {}
    for name in names:
        if not (index.parent / name).is_file():
            raise FileNotFoundError(f"{index.parent / name}: this shard is missing; {index.name} lists {len(names)}")
        state |= _values(index.parent / name)
    return state
