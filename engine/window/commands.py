"""What Esc, Tab, Enter, keys with Ctrl and files dropped on the window do, the clipboard, and what is typed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import glfw
from imgui_bundle import imgui

from ..viewer.history import History
from . import interaction, panels, point_lists
from .panes import Panes
from .ui import Ui
from .worker import Worker


@dataclass(frozen=True, eq=False)
class Commands:
    """Acts on the pane that leads."""

    ui: Ui
    panes: Panes
    panels: panels.Panels
    history: History
    worker: Worker
    compare: Callable[[Path], None]
    """Opens another tour beside."""

    def escape(self) -> None:
        self.ui.escape = True
        if imgui.is_popup_open("", imgui.PopupFlags_.any_popup):
            pass  # the list that is open closes, and nothing else
        elif self.ui.focused and not imgui.get_io().want_text_input:
            self.ui.focused = ""
        elif self.panels.popover:
            self.panels.popover = ""
        elif not imgui.get_io().want_text_input:
            self.panes.lead.viewer.story.stop()
            self.panels.opening = False
            self.panes.lead.hands.escape()

    def tab(self, by: int) -> None:
        """Tab goes to the next control, Enter (0) clicks it."""
        if by:
            self.ui.move_focus(by)
        else:
            self.ui.pressed = True

    def command(self, code: int, letter: str, shift: bool, repeat: bool) -> None:
        """What a key with Ctrl (or Cmd) asks for."""
        viewer, self.panels.opening = self.panes.lead.viewer, False
        if code == glfw.KEY_C and not repeat:
            self.copy_rows()
        elif code == glfw.KEY_V and not repeat:
            self._paste()
        if letter == "y" or (letter == "z" and shift):
            if not self.history.redo(viewer.base, viewer.restore):
                self.panels.say("Nothing to do again")
        elif letter == "z":
            if not self.history.undo(viewer.base, viewer.restore):
                self.panels.say("Nothing to take back")
        elif letter == "s":
            panels.story.save(self.panes.all[0].viewer, self.panels.story)

    def copy_rows(self) -> None:
        """The selected rows to the clipboard."""
        put = lambda text: glfw.set_clipboard_string(None, text)  # type: ignore[arg-type]  # noqa: E731
        point_lists.copy(self.panes.lead.viewer, self.worker, put, self.panels.say)

    def save_rows(self) -> None:
        point_lists.save(self.panes.lead.viewer, self.worker, self.panels.say)

    def _paste(self) -> None:
        """Select the points that the clipboard lists."""
        text = glfw.get_clipboard_string(None) or b""  # type: ignore[arg-type]
        text = text if isinstance(text, str) else text.decode("utf-8", "replace")
        point_lists.take(self.panes.lead.viewer, self.worker, text, self.panels.say)

    def dropped(self, files: list[str]) -> None:
        viewer = self.panes.lead.viewer
        for file in map(Path, files):
            if file.suffix.lower() == ".tour" or (file / "tour.json").is_file():
                self.compare(file)
            elif file.suffix.lower() == ".json":
                panels.story.bring(self.panes.all[0].viewer, self.panels.story, file)
            else:
                point_lists.take(viewer, self.worker, file, self.panels.say)

    def typed(self, characters: list[tuple[str, bool]]) -> bool:
        """Do what was typed outside text fields; whether a picture was asked for."""
        picture = False
        for place, (character, repeat) in enumerate(characters):
            if self.panels.just_opened or self.panels.story.focus or self.panes.lead.hands.handles.naming:
                # it is for the field that comes up
                self.ui.hold_all("".join(each for each, _ in characters[place:]))
                break
            lead = self.panes.lead
            asked = interaction.typed(character, lead.viewer, lead.hands, self.panels, self.panes.pair, repeat=repeat)
            picture = picture or asked
        return picture
