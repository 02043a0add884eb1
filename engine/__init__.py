r"""umap-tour: see how a neural network sorts images, layer by layer, in a Grand Tour.

Two halves that meet in `tour`. One runs once and needs torch; the other runs 60 times a second and needs numpy and
OpenGL. The way of the data:

    images, network -> pipeline -> NAME.tour -> viewer -> render -> window, pictures, web

The rooms by floors; each imports from floors below its own alone:

    5   cli                        one verb, one thing to do
    4   doctor                     what a machine has, a GPU tried out, the workers of a cluster
    3   window, pictures, web      GLFW and Dear ImGui; pictures and films in files; pages for a browser
    2   pipeline, render, viewer   torch, cuML; OpenGL by vispy.gloo; what is looked at and how it changes, in numbers
    1   tour, motion, cluster      what both halves know; where points go, by numpy alone; Dask
    0   files, progress, malloc, stopping   small modules for every room

    cluster   tasks for the workers of other machines; the pipeline sends them
    pipeline  capture, exact neighbours, UMAP from layer to layer, alignment; new pictures into a finished tour
    tour      a Tour as values, NAME.tour/ on disk, the published page's data; alignment, similarity, matching, search,
              regions and lists worth a look
    motion    rotations, tours, drags, flights, transitions, framing
    render    shaders/ in passes: dots, images, density; a bare draw of the same points, to measure against
    viewer    the state of a tour that is looked at, and every action of a person
    window    events, panels, marks over the points
    pictures  snapshot, film, gallery, heatmap
    web       export, serve, article, widget: what web/, the browser's half, is given

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
