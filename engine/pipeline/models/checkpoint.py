"""Files of weights to tables of tensors: state dicts, Lightning, safetensors, shards. Nothing else is unpickled."""

import pickle
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ...files import opened, printable, why
from ...tour.json_files import read_json

State = dict[str, Any]
"""Tensors by name; and under names that end in _extra_state whatever plain values a module keeps beside them."""

DEPTH = 3  # of dicts in dicts
TABLE = 16 * 2**20  # bytes that say what the tensors of a file are, a hundred for each
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
    found = list(_tables(values, "", DEPTH, set()))
    if not found:
        raise ValueError(f"{file}: no table of tensors (of NumPy arrays neither); save network.state_dict()")
    return found


def _tables(values: Any, key: str, depth: int, seen: set[int]) -> Iterator[tuple[str, State]]:
    if not isinstance(values, dict) or depth == 0 or id(values) in seen:  # a dict may stand in a thousand places
        return
    seen.add(id(values))
    table = {
        name: value
        for name, value in values.items()
        if isinstance(name, str) and (_is_plain(value) or name.endswith("_extra_state"))
    }
    others = [name for name in values if name not in table]
    if table:
        yield key, table
    for name in others:
        yield from _tables(values[name], f"{key}.{name}" if key else str(name), depth - 1, seen)


def _is_plain(value: Any) -> bool:
    """A tensor with numbers and one shape."""
    return isinstance(value, Tensor) and not value.is_meta and not value.is_nested


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
        _check_size(file)
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old pickles; what cannot be read says so below
            return _load(file)
    except Exception as error:  # torch and safetensors raise whatever their readers met
        if isinstance(error, pickle.UnpicklingError) and re.search("unsupported (global|class)", str(error), re.I):
            raise ValueError(
                f"{file}: holds more than tensors, and unpickling that could run anything; save network.state_dict()"
            ) from None
        raise ValueError(f"{file}: no readable file of weights ({printable(_why(file, error)[:300])})") from None


def _check_size(file: Path) -> None:
    """Raises ValueError where a file would take much more memory than it has bytes."""
    if file.suffix == ".safetensors":
        with opened(file) as stream:
            size = int.from_bytes(stream.read(8), "little")
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
        if any(each.filename.endswith("/constants.pkl") for each in entries):
            raise ValueError("TorchScript")
        unpacked = sum(each.file_size for each in entries)
        if unpacked > file.stat().st_size:
            raise BombError(f"it unpacks to {unpacked:,} bytes, and torch.save packs nothing")
        size = max((each.file_size for each in entries if each.filename.endswith(".pkl")), default=0)
    else:
        return
    if size > TABLE:
        raise BombError(f"{size:,} bytes say what its tensors are, more than {TABLE:,}")


class BombError(ValueError):
    """A small file that becomes a large one."""


def _why(file: Path, error: Exception) -> str:
    """What a file is instead of weights, in a person's words where its first bytes or the library's error tell."""
    with opened(file) as stream:
        begin = stream.read(8)
    if isinstance(error, BombError):
        return str(error)
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
    """Stands for an object whose class is never loaded, and ignores what the file would set on it."""

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


def _is_beside(name: str) -> bool:
    """Whether that can be a shard beside its index."""
    return Path(name).name == name and name.isprintable() and not name.endswith(".index.json")


def _shards(index: Path) -> State:
    try:
        names = sorted(set(read_json(index)["weight_map"].values()))
        if not names or not all(_is_beside(name) for name in names):
            raise ValueError("its shards are no files beside it")
    except (ValueError, KeyError, AttributeError, TypeError, OSError) as error:
        raise ValueError(f"{index}: no readable list of shards ({why(error)})") from None
    state: State = {}
    for name in names:
        if not (index.parent / name).is_file():
            raise FileNotFoundError(f"{index.parent / name}: this shard is missing; {index.name} lists {len(names)}")
        values = _values(index.parent / name)
        if not isinstance(values, dict):
            raise ValueError(f"{index.parent / name}: no table of tensors, as a shard is")
        state |= values
    return state
