"""Two viewers kept together: what they share, who leads, and how the follower is turned onto the leader."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.motion.framing import FILL, carried
from engine.motion.rotation import random_frame
from engine.motion.transition import SECONDS
from engine.tour.alignment import procrustes
from engine.tour.matching import matched
from engine.tour.movement import difference
from engine.tour.story import from_json, of_pair, to_json
from engine.tour.view import SavedView, View
from engine.viewer.opening import opening_beside, opening_view
from engine.viewer.pair import ALIGN_SECONDS, Pair
from framed import AREA, FPS, framing_of

N, DIMS = 60, 6


@pytest.fixture
def tours(make_tour, rng):
    """Four layers of one network, and three of another that sees the same in another frame, and a little else."""
    base = rng.standard_normal((N, DIMS))
    left = [base + 0.3 * rng.standard_normal((N, DIMS)) for _ in range(4)]
    turn = random_frame(rng, DIMS, DIMS)
    right = [3.0 * each @ turn + 0.1 * rng.standard_normal((N, DIMS)) for each in left[:3]]
    kinds = pd.Categorical(rng.choice(["a", "b", "c"], N))
    attributes = pd.DataFrame({"id": range(N), "kind": kinds})
    return (
        make_tour(left, attributes=attributes, name="one"),
        make_tour(right, attributes=attributes.assign(sure=rng.random(N)), name="two"),
    )


@pytest.fixture
def pair(tours):
    return Pair.of(matched(*tours))


def let(pair, seconds, step=1 / 30):
    for _ in range(round(seconds / step)):
        pair.advance(step)


def let_it_turn(pair):
    """Until both panes stand as they are to be; that takes the time that their scales need."""
    let(pair, ALIGN_SECONDS)
    while any(viewer.turning for viewer in pair.viewers):
        pair.advance(1 / 60)


def turned(pair, pane):
    """The points of a pane as the frame of the motion sees them, whole."""
    viewer = pair.viewers[pane]
    return viewer.tour.aligned(viewer.layer).astype(float) @ viewer.turn


def is_nearest(pair):
    """Whether the follower lies on the leader as near as any orthogonal matrix brings it."""
    follower, leader = turned(pair, 1 - pair.lead), turned(pair, pair.lead)
    return np.allclose(procrustes(follower, leader).rotation, np.eye(DIMS), atol=1e-5)


def test_they_begin_aligned(pair):
    pair.advance(0.0)
    assert is_nearest(pair)
    assert pair.viewers[0].turn == pytest.approx(np.eye(DIMS))
    a, b = (viewer.tour.aligned(0).astype(float) for viewer in pair.viewers)
    assert pair.fit.similarity == pytest.approx(procrustes(a, b).similarity)


def test_again_after_a_change_of_layer_in_either_pane(pair):
    pair.advance(0.0)
    for pane, layer in ((0, 3), (1, 2), (0, 1)):
        pair.viewers[pane].go_to(layer)
        pair.advance(1 / 30)
        begun = pair.follower.turn.copy()
        let(pair, SECONDS / 2)
        assert not np.allclose(begun, pair.follower.turn)  # it is on its way, not there at once
        assert pair.moving
        let_it_turn(pair)
        assert pair.layers[pane] == layer
        assert is_nearest(pair)


def test_nothing_moves_when_the_lead_changes(pair):
    let(pair, 0.2)
    pair.viewers[0].go_to(2)
    let_it_turn(pair)
    before = [viewer.frame.copy() for viewer in pair.viewers]
    pair.leader.playing = False
    pair.touch(1)
    let(pair, 1.0)
    assert np.array([viewer.frame for viewer in pair.viewers]) == pytest.approx(np.array(before))
    pair.viewers[1].go_to(1)
    let_it_turn(pair)
    assert pair.viewers[1].frame == pytest.approx(before[1])  # the leader's frame is its own
    assert is_nearest(pair)


def test_it_does_not_depend_on_the_way(tours):
    one, two = (Pair.of(matched(*tours)) for _ in range(2))
    one.go_to(2, 1)
    let(one, 2.0)
    for layers in ((3, 0), (0, 2), (2, 1)):
        two.go_to(*layers)
        let(two, 0.4)
    let(two, 2.0)
    assert one.viewers[1].turn == pytest.approx(two.viewers[1].turn, abs=1e-9)


def test_off_both_show_their_own_frame(pair):
    let(pair, 0.1)
    pair.aligned = False
    pair.advance(1 / 60)
    assert not np.allclose(pair.viewers[1].turn, np.eye(DIMS))
    let_it_turn(pair)
    assert pair.viewers[1].turn == pytest.approx(np.eye(DIMS))
    pair.aligned = True
    let_it_turn(pair)
    assert is_nearest(pair)


def test_a_turn_can_be_turned_round_at_any_moment(pair):
    let(pair, 0.1)
    here = pair.follower.turn
    for aligned in (False, True, False, True):
        pair.aligned = aligned
        for _ in range(5):
            pair.advance(1 / 60)
            step = np.abs(pair.follower.turn - here).max()
            assert step < 0.35  # of entries that go from -1 to 1 at most: no jump
            here = pair.follower.turn
    let_it_turn(pair)
    assert is_nearest(pair)


def test_one_motion_at_one_speed(pair):
    pair.advance(0.0)
    alone = Pair.of(pair.match).viewers[0]
    alone.motion.frame = pair.leader.motion.frame
    let(pair, 1.0)
    for _ in range(30):
        alone.advance(1 / 30)
    assert pair.leader.motion.frame == pytest.approx(alone.motion.frame)
    assert pair.follower.motion is pair.leader.motion


def test_one_selection_one_legend_one_set_of_handles(pair, rng):
    mask = rng.random(N) < 0.5
    pair.leader.select(mask)
    pair.leader.change(color_by="kind", groups=(1,))
    pair.advance(1 / 60)
    assert pair.follower.selection is mask
    assert pair.follower.base.groups == (1,)
    assert (pair.follower.coloring.codes == pair.leader.coloring.codes).all()
    pair.touch(1)
    pair.leader.change(color_by="sure")
    pair.leader.select(None)
    pair.advance(1 / 60)
    assert pair.viewers[0].selection is None
    assert pair.viewers[0].coloring.kind == "continuous"


def test_cameras_go_together_only_while_linked(pair):
    pair.advance(0.0)
    before = pair.leader.camera, pair.follower.camera
    pair.leader.zoom(2.0, (10.0, 10.0), (400.0, 400.0))
    pair.advance(1 / 60)
    assert not pair.follower.fit
    assert pair.follower.camera == carried(before[1], before[0], pair.leader.camera)
    assert pair.follower.camera.zoom == pytest.approx(2.0 * before[1].zoom)
    pair.linked = False
    pair.touch(1)
    pair.leader.pan((30.0, 0.0), (400.0, 400.0))
    pair.advance(1 / 60)
    assert pair.follower.camera != pair.leader.camera


def test_difference_colours_both_panes_and_follows_the_layers(pair, tours):
    pair.leader.change(color_by="difference")
    pair.advance(1 / 60)
    for layers in ((0, 0), (2, 1)):
        pair.go_to(*layers)
        let(pair, 1.0)
        expected = difference(tours[0], layers[0], tours[1], layers[1])
        for viewer in pair.viewers:
            levels = np.clip(np.floor(expected * 256), 0, 255)
            assert np.abs(viewer.coloring.codes - levels).max() <= 1


def test_a_saved_view_is_reached_as_it_was_seen(pair):
    let(pair, 0.5)
    pair.touch(1)  # whose points are turned
    view = replace(pair.leader.view, layer=1)
    let(pair, 2.0)
    pair.leader.playing = False
    pair.leader.fly_to(view)
    let(pair, 2.0)
    assert np.asarray(view.frame) == pytest.approx(pair.leader.frame)


def test_a_story_is_told_by_the_tour_that_it_is_of_whichever_is_asked(pair):
    left, right = pair.viewers
    last = len(left.tour.layers) - 1
    left.story.add(SavedView("the end", replace(left.view, layer=last)), ())
    right.play_story()
    assert left.layers.goal == ((last, 1.0),) and left.story.told == 0
    right.tell(0)
    assert left.layers.goal == ((last, 1.0),)


def test_a_view_is_saved_of_the_tour_that_the_story_is_of_whichever_is_asked(pair, tours):
    left, right = pair.viewers
    left.go_to(2)
    let(pair, 1.5)
    pair.touch(1)
    assert right.save_view("here") == 0
    right.story.update(0, SavedView("here"), ())
    right.replace_view(0)
    (saved,) = left.story.story
    assert (saved.caption, saved.view) == ("here", left.view)
    assert (saved.beside.tour, saved.beside.view.layer) == (tours[1].name, right.view.layer)


def test_a_story_of_both_is_told_in_both_and_survives_saving(pair, tours, tmp_path):
    left, right = pair.viewers
    let(pair, 0.5)
    left.save_view("one")
    pair.go_to(2, 1)
    let(pair, 1.5)
    pair.touch(1)
    left.save_view("two")  # the left tour's story, whoever leads
    assert right.story is left.story
    assert [each.beside.tour for each in left.story.story] == [tours[1].name] * 2
    pair.touch(1)
    left.tell(0)
    let(pair, 1.5)
    assert pair.lead == 0 and pair.layers == (0, 0) and left.story.told == 0
    left.tell(1)
    let(pair, 1.5)
    assert pair.layers == (2, 1)
    left.play_story()
    assert left.story.playing
    before = left.story.elapsed
    pair.advance(1.0)
    assert left.story.elapsed == pytest.approx(before + 1.0)  # two panes, one clock
    kept = from_json(to_json(left.story.story))
    assert kept == left.story.story
    assert of_pair((*kept, SavedView("alone")), tours[1].name) == kept
    assert of_pair(kept, "another") == ()


def test_what_stood_beside_is_where_a_pair_opens_again(pair, tours):
    pair.go_to(2, 1)
    let(pair, 1.5)
    pair.viewers[0].save_view("here")
    tour = replace(tours[0], views=list(pair.viewers[0].story.story))
    view, beside = opening_beside(tour, tours[1].name)
    again = Pair.of(matched(tour, tours[1]), view, beside=beside)
    assert again.layers == (2, 1)
    view, beside = opening_beside(tour, "another")
    assert beside is None and view.handles == opening_view(replace(tour, views=[])).handles
    odd = View(layer=99)  # of a tour that has been built anew, with fewer layers
    assert Pair.of(matched(tour, tours[1]), view, beside=odd).layers[1] < len(tours[1].layers)


def test_similarities_are_worked_out_once_and_not_while_a_hand_scrubs(pair):
    asked = []
    pair.in_background = lambda work, then: asked.append((work, then))
    pair.viewers[0].scrub(0.4)
    assert pair.tables == {} and not asked
    pair.viewers[0].scrub(None)
    pair.viewers[1].scrub(0.4)
    assert pair.tables == {} and not asked
    pair.viewers[1].scrub(None)
    assert pair.tables == {} and len(asked) == 1
    assert pair.tables == {} and len(asked) == 1
    for work, then in asked:
        then(work())
    assert all(table.shape == (4, 3) for table in pair.tables.values()) and pair.tables


def test_both_open_framed_as_they_are_turned_onto_each_other(make_tour, rng):
    base = rng.standard_normal((200, 15)) * np.linspace(3.0, 0.2, 15)
    pair = Pair.of(matched(make_tour([base], name="one"), make_tour([base[:, ::-1] * 2.0], name="two")))
    for viewer in pair.viewers:
        viewer.show_on(AREA)
    for _ in range(3):
        pair.advance(1 / FPS)
        assert [framing_of(viewer) for viewer in pair.viewers] == pytest.approx([FILL, FILL], abs=0.03)


def test_a_tour_of_two_waits_for_the_figure_that_needs_it(pair, monkeypatch):
    pair.leader.take_tour("little")
    pair.leader.playing = pair.leader.fit = True
    let_it_turn(pair)
    let(pair, 1.0)
    assert pair.leader.patience == 1.0
    follow = pair.follower.framer.follow

    def too_small(*args, **options):
        camera = follow(*args, **options)
        pair.follower.framer.off = -0.33
        return camera

    monkeypatch.setattr(pair.follower.framer, "follow", too_small)
    pair.advance(1 / 30)
    pair.advance(1 / 30)
    assert 0.0 < pair.leader.patience < 0.9
