"""Captions and handles drawn into a picture without a window, as the look decides."""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..motion.projection import project
from ..tour.view import Handle
from ..viewer import labels, screen
from ..viewer.centroids import centroids
from ..viewer.theme import CAPTION, NORMAL, PALETTES, Rgba, rgb
from ..viewer.typefaces import typeface
from ..viewer.viewer import Viewer
from ..viewer.wrap import wrapped

ABOVE = 84  # pixels of the design from a caption's last line to the bottom edge
LINE = 28  # of a caption, high
OVER = 3  # pixels drawn for a pixel of a disc, along each side


def lettered(
    picture: NDArray[np.uint8], viewer: Viewer, *, scale: float, caption: str = "", slots: dict[int, int] | None = None
) -> NDArray[np.uint8]:
    """The picture (height, width, 4) with the view's handles on it and a caption under them.

    scale: pixels to a pixel of the design. slots: where labels stood in the frame before, and from now on stand.
    """
    image = Image.fromarray(picture[..., :3])
    handles = [each for each in viewer.base.handles if isinstance(each, Handle)]
    if handles:
        _handles(image, viewer, handles, scale, {} if slots is None else slots)
    if caption:
        _caption(image, caption, viewer.base.theme, scale)
    return np.asarray(image.convert("RGBA"))


def caption_room(text: str, width: int, *, scale: float) -> float:
    """How much of a picture of that width a caption takes at the bottom, in pixels: it is no room for the figure."""
    return (ABOVE + LINE * len(_lines(text, width, scale))) * scale if text else 0.0


def places(viewer: Viewer, handles: list[Handle], size: tuple[int, int]) -> NDArray[np.float64]:
    """Pixels (k, 2) of the handles: of the projected centroids of their points, mixed between layers as points are."""
    sets = [np.asarray(handle.points) for handle in handles]
    sides = screen.sides(viewer, lambda layer: centroids(viewer.tour.layers[layer].points, sets))
    return screen.on_screen(viewer, project(sides, viewer.frame), size).astype(np.float64)


def _handles(image: Image.Image, viewer: Viewer, handles: list[Handle], scale: float, slots: dict[int, int]) -> None:
    """Discs and rings, and names that cover neither each other nor a disc; those for which there is no room are left
    out."""
    at, colors = places(viewer, handles, image.size), PALETTES[viewer.base.theme]
    widths = [math.ceil(typeface(NORMAL, text=each.name).getlength(each.name)) + 16 for each in handles]
    order = np.argsort(-labels.prominence(at / scale, np.array([len(each.points) for each in handles]))).tolist()
    wide, high = image.width / scale, image.height / scale
    room = labels.Room((4, 4, wide - 4, high - 4), middle=wide / 2)
    found = labels.place(at / scale, widths, order, room=room, before=slots, most=labels.most_names(wide))
    slots.clear()
    slots.update(found)
    pen = ImageDraw.Draw(image)
    boxes = {}
    for k, slot in found.items():
        left, top = at[k] + labels.slots(widths[k])[slot] * scale
        boxes[k] = (left, top, left + widths[k] * scale, top + labels.HEIGHT * scale)
        if not labels.is_near(slot):
            x, y = at[k]
            end = labels.leader_end((x, y), boxes[k], scale=scale)
            pen.line((x, y, *end), fill=rgb(colors.second), width=max(1, round(scale)))
    for handle, place in zip(handles, at, strict=True):
        _disc(image, viewer, handle, place, scale)
    for k, box in boxes.items():
        font = typeface(NORMAL * scale, text=handles[k].name)
        _plate(image, box, colors.surface, 6 * scale, border=colors.track)
        spot = (box[0] + 8 * scale, (box[1] + box[3]) / 2)
        ImageDraw.Draw(image).text(spot, handles[k].name, font=font, fill=rgb(colors.text), anchor="lm")


