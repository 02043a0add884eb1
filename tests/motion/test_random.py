"""Random numbers: the published vectors of Philox, the moments of what is made of it, and other seeds."""

import numpy as np
import pytest

from engine.motion.random import Random


def test_philox_is_the_published_one():
    """Known answer of Random123 (kat_vectors, philox4x64 10): counter and key of ones throughout."""
    bits = np.random.Philox(counter=2**256 - 2, key=2**128 - 1)  # NumPy counts up before each block
    assert [hex(int(each)) for each in bits.random_raw(4)] == [
        "0x87b092c3013fe90b", "0x438c3c67be8d0224", "0x9cc7d7c69cd777b6", "0xa09caebf594f0ba0",
    ]  # fmt: skip


def test_uniform_and_normal_numbers_have_their_moments():
    rng = Random(1)
    uniform = rng.uniform(100_000)
    assert 0.0 <= uniform.min() and uniform.max() < 1.0
    assert uniform.mean() == pytest.approx(0.5, abs=0.003) and uniform.var() == pytest.approx(1 / 12, abs=0.001)
    normal = rng.standard_normal((50_000, 2))
    assert np.abs(normal.mean(axis=0)).max() < 0.02
    assert np.cov(normal.T) == pytest.approx(np.eye(2), abs=0.02)
    assert (normal**4).mean() == pytest.approx(3.0, abs=0.1)


def test_an_odd_number_of_normal_ones():
    assert Random(3).standard_normal((3, 3)).shape == (3, 3)
    assert (Random(3).standard_normal((9,)) == Random(3).standard_normal((10,))[:9]).all()


def test_permutations_are_permutations_and_all_of_them_come():
    rng = Random(5)
    seen = [tuple(rng.permutation(3).tolist()) for _ in range(6000)]
    counts = {each: seen.count(each) for each in set(seen)}
    assert len(counts) == 6 and all(len(set(each)) == 3 for each in counts)
    assert all(900 < count < 1100 for count in counts.values())
    assert rng.permutation(1).tolist() == [0]


def test_a_seed_says_which_and_none_is_always_another():
    assert (Random(7).uniform(5) == Random(7).uniform(5)).all()
    assert (Random(7).uniform(5) != Random(8).uniform(5)).all()
    assert (Random(None).uniform(5) != Random(None).uniform(5)).all()


@pytest.mark.parametrize("seed", [0, 9])
def test_normal_numbers_are_box_and_mullers_of_the_uniform_ones(seed):
    """Undone: the radius of a pair gives back the first uniform number, its angle the second."""
    pairs, uniform = Random(seed).standard_normal((500, 2)), Random(seed).uniform(1000).reshape(500, 2)
    assert 1.0 - np.exp(-0.5 * (pairs**2).sum(axis=1)) == pytest.approx(uniform[:, 0], abs=1e-12)
    turn = np.arctan2(pairs[:, 1], pairs[:, 0]) / (2.0 * np.pi) % 1.0
    assert np.abs((turn - uniform[:, 1] + 0.5) % 1.0 - 0.5).max() < 1e-12
