"""GLFW's events into ImGui, and what has to be known of them besides: whether any came, and what was typed.

These callbacks stand in place of vispy's, which drop repeated keys and the pointer over an unfocused window.
"""

from typing import Any

import glfw
from imgui_bundle import imgui

from .commands import Commands

SETTLE = 3  # frames drawn after the last event, in which ImGui finds its hovers
MODIFIERS = (
    (imgui.Key.mod_shift, glfw.MOD_SHIFT),
    (imgui.Key.mod_alt, glfw.MOD_ALT),
    (imgui.Key.mod_ctrl, glfw.MOD_CONTROL),
)


class Events:
    """Owns the callbacks of one window."""

    def __init__(
        self,
        handle: Any,
        renderer: Any,
        commands: Commands,
    ) -> None:
        """renderer: ImGui's backend. commands: what is done at once, whatever is drawn."""
        self.active = SETTLE
        """Frames to be drawn still for what has happened."""
        self._typed: list[tuple[str, bool]] = []
        self._repeat = False
        io = imgui.get_io()

        def key(window: Any, code: int, scancode: int, action: int, mods: int) -> None:
            self.active = SETTLE
            self._repeat = action == glfw.REPEAT
            renderer.keyboard_callback(window, code, scancode, action, mods)
            if action == glfw.RELEASE:
                return
            if code == glfw.KEY_ESCAPE and action == glfw.PRESS:
                commands.escape()
            elif code in (glfw.KEY_TAB, glfw.KEY_ENTER, glfw.KEY_KP_ENTER) and not io.want_text_input:
                commands.tab((-1 if mods & glfw.MOD_SHIFT else 1) if code == glfw.KEY_TAB else 0)
            elif mods & (glfw.MOD_CONTROL | glfw.MOD_SUPER) and not io.want_text_input:
                letter = glfw.get_key_name(code, scancode) or ""
                commands.command(code, letter, bool(mods & glfw.MOD_SHIFT), action == glfw.REPEAT)

        def character(window: Any, codepoint: int) -> None:
            renderer.char_callback(window, codepoint)
            if not io.want_text_input:
                self._typed.append((chr(codepoint), self._repeat))

        def moved(window: Any, x: float, y: float) -> None:
            self.active = SETTLE
            io.add_mouse_pos_event(x, y)

        def button(window: Any, number: int, action: int, mods: int) -> None:
            self.active = SETTLE
            for mod, bit in MODIFIERS:  # a key may have gone down before the window had the focus
                io.add_key_event(mod, bool(mods & bit))
            io.add_mouse_button_event(number, action == glfw.PRESS)

        def wheel(window: Any, x: float, y: float) -> None:
            self.active = SETTLE
            io.add_mouse_wheel_event(x, y)

        def left(window: Any, entered: int) -> None:
            self.active = SETTLE
            if not entered:
                io.add_mouse_pos_event(-1e6, -1e6)

        def files(window: Any, paths: list[str]) -> None:
            self.active = SETTLE
            commands.dropped(paths)

        def changed(*_: Any) -> None:
            self.active = SETTLE

        glfw.set_drop_callback(handle, files)  # type: ignore[arg-type]  # the wrapper hands out a list
        glfw.set_key_callback(handle, key)
        glfw.set_char_callback(handle, character)
        glfw.set_cursor_pos_callback(handle, moved)
        glfw.set_mouse_button_callback(handle, button)
        glfw.set_scroll_callback(handle, wheel)
        glfw.set_cursor_enter_callback(handle, left)
        glfw.set_framebuffer_size_callback(handle, changed)
        glfw.set_window_refresh_callback(handle, changed)
        glfw.set_window_close_callback(handle, changed)

    def typed(self) -> list[tuple[str, bool]]:
        """Characters typed outside text fields since the last time, and whether their key is held down."""
        typed, self._typed = self._typed, []
        return typed
