"""Networks that somebody's own code makes: `FILE.py:factory` or `package.module:factory`."""

import contextlib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from ...tour.pixels import grounded
from ...tour.tour import nearest as nearest_name
from .network import Network, Preprocess, one_line, to_tensor
from .torchvision_models import torchvision_models
from .weights import load_weights


def from_factory(name: str, *, weights: str, loose: bool, seed: int | None) -> Network:
    """What a factory returns when called with nothing: a module, or a module and its preprocessing.

    The preprocessing takes an image (PIL, RGB) and returns a tensor (channels, height, width); without one the network
    is given pixels in [0, 1]. Raises ValueError or FileNotFoundError naming what is missing or went wrong.
    """
    place, _, called = name.rpartition(":")
    with contextlib.suppress(ValueError):  # where it is not installed
        torchvision_models()  # which their code may import, and which may need help to be imported
    code = _imported(place)
    if not hasattr(code, called):
        names = [each for each in vars(code) if not each.startswith("_")]
        raise ValueError(f"{place} has no '{called}'{nearest_name(called, names)}")
    made = getattr(code, called)
    if seed is not None:
        torch.manual_seed(seed)
    if not isinstance(made, nn.Module):
        try:
            made = made()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # somebody's code may raise anything, and call exit
            raise ValueError(f"{name}() raised {type(error).__name__}: {one_line(error)}") from error
    module, transform = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
    if not isinstance(module, nn.Module) or not (transform is None or callable(transform)):
        raise ValueError(
            f"{name}() returned {_kind(made)}; it returns a torch.nn.Module, or one and its preprocessing (a callable)"
        )
    said = "its own"
    if weights not in ("default", "none"):
        load_weights(module, Path(weights), name=name, loose=loose)
        said = Path(weights).name
    return Network(called, module, to_tensor if transform is None else _on_rgb(transform, name), (), said)


def _imported(place: str) -> ModuleType:
    try:
        if not place.endswith(".py"):
            if str(Path.cwd()) not in sys.path:
                sys.path.insert(0, str(Path.cwd()))  # as `python -m` has it
            return importlib.import_module(place)
        file = Path(place).resolve()
        if not file.is_file():
            raise FileNotFoundError(f"{place}: no such file (FILE.py:factory names a function in it)")
        if str(file.parent) not in sys.path:
            sys.path.insert(0, str(file.parent))  # what it imports may stand beside it
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None
        assert spec.loader is not None
        code = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(file.stem, code)
        spec.loader.exec_module(code)
        return code
    except (FileNotFoundError, KeyboardInterrupt):
        raise
    except BaseException as error:  # somebody's code may raise anything, and call exit
        raise ValueError(f"{place} cannot be imported: {type(error).__name__}: {one_line(error)}") from error


def _on_rgb(transform: Any, name: str) -> Preprocess:
    def preprocess(image: Image.Image) -> Tensor:
        try:
            tensor: Any = transform(grounded(image).convert("RGB"))
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # somebody's code may raise anything, and call exit
            raise ValueError(f"the preprocessing of {name} raised {type(error).__name__}: {one_line(error)}") from error
        if not isinstance(tensor, Tensor):
            raise ValueError(f"the preprocessing of {name} returns {type(tensor).__name__}, not a tensor")
        return tensor

    return preprocess


def _kind(made: Any) -> str:
    names = ", ".join(type(each).__name__ for each in made) if isinstance(made, tuple) else ""
    return f"({names})" if names else type(made).__name__
