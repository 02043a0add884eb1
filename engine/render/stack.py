"""Pages of one size in one texture, so that one draw reads from all of them: a 2D array texture, which gloo has not."""

import ctypes
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy.gloo import gl
from vispy.gloo.gl import _gl2

TEXTURE_2D_ARRAY = 0x8C1A
MAX_ARRAY_TEXTURE_LAYERS = 0x88FF
RGBA8 = 0x8058
COMPRESSED_RGBA_S3TC_DXT5 = 0x83F3

_UINT, _INT, _POINTER = ctypes.c_uint, ctypes.c_int, ctypes.c_void_p
_SIGNATURES = {
    "glTexImage3D": (_UINT, *[_INT] * 6, _UINT, _UINT, _POINTER),
    "glTexSubImage3D": (_UINT, *[_INT] * 7, _UINT, _UINT, _POINTER),
    "glCompressedTexSubImage3D": (_UINT, *[_INT] * 7, _UINT, _INT, _POINTER),
}


@cache
def _function(name: str) -> Any:
    return _gl2._get_gl_func(name, None, _SIGNATURES[name])


class Stack:
    """Owns a texture of `pages` pages of `size` (width, height), which arrive one by one."""

    def __init__(self, size: tuple[int, int], pages: int, *, compressed: bool) -> None:
        """compressed: pages come as blocks (block_compression.py), their sides multiples of 4."""
        self._size, self._compressed = size, compressed
        self.nbytes = size[0] * size[1] * pages * (1 if compressed else 4)
        self.handle = gl.glCreateTexture()
        self.bind()
        internal = COMPRESSED_RGBA_S3TC_DXT5 if compressed else RGBA8
        _function("glTexImage3D")(
            TEXTURE_2D_ARRAY, 0, internal, *size, pages, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, None
        )  # fmt: skip
        for side in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
            gl.glTexParameteri(TEXTURE_2D_ARRAY, side, gl.GL_LINEAR)
        for axis in (gl.GL_TEXTURE_WRAP_S, gl.GL_TEXTURE_WRAP_T):
            gl.glTexParameteri(TEXTURE_2D_ARRAY, axis, gl.GL_CLAMP_TO_EDGE)
        gl.check_error(f"no room for {pages} pages of {size[0]} x {size[1]}")

    def bind(self) -> None:
        """Make it the array texture of the active unit."""
        gl.glBindTexture(TEXTURE_2D_ARRAY, self.handle)

    def put(self, page: int, texels: NDArray[np.uint8]) -> None:
        """Send a page: RGBA (height, width, 4) or blocks (m, 16). It may be lower than the others."""
        self.bind()
        texels = np.ascontiguousarray(texels)
        width = self._size[0]
        height = texels.nbytes // width if self._compressed else texels.shape[0]
        place = (TEXTURE_2D_ARRAY, 0, 0, 0, page, width, height, 1)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        if self._compressed:
            _function("glCompressedTexSubImage3D")(
                *place, COMPRESSED_RGBA_S3TC_DXT5, texels.nbytes, texels.ctypes.data
            )  # fmt: skip
        else:
            _function("glTexSubImage3D")(*place, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, texels.ctypes.data)
        gl.check_error(f"page {page} sent")

    def delete(self) -> None:
        gl.glDeleteTexture(self.handle)


def most_pages() -> int:
    """How many pages the driver takes in one stack."""
    return int(gl.glGetParameter(MAX_ARRAY_TEXTURE_LAYERS))


def compresses() -> bool:
    """Whether the driver has compressed textures of the kind that block_compression.py makes."""
    try:
        Stack((4, 4), 1, compressed=True).delete()
    except RuntimeError:
        return False
    return True
