"""Block compression: images in a quarter of their memory, in the format that GPUs read as they draw (BC3, S3TC).

Every 4 x 4 texels become 16 bytes: two colours of 5, 6 and 5 bits and for each texel one of four steps between them,
two opacities and for each texel one of eight steps. The two colours are the ends of the texels' principal axis, then
improved once by least squares for the steps that were chosen.

Reference: Khronos Data Format Specification 1.3, section 18 (S3TC).
"""

import numpy as np
from numpy.typing import NDArray

SIDE = 4  # texels to the side of a block
RECORD = np.dtype([("alphas", "u1", 2), ("alpha_steps", "u1", 6), ("colors", "<u2", 2), ("color_steps", "<u4")])
STRIP = 8192  # blocks at a time: what is computed of them stays in the cache
DEPTHS = np.array([31, 63, 31], dtype=np.float32)
COLOR_CODES = np.array([0, 2, 3, 1], dtype=np.uint32)  # of the steps from the first colour to the second
ALPHA_CODES = np.array([0, 2, 3, 4, 5, 6, 7, 1], dtype=np.uint64)

Floats = NDArray[np.float32]


def compress(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA (height, width, 4), sides multiples of 4, to its blocks, uint8 (height / 4 * width / 4, 16), by rows."""
    height, width = image.shape[:2]
    rows = image.reshape(height // SIDE, SIDE, width // SIDE, SIDE, 4)
    blocks = rows.swapaxes(1, 2).reshape(-1, SIDE * SIDE, 4)
    out = np.zeros(len(blocks), dtype=RECORD)
    for first in range(0, len(blocks), STRIP):
        strip, there = blocks[first : first + STRIP], out[first : first + STRIP]
        # texels last, so that every sum runs along memory: (3, blocks, 16)
        there["colors"], there["color_steps"] = _colors(np.ascontiguousarray(strip[..., :3].transpose(2, 0, 1)))
        there["alphas"], there["alpha_steps"] = _alphas(strip[..., 3])
    return out.view(np.uint8).reshape(-1, RECORD.itemsize)


def _colors(texels: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.uint32]]:
    """The two colours (m, 2) of the blocks of texels (3, m, 16), and the steps, two bits each."""
    rgb = texels.astype(np.float32)
    mean = rgb.mean(axis=2, keepdims=True)
    apart = rgb - mean
    axis = _axis(apart)
    along = _project(apart, axis)
    ends = [_rounded(mean[:, :, 0] + axis * end) for end in (along.max(axis=1), along.min(axis=1))]
    steps = _steps(rgb, *ends)
    better = [_rounded(each) for each in _fitted(rgb, steps, *ends)]
    steps = _steps(rgb, *better)
    packed = [(np.rint(each / 255 * DEPTHS[:, None])).astype(np.uint16) for each in better]
    colors = np.stack([(red << 11) | (green << 5) | blue for red, green, blue in packed], axis=-1)
    codes = COLOR_CODES[steps.astype(np.intp)]
    return colors, (codes << np.arange(0, 32, 2, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)


def _axis(apart: Floats) -> Floats:
    """The principal axis (3, m) of each block, by power iteration; zero where all texels are alike."""
    covariance = [[(apart[i] * apart[j]).sum(axis=1) for j in range(3)] for i in range(3)]
    axis = np.stack([covariance[i][i] for i in range(3)]) + 1e-3
    # starting from the diagonal, with the signs of the widest channel's row, so as not to begin across the axis
    widest = axis.argmax(axis=0)
    rows = np.stack([np.choose(widest, [covariance[i][j] for i in range(3)]) for j in range(3)])
    axis = np.where(rows < 0, -axis, axis)
    for _ in range(4):
        axis = np.stack([sum(covariance[i][j] * axis[j] for j in range(3)) for i in range(3)])
        axis /= np.sqrt((axis**2).sum(axis=0)) + 1e-12
    return axis.astype(np.float32)


def _project(apart: Floats, axis: Floats) -> Floats:
    return (apart * axis[:, :, None]).sum(axis=0)


def _rounded(colors: Floats) -> Floats:
    """Colours (3, m) as the format keeps them, 0 to 255."""
    depths = DEPTHS[:, None]
    return np.asarray(np.rint(np.clip(colors, 0, 255) / 255 * depths) / depths * 255, dtype=np.float32)


def _steps(rgb: Floats, first: Floats, second: Floats) -> Floats:
    """For every texel the nearest of the steps 0 to 3 from the first colour to the second, (m, 16)."""
    axis = second - first
    length = (axis**2).sum(axis=0) + 1e-6
    share = _project(rgb - first[:, :, None], axis) / length[:, None]
    return np.rint(np.clip(share, 0, 1) * 3)


def _fitted(rgb: Floats, steps: Floats, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """The two colours that the steps suit best, by least squares; those given where all steps are the same."""
    w = steps / 3
    v = 1 - w
    vv, vw, ww = (v * v).sum(axis=1), (v * w).sum(axis=1), (w * w).sum(axis=1)
    determinant = vv * ww - vw * vw
    possible = determinant > 1e-3
    scale = np.where(possible, 1 / np.where(possible, determinant, 1), 0)
    v_rgb, w_rgb = (rgb * v).sum(axis=2), (rgb * w).sum(axis=2)
    return (
        np.where(possible, (ww * v_rgb - vw * w_rgb) * scale, first),
        np.where(possible, (vv * w_rgb - vw * v_rgb) * scale, second),
    )


def _alphas(alpha: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The two opacities (m, 2) of blocks (m, 16), the larger first, and the steps, three bits each in 6 bytes."""
    high, low = alpha.max(axis=1), alpha.min(axis=1)
    steps = np.zeros((len(alpha), 6), dtype=np.uint8)
    mixed = np.flatnonzero(high > low)
    if len(mixed):
        top, span = high[mixed, None].astype(np.float32), (high - low)[mixed, None].astype(np.float32)
        codes = ALPHA_CODES[np.rint((top - alpha[mixed]) / span * 7).astype(np.intp)]
        bits = (codes << np.arange(0, 48, 3, dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
        steps[mixed] = bits.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :6]
    return np.stack([high, low], axis=-1), steps
