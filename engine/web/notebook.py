"""The widget itself: the page in a cell, its pieces as binary messages, what it shows as traits both ways.

A page asks for a piece once it needs it, and gets it in parts, since a notebook's websocket stops at 10 MB.
"""

import base64
import html
import math
from dataclasses import replace
from typing import Any

import anywidget
import traitlets

from ..tour.schema import TourFormatError
from ..tour.tour import Tour
from ..tour.view import View
from ..viewer.thumbnail import thumbnail
from .contents import contents
from .images import as_png
from .page import PARTS, as_script, document, packed, parts_of, script, styles

PART = 4 * 10**6  # bytes of a message at most
FOLLOWED = ["view", "selection", "layer", "playing"]
STILL = (800, 500)  # pixels of the picture that a saved notebook keeps


def module(parts: list[str]) -> str:
    """What a notebook runs: the page with these of `PARTS`."""
    drawn = f"export default {{ render: (cell) => renderWidget(cell, {{ {', '.join(parts)} }}) }};"
    return script("widget.js", *(PARTS[name] for name in parts)) + f"\n{drawn}\n"


class TourWidget(anywidget.AnyWidget):
    """What `engine.widget` gives. Owns the pieces that its pages ask for."""

    _css = styles()

    height = traitlets.Int(600).tag(sync=True)
    view = traitlets.Any(None, allow_none=True).tag(sync=True)
    """What is shown, as views.json has it; takes a View as well."""
    selection = traitlets.List(traitlets.Int(), None, allow_none=True).tag(sync=True)
    """Numbers of the selected points; None where nothing is singled out."""
    layer = traitlets.Float(None, allow_none=True).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    said = traitlets.Int(0).tag(sync=True)
    """How often the notebook has set one of these: what a page told before it knew the latest is out of date."""

    def __init__(self, tour: Tour, other: Tour | None = None, *, height: int = 600) -> None:
        self._tour = tour
        self._contents = contents(tour, other)
        self._esm = module(parts_of(self._contents.manifest))
        super().__init__(height=height)
        self._n, self._layers = self._contents.manifest["tours"][0]["n"], len(tour.layers)
        self._hearing = False
        self.on_msg(self._answer)
        self.observe(self._count, FOLLOWED)

    @traitlets.validate("view")
    def _plain(self, proposal: Any) -> Any:
        value = proposal["value"]
        if isinstance(value, View):
            return value.to_json()
        if value is not None:
            View.from_json({key: each for key, each in value.items() if key != "playing"})
        return value

    @traitlets.validate("selection")
    def _within(self, proposal: Any) -> Any:
        rows = proposal["value"]
        if rows is not None and any(not 0 <= row < self._n for row in rows):
            raise traitlets.TraitError(f"there are points 0 to {self._n - 1}")
        return rows

    @traitlets.validate("layer")
    def _there(self, proposal: Any) -> Any:
        layer = proposal["value"]
        if layer is not None and not 0 <= layer <= self._layers - 1:
            raise traitlets.TraitError(f"there are layers 0 to {self._layers - 1}, not {layer:g}")
        return layer

    def _count(self, _: Any) -> None:
        if not self._hearing:
            self.said += 1

    def _hear(self, told: dict[str, Any]) -> None:
        """Take what a page tells of itself."""
        self._hearing = True
        try:
            for name in FOLLOWED:
                if name in told:
                    setattr(self, name, told[name])
        finally:
            self._hearing = False

    def _answer(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        """Send a page the manifest or a piece that it asked for, or take what it tells."""
        to, name = message.get("from"), message.get("piece")
        if message.get("ready"):
            self.send({"to": to, "manifest": self._contents.manifest})
        elif "told" in message:
            if message.get("said") == self.said:  # else it tells again once it has heard
                self._hear(message["told"])
        elif name in self._contents.pieces:
            try:
                data = packed(self._contents.pieces[name]())
            except (TourFormatError, OSError) as error:
                return self.send({"to": to, "piece": name, "fault": str(error)})
            parts = max(1, math.ceil(len(data) / PART))
            for part in range(parts):
                chunk = data[part * PART : (part + 1) * PART]
                self.send({"to": to, "piece": name, "part": part, "parts": parts}, buffers=[chunk])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """As every widget's, with a still picture for where no kernel runs: a saved notebook, nbconvert."""
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["image/png"] = base64.b64encode(self._still()).decode()
        return bundle

    def _still(self) -> bytes:
        """What is shown, or will be at first, as dots."""
        shown = self.view or self._contents.manifest["tours"][0]["opening"]
        view = replace(View.from_json({**shown, "handles": []}), mode="dots")
        return as_png(thumbnail(self._tour, view, size=STILL, theme=view.theme, large=True))

    def html(self) -> str:
        """The page with all its data in a frame, to show where no kernel runs."""
        scripts = "".join(
            f"<script>{as_script(name, make()).strip()}</script>\n" for name, make in self._contents.pieces.items()
        )
        page = document(self._contents.manifest, inline=scripts)
        style = f"width:100%;height:{self.height}px;border:0"
        return f'<iframe sandbox="allow-scripts" style="{style}" srcdoc="{html.escape(page)}"></iframe>'