def _disc(image: Image.Image, viewer: Viewer, handle: Handle, at: NDArray[np.float64], scale: float) -> None:
    colors = PALETTES[viewer.base.theme]
    ring = rgb((1.0, 1.0, 1.0, 1.0) if viewer.base.theme == "dark" else colors.text)
    table = viewer.coloring.table
    own = handle.row is not None and handle.row < len(table)
    fill = tuple(int(value) for value in table[handle.row]) if own else rgb(colors.canvas)
    side = int(np.ceil(20 * scale))
    disc = Image.new("L", (OVER * side, OVER * side))
    pen = ImageDraw.Draw(disc)
    middle = OVER * side / 2
    for radius, color in ((8 * scale, ring), (6 * scale, fill)):
        pen.rectangle((0, 0, *disc.size), fill=0)
        reach = OVER * radius
        pen.ellipse((middle - reach, middle - reach, middle + reach, middle + reach), fill=255)
        mask = disc.resize((side, side), Image.Resampling.BOX)
        image.paste(color, (round(at[0] - side / 2), round(at[1] - side / 2)), mask)


def _caption(image: Image.Image, text: str, theme: str, scale: float) -> None:
    colors, font = PALETTES[theme], typeface(CAPTION * scale, text=text)
    lines = _lines(text, image.width, scale)
    step, width = LINE * scale, max(font.getlength(line) for line in lines)
    top = image.height - ABOVE * scale - step * len(lines)
    left = (image.width - width) / 2
    box = (left - 12 * scale, top, left + width + 12 * scale, top + step * len(lines))
    _plate(image, box, (*colors.canvas[:3], 0.8), 8 * scale)
    pen = ImageDraw.Draw(image)
    for k, line in enumerate(lines):
        middle = (image.width / 2, top + step * (k + 0.5))
        pen.text(middle, line, font=font, fill=rgb(colors.text), anchor="mm")


@lru_cache
def _lines(text: str, width: int, scale: float) -> tuple[str, ...]:
    """Of a caption on a picture of that width; each frame of a film asks thrice."""
    return tuple(wrapped(text, typeface(CAPTION * scale, text=text).getlength, room=width - 160 * scale, lines=3))


def _plate(
    image: Image.Image, box: tuple[float, float, float, float], color: Rgba, radius: float, border: Rgba | None = None
) -> None:
    """A ground for text, as opaque as its colour says."""
    whole = tuple(round(edge) for edge in box)
    mask = Image.new("L", (max(1, whole[2] - whole[0]), max(1, whole[3] - whole[1])))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius, fill=round(255 * color[3]))
    image.paste(rgb(color), (whole[0], whole[1]), mask)
    if border:
        edges = (whole[0], whole[1], whole[2] - 1, whole[3] - 1)
        ImageDraw.Draw(image).rounded_rectangle(edges, radius, outline=rgb(border))


def named(
    picture: NDArray[np.uint8], titles: Sequence[tuple[str, str]], *, theme: str, scale: float
) -> NDArray[np.uint8]:
    """The picture (height, width, 4) of panes side by side with a name and a layer on top of each.

    scale: pixels to a pixel of the design.
    """
    image, colors = Image.fromarray(picture[..., :3]), PALETTES[theme]
    pen = ImageDraw.Draw(image)
    width, space = image.width / len(titles), 10 * scale
    for k in range(1, len(titles)):
        pen.line((round(width * k), 0, round(width * k), image.height), fill=rgb(colors.track))
    for k, (name, layer) in enumerate(titles):
        font = typeface(NORMAL * scale, text=name + layer)
        whole = font.getlength(name) + space + font.getlength(layer)
        left, y = width * (k + 0.5) - whole / 2, 28 * scale
        box = (left - space, y - 14 * scale, left + whole + space, y + 14 * scale)
        _plate(image, box, (*colors.canvas[:3], 0.8), 8 * scale)
        pen.text((left, y), name, font=font, fill=rgb(colors.text), anchor="lm")
        at = left + font.getlength(name) + space
        pen.text((at, y), layer, font=font, fill=rgb(colors.second), anchor="lm")
    return np.asarray(image.convert("RGBA"))
