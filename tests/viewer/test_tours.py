"""The choice of a tour: what each does in the viewer, what leads the guided one, and the dock."""

import numpy as np
import pytest

from engine.motion.guided import separation
from engine.motion.rotation import plane_distance
from engine.tour.view import View
from engine.viewer.tours import KINDS, grouping, nothing_to_separate, scatter_of
from engine.viewer.viewer import Viewer


def groups_of(viewer):
    return grouping(viewer.base, viewer.coloring)


def scatter_now(viewer):
    return scatter_of(viewer.tour, viewer.base, viewer.coloring, layer=viewer.layer, turn=viewer.turn)


@pytest.fixture
def viewer(small_tour):
    viewer = Viewer.of(small_tour, View(color_by="kind"))
    viewer.advance(3.0)
    return viewer


@pytest.mark.parametrize("kind", KINDS)
def test_goes_on_from_where_the_frame_is(viewer, kind):
    here = viewer.motion.frame
    viewer.take_tour(kind)
    assert viewer.tour_kind == kind and viewer.motion.frame == pytest.approx(here)
    viewer.advance(0.05)
    assert 0 < plane_distance(here[:, :2], viewer.motion.frame[:, :2]) < np.radians(4 * 6 * 0.05) * 1.001


def test_the_same_choice_again_changes_nothing(viewer):
    viewer.take_tour("little")
    tourist = viewer.motion
    viewer.take_tour("little")
    assert viewer.motion is tourist


def test_a_local_tour_is_around_the_view_that_was_flown_to(viewer, rng):
    viewer.take_tour("local")
    frame = np.linalg.qr(rng.standard_normal((15, 3)))[0]
    viewer.fly_to(View(frame=frame))
    for _ in range(120):
        viewer.advance(1 / 60)
    away = []
    for _ in range(300):
        viewer.advance(0.1)
        away.append(plane_distance(frame[:, :2], viewer.motion.frame[:, :2]))
    assert max(away) < np.radians(25.0) + 1e-6 and min(away) < 0.02


def test_the_guided_tour_parts_the_classes_and_rests(viewer):
    viewer.take_tour("guided")
    start = separation(viewer.motion.frame, scatter_now(viewer))
    for _ in range(200):
        viewer.advance(0.1)
    end = separation(viewer.motion.frame, scatter_now(viewer))
    assert viewer.motion.resting and not viewer.moving and end > start


@pytest.mark.parametrize(
    "change", [{"color_by": "size"}, {"selected": tuple(range(15))}, {"color_by": "weight"}, "layer"]
)
def test_it_goes_on_when_something_else_is_shown(viewer, change):
    viewer.take_tour("guided")
    for _ in range(200):
        viewer.advance(0.1)
    assert viewer.motion.resting
    if change == "layer":
        viewer.go_to(3)
    else:
        viewer.change(**change)
    viewer.advance(0.0)
    viewer.advance(0.01)
    assert not viewer.motion.resting
    for _ in range(200):
        viewer.advance(0.1)
    assert viewer.motion.resting


def test_groups(viewer, small_tour):
    codes = viewer.coloring.codes.astype(int)
    assert (groups_of(viewer) == codes).all()
    viewer.change(groups=(2,))
    assert ((groups_of(viewer) == 2) == (codes == 2)).all() and len(np.unique(groups_of(viewer))) == 2
    viewer.change(selected=(0, 5))
    assert np.flatnonzero(groups_of(viewer)).tolist() == [0, 5]
    viewer.change(selected=None, color_by="weight")
    counts = np.bincount(groups_of(viewer))
    assert len(counts) == 8 and counts.min() >= 6
    weights = small_tour.attributes["weight"].to_numpy()
    assert weights[groups_of(viewer) == 0].max() <= weights[groups_of(viewer) == 7].min()
    viewer.change(color_by=None)
    assert (groups_of(viewer) == -1).all()


def test_with_nothing_to_separate_it_stays_and_says_why(viewer):
    viewer.change(color_by=None)
    viewer.take_tour("guided")
    here = viewer.motion.frame
    viewer.advance(5.0)
    assert (viewer.motion.frame == here).all()
    assert "colour by something" in nothing_to_separate(viewer.motion, viewer.coloring)
    viewer.change(selected=(1, 2))
    viewer.advance(0.1)
    assert nothing_to_separate(viewer.motion, viewer.coloring) == ""


def test_points_without_a_class_are_left_out(make_tour, rng):
    import pandas as pd

    kinds = pd.Categorical(["a", "b", None, "a"] * 5)
    viewer = Viewer.of(make_tour([rng.standard_normal((20, 5))], attributes=pd.DataFrame({"kind": kinds})))
    assert (groups_of(viewer)[2::4] == -1).all() and set(groups_of(viewer)) == {-1, 0, 1}


def test_the_choice_in_the_dock(small_tour, open_window):
    window, hand = open_window(small_tour)
    left = 640 - 286 + 218
    for k, kind in ((3, "guided"), (1, "little"), (2, "local"), (0, "grand")):
        hand.click(left + 50, 760)
        hand.click(left + 50, 730 - 4 - 32 * (4 - k) + 16)
        assert window.viewer.tour_kind == kind
    hand.do("search", "--name", "UMAP Tour", "windowsize", 900, 650, frames=30)
    hand.click(450 - 222 + 221 + 2 + 15, 610)  # no room for it: dots or images stand there instead
    assert window.viewer.base.mode == "dots" and window.viewer.tour_kind == "grand"
