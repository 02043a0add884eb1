"""ImGui's mouse and keys to gestures and actions: the mouse on the canvas, keys anywhere but in a text field."""

from collections.abc import Sequence

import numpy as np
from imgui_bundle import imgui

from ..motion.selection import How
from ..tour.order import WHOLE
from ..viewer import picking, screen
from ..viewer.hands import Hands, Tool
from ..viewer.pair import Pair
from ..viewer.picking import Sight
from ..viewer.viewer import Viewer
from .pane import Pane
from .panels import Panels
from .panels import handle as handle_panel
from .panels import selection as selection_panel
from .ui import Ui

NOTCH = 1.15  # times closer, per notch of the wheel
TOOLS: dict[str, Tool] = {"v": "hand", "f": "rectangle", "g": "lasso", "d": "handle"}
BUTTONS = (imgui.MouseButton_.left, imgui.MouseButton_.middle, imgui.MouseButton_.right)
STRAY = 12.0  # pixels that what is drawn of a point may drift from a resting cursor until another is looked for


def canvases(ui: Ui, panes: Sequence[Pane], panels: Panels, pair: Pair | None) -> None:
    """What the mouse does in the panes. A gesture stays with the pane where it began; a touched pane leads."""
    io = imgui.get_io()
    begun = next((pane for pane in panes if pane.hands.busy), None)
    here = begun or next((pane for pane in panes if pane.holds(ui.mouse)), None)
    if pair is not None and here is not None and not io.want_capture_mouse:
        pressed = any(imgui.is_mouse_clicked(button) for button in BUTTONS)
        if pressed or io.mouse_wheel:
            _hand_over(panes, pair, panes.index(here))
    for pane in panes:
        with pane.within(ui) as sight:
            if pane is here:
                canvas(ui, pane.viewer, pane.hands, panels, sight)
            else:
                pane.hands.unpoint()
    lead = panes[pair.lead if pair else 0]
    spotlights = (pane.hands.spotlight() for pane in (lead, *panes))
    spotlight = next((each for each in spotlights if each is not None), None)
    for pane in panes:
        pane.hands.tool, pane.hands.pinned = lead.hands.tool, lead.hands.pinned
        pane.hands.echo = next((each.hands.pointed for each in panes if each is not pane), None)
        if spotlight is not pane.viewer.spotlight:
            pane.viewer.spotlight = spotlight


def _hand_over(panes: Sequence[Pane], pair: Pair, to: int) -> None:
    """The hand moves on to a pane with what it holds."""
    before, after = panes[pair.lead].hands, panes[to].hands
    if before is not after:
        pair.touch(to)
        after.handles.deleted = before.handles.deleted
        before.handles.selected = before.handles.renaming = before.trace = None


def canvas(ui: Ui, viewer: Viewer, hands: Hands, panels: Panels, sight: Sight) -> None:
    """Gestures, pan and zoom, and the point under the cursor, with what the panels left of the mouse."""
    io = imgui.get_io()
    left = imgui.MouseButton_.left
    free = not io.want_capture_mouse
    if free and imgui.is_mouse_clicked(left):
        _point(ui, viewer, hands, sight, now=True)  # the press may come with the first move
        how: How = "subtract" if io.key_alt or io.key_ctrl else "add" if io.key_shift else "replace"
        hands.press(ui.mouse, ui.size, how, rows=picking.first_rows(viewer, sight))
    if hands.busy and imgui.is_mouse_down(left):
        hands.drag(ui.mouse, ui.size)
    elif hands.busy and (message := hands.release(ui.size)):
        panels.say(message)
    _pan(ui, viewer, hands, free)
    if free and io.mouse_wheel and hands.brush is None:
        viewer.zoom(NOTCH**io.mouse_wheel, ui.mouse, ui.size)
    if free and not hands.busy:
        _point(ui, viewer, hands, sight)
    elif not free:
        hands.unpoint()


def _pan(ui: Ui, viewer: Viewer, hands: Hands, free: bool) -> None:
    """With the hand tool, and with any other button whatever the tool."""
    buttons = imgui.MouseButton_
    for button, on in ((buttons.left, hands.panning), (buttons.middle, free), (buttons.right, free)):
        if on and imgui.is_mouse_dragging(button, 0.0):
            moved = imgui.get_mouse_drag_delta(button, 0.0)  # since the press, or since last asked
            imgui.reset_mouse_drag_delta(button)
            if moved.x or moved.y:
                viewer.pan((moved.x / ui.scale, moved.y / ui.scale), ui.size)


