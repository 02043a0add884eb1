"""What fails in a panel, an action or background work costs a message: the window and unsaved stories stay.

An exception that left a frame half composed would leave ImGui between two frames for ever, so whoever draws is
guarded by `Ui.guarded`, which closes whatever stands open.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from imgui_bundle import imgui

from ..files import printable

log = logging.getLogger("engine")


class Faults:
    """Says and logs what went wrong, each fault once; `count` counts all of them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """say: shows a line of text for a while."""
        self.count = 0
        self._say = say
        self._said: set[str] = set()

    def note(self, what: str, error: Exception) -> None:
        """An exception that nobody foresaw. what: where it happened, as a person would call it."""
        self.count += 1
        text = " ".join(printable(error.args[0] if isinstance(error, KeyError) and error.args else error).split())
        line = f"{what} failed: {type(error).__name__}{': ' if text else ''}{text[:300]}"
        if line not in self._said:  # it may come again with every frame
            self._said.add(line)
            log.error("%s; the window goes on", line)
            log.debug("where it failed:", exc_info=error)
            self._say(line)

    @contextmanager
    def guarded(self, what: str, *, mend: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Note what fails within, and go on after it. mend: what to do then."""
        try:
            yield
        except Exception as error:
            self.note(what, error)
            try:
                mend()
            except Exception as another:
                self.note(f"mending {what}", another)


def close_left_open(before: imgui.internal.ErrorRecoveryState) -> None:
    """Close what has been opened in ImGui since `before` was stored: windows, popups, groups, colours, fonts."""
    io, context = imgui.get_io(), imgui.get_current_context()
    asserting, tooltip, logged = (
        io.config_error_recovery_enable_assert,
        io.config_error_recovery_enable_tooltip,
        context.debug_log_flags,
    )
    io.config_error_recovery_enable_assert = io.config_error_recovery_enable_tooltip = False
    context.debug_log_flags = 0  # it would tell of each on the terminal
    try:
        imgui.internal.error_recovery_try_to_recover_state(before)
    finally:
        io.config_error_recovery_enable_assert, io.config_error_recovery_enable_tooltip = asserting, tooltip
        context.debug_log_flags = logged
