"""Products with the centred rows of a layer: against float64 in one piece, and the parts that add up to them."""

import numpy as np
import pytest
import torch

from engine.pipeline.algebra.centred import FEWEST, PART_BYTES, Centred, parts, product_of


@pytest.mark.parametrize(("n", "width"), [(1, 3), (7, 3), (8, 3), (99, 3), (1000, 2**20), (10**6, 36_000)])
def test_parts_are_all_rows_in_order_and_no_more_than_a_worker_holds(n, width):
    cut = parts(n, width)
    assert cut[0][0] == 0 and cut[-1][1] == n
    assert all(a[1] == b[0] and a[0] < a[1] for a, b in zip(cut, [*cut[1:], (n, n + 1)], strict=True))
    assert len(cut) >= min(n, FEWEST) - 1
    assert max(stop - first for first, stop in cut) * 4 * width <= PART_BYTES


@pytest.mark.parametrize("kind", [torch.float32, torch.float16])
def test_products_are_those_of_the_centred_rows(rng, monkeypatch, kind):
    monkeypatch.setattr("engine.pipeline.algebra.centred.BLOCK", 5 * 12)  # five rows at a time
    matrix = torch.from_numpy(rng.standard_normal((101, 12)) + 3.0).to(kind)
    x = matrix.double().numpy()
    x = x - x.mean(axis=0)
    axes, columns = rng.standard_normal((12, 4)), rng.standard_normal((101, 3))
    rows = Centred(matrix)
    assert rows.mean.dtype == torch.float32 and rows.mean.numpy() == pytest.approx(matrix.double().numpy().mean(axis=0))
    for ours, true in (
        (rows.gram(), x.T @ x),
        (rows.times(torch.from_numpy(axes)), x @ axes),
        (rows.gram_times(torch.from_numpy(axes)), x.T @ x @ axes),
        (rows.transposed_times(torch.from_numpy(columns)), x.T @ columns),
    ):
        assert ours.dtype == torch.float64 and ours.shape == true.shape
        assert ours.numpy() == pytest.approx(true, abs=1e-5 * np.abs(true).max())


def test_whoever_multiplies_is_given_parts_in_order_and_the_same_bits_come_out(rng):
    """The last part first, as any worker may."""
    matrix = torch.from_numpy(rng.standard_normal((50, 6)).astype(np.float32))
    asked = []

    def by(kind, cut, mean, factor):
        asked.append((kind, cut))
        made = {part: product_of(kind, matrix, part, mean, factor, matrix.device) for part in reversed(cut)}
        return (made[part] for part in cut)

    ours, theirs, axes = Centred(matrix, by=by), Centred(matrix), torch.from_numpy(rng.standard_normal((6, 2)))
    assert torch.equal(ours.gram_times(axes), theirs.gram_times(axes)) and torch.equal(
        ours.times(axes), theirs.times(axes)
    )
    assert [kind for kind, _ in asked] == ["sum", "gram times", "times"]
    assert all(cut == parts(50, 6) for _, cut in asked)


def test_the_mean_of_equal_rows_is_the_row():
    """So that rows which are all equal are nothing once centred."""
    row = torch.tensor([0.1, 1e7 + 1, -3e-9])
    assert torch.equal(Centred(row.repeat(4099, 1)).mean, row)