def _compare(character: str, panels: Panels, pair: Pair | None) -> None:
    if pair is None:
        panels.say("For that, open another tour beside this one")
    elif character == "a":
        pair.aligned = not pair.aligned
    elif character == "m":
        panels.compare.asked = True
    else:
        panels.toggle("differences")


def _point(ui: Ui, viewer: Viewer, hands: Hands, sight: Sight, *, now: bool = False) -> None:
    """Find what is under the cursor, unless it has rested since that was found.

    now: in this frame, however many points move.
    """
    x, y = ui.mouse
    if not (0 <= x < ui.size[0] and 0 <= y < ui.size[1]):
        hands.unpoint()
        return
    if hands.tool == "hand":
        hands.handles.hover((x, y), ui.size)
    else:
        hands.handles.hovered = None
    # Nothing that differs from frame to frame while the tour turns: the point is looked for again when it rests.
    standing = None if viewer.moving else screen.standing(viewer)
    drawn = sight.shot.drawn
    still = ((x, y), viewer.base, viewer.layer, id(viewer.shown_points), viewer.hovered, standing, standing and drawn)
    small, known = viewer.tour.n <= WHOLE, screen.is_known(viewer)
    if still == hands.rested and (not now or not (small or hands.looking)):
        # Where the tour turns under a resting cursor its point may drift away, but no other one jumps in.
        if hands.pointed is not None and not _is_near(viewer, sight, hands.pointed, (x, y)):
            hands.pointed = None
        return
    at = (x * sight.ratio, y * sight.ratio)
    if now or (drawn or viewer.tour.n) <= picking.SOON or (not viewer.moving and (small or known)):
        hands.rested = still
        hands.pointed = picking.topmost(viewer, sight, at)
    elif not hands.looking:
        seen = viewer.still()

        def look() -> int | None:
            point = picking.topmost(seen, sight, at)
            viewer.projected = seen.projected  # which says how the points stood
            return point

        hands.look(look, still)


def _is_near(viewer: Viewer, sight: Sight, point: int, place: tuple[float, float]) -> bool:
    """Whether a cursor is on what is drawn of a point, or hardly beside it."""
    (at,), (size,) = picking.drawn_at(viewer, sight, np.array([point]))
    return bool(np.abs(at - place).max() < 0.5 * size + STRAY)


def typed(
    character: str, viewer: Viewer, hands: Hands, panels: Panels, pair: Pair | None = None, *, repeat: bool
) -> bool:
    """Do what a typed character asks for; whether it asks for a picture. viewer, hands: of the leading pane.

    repeat: the key is held down; only stepping through layers and epochs repeats.
    """
    character, panels.opening = character.lower(), False
    if character in "jk":
        viewer.step(1 if character == "j" else -1)
    elif character in "[]" and viewer.tour.epochs:
        viewer.step(1 if character == "]" else -1, "epochs")
    elif repeat:
        return False
    elif character in " p":
        viewer.toggle_playing()
    elif character == "i" and viewer.tour.sprites is not None:
        viewer.change(mode="dots" if viewer.base.mode == "images" else "images")
    elif character == "o" and viewer.tour.sprites is not None:
        viewer.change(class_frames=not viewer.base.class_frames)
    elif character == "h":
        viewer.change(density=not viewer.base.density)
    elif character in "io":
        panels.say("This tour has no images")
    elif character == "r":
        viewer.reset_camera()
    elif character == "t":
        viewer.change(theme="light" if viewer.base.theme == "dark" else "dark")
    elif character == "l":
        viewer.toggle_journey()
    elif character == "e" and viewer.tour.epochs:
        viewer.toggle_journey("epochs")
    elif character == "b":
        panels.toggle_story()
    elif character == "?":
        panels.toggle("help")
    elif character == "/":
        panels.popover, panels.just_opened = "find", True  # where it is open its field is typed into again
    elif character == "w":
        panels.toggle("selected" if viewer.selection is not None else "worth")
    elif character in "amn":
        _compare(character, panels, pair)
    elif character in TOOLS:
        hands.take(TOOLS[character])
    elif character == "c":
        selection_panel.clear(viewer, hands, panels)
    elif character == "x":
        handle_panel.delete(hands, panels)
    elif character == "u":
        back = hands.handles.restore()
        panels.say(f"{back.name} is back" if back else "No handle was deleted")
    return character == "s"
