"""Tours of more points than a frame has time for, in a real window: here of 3,000, told to be more than that."""

from dataclasses import replace

import numpy as np
import pytest

import engine
from engine.render import images, scene
from engine.render.buffers import LayerBuffers
from engine.render.offscreen import framebuffer
from engine.render.painter import picture
from engine.tour.order import shuffled
from engine.tour.reading import load
from engine.tour.synthetic import synthetic
from engine.tour.view import View
from engine.viewer import picking, screen
from engine.viewer.budget import Budget

N, DRAWN = 3000, 600
SIZE = (1280, 800)


@pytest.fixture
def slow(monkeypatch):
    """A double of a machine that is too slow for more than a fifth of the points."""
    for name, value in {"FIRST": DRAWN, "LEAST": DRAWN, "FRAME": 1e-9}.items():
        monkeypatch.setattr(f"engine.viewer.budget.{name}", value)


@pytest.fixture
def opened(open_window, slow):
    window, hand = open_window(
        synthetic(N, dims=5, layers=2, tile=8), view=View(mode="dots", color_by="cluster", zoom=1.5), whole=1000
    )
    return window, hand


def rest(window):
    """Until all points are shown; the tour does not turn."""
    window.viewer.playing = False
    for _ in range(300):
        window.draw(1 / 60)
        if not window.panes.gathering and not window._worker.busy:
            return
    raise AssertionError("not all points were ever shown")


def to_the_next_layer(window, hand):
    hand.key("j")
    for _ in range(200):
        window.draw(1 / 60)
        if window.viewer.layer == 1 and window.viewer.transition.settled:
            return
    raise AssertionError(f"it is on layer {window.viewer.place}")


def open_beside(window, hand, tour):
    window.compare(tour)
    for _ in range(300):
        hand.wait(1)
        if len(window.panes.all) == 2:
            break
    assert len(window.panes.all) == 2, window.panels.toast


def test_while_it_turns_some_are_drawn_and_at_rest_all_as_in_a_picture_that_is_saved(opened):
    window, _ = opened
    window.draw(1 / 60)
    assert window.panes.drawn == (DRAWN, N) and window.panes.gathering and window._busy
    rest(window)
    assert window.panes.drawn == (N, N) and not window.panes.gathering
    window._surface.begin()
    pane = window.panes.lead
    with framebuffer(SIZE) as read:
        pane.paint((0, 0, *SIZE), scale=1.0)
        gathered = read()[..., :3]
    np.testing.assert_array_equal(gathered, picture([pane.painter], SIZE)[..., :3])
    assert gathered.std() > 5


def test_the_bar_says_the_share_and_only_where_it_is_not_all(opened, monkeypatch):
    from engine.window.panels import bars

    said = []
    share = bars.share
    monkeypatch.setattr(bars, "share", lambda ui, drawn, n: (said.append((drawn, n)), share(ui, drawn, n)))
    window, _ = opened
    window.draw(1 / 60)
    with_text = window.screenshot()[60:84, 1080:1270, :3].astype(int)
    rest(window)
    without = window.screenshot()[60:84, 1080:1270, :3].astype(int)
    assert said[0] == (DRAWN, N) and said[-1] == (N, N)
    assert np.abs(with_text - np.median(with_text, axis=(0, 1))).max() > 80
    assert np.abs(without - np.median(without, axis=(0, 1))).max() < 40


def test_the_number_follows_the_time_that_frames_take_while_it_turns_and_not_at_rest(opened):
    window, _ = opened
    pane = window.panes.lead
    for _ in range(3):
        pane.budget = Budget(2000, N)
        window.draw(1 / 60)
        window.panes.took(0.2)
        assert pane.budget.drawn == 1500
    rest(window)
    pane.budget = Budget(DRAWN, N)
    window.draw(1 / 60)
    window.panes.took(0.2)
    assert pane.budget == Budget(DRAWN, N)


def test_counts_are_of_all_points_and_a_few_selected_ones_are_all_there(opened):
    window, hand = opened
    viewer = window.viewer
    cluster = viewer.tour.attributes["cluster"].cat.codes.to_numpy()
    chosen = cluster == 3
    viewer.select(chosen)
    hand.wait(2)
    tally = window.panels.tally
    assert tally.rows.sum() == N and tally.selected.sum() == chosen.sum() == viewer.first_shown[0]
    assert set(viewer.first_shown[1].tolist()) == set(np.flatnonzero(chosen).tolist())


def test_the_point_under_the_cursor_is_one_of_those_drawn(opened):
    window, hand = opened
    window.viewer.speed = 0.0001  # it turns, and points stay where they are
    for _ in range(4):
        window.draw(1 / 60)
    rows = shuffled(N)[:DRAWN]
    at = screen.on_screen(window.viewer, screen.some(window.viewer, rows), SIZE)
    for place in at[np.abs(at - (640, 400)).max(axis=1) < 150][:5]:
        hand.move(*place.round().astype(int).tolist())
        assert window.hands.pointed in set(rows.tolist())
    assert picking._rows(window.viewer, window.panes.lead.sight.shot) is not None


def test_a_layer_is_changed_while_some_are_drawn_and_two_tours_stand_side_by_side(opened):
    window, hand = opened
    to_the_next_layer(window, hand)
    open_beside(window, hand, synthetic(N, dims=5, layers=2, tile=8))
    rest(window)
    assert [pane.drawn for pane in window.panes] == [N, N]


