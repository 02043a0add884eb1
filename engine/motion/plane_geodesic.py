"""Geodesics of planes: the straight pieces that tours are made of, with depth carried along.

Reference: Edelman, Arias & Smith 1998, section 2.5 (geodesics, logarithm and parallel transport on the Grassmann
manifold).
"""

import math

import numpy as np

from .rotation import Array

RIGHT_ANGLE = 1e-12  # cosine below which a direction stands at a right angle


class Geodesic:
    """One geodesic of the plane from a frame (d, 3) along a unit heading (d, 2), depth carried along.

    With heading = W diag(rates) V^T, plane direction e_i = (plane V)_i turns towards w_i at rates_i:
    everything happens in the span of e_1, e_2, w_1, w_2 and the depth column.
    """

    def __init__(self, frame: Array, heading: Array) -> None:
        # The 2 x 2 eigenproblem of heading^T heading, in closed form: one Jacobi rotation.
        aa, bb = float(heading[:, 0] @ heading[:, 0]), float(heading[:, 1] @ heading[:, 1])
        angle = 0.5 * math.atan2(2.0 * float(heading[:, 0] @ heading[:, 1]), aa - bb)
        self._c, self._s = math.cos(angle), math.sin(angle)
        basis = np.array([[self._c, -self._s], [self._s, self._c]])
        towards = heading @ basis
        rates = np.sqrt((towards * towards).sum(axis=0))
        towards /= np.where(rates > 1e-12, rates, 1.0)
        self._rates = (float(rates[0]), float(rates[1]) if rates[1] > 1e-12 else 0.0)
        depth = frame[:, 2]
        self._depth_towards = (float(depth @ towards[:, 0]), float(depth @ towards[:, 1]))
        self._basis = np.concatenate([frame[:, :2] @ basis, towards, depth[:, None]], axis=1)  # (d, 5)

    def at(self, length: float) -> Array:
        """The frame (d, 3) after `length` radians."""
        c, s = self._c, self._s
        (c1, s1), (c2, s2) = ((math.cos(r * length), math.sin(r * length)) for r in self._rates)
        z1, z2 = self._depth_towards
        return self._basis @ np.array(
            [
                [c1 * c, c1 * s, -s1 * z1],
                [-c2 * s, c2 * c, -s2 * z2],
                [s1 * c, s1 * s, (c1 - 1.0) * z1],
                [-s2 * s, s2 * c, (c2 - 1.0) * z2],
                [0.0, 0.0, 1.0],
            ]
        )

    def heading_at(self, length: float) -> Array:
        """The heading (d, 2) after `length` radians: itself, carried along its own geodesic."""
        c, s = self._c, self._s
        (r1, r2) = self._rates
        (c1, s1), (c2, s2) = ((math.cos(r * length), math.sin(r * length)) for r in (r1, r2))
        return self._basis[:, :4] @ np.array(
            [
                [-r1 * s1 * c, -r1 * s1 * s],
                [r2 * s2 * s, -r2 * s2 * c],
                [r1 * c1 * c, r1 * c1 * s],
                [-r2 * c2 * s, r2 * c2 * c],
            ]
        )


def logarithm(plane: Array, target: Array, *, across: float = RIGHT_ANGLE) -> Array:
    """The velocity (d, 2) that takes `plane` to the span of `target` in unit time: its norm is their distance.

    To a direction at a right angle both ways round are equally long, and rounding would choose between them. Below a
    cosine of `across` the way that keeps the orientation of the two planes is taken, even where it is a little longer.
    """
    u, cosines, vt = np.linalg.svd(plane.T @ target)
    if cosines[0] < RIGHT_ANGLE:
        u = vt = np.eye(2)
    elif cosines[1] < across and _determinant(u) * _determinant(vt) < 0.0:
        vt, cosines = vt * ((1.0,), (-1.0,)), cosines * (1.0, -1.0)
    out = target @ vt.T - plane @ (u * cosines)
    sines = np.sqrt((out * out).sum(axis=0))
    angles = np.arctan2(sines, cosines)
    return (out * (angles / np.maximum(sines, 1e-12))) @ u.T


def norm(velocity: Array) -> float:
    """The length of a velocity (d, 2): the root-sum-square of its principal rates."""
    return math.sqrt(np.vdot(velocity, velocity))


def _determinant(a: Array) -> float:
    """Of a matrix (2, 2)."""
    return float(a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0])
