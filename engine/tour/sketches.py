"""How similar layers are by their full activations, from what a build kept of them, and how far that can be off.

Of every layer a build keeps Y (n, m) with Y Y^T nearly the Gram matrix K = X X^T of its centred activations, and e,
which bounds |Y Y^T - K|. Alignment (CKA) is the cosine of an angle between Gram matrices; each is turned by at most
arcsin(e / |Y Y^T|), and angles obey the triangle inequality, so the angle between the activations' own is known to
within the sum of two such. U-centring is an orthogonal projection of Gram matrices, so that the same holds of debiased
CKA, |Y Y^T| taken after it; and so is leaving out points and centring anew.
"""

from dataclasses import dataclass

import numpy as np

from .similarity import Matrix, cka, debiased_cka, debiased_size, gram_products
from .tour import Sketch, Tour

ACTIVATIONS = {"activations cka": "CKA of activations", "activations debiased cka": "Debiased CKA of activations"}


@dataclass(frozen=True, eq=False)
class Bounded:
    """A table of similarities (La, Lb) and what each differs from that of the full activations by, at most."""

    values: Matrix
    bounds: Matrix


def activation_matrices(tour_a: Tour, tour_b: Tour) -> dict[str, Bounded]:
    """CKA and debiased CKA of the full activations, every layer of one tour against every layer of the other.

    The rows of the two must be the same points in the same order; their dimensions may differ. Raises ValueError
    where they do not, or where a tour was built without `similarity`.
    """
    if tour_a.n != tour_b.n:
        raise ValueError(
            f"similarity needs the same points: {tour_a.name} has {tour_a.n:,}, {tour_b.name} has {tour_b.n:,}"
        )
    a = _sketches(tour_a)
    b = a if tour_a is tour_b else _sketches(tour_b)
    left = [each.values for each in a]
    products = gram_products(left, left if a is b else [each.values for each in b])
    errors = [np.array([each.error for each in side]) for side in (a, b)]
    sides = products.a, products.b
    plain = cka(products), [side.fourth for side in sides]
    debiased = debiased_cka(products), [debiased_size(products.n, side) for side in sides]
    return {
        name: Bounded(values, _bounds(values, errors, [np.sqrt(size) for size in sizes], same=a is b))
        for name, (values, sizes) in zip(ACTIVATIONS, (plain, debiased), strict=True)
    }


def has_activations(tour: Tour) -> bool:
    """Whether its build kept what comparing activations takes."""
    return all(layer.sketch is not None for layer in tour.layers)


def _sketches(tour: Tour) -> list[Sketch]:
    kept = [layer.sketch for layer in tour.layers if layer.sketch is not None]
    if len(kept) < len(tour.layers):
        raise ValueError(f"{tour.name} keeps nothing of its activations; build it with --similarity")
    return kept


def _bounds(values: Matrix, errors: list[Matrix], sizes: list[Matrix], *, same: bool) -> Matrix:
    """How far the cosine can lie from `values`, its angle being known to within those of either side."""
    turned = [
        np.arcsin(np.minimum(1.0, np.divide(error, size, out=np.ones_like(error), where=size > 0)))
        for error, size in zip(errors, sizes, strict=True)
    ]
    reach = np.add.outer(*turned)
    angle = np.arccos(values)
    least, most = np.cos(np.minimum(np.pi, angle + reach)), np.cos(np.maximum(0.0, angle - reach))
    bounds = np.maximum(values - least, most - values)
    if same:
        np.fill_diagonal(bounds, 0.0)  # a layer is itself, whatever was kept of it
    return bounds
