"""Films of a story: what they show, with captions and handles where the look wants them."""

import itertools
from dataclasses import replace

import av
import numpy as np
import pytest

import engine
from engine.pictures.film import FPS, story_film
from engine.pictures.lettering import caption_room, lettered, places
from engine.tour.view import SavedView, View
from engine.viewer.storyteller import TOLD_FLIGHT, span
from engine.viewer.thumbnail import thumbnail
from engine.viewer.typefaces import others, typeface
from engine.viewer.viewer import Viewer
from engine.window.thumbnails import Thumbnails

SIZE = (320, 200)
CANVAS = np.array([23, 24, 27])


@pytest.fixture
def plain(small_tour):
    """A viewer, and an empty picture for it."""
    viewer = Viewer.of(small_tour, View(layer=1, handles=[{"name": "ants", "points": range(40, 60)}]))
    return viewer, np.broadcast_to(np.append(CANVAS, 255).astype(np.uint8), (SIZE[1], SIZE[0], 4)).copy()


def test_a_handle_stands_at_the_projection_of_its_centroid(plain, small_tour):
    viewer, picture = plain
    ((x, y),) = places(viewer, list(viewer.base.handles), SIZE)
    centroid = small_tour.aligned(1)[40:].mean(axis=0) @ viewer.motion.frame[:, :2]
    wanted = viewer.camera.to_pixels(centroid, size=SIZE, radius=small_tour.layers[1].placement.radius)
    assert (x, y) == pytest.approx(wanted, abs=1e-3)
    drawn = lettered(picture, viewer, scale=1.0)[..., :3].astype(int)
    ring = drawn[round(y), round(x) - 7 : round(x) - 5].max()
    assert ring > 180 and np.abs(drawn[round(y), round(x)] - CANVAS).max() < 12  # white ring, canvas inside


def test_between_layers_a_handle_is_mixed_as_its_points_are(plain, small_tour):
    viewer, _ = plain
    ends = []
    for layer in (1, 2, 1.5):
        viewer = Viewer.of(small_tour, View(layer=layer, handles=viewer.base.handles))
        radius = (small_tour.layers[1].placement.radius, small_tour.layers[2].placement.radius)
        scale = {1: radius[0], 2: radius[1], 1.5: sum(radius) / 2}[layer]
        ends.append((places(viewer, list(viewer.base.handles), SIZE)[0] - np.array(SIZE) / 2) * scale)
    assert ends[2] == pytest.approx((ends[0] + ends[1]) / 2)


def test_on_the_way_to_a_layer_of_one_place_a_handle_stands_on_its_points(make_tour):
    points = np.array([[-3.0, 0, 0], [3, 0, 0], [0, 0.5, 0]])
    tour = make_tour([points, np.ones((3, 3))])
    view = View(layer=0.75, zoom=1.0, handles=[{"name": "one", "points": [1]}])
    ((x, y),) = places(Viewer.of(tour, view), list(view.handles), SIZE)
    picture = engine.snapshot(tour, view=replace(view, depth_cue=False), size=SIZE)[..., :3].astype(int)
    dots = np.argwhere(np.abs(picture - CANVAS).max(axis=2) > 40)
    assert (y, x) == pytest.approx(dots[dots[:, 1] > SIZE[0] / 2 + 20].mean(axis=0) + 0.5, abs=1.0)


def test_names_of_handles_in_one_place_cover_neither_each_other_nor_a_disc(small_tour):
    names = ["ants", "bees", "cats", "dogs"]
    handles = [{"name": name, "points": range(40, 56 + k)} for k, name in enumerate(names)]
    viewer = Viewer.of(small_tour, View(layer=1, handles=handles))
    empty = np.zeros((400, 600, 4), np.uint8)
    slots = {}
    drawn = lettered(empty, viewer, scale=1.0, slots=slots)
    assert sorted(slots) == [0, 1, 2, 3] and len(set(slots.values())) == 4
    again = dict(slots)
    assert (lettered(empty, viewer, scale=1.0, slots=slots) == drawn).all() and slots == again


def test_a_caption_stands_in_the_middle_below(plain):
    viewer, picture = plain
    viewer.base = replace(viewer.base, handles=())
    changed = (lettered(picture, viewer, scale=0.5, caption="Ocean animals") != picture).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert abs(columns.mean() - SIZE[0] / 2) < 6 and 130 < rows.min() and rows.max() < 175
    wide = lettered(picture, viewer, scale=0.5, caption="word " * 40)
    rows = np.nonzero((wide != picture).any(axis=2))[0]
    assert rows.max() - rows.min() > 30  # in lines
    assert (lettered(picture, viewer, scale=0.5) == picture).all()


def test_captions_in_other_scripts_are_read(plain):
    if not any("DejaVuSans" in file.name for file in others()):
        pytest.skip("no DejaVu Sans on this machine")
    viewer, picture = plain
    one, other = (
        lettered(picture, viewer, scale=0.5, caption=word) for word in ("\u05d0\u05d1\u05d2", "\u05d5\u05d6\u05d7")
    )
    assert (one != other).any()  # characters that a typeface has not look all the same
    assert typeface(14, text="caf\u00e9, \u0416, \u03a9") is typeface(14)
    assert typeface(14, text="\U0010fffe") is typeface(14)  # which none has


