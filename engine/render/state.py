"""GL's state (depth test, blending, clearing), set directly: gloo takes longer for it than a frame has time."""

from vispy import gloo
from vispy.gloo import gl

COMPARISONS = {"less": gl.GL_LESS, "lequal": gl.GL_LEQUAL}


def settle() -> None:
    """Have gloo do what it has put off, such as binding a framebuffer, before GL is told anything directly."""
    gloo.context.get_current_canvas().context.flush_commands()


def set_state(*, depth: str | None, blend: bool, add: bool = False) -> None:
    """Set depth test and blending. depth: which depths are drawn over what is there; None for all.

    blend: premultiplied colours over what is there; add: added to it.
    """
    gl.glDisable(gl.GL_CULL_FACE)
    if depth is None:
        gl.glDisable(gl.GL_DEPTH_TEST)
    else:
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glDepthFunc(COMPARISONS[depth])
    if blend:
        gl.glEnable(gl.GL_BLEND)
        gl.glBlendFunc(gl.GL_ONE, gl.GL_ONE if add else gl.GL_ONE_MINUS_SRC_ALPHA)
    else:
        gl.glDisable(gl.GL_BLEND)


def clear(color: tuple[float, float, float], *, scissor: tuple[int, int, int, int] | None, alpha: float = 1.0) -> None:
    """Clear colour and depth within a rectangle, which later draws are kept to, or everywhere."""
    if scissor is None:
        gl.glDisable(gl.GL_SCISSOR_TEST)
    else:
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glScissor(*scissor)
    gl.glClearColor(*color, alpha)
    gl.glEnable(gl.GL_DEPTH_TEST)
    gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)
