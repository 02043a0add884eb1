"""A name for the selection: the pen that begins it, and the field in which it is typed."""

from collections.abc import Callable
from dataclasses import dataclass

from ...viewer.viewer import Viewer
from ..icons import ICON_PEN
from ..text_field import field
from ..ui import Ui


@dataclass
class Naming:
    """What is typed so far."""

    text: str | None = None
    """None while nobody names anything."""
    begins: bool = False
    """Whether the field has just come up and wants the keys."""


def pen(ui: Ui, viewer: Viewer, naming: Naming, x: float, y: float) -> None:
    """The button that begins, where something is selected."""
    named = viewer.selection is not None and viewer.selection.any()
    if named and ui.icon_button("name it", ICON_PEN, x, y, tip="Name this selection"):
        naming.text, naming.begins = "", True


def draw(ui: Ui, viewer: Viewer, naming: Naming, x: float, y: float, w: float, *, say: Callable[[str], None]) -> None:
    """The field, 32 high; Enter makes the name an attribute of the tour. say: shows a line of text for a while."""
    assert naming.text is not None
    naming.text, done = field(ui, "##selection", x, y + 16, w, naming.text, focus=naming.begins)
    naming.begins = False
    if not naming.text:
        ui.text(x + 12, y + 16, "A name for this selection", color=ui.colors.second)
    if done:
        name, naming.text = naming.text, None
        if name.strip() and not ui.escape:
            try:
                viewer.name_selection(name)
                say(f"'{name.strip()}' is an attribute now; Ctrl+S keeps it in the tour")
            except ValueError as error:
                say(str(error))
