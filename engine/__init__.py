r"""umap-tour: see how a neural network sorts images, layer by layer, in a Grand Tour.

Two halves that meet in `tour`. The left one runs once and needs torch; the right one runs 60 times a second and
needs numpy and OpenGL. Nothing on the left imports anything to its right:

    images, network -> pipeline -> tour -> motion -> render --+-> window ---+-> cli
                       torch       numpy   numpy \   vispy    |   glfw      |
                       cuML CuPy   pandas  only   \  gloo     |   imgui     |
                                                   > viewer --+-> pictures -+
                                                     numbers  |   files     |
                                                              +-> web ------+
                                                                  pages

    cluster   the workers of other machines, by way of Dask; the pipeline sends them tasks
    pipeline  capture, exact neighbours, UMAP from layer to layer, alignment; new pictures into a finished tour
    tour      a Tour as values, NAME.tour/ on disk, the published page's data; alignment, similarity, matching, search,
              regions and lists worth a look
    motion    rotations, tours, drags, flights, transitions, framing: where points go, in numbers alone
    render    shaders/ through vispy.gloo: dots, images, density; a bare draw of the same points, to measure against
    viewer    what is looked at and how it changes, in numbers alone: the state, and every action of a person
    window    GLFW and Dear ImGui: events, panels, marks over the points
    pictures  snapshot, film, gallery, heatmap: files and arrays, without a window
    web       export, serve, article, widget: what web/, the browser's half, is given
    doctor    what a machine has, a GPU tried out, the workers of a cluster
    cli       one verb, one thing to do

Small modules for every room: files (safe names, whole or not there), progress (bars), malloc (glibc's memory), stopping
(signals).

The docstring of each package lists its files; docs/architecture.md goes through the rooms one by one.
The public names below are resolved on first use: importing the package loads none of the libraries above.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .motion.grandtour import GrandTour as GrandTour
    from .motion.handle import drag as drag
    from .pictures.snapshot import snapshot as snapshot
    from .pipeline.add import add as add
    from .pipeline.build import build as build
    from .tour.alignment import procrustes as procrustes
    from .tour.published import import_published as import_published
    from .tour.reading import load as load
    from .tour.schema import TourFormatError as TourFormatError
    from .tour.similarity import similarity as similarity
    from .tour.view import View as View
    from .web.export import export as export
    from .web.widget import widget as widget
    from .window.window import show as show

_HOMES = {
    "build": "pipeline.build",
    "add": "pipeline.add",
    "load": "tour.reading",
    "import_published": "tour.published",
    "procrustes": "tour.alignment",
    "similarity": "tour.similarity",
    "GrandTour": "motion.grandtour",
    "drag": "motion.handle",
    "View": "tour.view",
    "snapshot": "pictures.snapshot",
    "show": "window.window",
    "export": "web.export",
    "widget": "web.widget",
    "TourFormatError": "tour.schema",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
