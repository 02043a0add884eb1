"""What the mouse does on the canvas and what keys do anywhere but in a text field."""

from imgui_bundle import imgui

from .panels import Panels
from .viewer import Viewer

NOTCH = 1.15  # times closer, per notch of the wheel


def canvas(viewer: Viewer, size: tuple[int, int], ratio: float) -> None:
    """Pan and zoom with what the panels left of the mouse. size: of the pane, in pixels of the framebuffer.

    ratio: framebuffer pixels to an ImGui pixel.
    """
    io = imgui.get_io()
    if io.want_capture_mouse:
        return
    if imgui.is_mouse_dragging(imgui.MouseButton_.left, 0.0):
        moved = imgui.get_mouse_drag_delta(imgui.MouseButton_.left, 0.0)  # since the press, or since last asked
        imgui.reset_mouse_drag_delta(imgui.MouseButton_.left)
        if moved.x or moved.y:
            viewer.pan((moved.x * ratio, moved.y * ratio), size)
    if io.mouse_wheel:
        viewer.zoom(NOTCH**io.mouse_wheel, (io.mouse_pos.x * ratio, io.mouse_pos.y * ratio), size)


def typed(character: str, viewer: Viewer, panels: Panels, *, repeat: bool) -> bool:
    """Do what a typed character asks for; whether it asks for a picture.

    repeat: the key is held down; only stepping through the layers repeats.
    """
    character = character.lower()
    if character in "jk":
        viewer.step(1 if character == "j" else -1)
    elif repeat:
        return False
    elif character in " p":
        viewer.playing = not viewer.playing
    elif character == "i" and viewer.tour.sprites is not None:
        viewer.change(mode="dots" if viewer.base.mode == "images" else "images")
    elif character == "i":
        panels.say("This tour has no images")
    elif character == "r":
        viewer.reset_camera()
    elif character == "t":
        viewer.change(theme="light" if viewer.base.theme == "dark" else "dark")
    elif character == "l":
        viewer.journey.toggle(viewer)
    elif character == "b":
        panels.story.shown = not panels.story.shown
    elif character == "?":
        panels.toggle("help")
    return character == "s"
