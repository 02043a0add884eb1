"""A line of text that is edited in place."""

from imgui_bundle import imgui

from .ui import Ui


def field(ui: Ui, key: str, x: float, y: float, w: float, text: str, *, focus: bool = False) -> tuple[str, bool]:
    """A text field of 28 pixels' height whose middle line is at y; (text, whether it is done with).

    focus: begin to type into it. It is done with Enter, or with a click elsewhere; Esc brings the old text back.
    """
    ui.rect(x, y - 14, w, 28, ui.colors.control, radius=6)
    imgui.set_cursor_screen_pos(ui.at(x, y - 14))
    imgui.set_next_item_width(ui.px(w))
    ui.text_stop(key, focus=focus)
    line = imgui.get_font_size()
    imgui.push_style_var(imgui.StyleVar_.frame_padding, imgui.ImVec2(ui.px(8), (ui.px(28) - line) / 2))
    _, text = imgui.input_text(key, text, imgui.InputTextFlags_.auto_select_all)
    imgui.pop_style_var()
    if ui.typing(key):
        ui.frame(x, y - 14, w, 28, ui.colors.accent, radius=6, thickness=2)
    ui.moving = True  # the cursor blinks
    return text, imgui.is_item_deactivated()
