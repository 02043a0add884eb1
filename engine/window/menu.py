"""A list that opens at a control: what to do with a thing, or which one of several."""

from collections.abc import Sequence

from imgui_bundle import imgui

from .ui import Ui

ROW = 32


def menu(
    ui: Ui,
    key: str,
    *,
    at: tuple[float, float],
    items: Sequence[str],
    current: int = -1,
    above: bool = False,
    width: float = 0.0,
    disabled: Sequence[int] = (),
    tips: Sequence[str] = (),
) -> int | None:
    """A menu that `imgui.open_popup(key)` opened; returns the row that was picked.

    at: its top left corner, or its bottom left one if `above`. It keeps within the window. current: a row to mark.
    """
    width = max(width, max(ui.width(item, bold=True) for item in items) + 36)
    height = ROW * len(items) + 8
    x, y = at[0], at[1] - height if above else at[1]
    x, y = min(x, ui.size[0] - width - 8), max(8.0, min(y, ui.size[1] - height - 8))
    picked = None
    imgui.set_next_window_pos(ui.at(x, y))
    imgui.set_next_window_size(imgui.ImVec2(ui.px(width), ui.px(height)))
    imgui.push_style_var(imgui.StyleVar_.popup_rounding, 10 * ui.scale)
    imgui.push_style_var(imgui.StyleVar_.popup_border_size, max(1.0, round(ui.scale)))
    if ui.begin_list(key):
        for k, item in enumerate(items):
            top = y + 4 + ROW * k
            clicked, over, _ = ui.button(f"{key} {k}", x + 4, top, width - 8, ROW, tip=tips[k] if tips else "")
            if k == current or (over and k not in disabled):
                ui.rect(x + 4, top, width - 8, ROW, ui.colors.tint if k == current else ui.colors.control, radius=6)
            color = ui.colors.disabled if k in disabled else ui.colors.text
            ui.text(x + 16, top + ROW / 2, item, bold=k == current, color=color)
            if clicked and k not in disabled:
                picked = k
        if picked is not None or ui.escape:
            imgui.close_current_popup()
        imgui.end_popup()
    imgui.pop_style_var(2)
    return picked
