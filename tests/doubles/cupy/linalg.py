"""Of the test double of CuPy: cupy.linalg, as far as it is used."""

import numpy as np
from cupy import _called, _operand, array, ndarray


def _of_an_array(function, *allowed):
    def call(values, *arguments, **options):
        if not isinstance(values, ndarray):
            raise np.linalg.LinAlgError("cupy.linalg only supports cupy.ndarray")
        if values.dtype == np.float16 and function is np.linalg.svd:
            raise TypeError("float16 is unsupported in linalg")
        return _called(function, (values, *arguments), options, allowed)

    return call


def svd(values, *arguments, **options):
    """NumPy's says so where it does not converge; CuPy asks cuSOLVER for no word, which the host would wait for."""
    finite = np.isfinite(_operand(values)).all() if isinstance(values, ndarray) else True
    found = _decomposed(array(np.zeros(values.shape, values.dtype)) if not finite else values, *arguments, **options)
    for each in () if finite else found if isinstance(found, tuple) else (found,):
        each._values[...] = np.nan
    return found


_decomposed = _of_an_array(np.linalg.svd, "full_matrices", "compute_uv")
norm = _of_an_array(np.linalg.norm, "ord", "axis", "keepdims")
