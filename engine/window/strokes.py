"""Lines at any angle, dashes and filled outlines, in pixels of the design: what is drawn on the canvas by hand."""

import math
from collections.abc import Sequence

from imgui_bundle import imgui

from ..viewer.theme import Rgba
from .ui import Ui

Point = tuple[float, float]

DASH, SPACE = 5.0, 4.0  # pixels


def segment(ui: Ui, start: Point, end: Point, color: Rgba, thickness: float, *, opacity: float = 1.0) -> None:
    ui.draw.add_line(_at(ui, start), _at(ui, end), ui.u32(color, opacity), thickness * ui.scale)


def outline(ui: Ui, points: Sequence[Point], color: Rgba, thickness: float, *, closed: bool = True) -> None:
    flags = imgui.ImDrawFlags_.closed if closed else 0
    ui.draw.add_polyline([_at(ui, each) for each in points], ui.u32(color), thickness * ui.scale, flags)


def filled(ui: Ui, points: Sequence[Point], color: Rgba, *, opacity: float) -> None:
    if len(points) > 2:
        ui.draw.add_concave_poly_filled([_at(ui, each) for each in points], ui.u32(color, opacity))


def dashed(ui: Ui, points: Sequence[Point], color: Rgba, thickness: float) -> None:
    """A closed outline in dashes that run on round its corners."""
    u32, along = ui.u32(color), 0.0
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        length = math.hypot(x2 - x1, y2 - y1)
        first = -(along % (DASH + SPACE))  # where the dash began that the corner falls into
        along += length
        while first < length:
            a, b = max(0.0, first) / length, min(length, first + DASH) / length
            if b > a:
                start, end = (x1 + (x2 - x1) * a, y1 + (y2 - y1) * a), (x1 + (x2 - x1) * b, y1 + (y2 - y1) * b)
                ui.draw.add_line(_at(ui, start), _at(ui, end), u32, thickness * ui.scale)
            first += DASH + SPACE


def circle(center: Point, radius: float) -> list[Point]:
    """Points around a circle, near enough to each other for dashes."""
    count = max(24, int(radius))
    steps = (2 * math.pi * k / count for k in range(count))
    return [(center[0] + radius * math.cos(step), center[1] + radius * math.sin(step)) for step in steps]


def _at(ui: Ui, point: Point) -> imgui.ImVec2:
    return ui.exactly(*point)
