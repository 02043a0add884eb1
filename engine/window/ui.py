"""Controls drawn to the design on Dear ImGui: panels, text, buttons, sliders, and what they all share.

Coordinates are pixels of the design, from the window's top left; `Ui` multiplies by the scale and snaps to the
screen's pixels. ImGui does the hit-testing, the text fields and the scrolling, and the drawing is ours.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import imgui_bundle
from imgui_bundle import imgui

from ..viewer.theme import NORMAL, PALETTES, SMALL, Palette, Rgba
from .icons import ICON_DOWN, ICON_HELP, ICON_SEARCH

FONTS = Path(imgui_bundle.__file__).parent / "assets" / "fonts"
EM = 1.1719  # ImGui's font size is ascent plus descent, which Roboto has at this many ems
HOVER_SECONDS = 0.12
TOOLTIP_SECONDS = 0.4

PANEL = (
    imgui.WindowFlags_.no_decoration
    | imgui.WindowFlags_.no_move
    | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_bring_to_front_on_focus
    | imgui.WindowFlags_.no_focus_on_appearing  # or it takes the press from the control that made it appear
    | imgui.WindowFlags_.no_nav
    | imgui.WindowFlags_.no_scroll_with_mouse
)


class Ui:
    """Owns the fonts and what moves (hovers, tooltips); one frame after another it draws the controls asked for."""

    def __init__(self) -> None:
        io = imgui.get_io()
        io.set_ini_filename("")
        io.config_windows_move_from_title_bar_only = True
        self.regular = self._font("Roboto/Roboto-Regular.ttf")
        self.bold = self._font("Roboto/Roboto-Bold.ttf")
        self.scale = 1.0
        self.size = (0.0, 0.0)
        """Of the window, or of the pane that is drawn in (`pane`)."""
        self.origin = (0.0, 0.0)
        """Of that, from the window's top left."""
        self.colors: Palette = PALETTES["dark"]
        self.escape = False
        """Whether Esc was pressed since the last frame: an open list closes."""
        self.moving = False
        """Whether something on the chrome is still in motion."""
        self.taken: list[tuple[float, float, float, float]] = []
        """Where panels are this frame: left, top, right, bottom."""
        self.standing: list[tuple[float, float, float, float]] = []
        """And where they were in the one before."""
        self._behind: imgui.ImDrawList | None = None
        self._levels: dict[str, float] = {}
        self._hovered_since: dict[str, float] = {}
        self._seconds = 0.0
        self._clock = 0.0

    def _font(self, file: str) -> imgui.ImFont:
        fonts = imgui.get_io().fonts
        font = fonts.add_font_from_file_ttf(str(FONTS / file), NORMAL * EM)
        icons = imgui.ImFontConfig()
        icons.merge_mode = True
        icons.glyph_offset = imgui.ImVec2(0.0, 1.0)
        fonts.add_font_from_file_ttf(str(FONTS / "Font_Awesome_6_Free-Solid-900.otf"), NORMAL * EM, icons)
        return font

    def begin(
        self, *, size: tuple[float, float], scale: float, theme: str, seconds: float, canvas: Rgba | None = None
    ) -> None:
        """Start a frame on a window of `size` ImGui pixels, `scale` of them to a pixel of the design.

        canvas: what is behind the panels, where that is not the theme's own.
        """
        self.scale, self.size = scale, (size[0] / scale, size[1] / scale)
        self.colors = PALETTES[theme] if canvas is None else replace(PALETTES[theme], canvas=canvas)
        self.moving = False
        self.standing, self.taken = self.taken, []
        self._seconds = seconds
        self._clock += seconds
        style = imgui.get_style()
        style.font_size_base = NORMAL * EM * scale
        style.window_border_size = max(1.0, round(scale))
        style.window_padding = imgui.ImVec2(0, 0)
        style.scrollbar_size = 8 * scale
        style.scrollbar_padding = 2 * scale
        style.scrollbar_rounding = 2 * scale
        style.hover_stationary_delay = 0.0
        self._style_colors(style)

    def _style_colors(self, style: imgui.Style) -> None:
        c, col = self.colors, imgui.Col_
        nothing = (0.0, 0.0, 0.0, 0.0)
        for key, color in (
            (col.window_bg, c.surface), (col.popup_bg, (*c.surface[:3], 1.0)), (col.border, c.border),
            (col.text, c.text), (col.text_disabled, c.second), (col.frame_bg, nothing), (col.scrollbar_bg, nothing),
            (col.scrollbar_grab, c.track), (col.scrollbar_grab_hovered, c.disabled),
            (col.scrollbar_grab_active, c.disabled), (col.text_selected_bg, c.tint), (col.child_bg, nothing),
            (col.input_text_cursor, c.accent), (col.nav_cursor, nothing),
        ):  # fmt: skip
            style.set_color_(key, imgui.ImVec4(*color))

    # ------------------------------------------------------------------------------------------ space

    def px(self, value: float) -> float:
        """Pixels of the design to whole pixels of the screen."""
        return float(round(value * self.scale))

    def at(self, x: float, y: float) -> imgui.ImVec2:
        """Where a place is on the screen, on a whole pixel."""
        return imgui.ImVec2(self.px(x + self.origin[0]), self.px(y + self.origin[1]))

    def exactly(self, x: float, y: float) -> imgui.ImVec2:
        """Where a place is on the screen."""
        return imgui.ImVec2((x + self.origin[0]) * self.scale, (y + self.origin[1]) * self.scale)

    @contextmanager
    def pane(self, x: float, y: float, w: float, h: float) -> Iterator[None]:
        """Coordinates, `size`, `mouse` and `standing` are those of a part of the window; what is behind is clipped."""
        whole, standing = self.size, self.standing
        self.origin, self.size = (x, y), (w, h)
        self.standing = [(a - x, b - y, c - x, d - y) for a, b, c, d in standing]
        canvas = imgui.get_background_draw_list()
        canvas.push_clip_rect(self.at(0, 0), self.at(w, h), True)
        yield
        canvas.pop_clip_rect()
        self.origin, self.size, self.standing = (0.0, 0.0), whole, standing

    @contextmanager
    def panel(
        self,
        name: str,
        x: float,
        y: float,
        w: float,
        h: float,
        *,
        radius: float = 10,
        bare: bool = False,
        front: bool = False,
        inert: bool = False,
        edge: Rgba | None = None,
    ) -> Iterator[None]:
        """A surface that catches the mouse. bare: no background or border. front: above other panels.

        inert: it lets the mouse through. edge: the colour of its border, where that is not all panels'.
        """
        low, high = self.at(x, y), self.at(x + w, y + h)
        left, top = x + self.origin[0], y + self.origin[1]
        self.taken.append((left, top, left + w, top + h))
        imgui.set_next_window_pos(low)
        imgui.set_next_window_size(imgui.ImVec2(high.x - low.x, high.y - low.y))
        imgui.push_style_var(imgui.StyleVar_.window_rounding, radius * self.scale)
        imgui.push_style_var(imgui.StyleVar_.window_min_size, imgui.ImVec2(1, 1))
        flags = PANEL | (imgui.WindowFlags_.no_background if bare else 0)
        flags |= imgui.WindowFlags_.no_inputs if inert else 0
        if front:
            imgui.set_next_window_bg_alpha(1.0)
        imgui.push_style_color(imgui.Col_.border, imgui.ImVec4(*(edge or self.colors.border)))
        imgui.begin(name, None, flags)
        if front:
            imgui.internal.bring_window_to_display_front(imgui.internal.get_current_window())
        yield
        imgui.end()
        imgui.pop_style_color()
        imgui.pop_style_var(2)

    # ------------------------------------------------------------------------------------------ drawing

    @property
    def draw(self) -> imgui.ImDrawList:
        return self._behind or imgui.get_window_draw_list()

    @contextmanager
    def behind(self) -> Iterator[None]:
        """Draw between the points and the panels."""
        self._behind = imgui.get_background_draw_list()
        yield
        self._behind = None

    @property
    def seconds(self) -> float:
        """Since the frame before."""
        return self._seconds

    @property
    def mouse(self) -> tuple[float, float]:
        """In pixels of the design."""
        place = imgui.get_mouse_pos()
        return place.x / self.scale - self.origin[0], place.y / self.scale - self.origin[1]

    @staticmethod
    def u32(color: Rgba, opacity: float = 1.0) -> int:
        return int(imgui.color_convert_float4_to_u32(imgui.ImVec4(*color[:3], color[3] * opacity)))

    def width(self, text: str, *, size: float = NORMAL, bold: bool = False) -> float:
        """Width of a text in pixels of the design."""
        return self._extent(text, size, bold).x / self.scale

    def _extent(self, text: str, size: float, bold: bool) -> imgui.ImVec2:
        imgui.push_font(self.bold if bold else self.regular, size * EM * self.scale)
        extent = imgui.calc_text_size(text)
        imgui.pop_font()
        return extent

    def elide(self, text: str, room: float, *, size: float = NORMAL, bold: bool = False) -> str:
        """The text, or as much of its beginning as fits, and an ellipsis."""
        if self.width(text, size=size, bold=bold) <= room:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.width(text[:middle] + "\u2026", size=size, bold=bold) <= room
            low, high = (middle, high) if fits else (low, middle - 1)
        return text[:low].rstrip() + "\u2026"

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = NORMAL,
        bold: bool = False,
        color: Rgba | None = None,
        align: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """Text whose middle line is at y; x is its left edge, its middle (align 0.5) or its right edge (1)."""
        font = self.bold if bold else self.regular
        pixels = size * EM * self.scale
        extent = self._extent(text, size, bold)
        at = self.exactly(x, y)
        place = imgui.ImVec2(round(at.x - align * extent.x), round(at.y - 0.5 * extent.y))
        self.draw.add_text(font, pixels, place, self.u32(color or self.colors.text, opacity), text)

    def rect(
        self, x: float, y: float, w: float, h: float, color: Rgba, *, radius: float = 0.0, opacity: float = 1.0
    ) -> None:
        self.draw.add_rect_filled(self.at(x, y), self.at(x + w, y + h), self.u32(color, opacity), radius * self.scale)

    def frame(self, x: float, y: float, w: float, h: float, color: Rgba, *, radius: float, thickness: float) -> None:
        self.draw.add_rect(
            self.at(x, y), self.at(x + w, y + h), self.u32(color), radius * self.scale, thickness * self.scale
        )

    def disc(self, x: float, y: float, radius: float, color: Rgba, *, opacity: float = 1.0) -> None:
        center = self.exactly(x, y)
        self.draw.add_circle_filled(center, radius * self.scale, self.u32(color, opacity), 32)

    def ring(self, x: float, y: float, radius: float, color: Rgba, thickness: float) -> None:
        center = self.exactly(x, y)
        self.draw.add_circle(center, radius * self.scale, self.u32(color), 40, thickness * self.scale)

    def line(self, x1: float, y1: float, x2: float, y2: float, color: Rgba, thickness: float = 1.0) -> None:
        """A horizontal or vertical line, snapped to whole pixels."""
        half = max(1.0, round(thickness * self.scale)) / 2
        start, end = self.at(x1, y1), self.at(x2, y2)
        if x1 == x2:
            middle = start.x + half % 1
            low, high = imgui.ImVec2(middle - half, start.y), imgui.ImVec2(middle + half, end.y)
        else:
            middle = start.y + half % 1
            low, high = imgui.ImVec2(start.x, middle - half), imgui.ImVec2(end.x, middle + half)
        self.draw.add_rect_filled(low, high, self.u32(color))

    # ------------------------------------------------------------------------------------------ what moves

    def level(self, key: str, on: bool, seconds: float = HOVER_SECONDS) -> float:
        """A number that goes to 1 while `on` and back to 0, easing out."""
        now = self._levels.get(key, 0.0)
        goal = 1.0 if on else 0.0
        if now != goal:
            now += (goal - now) * (1.0 - math.exp(-4.0 * self._seconds / seconds))
            now = goal if abs(goal - now) < 0.01 else now
            self._levels[key] = now
            self.moving = self.moving or now != goal
        return now

    def tooltip(self, key: str, text: str, hovered: bool) -> None:
        """The name of a control, once the mouse has rested on it."""
        if not hovered or not text or imgui.is_mouse_down(imgui.MouseButton_.left):
            self._hovered_since.pop(key, None)
            return
        since = self._hovered_since.setdefault(key, self._clock)
        if self._clock - since < TOOLTIP_SECONDS:
            self.moving = True
            return
        name, _, shortcut = text.partition("\t")
        width = self.width(name, size=SMALL) + (self.width(shortcut, size=SMALL) + 10 if shortcut else 0) + 16
        mouse_x, mouse_y = self.mouse
        x = min(max(8.0, mouse_x - width / 2), self.size[0] - width - 8)
        y = mouse_y + 20 if mouse_y + 44 < self.size[1] - 4 else mouse_y - 34
        with self.panel("tooltip", x, y, width, 24, radius=6, front=True):
            self.text(x + 8, y + 12, name, size=SMALL)
            if shortcut:
                self.text(x + width - 8, y + 12, shortcut, size=SMALL, color=self.colors.second, align=1.0)

    # ------------------------------------------------------------------------------------------ controls

    def button(self, key: str, x: float, y: float, w: float, h: float, *, tip: str = "") -> tuple[bool, bool, bool]:
        """An area that can be clicked: (clicked, hovered, held)."""
        imgui.set_cursor_screen_pos(self.at(x, y))
        clicked = imgui.invisible_button(key, imgui.ImVec2(max(1.0, self.px(w)), max(1.0, self.px(h))))
        hovered, held = imgui.is_item_hovered(), imgui.is_item_active()
        self.tooltip(key, tip, hovered)
        return clicked, hovered, held

    def icon_button(self, key: str, icon: str, x: float, y: float, *, tip: str, active: bool = False) -> bool:
        """A button of 32 x 32 with a glyph; whether it was clicked."""
        clicked, hovered, held = self.button(key, x, y, 32, 32, tip=tip)
        self.button_fill(key, x, y, hovered=hovered, held=held, active=active)
        color = self.colors.accent_text if active else self.colors.text if hovered else self.colors.second
        self.text(x + 16, y + 16, icon, color=color, align=0.5, bold=icon == ICON_HELP)
        return clicked

    def button_fill(self, key: str, x: float, y: float, *, hovered: bool, held: bool, active: bool = False) -> None:
        """The ground of a button of 32 x 32 in its present state."""
        if active:
            self.rect(x, y, 32, 32, self.colors.tint, radius=6)
        hover = self.level(f"{key} hover", hovered)
        if hover > 0:
            self.rect(x, y, 32, 32, self.colors.pressed if held else self.colors.control, radius=6, opacity=hover)

    def slider(self, key: str, x: float, y: float, w: float, value: float, *, tip: str = "") -> float:
        """A horizontal slider in [0, 1] whose middle line is at y; returns the new value."""
        _, hovered, held = self.button(key, x - 8, y - 16, w + 16, 32, tip=tip)
        if held:
            value = min(1.0, max(0.0, (self.mouse[0] - x) / w))
        knob = x + value * w
        self.rect(x, y - 2, w, 4, self.colors.track, radius=2)
        self.rect(x, y - 2, max(4.0, value * w), 4, self.colors.accent, radius=2)
        if hovered or held:
            self.disc(knob, y, 10, self.colors.accent, opacity=0.25)
        self.disc(knob, y, 7, self.colors.text)
        return value

    def switch(self, key: str, x: float, y: float, on: bool, *, tip: str = "") -> bool:
        """A switch of 32 x 18 whose middle line is at y; returns the new state."""
        clicked, _, _ = self.button(key, x, y - 12, 32, 24, tip=tip)
        on = on != clicked
        place = self.level(f"{key} on", on)
        self.rect(x, y - 9, 32, 18, self.colors.accent if on else self.colors.track, radius=9)
        self.disc(x + 9 + 14 * place, y, 7, (1.0, 1.0, 1.0, 1.0))
        return on

    def dropdown(
        self, key: str, x: float, y: float, w: float, items: Sequence[str], current: int, *, tip: str = ""
    ) -> int:
        """A choice from a list; returns the new one."""
        clicked, hovered, held = self.button(key, x, y, w, 32, tip=tip)
        fill = self.colors.pressed if held or hovered else self.colors.control
        self.rect(x, y, w, 32, fill, radius=6)
        self.text(x + 12, y + 16, self.elide(items[current], w - 40))
        self.text(x + w - 16, y + 16, ICON_DOWN, size=10, color=self.colors.second, align=0.5)
        if clicked:
            imgui.open_popup(key)
        rows = min(len(items), 12)
        imgui.set_next_window_pos(self.at(x, y + 36))
        imgui.set_next_window_size(imgui.ImVec2(self.px(w), self.px(rows * 32 + 8)))
        imgui.push_style_var(imgui.StyleVar_.popup_rounding, 10 * self.scale)
        imgui.push_style_var(imgui.StyleVar_.popup_border_size, max(1.0, round(self.scale)))
        if imgui.begin_popup(key, imgui.WindowFlags_.no_move | imgui.WindowFlags_.no_nav):
            scroll = imgui.get_scroll_y() / self.scale
            for k, item in enumerate(items):
                top = y + 36 + 4 + 32 * k - scroll
                picked, over, _ = self.button(f"{key} {k}", x + 4, top, w - 8, 32)
                if over or k == current:
                    self.rect(
                        x + 4, top, w - 8, 32, self.colors.tint if k == current else self.colors.control, radius=6
                    )
                self.text(x + 12, top + 16, self.elide(item, w - 28), bold=k == current)
                if picked:
                    current = k
                if picked or self.escape:
                    imgui.close_current_popup()
            imgui.end_popup()
        imgui.pop_style_var(2)
        return current

    def search(self, key: str, x: float, y: float, w: float, text: str, hint: str, *, focus: bool = False) -> str:
        """A field to type into; returns its text. focus: the keys go there from now on."""
        self.rect(x, y, w, 32, self.colors.control, radius=6)
        self.text(x + 16, y + 16, ICON_SEARCH, size=13, color=self.colors.second, align=0.5)
        imgui.set_cursor_screen_pos(self.at(x + 24, y))
        imgui.set_next_item_width(self.px(w - 28))
        line = imgui.get_font_size()
        imgui.push_style_var(imgui.StyleVar_.frame_padding, imgui.ImVec2(self.px(6), (self.px(32) - line) / 2))
        if focus:
            imgui.set_keyboard_focus_here()
        _, text = imgui.input_text_with_hint(key, hint, text)
        imgui.pop_style_var()
        if imgui.is_item_active():
            self.frame(x, y, w, 32, self.colors.accent, radius=6, thickness=2)
            self.moving = True  # the cursor blinks
        return text
