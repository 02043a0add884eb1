"""ImGui drawn by its own backend for OpenGL, in C++: Python's, call by call, takes a sixth of a frame."""

import glfw
from imgui_bundle import imgui
from imgui_bundle.python_backends.glfw_backend import GlfwRenderer


class Renderer(GlfwRenderer):
    """Owns what ImGui has in the current GL context. Input and clipboard are as the Python backend has them."""

    _begun = 0.0
    """When the latest frame was, in GLFW's seconds."""

    def _create_device_objects(self) -> None:
        imgui.backends.opengl3_init("#version 330")
        imgui.backends.opengl3_create_device_objects()

    def begin(self, window: tuple[int, int], framebuffer: tuple[int, int]) -> None:
        """Tell ImGui the sizes, and how much time has passed. (Python's backend asks for sizes each frame.)"""
        io, now = imgui.get_io(), glfw.get_time()
        io.display_size = imgui.ImVec2(*window)
        ratios = [inner / outer if outer else 1.0 for inner, outer in zip(framebuffer, window, strict=True)]
        io.display_framebuffer_scale = imgui.ImVec2(*ratios)
        io.delta_time = max(now - self._begun, 1e-3) if self._begun else 1 / 60
        self._begun = now

    def render(self, draw_data: imgui.ImDrawData) -> None:
        imgui.backends.opengl3_render_draw_data(draw_data)

    def shutdown(self) -> None:
        imgui.backends.opengl3_shutdown()
