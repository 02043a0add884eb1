"""Panels, text and shapes drawn to the design on Dear ImGui: what controls are made of.

Coordinates are pixels of the design, from the window's top left; `Drawing` multiplies by the scale and snaps to the
screen's pixels. ImGui does the hit-testing, the text fields and the scrolling, and the drawing is ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from imgui_bundle import imgui

from ..viewer.theme import NORMAL, PALETTES, Palette, Rgba
from . import fonts
from .shaped import Shaped
from .textures import Textures

EM = 1.1719  # ImGui's font size is ascent plus descent, which Roboto has at this many ems

PANEL = (
    imgui.WindowFlags_.no_decoration
    | imgui.WindowFlags_.no_move
    | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_bring_to_front_on_focus
    | imgui.WindowFlags_.no_focus_on_appearing  # or it takes the press from the control that made it appear
    | imgui.WindowFlags_.no_nav
    | imgui.WindowFlags_.no_scroll_with_mouse
)


class Drawing:
    """Owns the fonts, and knows the scale, the colours and where panels stand."""

    def __init__(self, textures: Textures) -> None:
        """textures: for text that ImGui cannot set."""
        self.shaped = Shaped(textures)
        io = imgui.get_io()
        io.set_ini_filename("")
        io.config_windows_move_from_title_bar_only = True
        self.regular = fonts.load("Roboto/Roboto-Regular.ttf", NORMAL * EM)
        self.bold = fonts.load("Roboto/Roboto-Bold.ttf", NORMAL * EM)
        self.scale = 1.0
        self.size = (0.0, 0.0)
        """Of the window, or of the pane that is drawn in (`pane`)."""
        self.origin = (0.0, 0.0)
        """Of that, from the window's top left."""
        self.name = ""
        """Of the panel that is drawn."""
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
        self._seconds = 0.0
        self._clock = 0.0

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
        try:
            yield
        finally:
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
        self.name = name
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
        try:
            yield
        finally:
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
        if self.shaped.needs(text):
            em = round(size * self.scale)
            return imgui.ImVec2(self.shaped.width(text, em, bold=bold), 2.0 * em)
        imgui.push_font(self.bold if bold else self.regular, self._pixels(size))
        extent = imgui.calc_text_size(text)
        imgui.pop_font()
        return extent

    def _pixels(self, size: float) -> float:
        """A size of type in whole pixels of the screen: ImGui measures and rasterises at whole ones alone."""
        return float(round(size * EM * self.scale))

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
        pixels = self._pixels(size)
        extent = self._extent(text, size, bold)
        at = self.exactly(x, y)
        place = imgui.ImVec2(round(at.x - align * extent.x), round(at.y - 0.5 * extent.y))
        ink = self.u32(color or self.colors.text, opacity)
        if self.shaped.needs(text):
            picture, wide, high = self.shaped.picture(text, round(size * self.scale), bold=bold)
            end = imgui.ImVec2(place.x + wide, place.y + high)
            self.draw.add_image(picture, place, end, imgui.ImVec2(0, 0), imgui.ImVec2(1, 1), ink)
        else:
            self.draw.add_text(font, pixels, place, ink, text)

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
