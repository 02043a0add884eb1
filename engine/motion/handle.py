"""Dragging a handle: the frame follows the hand by the smallest rotation that takes the handle there."""

import numpy as np
from numpy.typing import ArrayLike

from .rotation import Array, as_frame, orthonormalize, rotate_towards


def drag(frame: ArrayLike, point: ArrayLike, target: ArrayLike) -> Array:
    """The frame that shows `point` at `target`, by the smallest rotation of d-space that does it.

    frame: (d, 3), orthonormal columns. point: (d,), the handle's centroid in centred data units.
    target: (2,), where it shall appear, in the same units. Returns float64 (d, 3).

    A rotation keeps |point|, so targets beyond that circle lead to its nearest point. The rotation turns the
    plane spanned by the point's old and new position and nothing else. A point in the screen plane leaves it
    along +depth. A point at the origin cannot be moved: the frame is returned as it is.
    Raises ValueError on wrong shapes or on numbers that are not finite.
    """
    c = np.asarray(point, dtype=np.float64)
    y = np.asarray(target, dtype=np.float64)
    if c.ndim != 1 or y.shape != (2,):
        raise ValueError(f"drag needs a point of shape (d,) and a target of shape (2,), not {c.shape} and {y.shape}")
    if not (np.isfinite(c).all() and np.isfinite(y).all()):
        raise ValueError("drag needs a finite point and target")
    f = as_frame(frame, len(c))
    # Unit length throughout, by two exact divisions where |c|^2 would overflow or vanish.
    largest = np.abs(c).max()
    if largest == 0.0:
        return f
    length = largest * np.linalg.norm(c / largest)
    start = c / largest / np.linalg.norm(c / largest)
    y = y / length
    reach = np.hypot(*y)
    if reach > 1.0:
        y = y / reach
    rest = start - f[:, :2] @ (f[:, :2].T @ start)
    rest -= f[:, :2] @ (f[:, :2].T @ rest)
    hidden = np.linalg.norm(rest)
    away = rest / hidden if hidden > 1e-12 else f[:, 2]
    end = f[:, :2] @ y + away * np.sqrt(max(0.0, 1.0 - float(y @ y)))
    return orthonormalize(rotate_towards(f, start, end / np.linalg.norm(end), spare=f[:, 2]))
