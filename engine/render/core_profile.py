"""Core profiles of OpenGL, the only ones that macOS has beyond version 2.1, and what vispy does not do for them.

Reference: OpenGL 3.3 core, section 2.10 (vertex array objects) and appendix E (what was taken out).
"""

import ctypes
import re

from vispy import app
from vispy.gloo import gl
from vispy.gloo.gl import _gl2

CONTEXT_PROFILE_MASK, CORE_PROFILE_BIT = 0x9126, 1
PROGRAM_POINT_SIZE = 0x8642


def is_core() -> bool:
    """Whether the current context is of a core profile."""
    version = re.search(r"(\d+)\.(\d+)", str(gl.glGetParameter(gl.GL_VERSION)))
    profiles = version is not None and (int(version[1]), int(version[2])) >= (3, 2)
    return profiles and bool(int(gl.glGetParameter(CONTEXT_PROFILE_MASK)) & CORE_PROFILE_BIT)


def settle_in(canvas: app.Canvas) -> None:
    """Make the context of a new canvas, the current one, as good as a compatible one to gloo.

    A core profile has no vertex array object of its own; and point sprites, which vispy switches on, are always on
    there, so that asking for them is an error.
    """
    if not is_core():
        return
    canvas.context.shared.parser._gl_initialize = lambda: gl.glEnable(PROGRAM_POINT_SIZE)
    name = ctypes.c_uint()
    _gl2._get_gl_func("glGenVertexArrays", None, (ctypes.c_int, ctypes.c_void_p))(1, ctypes.addressof(name))
    _gl2._get_gl_func("glBindVertexArray", None, (ctypes.c_uint,))(name)