def test_a_film_of_a_story_shows_its_views_in_turn(small_tour, tmp_path):
    views = [SavedView(f"view {k}", View(layer=layer, zoom=1.2, color_by="kind")) for k, layer in enumerate((3, 0))]
    story_film(replace(small_tour, views=views), tmp_path / "a.mp4", size=(160, 120), speed=0.0)
    with av.open(str(tmp_path / "a.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    assert len(frames) == pytest.approx(FPS * sum(span(each) for each in views), abs=len(views))
    shown = [engine.snapshot(small_tour, view=each.view, size=(160, 120))[..., :3].astype(int) for each in views]
    first = round(FPS * span(views[0]))
    for at, view in ((first - 2, 0), (first + round(FPS * TOLD_FLIGHT) + 2, 1), (len(frames) - 1, 1)):
        above = [np.abs(frames[at][:90] - each[:90]).mean() for each in shown]  # the caption is below
        assert int(np.argmin(above)) == view
        assert np.abs(frames[at][95:112] - shown[view][95:112]).mean() > 1.0
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(("words", "lines"), [(3, 1), (28, 3)])
def test_a_caption_leaves_the_figure_of_a_framed_view_its_room(small_tour, tmp_path, monkeypatch, words, lines):
    """Nothing but the caption's own plate stands as low as the caption, while it is told and on the way to the next."""
    monkeypatch.setattr("engine.pictures.film.FPS", 10)  # the longest steps that a window takes
    caption = "WWWW " * words  # wide ones, for each letter is a while to read
    size, views = (320, 240), [SavedView(caption, View(layer=k, fit=True)) for k in (1, 3)]
    story_film(replace(small_tour, views=views), tmp_path / "a.mp4", size=size)
    with av.open(str(tmp_path / "a.mp4")) as container:
        some = itertools.islice(container.decode(video=0), 2, None, 13 if lines == 1 else 8)
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in some]
    assert caption_room(caption, size[0], scale=240 / 800) == pytest.approx((84 + 28 * lines) * 0.3)
    room = (84 + 28 * lines) * 0.3
    for frame in frames:
        blue = frame[..., 2] - frame[..., 0] > 60  # a dot's; letters are grey
        rows = np.flatnonzero(blue.any(axis=1))
        assert rows[-1] < size[1] - room and rows[-1] - rows[0] > 0.5 * (size[1] - room)


def test_no_story_no_film(small_tour, tmp_path):
    with pytest.raises(ValueError, match="no saved views"):
        story_film(small_tour, tmp_path / "a.mp4")
    odd = replace(small_tour, views=[SavedView("a")])
    with pytest.raises(ValueError, match="even"):
        story_film(odd, tmp_path / "a.mp4", size=(161, 120))
    assert not list(tmp_path.iterdir())


def test_a_thumbnail_is_the_view_in_small(small_tour):
    view = View(layer=2, color_by="kind", center=(0.3, -0.2), zoom=1.5)
    small = thumbnail(small_tour, view, size=(60, 40), theme="dark")
    assert small.shape == (40, 60, 4) and (small[..., 3] == 255).all()
    large = engine.snapshot(small_tour, view=view, size=(600, 400))[..., :3].astype(int)
    blocks = np.abs(large - CANVAS).max(axis=2).reshape(40, 10, 60, 10).max(axis=(1, 3)) > 30
    there = np.abs(small[..., :3].astype(int) - CANVAS).max(axis=2) > 30
    assert (blocks & there).sum() > 0.6 * blocks.sum() and (there & ~blocks).sum() < 0.5 * blocks.sum()


@pytest.mark.parametrize(
    "view", [View(color_by="weight"), View(layer=1.5, groups=(1,), color_by="kind"), View(selected=()), View()]
)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_thumbnails_of_every_kind(small_tour, view, theme):
    picture = thumbnail(small_tour, view, size=(120, 80), theme=theme)
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 2


class Held:
    """Stands for a window's textures: a number for each that there is."""

    def __init__(self):
        self.there, self.made = set(), 0

    def add(self, picture):
        self.made += 1
        self.latest = picture
        self.there.add(self.made)
        return self.made

    def drop(self, texture):
        self.there.remove(texture)


def waited_for(thumbnails, saved):
    while (texture := thumbnails.of(saved, size=(60, 40), theme="dark")) is None:
        pass
    return texture


def test_thumbnails_are_made_once_beside_the_work_and_the_latest_kept(small_tour, monkeypatch):
    monkeypatch.setattr("engine.window.thumbnails.KEPT", 3)
    held = Held()
    thumbnails = Thumbnails(small_tour, held)
    saved, broken = SavedView("a", View(layer=1)), SavedView("b", View(layer=9))
    assert waited_for(thumbnails, saved) == 1 == waited_for(thumbnails, saved) and held.made == 1
    assert waited_for(thumbnails, broken) == 2 == waited_for(thumbnails, broken) and not held.latest.any()
    others = [SavedView(str(k), View(layer=k)) for k in range(3)]
    assert [waited_for(thumbnails, each) for each in others] == [3, 4, 5] and held.latest.any()
    assert held.there == {3, 4, 5}
    assert waited_for(thumbnails, saved) == 6 and held.there == {4, 5, 6}
    thumbnails.close()