def test_the_first_frames_read_no_more_than_the_sample_and_what_is_wrong_elsewhere_is_said(
    open_window, slow, monkeypatch, tmp_path
):
    """Of a tour on disk whose layers are spoiled: what is sound of them is shown, and the window says why no more."""
    for name, value in {"WHOLE": 1000, "SAMPLE": 1200}.items():
        monkeypatch.setattr(f"engine.tour.writing.{name}", value)
    monkeypatch.setitem(LayerBuffers.__init__.__kwdefaults__, "group", 400)
    synthetic(N, dims=5, layers=2, tile=None).save(tmp_path / "a.tour")
    for k in range(2):
        file = tmp_path / f"a.tour/layers/00{k}.npy"
        raw = bytearray(file.read_bytes())
        raw[-1] ^= 1
        file.write_bytes(raw)
    window, hand = open_window(load(tmp_path / "a.tour", at_once=0), view=View(color_by="cluster"), whole=1000)
    window.draw(1 / 60)
    assert window.panes.drawn == (DRAWN, N) and not window.faults.count
    rest(window)
    assert window.panes.drawn == (1200, N) and not window.faults.count
    assert "layers/000.npy: changed since it was written" in window.panels.toast
    to_the_next_layer(window, hand)
    assert not window.faults.count
    rest(window)
    assert window.panes.drawn == (1200, N)


def test_on_a_gpu_with_little_memory_the_first_rows_alone_are_held(open_window, slow, monkeypatch):
    """A double of a driver with room for four layers of 1,500 rows."""
    describe, memory = scene.describe, int(4 * 1500 * 32 / scene.SHARE) + 1
    monkeypatch.setattr(scene, "describe", lambda: replace(describe(), memory=memory))
    window, _ = open_window(synthetic(N, dims=5, layers=2, tile=8), view=View(color_by="cluster"), whole=1000)
    window.draw(1 / 60)
    assert window.panes.drawn == (DRAWN, N)
    rest(window)
    assert window.panes.drawn == (1500, N) and window.panes.lead.painter.scene.held <= 4 * 1500 * 32
    shown = window.screenshot()
    pane = window.panes.lead
    rows = picking._rows(window.viewer, pane.sight.shot)
    assert set(rows.tolist()) == set(shuffled(N)[:1500].tolist())  # the hand meets no others
    window.viewer.change(mode="images")
    rest(window)
    assert window.panes.drawn == (1500, N) and (window.screenshot() != shown).any() and not window.faults.count


def test_images_of_too_many_points_to_number_are_refused_in_words(opened, monkeypatch):
    """A double of a limit of 16,777,216 points."""
    monkeypatch.setattr(images, "MOST", N - 1)
    tour = synthetic(N, dims=5, layers=2, tile=8)
    says = "images are drawn of at most 2,999 points, and here are 3,000; take dots"
    with pytest.raises(ValueError, match=says):
        engine.snapshot(tour, size=(90, 60), mode="images")
    assert engine.snapshot(tour, size=(90, 60), mode="dots").std() > 5
    window, hand = opened
    open_beside(window, hand, tour)
    assert not window.panels.toast
    for _ in range(2):
        hand.key("i")
        hand.wait(2)
        assert window.panels.toast == says and window.viewer.base.mode == "dots" and not window.faults.count
        window.panels.toast = ""


def test_images_are_drawn_in_part_and_then_all(opened):
    window, _ = opened
    window.viewer.change(mode="images")
    window.viewer.playing = False
    for _ in range(300):
        window.draw(1 / 60)
        if window.panes.lead.painter.scene.images.level is not None and window.panes.drawn == (N, N):
            return
    raise AssertionError(f"{window.panes.drawn[0]} are drawn, and {window.panes.images_arriving} pages of images there")


@pytest.mark.parametrize("tool", ["f", "g"])
def test_a_brush_looks_at_those_drawn_and_when_it_ends_at_all(tool, opened):
    window, hand = opened
    hand.key(tool)
    viewer = window.viewer
    hand.do("mousemove", 500, 250, "mousedown", 1, frames=4)
    for x, y in [(780, 250), (780, 560), (500, 560)] if tool == "g" else [(640, 400), (780, 560)]:
        hand.do("mousemove", x, y, frames=4)
    meanwhile = viewer.selection
    drawn = np.isin(np.arange(N), shuffled(N)[:DRAWN])
    at = screen.on_screen(viewer, screen.shown(viewer), SIZE)
    inside = ((at > (500, 250)) & (at < (780, 560))).all(axis=1)
    edge = (np.abs(at[:, :1] - (500, 780)) < 3).any(axis=1) | (np.abs(at[:, 1:] - (250, 560)) < 3).any(axis=1)
    hand.do("mouseup", 1)
    for _ in range(200):
        if viewer.selection is not meanwhile:
            break
        hand.wait(1)
    assert ((meanwhile == (inside & drawn)) | edge).all() and meanwhile.sum() > 20
    assert ((viewer.selection == inside) | edge).all() and viewer.selection.sum() > 2 * meanwhile.sum()
    assert len(viewer.base.selected) == viewer.selection.sum()


def test_a_handle_made_by_a_brush_has_all_points_inside(opened):
    window, hand = opened
    hand.key("d")
    hand.drag(400, 150, 400, 151)  # too small for a handle
    hand.key("d")
    hand.do("mousemove", 450, 150, "mousedown", 1, frames=4)
    for x, y in [(850, 150), (850, 650), (450, 650)]:
        hand.do("mousemove", x, y, frames=4)
    hand.do("mouseup", 1)
    for _ in range(200):
        if window.viewer.base.handles:
            break
        hand.wait(1)
    (handle,) = window.viewer.base.handles
    assert len(handle.points) > 2 * DRAWN
