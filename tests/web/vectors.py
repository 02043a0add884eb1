"""What the motion's functions give in Python, for numbers drawn once: the page's are held against it."""

from typing import Any

import numpy as np

from engine.motion.camera import Camera
from engine.motion.flat import FlatTour, turn
from engine.motion.flight import Pose, flight, smoothstep
from engine.motion.framing import Area, Box, Follower, agreed, box, carried, is_thin, measured, patience
from engine.motion.grandtour import GrandTour
from engine.motion.guided import GuidedTour, scatter, separation
from engine.motion.handle import drag
from engine.motion.label_placement import Names
from engine.motion.little import LittleTour
from engine.motion.local import LocalTour
from engine.motion.pace import Pace, slowest
from engine.motion.projection import Placed, cue_size, nearness, project
from engine.motion.random import Random
from engine.motion.rotation import geodesic, plane_distance, random_frame, rotation_exp, rotation_log
from engine.motion.selection import in_polygon, in_rectangle
from engine.motion.shot import growth
from engine.motion.trajectory import Path, Trajectory
from engine.motion.transition import at_rest, between
from engine.tour.movement import displacement
from engine.tour.order import shuffled
from engine.tour.regions import regions

MINUTES = 10
GROWN = ((3, 1000, "dots"), (400, 1000, "dots"), (50, 100_000, "images"), (0, 10, "images"))
LATER = (0.0, 0.01, 0.4, 9.0)  # seconds
TIMES = (0.0, 0.1, 0.35, 0.5, 0.8, 1.0)


