"""The algebra of frames: random ones, the nearest orthonormal one, rotations and geodesics between them.

A frame is (d, 3) with orthonormal columns (screen x, screen y, depth); points are row vectors, so
`xyz = points @ frame`. A plane is a frame's first two columns.

References: Edelman, Arias & Smith 1998 (geometry of the Grassmann and Stiefel manifolds);
Buja, Cook, Asimov & Hurley 2005 (interpolating frames for tours).
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Normal(Protocol):
    """What draws normal numbers: one of NumPy's generators, or `Random`."""

    def standard_normal(self, shape: tuple[int, ...], /) -> Array: ...


SMALL_ANGLE = 1e-12  # radians; below it sin x = x to the last digit


def first_axes(dims: int) -> Array:
    """The frame of the first three axes, (dims, 3)."""
    return np.eye(dims, 3)


def random_frame(rng: Normal, dims: int, columns: int = 3) -> Array:
    """A Haar-uniform frame, (dims, columns): QR of a Gaussian matrix with R's diagonal made positive."""
    q, r = np.linalg.qr(rng.standard_normal((dims, columns)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


def orthonormalize(frame: ArrayLike) -> Array:
    """The orthonormal frame nearest to `frame` in the Frobenius norm (its polar factor), (d, k)."""
    u, _, vt = np.linalg.svd(np.asarray(frame, dtype=np.float64), full_matrices=False)
    return u @ vt


def as_frame(frame: ArrayLike, dims: int) -> Array:
    """Check and clean a frame that came from outside: (dims, 3), finite, orthonormal to 1e-3.

    Raises ValueError saying what was seen.
    """
    array = np.asarray(frame, dtype=np.float64)
    if array.shape != (dims, 3):
        raise ValueError(f"a frame for {dims} dimensions has shape ({dims}, 3), not {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("a frame must be finite; this one has NaN or infinity in it")
    error = np.abs(array.T @ array - np.eye(3)).max()
    if error > 1e-3:
        raise ValueError(f"a frame has orthonormal columns; these are off by {error:.2g}")
    return array.copy() if error < 1e-14 else orthonormalize(array)


def principal_angles(a: ArrayLike, b: ArrayLike) -> Array:
    """Principal angles in radians, ascending, between the spaces spanned by two orthonormal (d, k) matrices.

    From sines and cosines together: the arc cosine alone loses half the digits of small angles
    (Björck & Golub 1973).
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    overlap = a.T @ b
    sines = np.linalg.svd(b - a @ overlap, compute_uv=False)
    return np.arctan2(sines[::-1], np.linalg.svd(overlap, compute_uv=False))


def plane_distance(a: ArrayLike, b: ArrayLike) -> float:
    """Length in radians of the geodesic between two planes: the root-sum-square of their principal angles."""
    return float(np.linalg.norm(principal_angles(a, b)))


def rotate_towards(frame: Array, start: Array, end: Array, spare: Array) -> Array:
    """Turn the data by the smallest rotation P of d-space with P start = end, seen through `frame`: P^T frame.

    `start`, `end`: unit vectors (d,). `spare`: a unit vector orthogonal to `start`, through which the
    half turn goes when the two are opposite and no plane is singled out. Whatever is orthogonal to
    `start` and `end` stays where it is.
    """
    cosine = float(start @ end)
    side = end - cosine * start
    side -= (side @ start) * start  # twice: the first pass cancels badly when end is close to +-start
    length = float(np.linalg.norm(side))
    if length < SMALL_ANGLE:
        if cosine > 0:
            return frame
        side, length = spare, 1.0
    side = side / length
    angle = np.arctan2(side @ end, cosine)
    # P = I + (cos - 1)(s s^T + n n^T) + sin (n s^T - s n^T); P^T swaps the sign of the sine.
    along, across = start @ frame, side @ frame
    c, s = np.cos(angle) - 1.0, np.sin(angle)
    return frame + np.outer(start, c * along + s * across) + np.outer(side, c * across - s * along)


def geodesic(start: ArrayLike, end: ArrayLike) -> Callable[[float], Array]:
    """The path of frames from `start` (t = 0) to `end` (t = 1), both (d, 3), at constant speed.

    The space the frame spans follows its Grassmann geodesic while the frame turns inside it at a constant
    rate. Where the two frames have opposite orientation in the same sense, one direction goes the long way
    round, through the dimensions outside; at d = 3 there are none, and depth mirrors half way.
    """
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    near, out, angles, u, v = _principal(a, b)
    mirrored = np.linalg.det(u) * np.linalg.det(v) < 0
    if mirrored and len(a) == 3:
        path = geodesic(a, b * (1.0, 1.0, -1.0))
        return lambda t: path(t) * (1.0, 1.0, 1.0 if t < 0.5 else -1.0)
    if mirrored:
        v[:, 2] *= -1.0
        out[:, 2] = -out[:, 2] if out[:, 2].any() else _orthogonal_to(np.hstack([near, out[:, :2]]))
        angles[2] = np.pi - angles[2]
    turn = rotation_log(u @ v.T)

    def at(t: float) -> Array:
        space = near * np.cos(t * angles) + out * np.sin(t * angles)
        return orthonormalize(space @ u.T @ rotation_exp(t * turn))

    return at


def turning(start: ArrayLike, end: ArrayLike) -> Callable[[float], Array]:
    """The path of matrices from `start` (t = 0) to `end` (t = 1), both orthogonal (d, d).

    start @ (start^T end)^t: every invariant plane turns at its own constant rate, by half a turn at most. An axis
    that is mirrored shrinks to nothing half way and grows again, since no rotation leads there. A start that is not
    orthogonal, on such a way itself, is left without a jump.
    """
    given = np.asarray(start, dtype=np.float64)
    a = orthonormalize(given)
    step = a.T @ np.asarray(end, dtype=np.float64)
    # Eigenvectors of an orthogonal matrix, through a Hermitian one that has the same: eigh keeps them orthonormal
    # where eigenvalues coincide. The weights only have to keep different angles apart.
    even, odd = step + step.T, step - step.T
    vectors = np.linalg.eigh(even + 0.6180339887 * 1j * odd)[1]
    angles = np.angle(np.einsum("ik,ij,jk->k", vectors.conj(), step, vectors))

    def at(t: float) -> Array:
        power = (vectors * np.exp(1j * t * angles)) @ vectors.conj().T
        return a @ power.real + (1.0 - t) * (given - a)

    return at


def rotation_log(rotation: ArrayLike) -> Array:
    """Axis times angle (3,), in radians, of a rotation matrix (3, 3); the angle lies in [0, pi]."""
    r = np.asarray(rotation, dtype=np.float64)
    skew = 0.5 * np.array([r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]])  # axis * sin(angle)
    sine, cosine = float(np.linalg.norm(skew)), 0.5 * (float(np.trace(r)) - 1.0)
    angle = np.arctan2(sine, cosine)
    if cosine > 0:
        return skew * (angle / sine if sine > SMALL_ANGLE else 1.0)
    square = (0.5 * (r + r.T) - cosine * np.eye(3)) / (1.0 - cosine)  # axis axis^T, well conditioned here
    column = int(np.argmax(np.diag(square)))
    axis = square[:, column] / np.linalg.norm(square[:, column])
    return axis * (angle if axis @ skew >= 0 else -angle)


def rotation_exp(turn: ArrayLike) -> Array:
    """The rotation matrix (3, 3) of an axis times an angle (3,), in radians (Rodrigues)."""
    x, y, z = np.asarray(turn, dtype=np.float64)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angle = float(np.sqrt(x * x + y * y + z * z))
    if angle < 1e-8:
        return np.eye(3) + cross + 0.5 * cross @ cross
    return np.eye(3) + np.sin(angle) / angle * cross + (1.0 - np.cos(angle)) / angle**2 * cross @ cross


def _principal(a: Array, b: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Principal vectors of two orthonormal (d, k) matrices: near = a u, out, angles (ascending), u, v.

    b v = near cos(angles) + out sin(angles), columns of `out` unit and orthogonal to a (zero where the angle
    is).
    """
    u, cosines, vt = np.linalg.svd(a.T @ b)
    near, far = a @ u, b @ vt.T
    out = far - near * cosines
    sines = np.linalg.norm(out, axis=0)
    out = np.divide(out, sines, out=np.zeros_like(out), where=sines > SMALL_ANGLE)
    return near, out, np.arctan2(sines, cosines), u, vt.T.copy()


def _orthogonal_to(columns: Array) -> Array:
    """A unit vector (d,) orthogonal to the given columns: of the axes, the one that they cover least."""
    basis, singular, _ = np.linalg.svd(columns, full_matrices=False)
    basis = basis[:, singular > 1e-9]
    axis = np.eye(len(columns))[int(np.argmin((basis**2).sum(axis=1)))]
    for _ in range(2):
        axis = axis - basis @ (basis.T @ axis)
    return axis / np.linalg.norm(axis)
