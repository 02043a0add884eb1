"""Controls on Dear ImGui: buttons, sliders, switches, lists, search fields, tooltips, and how they fade."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from imgui_bundle import imgui

from ..viewer.theme import SMALL
from ..viewer.wrap import wrapped
from .drawing import Drawing
from .faults import Faults, close_left_open
from .icons import ICON_DOWN, ICON_HELP, ICON_SEARCH
from .textures import Textures

HOVER_SECONDS = 0.12
TOOLTIP_SECONDS = 0.4
TOOLTIP, TOOLTIP_LINES = 320.0, 8  # pixels wide at most; a longer text takes several lines
ASKED = 4  # frames until ImGui gives a field the keys, and one more
ARROWS = {imgui.Key.left_arrow: -1, imgui.Key.up_arrow: -1, imgui.Key.right_arrow: 1, imgui.Key.down_arrow: 1}
ARROW = 0.05  # of a slider, by an arrow key


class Ui(Drawing):
    """Draws the controls asked for, one frame after another, and owns what fades: hovers and tooltips."""

    def __init__(self, faults: Faults, textures: Textures) -> None:
        super().__init__(textures)
        self.faults = faults
        self._levels: dict[str, float] = {}
        self._hovered_since: dict[str, float] = {}
        self._tips: list[tuple[str, tuple[float, float]]] = []
        self._stops: list[str] = []
        """The controls of this frame in order, which Tab goes through."""
        self._order: list[str] = []
        """And those of the frame before."""
        self.focused = ""
        """The control that Tab has gone to; Enter clicks it."""
        self.pressed = False
        """Whether Enter was pressed since the last frame."""
        self._arrived = False
        """Whether the focus has come to its control since the last frame."""
        self._asked = 0
        """Frames left in which a text field that was asked for gets the keys."""
        self._held = ""
        """What was typed meanwhile."""
        self._ring: tuple[imgui.ImVec2, imgui.ImVec2] | None = None
        """Where the control is that has the focus, on the screen."""
        self._popup: imgui.internal.Window | None = None
        """The list that is open."""

    @contextmanager
    def guarded(self, what: str) -> Iterator[None]:
        """A part of a frame whose failure costs that part alone. what: as a person would call it."""
        before = imgui.internal.ErrorRecoveryState()
        imgui.internal.error_recovery_store_state(before)
        with self.faults.guarded(what, mend=lambda: close_left_open(before)):
            yield

    def end(self) -> None:
        """The controls of this frame are drawn: an open list, the ring of the focus and tooltips go on top of them."""
        if self._popup is not None:
            imgui.internal.bring_window_to_display_front(self._popup)
            self._popup = None
        for text, mouse in self._tips:
            self._tooltip(text, *mouse)
        self._tips.clear()
        self._order, self._stops = self._stops, []
        self.pressed = self._arrived = False
        if self.focused not in self._order:
            self.focused = ""
        elif self._ring is not None:
            self._draw_ring(*self._ring)
        self._ring = None
        self._asked = max(0, self._asked - 1)
        if self._held and imgui.get_io().want_text_input:
            imgui.get_io().add_input_characters_utf8(self._held)
        if not self._asked or imgui.get_io().want_text_input:
            self._held = ""
        self.moving = self.moving or bool(self._asked)
        if by := self._arrow(self.focused):
            row = [stop for stop in self._order if _list_of(stop) == _list_of(self.focused)]
            self._give_focus(row[min(max(row.index(self.focused) + by, 0), len(row) - 1)])

    # ------------------------------------------------------------------------------------------ the focus

    def move_focus(self, by: int) -> None:
        """Tab, or with shift back: the next control of those on the screen, or the next list, gets the focus."""
        if not self._order:
            return
        here = self._order.index(self.focused) if self.focused in self._order else (-1 if by > 0 else 0)
        count = len(self._order)
        ways = [self._order[(here + by * k) % count] for k in range(1, count + 1)]
        imgui.internal.clear_active_id()  # a text field is left
        self._give_focus(next((stop for stop in ways if _list_of(stop) != _list_of(self.focused)), ways[0]))

    def _give_focus(self, stop: str) -> None:
        self._arrived = self._arrived or stop != self.focused
        self.focused = stop

    def stop_of(self, key: str) -> str:
        """What `focused` is while the focus is on a control of the present panel."""
        return f"{self.name}/{key}"

    def _stop(self, key: str) -> bool:
        """A control that Tab comes to; whether it has the focus."""
        stop = self.stop_of(key)
        self._stops.append(stop)
        return stop == self.focused

    def arrows(self, key: str) -> int:
        """-1 or 1 where a control has the focus and an arrow key asks for less or more."""
        stop = self.stop_of(key)
        return self._arrow(stop, alone=True) if stop == self.focused else 0

    def _arrow(self, stop: str, *, alone: bool = False) -> int:
        """alone: whether that is a control, not one of a list."""
        if not stop or imgui.get_io().want_text_input or (_list_of(stop) == stop) != alone:
            return 0
        return next((by for key, by in ARROWS.items() if imgui.is_key_pressed(key)), 0)

    def _show_focus(self) -> None:
        """Ring the control that was drawn last; in a list that scrolls it comes into view."""
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        if imgui.internal.get_current_window().flags & imgui.WindowFlags_.child_window:
            top = imgui.get_window_pos().y
            bottom = top + imgui.get_window_height()
            beyond = min(low.y - top, 0.0) or max(high.y - bottom, 0.0)
            if self._arrived and beyond and high.y - low.y <= bottom - top:
                imgui.set_scroll_y(imgui.get_scroll_y() + beyond)
                self.moving = True
            low.y, high.y = max(low.y, top), min(high.y, bottom)
        self._ring = (low, high) if low.y < high.y else None

    def _draw_ring(self, low: imgui.ImVec2, high: imgui.ImVec2) -> None:
        """Around a control, within the window, whatever panel it is on."""
        apart, wide = self.px(2), 2.0 * self.scale
        edge = 0.5 * wide
        corners = (
            imgui.ImVec2(max(low.x - apart, edge), max(low.y - apart, edge)),
            imgui.ImVec2(
                min(high.x + apart, self.px(self.size[0]) - edge), min(high.y + apart, self.px(self.size[1]) - edge)
            ),
        )
        imgui.get_foreground_draw_list().add_rect(*corners, self.u32(self.colors.accent), 8 * self.scale, wide)

    # ------------------------------------------------------------------------------------------ what moves

    def level(self, key: str, on: bool) -> float:
        """A number that goes to 1 while `on` and back to 0, easing out."""
        now = self._levels.get(key, 0.0)
        goal = 1.0 if on else 0.0
        if now != goal:
            now += (goal - now) * (1.0 - math.exp(-4.0 * self._seconds / HOVER_SECONDS))
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
        mouse_x, mouse_y = self.mouse
        self._tips = [(text, (mouse_x + self.origin[0], mouse_y + self.origin[1]))]

    def _tooltip(self, text: str, mouse_x: float, mouse_y: float) -> None:
        name, _, shortcut = text.partition("\t")
        lines = wrapped(name, lambda line: self.width(line, size=SMALL), room=TOOLTIP, lines=TOOLTIP_LINES)
        lines = [self.elide(line, TOOLTIP, size=SMALL) for line in lines]
        width = max(self.width(line, size=SMALL) for line in lines) + 16
        width += self.width(shortcut, size=SMALL) + 10 if shortcut else 0
        height = 8.0 + 16 * len(lines)
        x = min(max(8.0, mouse_x - width / 2), self.size[0] - width - 8)
        y = mouse_y + 20 if mouse_y + 20 + height < self.size[1] - 4 else max(4.0, mouse_y - 10 - height)
        with self.panel("tooltip", x, y, width, height, radius=6, front=True, inert=True):
            for k, line in enumerate(lines):
                self.text(x + 8, y + 12 + 16 * k, line, size=SMALL)
            if shortcut:
                self.text(x + width - 8, y + 12, shortcut, size=SMALL, color=self.colors.second, align=1.0)

    # ------------------------------------------------------------------------------------------ controls

    def button(self, key: str, x: float, y: float, w: float, h: float, *, tip: str = "") -> tuple[bool, bool, bool]:
        """An area that can be clicked, or reached by Tab and clicked by Enter: (clicked, hovered, held)."""
        focused = self._stop(key)
        imgui.set_cursor_screen_pos(self.at(x, y))
        clicked = imgui.invisible_button(key, imgui.ImVec2(max(1.0, self.px(w)), max(1.0, self.px(h))))
        hovered, held = imgui.is_item_hovered(), imgui.is_item_active()
        if focused:
            self._show_focus()
        self.tooltip(key, tip, hovered)
        return clicked or (focused and self.pressed), hovered, held

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
            value = (self.mouse[0] - x) / w
        value = min(1.0, max(0.0, value + ARROW * self.arrows(key)))
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
            if self.focused == self.stop_of(key):
                self._give_focus(self.stop_of(f"{key} {current}"))
                self.pressed = False  # which that row does not take for itself
        rows = min(len(items), 12)
        imgui.set_next_window_pos(self.at(x, y + 36))
        imgui.set_next_window_size(imgui.ImVec2(self.px(w), self.px(rows * 32 + 8)))
        imgui.push_style_var(imgui.StyleVar_.popup_rounding, 10 * self.scale)
        imgui.push_style_var(imgui.StyleVar_.popup_border_size, max(1.0, round(self.scale)))
        if self.begin_list(key):
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
                if (picked or self.escape) and self.focused == self.stop_of(f"{key} {k}"):
                    self._give_focus(self.stop_of(key))
            imgui.end_popup()
        imgui.pop_style_var(2)
        return current

    def begin_list(self, key: str) -> bool:
        """Whether a list is open that a control opens; it is drawn then, in front of all panels."""
        if not imgui.begin_popup(key, imgui.WindowFlags_.no_move | imgui.WindowFlags_.no_nav):
            return False
        self._popup = imgui.internal.get_current_window()
        return True

    def text_stop(self, key: str, *, focus: bool) -> None:
        """Before a text field: Tab comes to it, Enter or `focus` begins to type into it."""
        if (self._stop(key) and (self._arrived or self.pressed)) or focus:
            imgui.set_keyboard_focus_here()
            self._asked = ASKED

    def hold(self, text: str) -> bool:
        """Whether a text field has been asked for that does not take the keys yet; it gets the text then."""
        io = imgui.get_io()
        if not self._asked or io.want_text_input:
            return False
        self._held += text
        return True

    def hold_all(self, text: str) -> None:
        """Text for a field that is about to be asked for."""
        self._asked, self._held = ASKED, text

    def typing(self, key: str, *, box: tuple[float, float, float, float] | None = None) -> bool:
        """After a text field: whether the keys go there; Tab goes on from it.

        box: x, y, width and height of what has the focus, where that is more than the line of text.
        """
        stop = self.stop_of(key)
        if active := imgui.is_item_active():
            self.focused = stop
        elif self.focused == stop:
            self._show_focus()
            if box is not None:
                self._ring = self.at(box[0], box[1]), self.at(box[0] + box[2], box[1] + box[3])
        return active

    def search(self, key: str, x: float, y: float, w: float, text: str, hint: str, *, focus: bool = False) -> str:
        """A field to type into; returns its text. focus: the keys go there from now on, in place of what it holds."""
        self.rect(x, y, w, 32, self.colors.control, radius=6)
        self.text(x + 16, y + 16, ICON_SEARCH, size=13, color=self.colors.second, align=0.5)
        imgui.set_cursor_screen_pos(self.at(x + 24, y))
        imgui.set_next_item_width(self.px(w - 28))
        line = imgui.get_font_size()
        imgui.push_style_var(imgui.StyleVar_.frame_padding, imgui.ImVec2(self.px(6), (self.px(32) - line) / 2))
        self.text_stop(key, focus=focus)
        _, text = imgui.input_text_with_hint(key, hint, text, imgui.InputTextFlags_.auto_select_all)
        imgui.pop_style_var()
        if self.typing(key, box=(x, y, w, 32)):
            self.frame(x, y, w, 32, self.colors.accent, radius=6, thickness=2)
            self.moving = True  # the cursor blinks
        return text


def _list_of(stop: str) -> str:
    """Rows of a list are told apart by their numbers: Tab comes to one of them, arrows go from one to the next."""
    return stop.rstrip("0123456789")
