"""Large arrays compared as pytest.approx compares them, all their numbers at once instead of one by one."""

import numpy as np


def close(actual, expected, *, rel=1e-6, abs=1e-12):
    """Whether the shapes are the same, and no number is farther from what is expected than `rel` of it, or `abs`."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    return actual.shape == expected.shape and bool(
        (np.abs(actual - expected) <= np.maximum(rel * np.abs(expected), abs)).all()
    )
