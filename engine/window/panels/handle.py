"""The label of the selected handle: a click on its name begins to rename it, the cross deletes it."""

from imgui_bundle import imgui

from ...viewer.hands import Hands
from ...viewer.labels import HEIGHT
from ...viewer.theme import NORMAL
from ..drawing import EM
from ..icons import ICON_CLOSE
from ..marks import DELETE, WIDEST, label_width
from ..ui import Ui
from .state import Panels


def draw(ui: Ui, hands: Hands, panels: Panels) -> None:
    handles = hands.handles
    handles.forget()  # what undo or a saved view took away
    handle = handles.selected
    if handle is None:
        return
    k = next(place for place, each in enumerate(handles.all) if each is handle)
    name = ui.elide(handle.name, WIDEST, bold=True)
    width = label_width(ui, handles, k)
    if handles.renaming is not None:
        width = max(width, 140.0)
    px, py = handles.positions(ui.size)[0][k].tolist()
    offset = handles.glide.offsets.get(id(handle), (24.0, -HEIGHT / 2))
    x, y = round(px + offset[0]), round(py + offset[1])
    with ui.panel("handle label", x, y, width, HEIGHT, radius=6, edge=ui.colors.accent):
        ui.taken.pop()  # it gives way to others as a label, not as a panel
        if handles.renaming is None:
            clicked, _, _ = ui.button("name", x, y, width - DELETE, HEIGHT, tip="Rename")
            ui.text(x + 8, y + HEIGHT / 2, name, bold=True)
            if clicked:
                handles.rename_begins(handle)
        else:
            _field(ui, hands, x, y, width - DELETE)
        deleted, hovered, _ = ui.button("delete", x + width - DELETE, y, DELETE, HEIGHT, tip="Delete\tx")
        color = ui.colors.text if hovered else ui.colors.second
        ui.text(x + width - DELETE / 2 - 1, y + HEIGHT / 2, ICON_CLOSE, size=11, color=color, align=0.5)
    if deleted:
        delete(hands, panels)


def _field(ui: Ui, hands: Hands, x: float, y: float, width: float) -> None:
    """Enter or a click elsewhere keeps the name, Esc the old one."""
    handles = hands.handles
    assert handles.selected is not None
    assert handles.renaming is not None
    imgui.set_cursor_screen_pos(ui.at(x, y))
    imgui.set_next_item_width(ui.px(width))
    imgui.push_font(ui.bold, NORMAL * EM * ui.scale)
    line = imgui.get_font_size()
    imgui.push_style_var(imgui.StyleVar_.frame_padding, imgui.ImVec2(ui.px(8), (ui.px(HEIGHT) - line) / 2))
    ui.text_stop("##rename", focus=handles.naming)
    flags = imgui.InputTextFlags_.auto_select_all | imgui.InputTextFlags_.enter_returns_true
    done, handles.renaming = imgui.input_text("##rename", handles.renaming, flags)
    left = imgui.is_item_deactivated()
    ui.typing("##rename")
    imgui.pop_style_var()
    imgui.pop_font()
    ui.moving = True  # the cursor blinks
    if ui.escape:
        handles.renaming = None
    elif (done or left) and not handles.naming:
        handles.rename(handles.selected, handles.renaming)
    handles.naming = False


def delete(hands: Hands, panels: Panels) -> None:
    """Delete the selected handle, or the latest one, and say how it comes back."""
    gone = hands.handles.delete()
    panels.say(f"Deleted {gone.name}; u brings it back" if gone else "There is no handle to delete")
