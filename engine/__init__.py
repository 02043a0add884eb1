"""umap-tour: see how a neural network sorts images, layer by layer, in a Grand Tour.

Two halves that meet in `tour`. The left one runs once and needs torch; the right one runs 60 times a second and
needs numpy and OpenGL. Nothing on the left imports anything to its right:

    images, network -> pipeline -> tour -> motion -> render -> app -> cli
                       torch       numpy   numpy     vispy     glfw
                       cuML CuPy   pandas  only      gloo      imgui

    pipeline  device, sources, networks, activations, principal, sketch, neighbors, embedding, build; digits,
              the demo's data
    tour      tour, view, story, format (NAME.tour/ on disk), published (the published page's data; its columns and
              scenes apart), alignment, similarity, sketches (similarity of full activations), matching, epochs,
              movement, search, rows (selected points as a table), synthetic
    motion    random, rotation, piece, grandtour, walk (little, local, guided), handle, camera, flight, transition,
              projection, selection: where points go, in numbers alone
    render    glsl, shader, buffers, atlas, points, sprites, scene, colors, offscreen: shaders/ through vispy.gloo;
              benchmark
    app       viewer (the state), storyteller, journey, scrub, tours, history, remembered, painter, window, panels,
              interaction; hands (what the mouse does: brush, handles, picking), marks (what is drawn of it); snapshot,
              film, lettering and heatmap, without a window
    cli       one verb, one thing to do; making, the verbs that make tours; doctor, what this machine has

The public names below are resolved on first use: importing the package loads none of the libraries above.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app.snapshot import snapshot as snapshot
    from .app.window import show as show
    from .motion.grandtour import GrandTour as GrandTour
    from .motion.handle import drag as drag
    from .pipeline.build import build as build
    from .tour.alignment import procrustes as procrustes
    from .tour.format import TourFormatError as TourFormatError
    from .tour.format import load as load
    from .tour.published import import_published as import_published
    from .tour.similarity import similarity as similarity
    from .tour.view import View as View

_HOMES = {
    "build": "pipeline.build",
    "load": "tour.format",
    "import_published": "tour.published",
    "procrustes": "tour.alignment",
    "similarity": "tour.similarity",
    "GrandTour": "motion.grandtour",
    "drag": "motion.handle",
    "View": "tour.view",
    "snapshot": "app.snapshot",
    "show": "app.window",
    "TourFormatError": "tour.format",
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
