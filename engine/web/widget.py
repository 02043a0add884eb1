"""A tour in a notebook: `engine.widget`, which needs the extra [notebook]."""

from typing import TYPE_CHECKING

from ..tour.tour import Tour, check_tours

if TYPE_CHECKING:
    from .notebook import TourWidget


def widget(tour: Tour, other: Tour | None = None, *, height: int = 600) -> "TourWidget":
    """A tour, or two of the same points side by side, as a widget for Jupyter, VS Code, Colab and marimo.

    height: in pixels. `view`, `selection` (row numbers or None), `layer` and `playing` follow the page, and the page
    follows them; `observe` tells of their changes. `html()` is the page in a frame, for where no kernel runs. Raises
    ModuleNotFoundError where anywidget is missing.
    """
    check_tours(tour, other)
    try:
        from .notebook import TourWidget
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "traitlets", "ipywidgets"):
            raise
        raise ModuleNotFoundError(
            "widgets need the extra [notebook]; install it: pip install 'umap-tour[notebook]'", name=error.name
        ) from None
    return TourWidget(tour, other, height=height)
