"""What a worker has, as it says itself: versions, devices, memory, and whether it sees the images and the output."""

import contextlib
import importlib.metadata
import os
import platform
import socket
from pathlib import Path
from typing import Any

import torch

from ...tour.folders import listed
from ..device import describe
from ..host_memory import total_memory

PACKAGES = ("umap-tour", "torch", "torchvision", "numpy", "distributed", "pillow")


def fitness(images: str | None = None, out: str | None = None) -> dict[str, Any]:
    """In plain values. images: a folder or file; out: where a tour is to be, whose folder has a file in it by now."""
    return {
        "host": socket.gethostname(),
        "versions": {"Python": platform.python_version()} | {each: _version(each) for each in PACKAGES},
        "torch": describe(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "memory": total_memory(),
        "images": None if images is None else _seen(Path(images)),
        "out": None if out is None else _written(Path(out)),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _seen(images: Path) -> str:
    """How many pictures, or how large a file."""
    try:
        return f"{len(listed(images).files):,} images" if images.is_dir() else f"{images.stat().st_size:,} bytes"
    except OSError as error:
        return f"not there ({error.strerror or error})"


def _written(token: Path) -> str:
    """Whether this worker sees the asker's file, and can write another beside it."""
    mine = token.with_name(f"{token.name}-{os.getpid()}")
    try:
        if not token.is_file():
            return "another folder than here"
        mine.write_bytes(b"\0" * 4096)
        return "can be written to"
    except OSError as error:
        return f"not written to ({(error.strerror or str(error)).lower()})"
    finally:
        with contextlib.suppress(OSError):
            mine.unlink(missing_ok=True)
