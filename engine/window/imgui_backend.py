"""ImGui drawn by its own backend for OpenGL, in C++: Python's, call by call, takes a sixth of a frame."""

from imgui_bundle import imgui
from imgui_bundle.python_backends.glfw_backend import GlfwRenderer


class Renderer(GlfwRenderer):
    """Owns what ImGui has in the current GL context. Input and clipboard are as the Python backend has them."""

    def _create_device_objects(self) -> None:
        imgui.backends.opengl3_init("#version 330")
        imgui.backends.opengl3_create_device_objects()

    def render(self, draw_data: imgui.ImDrawData) -> None:
        imgui.backends.opengl3_render_draw_data(draw_data)

    def shutdown(self) -> None:
        imgui.backends.opengl3_shutdown()
