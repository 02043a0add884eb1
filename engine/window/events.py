"""GLFW's events into ImGui, and what has to be known of them besides: whether any came, and what was typed.

These callbacks stand in place of vispy's, which drop repeated keys and the pointer over an unfocused window.
"""

from typing import Any

import glfw
from imgui_bundle import imgui

from .commands import Commands
from .surface import Surface

SETTLE = 3  # frames drawn after the last event, in which ImGui finds its hovers
MODIFIERS = (
    (imgui.Key.mod_shift, glfw.MOD_SHIFT),
    (imgui.Key.mod_alt, glfw.MOD_ALT),
    (imgui.Key.mod_ctrl, glfw.MOD_CONTROL),
)


class Events:
    """Owns the callbacks of one window."""

    def __init__(self, surface: Surface, commands: Commands) -> None:
        """commands: what is done at once, whatever is drawn."""
        self.active = SETTLE
        """Frames to be drawn still for what has happened."""
        self._typed: list[tuple[str, bool]] = []
        self._repeat = False
        self._surface, self._commands, self._io = surface, commands, imgui.get_io()
        self._renderer: Any = surface.renderer
        handle = surface.handle
        glfw.set_key_callback(handle, self._key)
        glfw.set_char_callback(handle, self._character)
        glfw.set_cursor_pos_callback(handle, self._moved)
        glfw.set_mouse_button_callback(handle, self._button)
        glfw.set_scroll_callback(handle, self._wheel)
        glfw.set_cursor_enter_callback(handle, self._entered)
        glfw.set_drop_callback(handle, self._dropped)  # type: ignore[arg-type]  # the wrapper hands out a list
        glfw.set_framebuffer_size_callback(handle, self._resized)
        for changes in (glfw.set_window_refresh_callback, glfw.set_window_close_callback):
            changes(handle, self._changed)

    def _key(self, window: Any, code: int, scancode: int, action: int, mods: int) -> None:
        self.active = SETTLE
        self._repeat = action == glfw.REPEAT
        text = code <= glfw.KEY_WORLD_2 and not mods & (glfw.MOD_CONTROL | glfw.MOD_SUPER)
        if not (text and self._io.want_text_input and action != glfw.RELEASE):
            # else it comes as a character alone: ImGui takes in one key a frame, and a slow window would lag behind
            self._renderer.keyboard_callback(window, code, scancode, action, mods)
        if action == glfw.RELEASE:
            return
        if code == glfw.KEY_ESCAPE and action == glfw.PRESS:
            self._commands.escape()
        elif code == glfw.KEY_TAB:
            self._commands.tab(-1 if mods & glfw.MOD_SHIFT else 1)
        elif code in (glfw.KEY_ENTER, glfw.KEY_KP_ENTER) and not self._io.want_text_input:
            self._commands.tab(0)
        elif mods & (glfw.MOD_CONTROL | glfw.MOD_SUPER) and not self._io.want_text_input:
            letter = glfw.get_key_name(code, scancode) or ""
            self._commands.command(code, letter, bool(mods & glfw.MOD_SHIFT), action == glfw.REPEAT)

    def _character(self, window: Any, codepoint: int) -> None:
        if self._io.want_text_input:
            self._renderer.char_callback(window, codepoint)
        elif not self._commands.ui.hold(chr(codepoint)):
            self._typed.append((chr(codepoint), self._repeat))

    def _moved(self, window: Any, x: float, y: float) -> None:
        self.active = SETTLE
        self._io.add_mouse_pos_event(x, y)

    def _button(self, window: Any, number: int, action: int, mods: int) -> None:
        self.active = SETTLE
        for mod, bit in MODIFIERS:  # a key may have gone down before the window had the focus
            self._io.add_key_event(mod, bool(mods & bit))
        self._io.add_mouse_button_event(number, action == glfw.PRESS)

    def _wheel(self, window: Any, x: float, y: float) -> None:
        self.active = SETTLE
        self._io.add_mouse_wheel_event(x, y)

    def _entered(self, window: Any, entered: int) -> None:
        """The cursor came in, or left, and then is nowhere."""
        self.active = SETTLE
        if not entered:
            self._io.add_mouse_pos_event(-1e6, -1e6)

    def _dropped(self, window: Any, paths: list[str]) -> None:
        self.active = SETTLE
        self._commands.dropped(paths)

    def _resized(self, *_: Any) -> None:
        self.active = SETTLE
        self._surface.measure()

    def _changed(self, *_: Any) -> None:
        """What covered it, or that it is asked to close."""
        self.active = SETTLE

    def typed(self) -> list[tuple[str, bool]]:
        """Characters typed outside text fields since the last time, and whether their key is held down."""
        typed, self._typed = self._typed, []
        return typed