def vectors() -> dict[str, Any]:
    """Named cases, each with what it is given and what comes out; plain values."""
    rng = np.random.default_rng(13)
    return {
        "random": {"uniform": Random(2**40 + 7).uniform(9), "normal": Random(3).standard_normal((3, 3)),
                   "permutation": Random(5).permutation(15)},
        "tours": [_tour(kind, dims, seed) for kind in ("grand", "little", "local") for dims, seed in
                  ((3, 0), (4, 1), (15, 0), (24, 7))],
        "flat": _flat(rng),
        "minutes": [_minutes(dims, seed) for dims, seed in ((15, 0), (24, 0), (24, 3))],
        "guided": [_guided(rng, groups) for groups in (2, 5)],
        "geodesics": [_geodesic(rng, dims) for dims in (3, 3, 4, 4, 4, 15, 15)],
        "drags": [_drag(rng, dims, reach) for dims in (3, 15) for reach in (0.3, 0.9, 3.0)],
        "flights": [_flight(rng, zoom) for zoom in (1.0, 0.25, 8.0)],
        "logs": [_log(turn) for turn in ((0.1, 0.2, -0.3), (3.1, 0.0, 0.2), (0.0, np.pi, 0.0), (0.0, 0.0, 0.0))],
        "camera": _camera(),
        "transitions": _transitions(),
        "projection": _projection(rng),
        "framing": _framing(rng),
        "following": _following(),
        "waiting": _waiting(rng),
        "trajectories": _trajectories(rng),
        "selection": _selection(rng),
        "names": _names(rng),
        "regions": _regions(rng),
        "displacement": _displacement(rng),
        "growth": [growth(shown, n, mode) for shown, n, mode in GROWN],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """Arrays as lists, all the way down."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _tour(kind: str, dims: int, seed: int) -> dict[str, Any]:
    tour = {"grand": GrandTour, "little": LittleTour, "local": LocalTour}[kind](dims, seed=seed, speed=0.7)
    frames = [tour.advance(0.37) for _ in range(60)]
    start = random_frame(np.random.default_rng(seed), dims)
    tour.frame = start
    return {"kind": kind, "dims": dims, "seed": seed, "start": start,
            "frames": [*frames, *(tour.advance(0.37) for _ in range(20))],
            "later": [tour.later(seconds) for seconds in LATER]}  # fmt: skip


def _flat(rng: np.random.Generator) -> dict[str, Any]:
    tour, start = FlatTour(speed=0.7), random_frame(rng, 3)
    frames = [tour.advance(0.37) for _ in range(20)]
    tour.frame = start
    drags = [(rng.standard_normal(3), rng.standard_normal(2)) for _ in range(4)]
    return {"start": start, "frames": [*frames, *(tour.advance(0.37) for _ in range(20))], "drags": drags,
            "later": [tour.later(seconds) for seconds in LATER],
            "dragged": [turn(start, *each) for each in drags]}  # fmt: skip


def _minutes(dims: int, seed: int) -> dict[str, Any]:
    tour = GrandTour(dims, seed=seed)
    return {"dims": dims, "seed": seed, "frames": [tour.advance(1.0) for _ in range(60 * MINUTES)][59::60]}


def _guided(rng: np.random.Generator, groups: int) -> dict[str, Any]:
    codes = rng.integers(-1, groups, 200)
    points = rng.standard_normal((200, 6)) + 1.5 * rng.standard_normal((groups + 1, 6))[codes]
    tour = GuidedTour(6, scatter(points, codes))
    return {"points": points, "groups": codes, "index": separation(tour.frame, scatter(points, codes)),
            "frames": [tour.advance(0.5) for _ in range(30)]}  # fmt: skip


def _geodesic(rng: np.random.Generator, dims: int) -> dict[str, Any]:
    start, end = random_frame(rng, dims), random_frame(rng, dims)
    path = geodesic(start, end)
    return {"start": start, "end": end, "times": TIMES, "frames": [path(t) for t in TIMES],
            "distance": plane_distance(start[:, :2], end[:, :2])}  # fmt: skip


def _drag(rng: np.random.Generator, dims: int, reach: float) -> dict[str, Any]:
    frame, point = random_frame(rng, dims), rng.standard_normal(dims)
    target = rng.standard_normal(2)
    target *= reach * np.linalg.norm(point) / np.linalg.norm(target)
    return {"frame": frame, "point": point, "target": target, "result": drag(frame, point, target)}


def _flight(rng: np.random.Generator, zoom: float) -> dict[str, Any]:
    start = Pose(random_frame(rng, 15), Camera((0.5, -0.3), 1.0), 2.0)
    end = Pose(random_frame(rng, 15), Camera((-0.2, 0.1), zoom), 7.0)
    poses = [flight(start, end)(t) for t in TIMES]
    return {"start": _pose(start), "end": _pose(end), "times": TIMES, "poses": [_pose(each) for each in poses]}


def _pose(pose: Pose) -> dict[str, Any]:
    return {"frame": pose.frame, "center": pose.camera.center, "zoom": pose.camera.zoom, "layer": pose.layer}


def _log(turn: Any) -> dict[str, Any]:
    rotation = rotation_exp(turn)
    return {"turn": turn, "rotation": rotation, "log": rotation_log(rotation)}


def _camera() -> dict[str, Any]:
    camera, size = Camera((0.2, -0.4), 1.7), (1280, 757)
    later = camera.panned((30, -12), size=size).zoomed(1.3, at=(200, 300), size=size)
    return {"pixels": camera.to_pixels((0.3, 0.8), size=size, radius=2.5), "center": later.center, "zoom": later.zoom,
            "point": camera.from_pixels((100, 50), size=size, radius=2.5),
            "smooth": [smoothstep(t) for t in (-1, *TIMES, 2)]}  # fmt: skip


def _transitions() -> list[Any]:
    """The blend after each of a list of steps: seconds to wait, or a layer to go to."""
    now, seen = at_rest(0), []
    for step in (1, 0.2, 0, 0.1, 1, 0.3, 3, 0.25, 2, 0.5, 5.0, 4, 0.1, 4, 2.0):
        now = now.redirected(step) if isinstance(step, int) else now.advanced(step)
        seen.append({"step": step, "wait": isinstance(step, float), "blend": now.blend, "mix": now.mix})
    return [seen, between(3.25).blend, between(2.0).blend, between(1.25, range(2, 20, 5)).blend]


def _projection(rng: np.random.Generator) -> dict[str, Any]:
    a, b = rng.standard_normal((2, 20, 5)).astype(np.float32)
    frame = random_frame(rng, 5)
    sides = [Placed(each, np.zeros(5), np.eye(5), share) for each, share in ((a, 0.3), (b, 0.7))]
    shown = project(sides, frame)
    near = nearness(shown[:, 2], radius=2.0, cue=0.8)
    return {"a": a, "b": b, "frame": frame, "shown": shown, "near": near, "size": cue_size(near, 0.8)}


def _framing(rng: np.random.Generator) -> dict[str, Any]:
    a, b = rng.standard_normal((2, 900, 5)) * (3.0, 2.0, 1.0, 0.5, 0.1)
    a[:, 0] += a[:, 1] ** 2
    frame, cloud = random_frame(rng, 5), rng.standard_normal((2000, 2))
    area = Area((1280.0, 800.0), 240.0, 60.0, 100.0, 72.0)
    figures = [measured([(a, 1.0)], frame, radius=4.0), measured([(a, 0.3), (b, 0.7)], frame, radius=3.0),
               box(np.zeros((3, 2))), box(cloud)]  # fmt: skip
    return {"a": a, "b": b, "frame": frame, "covered": (240, 60, 100, 72),
            "boxes": [(each.center, each.half) for each in figures], "cloud": cloud,
            "cameras": [_plain(place.fitted(each)) for place in (area, area.within(24.0), Area((300.0, 900.0)))
                        for each in figures]}  # fmt: skip


def _following() -> dict[str, Any]:
    goals = [Camera((0.3, -0.1), 1.4), Camera((0.0, 0.2), 9.0), Camera((-0.5, 0.0), 0.6)]
    follower, seen = Follower(Camera((0.1, 0.1), 1.0)), []
    for goal in goals:
        for seconds in (1 / 60, 0.1, 0.004, 0.5, 1.0):
            follower = follower.followed(goal, seconds)
            seen.append((*_plain(follower.camera), *follower.speed, follower.rests_at(goal)))
    return {"goals": [_plain(each) for each in goals], "seen": seen,
            "swept": [_plain(Follower(Camera((0.3, -0.1), zoom)).swept(goals[a], goals[b]).camera)
                      for zoom in (0.5, 1.4, 3.0, 9.0) for a in range(3) for b in range(3)],
            "near": [_plain(Follower(Camera((0.31, -0.12), 1.45)).swept(goals[0], Camera((0.33, -0.15), zoom)).camera)
                     for zoom in (1.2, 1.3, 1.5, 1.6)],
            "carried": [_plain(carried(goals[0], goals[1], goals[2])), _plain(carried(goals[0], goals[0], goals[2])),
                        _plain(follower.moved(goals[0], goals[1]).camera)],
            }  # fmt: skip


def _waiting(rng: np.random.Generator) -> dict[str, Any]:
    """The share of its speed at which a tour goes on, by how large its figure gets; and clouds, thin or not."""
    cases = [(off, share) for off in (0.05, 0.1, 0.13, 0.4, 60.0) for share in (1.0, 0.6, 0.0)]
    sides = ((3.0, 1.0, 0.5, 0.1), (3.0, 0.11, 0.1, 0.1), (3.0, 0.13, 0.1, 0.1), (3.0, 1.0, 0.029, 0.02),
             (3.0, 1.0, 0.035, 0.02))  # fmt: skip
    clouds = [rng.standard_normal((300, 4)) * side + 2.0 for side in sides]
    return {"cases": cases, "agreed": [agreed(lambda x, off=off: patience(off * x), share) for off, share in cases],
            "clouds": clouds, "thin": [is_thin(each) for each in clouds]}  # fmt: skip


def _trajectories(rng: np.random.Generator) -> dict[str, Any]:
    area = Area((1280.0, 800.0), 240.0, 60.0, 100.0, 72.0)
    sizes, middles = np.exp(0.15 * rng.standard_normal((25, 2)).cumsum(axis=0)), rng.uniform(-0.3, 0.3, (25, 2))
    figures = [Box((x, y), (0.3 * u, 0.4 * v)) for (x, y), (u, v) in zip(middles, sizes, strict=True)]
    own = 1.5 * np.linspace(0.0, 1.0, len(figures)) ** 1.3
    path = Path(figures, [area.fitted(each).zoom for each in figures], own)
    start, seen = Follower(Camera((0.1, -0.2), path.zooms[0] * 1.1), (0.2, -0.1, 0.3)), []
    pace = path.pace(start)
    way = Trajectory.along(path, pace.taken, start, area)
    for elapsed in (0.0, 1 / 60, 0.17, 0.4, 1.4, 3.0, 9.0):
        at = way.at(elapsed)
        seen.append((elapsed, *_plain(at.camera), *at.speed))
    clocks = [(t, pace.clock(t), pace.at(t)) for t in (0.0, 0.3, 1.1, float(pace.taken[7]), 4.0, 60.0)]
    joint = slowest([pace.within(3.0), Pace(own, np.full(len(own), 1.5)).after(9.0)]).halfway(pace).taken
    return {"covered": (240, 60, 100, 72), "middles": middles, "halves": [each.half for each in figures], "own": own,
            "start": (*_plain(start.camera), *start.speed), "slowness": pace.slowness, "clocks": clocks, "seen": seen,
            "joint": joint, "closer": path.closer()}  # fmt: skip


def _plain(camera: Camera) -> tuple[float, float, float]:
    return *camera.center, camera.zoom


def _selection(rng: np.random.Generator) -> dict[str, Any]:
    points = rng.uniform(-1, 1, (500, 2)).astype(np.float32)
    polygon = rng.uniform(-1, 1, (12, 2))
    return {"points": points, "polygon": polygon, "inside": in_polygon(points, polygon),
            "rectangle": in_rectangle(points, (-0.5, 0.7), (0.4, -0.2))}  # fmt: skip


def _names(rng: np.random.Generator) -> dict[str, Any]:
    """What stands after each of a few steps, while the places move."""
    places, ranks = rng.uniform(40, 360, (14, 2)), rng.uniform(0, 3, 14)
    sizes, moves = [(60.0, 20.0)] * 14, rng.normal(0, 3, (12, 14, 2))
    moves[6] *= 40.0
    titles = (np.arange(14) % 5).tolist()
    names, seen, steps = Names(), [], []
    for move in moves:
        places = places + move
        bounds, obstacles = (8, 8, 392, 392), [(0, 0, 90, 90)]
        moving = names.step(places, ranks, sizes, bounds=bounds, obstacles=obstacles, seconds=0.1, titles=titles)
        standing = sorted((k, *each.place, each.opacity, each.leaving) for k, each in names.standing.items())
        steps.append(places)
        seen.append([moving, standing])
    return {"ranks": ranks, "sizes": sizes, "titles": titles, "steps": steps, "seen": seen}


def _regions(rng: np.random.Generator) -> dict[str, Any]:
    classes = rng.integers(-1, 4, 3000)
    middles = 4.0 * rng.standard_normal((5, 6))
    points = (rng.standard_normal((3000, 6)) + middles[classes] * (classes != 3)[:, None]).astype(np.float32)
    points[classes == 0] *= np.where(rng.random((classes == 0).sum()) < 0.5, -1.0, 1.0)[:, None].astype(np.float32)
    found = [[each.row, *each.center, each.count] for each in regions(points, classes)]
    return {"points": points, "classes": classes, "order": shuffled(3000), "found": found}


def _displacement(rng: np.random.Generator) -> dict[str, Any]:
    a, b = rng.standard_normal((2, 30, 5)).astype(np.float32)
    same = np.ones((30, 5), dtype=np.float32)
    return {"a": a, "b": b, "distances": displacement(a, b), "same": same, "from_one_place": displacement(same, b)}
