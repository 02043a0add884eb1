"""What is held on the GPU, that it comes in slices while something else is drawn, and that it is what was asked for."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from vispy import gloo
from vispy.gloo import gl

from engine.motion.camera import Camera
from engine.motion.shot import Shot
from engine.render.buffers import LayerBuffers, groups
from engine.render.offscreen import current, framebuffer
from engine.render.points import Points
from engine.render.scene import Scene
from engine.tour.colors import color_by
from engine.tour.order import shuffled
from engine.tour.schema import TourFormatError
from engine.tour.synthetic import synthetic
from engine.viewer.viewer import Viewer

N, DIMS, LAYERS = 2000, 7, 8
SIZE = 16 * groups(DIMS) * N


def only(layer):
    return ((layer, 1.0),)


@pytest.fixture(scope="module")
def tour():
    return synthetic(N, dims=DIMS, layers=LAYERS, tile=None)


@pytest.fixture
def make(tour):
    """Buffers in a context of their own: keywords -> LayerBuffers."""
    made = []
    with current(), np.errstate(all="ignore"):
        yield lambda of=tour, **keywords: made.append(LayerBuffers(of, **keywords)) or made[-1]
        for each in made:
            each.close()


def contents(side, *, rows=N):
    """What the GPU holds of a side, (rows, 4 groups)."""
    context = gloo.context.get_current_canvas().context
    context.flush_commands()
    buffer = context.shared.parser.get_object(side[0].base.id)
    buffer.activate()
    import OpenGL.GL as GL

    raw = GL.glGetBufferSubData(GL.GL_ARRAY_BUFFER, 0, 16 * groups(DIMS) * rows)
    assert gl.glGetError() == 0
    return np.frombuffer(bytes(raw), dtype=np.float32).reshape(rows, 4 * groups(DIMS))


def wait_for(buffers, blend):
    """Frames until it is ready; a minute for the thread that reads it, on a machine with other work."""
    for k in range(30_000):
        if buffers.ready(blend):
            return k
        buffers.update()
        time.sleep(0.002)
    raise AssertionError(f"{blend} never came")


@pytest.mark.parametrize("slice_bytes", [1000, SIZE // 3, 10 * SIZE])
def test_a_layer_comes_in_slices_and_is_the_aligned_one(slice_bytes, make, tour):
    buffers = make(slice_bytes=slice_bytes)
    frames = wait_for(buffers, only(3))
    assert frames >= SIZE // slice_bytes
    held = contents(buffers.side(only(3)))
    np.testing.assert_array_equal(held[:, :DIMS], tour.aligned(3))
    assert (held[:, DIMS:] == 0).all()


def test_a_mean_is_the_mean_whether_it_is_waited_for_or_not(make, tour):
    blend = ((1, 0.25), (4, 0.75))
    buffers = make(slice_bytes=SIZE // 4)
    wait_for(buffers, blend)
    expected = 0.25 * tour.aligned(1) + 0.75 * tour.aligned(4)
    np.testing.assert_allclose(contents(buffers.side(blend))[:, :DIMS], expected, atol=1e-6)
    np.testing.assert_allclose(contents(make().side(blend))[:, :DIMS], expected, atol=1e-6)


def test_no_more_than_two_layers_and_one_on_its_way_where_the_budget_has_room_for_no_more(make, tour):
    buffers = make(budget=2 * SIZE, slice_bytes=SIZE // 3)
    seen, before = set(), 0
    for layer in [0, 1, 2, 3, 7, 2, 5, 4, 3, 3, 0]:
        wait_for(buffers, only(layer))
        for side in (only(before), only(layer)):  # a transition, drawn for a while
            buffers.side(side)
            buffers.update()
            seen.add(buffers.held // SIZE)
        held = contents(buffers.side(only(layer)))  # also where another layer was before
        np.testing.assert_array_equal(held[:, :DIMS], tour.aligned(layer))
        before = layer
    assert max(seen) == 3


@pytest.mark.parametrize("blend", [((3, 1.0),), ((1, 0.25), (4, 0.75))])
@pytest.mark.parametrize("slice_bytes", [SIZE // 7, SIZE - 1])
def test_rows_in_an_order_come_in_groups_and_a_side_is_ready_with_the_first_of_them(blend, slice_bytes, make, tour):
    order = shuffled(N)
    expected = sum(weight * tour.aligned(layer) for layer, weight in blend)[order]
    buffers = make(ordered=True, group=300, slice_bytes=slice_bytes)
    buffers.needed = 500
    wait_for(buffers, blend)
    there = buffers.arrived(blend)
    assert 500 <= there < N or slice_bytes == SIZE - 1
    np.testing.assert_allclose(contents(buffers.side(blend))[:there, :DIMS], expected[:there], atol=1e-6)
    for _ in range(30_000):
        if buffers.arrived(blend) == N:
            break
        buffers.update()
        time.sleep(0.002)
    np.testing.assert_allclose(contents(buffers.side(blend))[:, :DIMS], expected, atol=1e-6)
    assert buffers.held == SIZE and buffers.ready(blend)


def test_a_side_in_an_order_waits_for_no_more_rows_than_are_needed(make, tour):
    buffers = make(ordered=True, group=200, slice_bytes=100)
    buffers.needed = 350
    held = contents(buffers.side(only(2)))
    assert 350 <= buffers.arrived(only(2)) <= 400
    np.testing.assert_array_equal(held[:350, :DIMS], tour.aligned(2)[shuffled(N)[:350]])
    buffers.needed = N
    np.testing.assert_array_equal(contents(buffers.side(only(2)))[:, :DIMS], tour.aligned(2)[shuffled(N)])
    assert buffers.arrived(only(5)) == 0


def test_where_there_is_room_for_some_rows_of_each_layer_the_first_ones_are_held(make, tour):
    row = 16 * groups(DIMS)
    buffers = make(ordered=True, group=300, room=4 * 700.5 * row)
    assert buffers.most == buffers.rows == 700
    expected = [tour.aligned(layer)[shuffled(N)[:700]] for layer in range(3)]
    for layer in (0, 1, 2):
        wait_for(buffers, only(layer))
        np.testing.assert_array_equal(contents(buffers.side(only(layer)), rows=700)[:, :DIMS], expected[layer])
        assert buffers.arrived(only(layer)) == 700
    assert buffers.held <= 4 * 700.5 * row
    assert make(room=1).most == N  # in the order of the tour no prefix is a sample


def test_a_layer_that_is_spoiled_beyond_its_sample_is_shown_as_far_as_that_and_said_once(make, tour):
    """A double of a layer whose sample is sound."""

    def spoiled(rows):
        if rows[-1] not in shuffled(N)[:600]:
            raise TourFormatError("layers/002.npy", "changed since it was written")
        return tour.layers[2].aligned[rows]

    layers = list(tour.layers)
    layers[2] = SimpleNamespace(aligned_rows=spoiled)
    buffers = make(SimpleNamespace(n=N, dims=DIMS, layers=layers), ordered=True, group=300, slice_bytes=SIZE // 9)
    buffers.needed = 200
    buffers.side(only(2))
    for _ in range(30_000):
        if buffers.fault is not None:
            break
        buffers.update()
        time.sleep(0.002)
    assert "layers/002.npy" in str(buffers.fault) and buffers.rows == buffers.arrived(only(2)) == 600
    assert buffers.most == N and buffers.ready(only(2))
    buffers.side(only(2))
    buffers.needed = 700  # another one, as far as this one
    wait_for(buffers, only(1))
    assert buffers.arrived(only(1)) == 600
    buffers.needed = N  # as a picture does that is to have all points
    with pytest.raises(TourFormatError, match=r"layers/002.npy"):
        buffers.side(only(2))


def test_all_that_fits_the_budget_stays(make):
    buffers = make(budget=5 * SIZE)
    for layer in (0, 1, 2, 3, 4):
        buffers.side(only(layer))
    assert all(buffers.ready(only(layer)) for layer in range(5))
    buffers.update()
    buffers.side(only(5))
    assert buffers.held == 5 * SIZE and buffers.ready(only(1)) and not buffers.ready(only(0))


def test_a_viewer_that_hurries_about_gets_there_and_holds_three_layers_and_a_mean_at_most(make, tour, rng):
    buffers = make(budget=SIZE, slice_bytes=SIZE // 3)
    viewer = Viewer.of(tour)
    viewer.ready, viewer.mixed = lambda layer: buffers.ready(only(layer)), buffers.ready
    most, means = 0, 0
    for k in range(900):
        if k % 30 == 0 and k < 600:
            viewer.scrub(None)
            viewer.go_to(int(rng.integers(LAYERS)))
        elif k % 30 == 15 and k < 600 and k % 4:
            viewer.scrub(rng.uniform(0, LAYERS - 1))
        viewer.advance(1 / 60)
        transition = viewer.transition
        sides = [transition.source] if transition.settled else [transition.source, transition.target]
        for side in sides:
            assert side in buffers._uploaded or k == 0, "a frame waited"
            buffers.side(side)
            means += len(side) > 1
        buffers.update()
        most = max(most, buffers.held // SIZE)
        time.sleep(0.001)
    viewer.scrub(None)
    for k in range(30_000):  # the thread that reads may have to wait for other work on the machine
        viewer.advance(1 / 60)
        buffers.update()
        time.sleep(0.001)
        if k >= 300 and viewer.transition.settled and viewer.layers.goal == viewer.transition.target:
            break
    assert not viewer.moving or viewer.playing
    assert viewer.transition.settled and viewer.layers.goal == viewer.transition.target
    assert means > 0 and most <= 4


def test_a_fault_is_raised_where_the_layer_is_asked_for_and_only_there(make, tour):
    def broken():
        raise TourFormatError("layers/002.npy", "row 3 is not finite; embed that layer again")

    import dataclasses

    layers = list(tour.layers)
    layers[2] = dataclasses.replace(layers[2], check=broken)
    with current(), np.errstate(all="ignore"):
        scene = Scene(dataclasses.replace(tour, layers=tuple(layers)))
        with pytest.raises(TourFormatError, match="row 3"):
            wait_for(scene._layers, only(2))
        assert wait_for(scene._layers, only(1)) >= 0
        with pytest.raises(TourFormatError, match="row 3"):
            scene._layers.side(only(2))
        scene.close()


def test_one_layer_is_drawn_at_rest_and_two_in_a_transition(tour, monkeypatch):
    """But in the first frame, which links the program of a transition before it is needed."""
    drawn = []
    draw = Points.draw

    def noted(self, shared, part, **how):
        drawn.append(shared)
        draw(self, shared, part, **how)

    monkeypatch.setattr(Points, "draw", noted)

    def shot(source, target, mix):
        return Shot(
            source=only(source), target=only(target), mix=mix, frame=np.eye(DIMS, 3), camera=Camera(), mode="dots",
            theme="dark", depth_cue=False, dot_size=4.0, image_size=8.0,
        )  # fmt: skip

    with current(), framebuffer((64, 64)):
        scene = Scene(tour)
        scene.looks.color(color_by(None, n=tour.n))
        for each in [shot(0, 0, 0.0), shot(0, 0, 0.0), shot(0, 1, 0.0), shot(0, 1, 0.5), shot(0, 1, 1.0)]:
            scene.draw(each, (0, 0, 64, 64))
        sides = [sum(f"u_{side}" in shared for side in ("source", "target")) for shared in drawn]
        assert sides == [2, 1, 1, 2, 1]
        first = scene._layers.side(only(0))[0], scene._layers.side(only(1))[0]
        assert [shared["a_source0"] is first[0] for shared in drawn] == [True, True, True, True, False]
        assert drawn[4]["a_source0"] is first[1]
        scene.close()
