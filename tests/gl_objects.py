"""What a GL context holds: how many objects of each kind, asked by all names that they may have."""

from collections.abc import Iterable
from typing import Any


def held(gl: Any, kinds: Iterable[str]) -> dict[str, int]:
    """How many objects of each kind the current context has. gl: PyOpenGL's module or vispy's."""
    return {kind: sum(bool(getattr(gl, f"glIs{kind}")(name)) for name in _names(gl, kind)) for kind in kinds}


def _names(gl: Any, kind: str) -> range:
    """All that objects of a kind may have: some drivers give the smallest that is free, others never one twice."""
    kind = "Program" if kind == "Shader" else kind  # which share them
    if hasattr(gl, f"glCreate{kind}"):
        name = int(getattr(gl, f"glCreate{kind}")())
        getattr(gl, f"glDelete{kind}")(name)
    else:
        name = int(getattr(gl, f"glGen{kind}s")(1))
        getattr(gl, f"glDelete{kind}s")(1, [name])
    return range(1, name + 2000)
