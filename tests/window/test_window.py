"""The real window on a real X server, with real keys, clicks, drags and wheel."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
from engine.tour.colors import TEN
from engine.tour.reading import load
from engine.tour.view import View
from engine.viewer.resolve import first_view
from engine.window.window import Window

CANVAS = np.array([23, 24, 27])
SIZE = (1280, 800)
DOCK = (640 - 286, 800 - 64)


@pytest.fixture
def opened(small_tour, open_window):
    return open_window(small_tour)


def at_rest(window):
    """With the tour paused and the camera where it was going."""
    window.viewer.playing = False
    for _ in range(80):
        window.viewer.advance(0.1)
    assert not window.viewer.moving


def pixel(window, x, y):
    return window.screenshot()[y, x, :3].astype(int)


def test_opens_at_its_first_view(window, hand, small_tour):
    assert window.size == SIZE and window.scale == 1.0
    assert window.viewer.base == first_view(small_tour)
    picture = window.screenshot()
    assert picture.shape == (800, 1280, 4)
    assert (picture[400, 300, :3] == CANVAS).all()
    assert picture[32, 120, :3].tolist() != CANVAS.tolist()  # the legend's ground
    assert (picture[764, 1244 - 15, :3] == (255, 166, 43)).all()  # the orange reset


@pytest.mark.parametrize("key", ["space", "p"])
def test_keys_play_and_pause(window, hand, key):
    assert window.viewer.playing
    hand.key(key)
    assert not window.viewer.playing
    frame = window.viewer.motion.frame
    hand.wait(5)
    assert (window.viewer.motion.frame == frame).all()
    hand.key(key)
    assert window.viewer.playing
    hand.wait(5)
    assert not np.allclose(window.viewer.motion.frame, frame)


def test_the_button_plays_and_pauses(window, hand):
    hand.click(DOCK[0] + 24, DOCK[1] + 24)
    assert not window.viewer.playing
    hand.click(DOCK[0] + 24, DOCK[1] + 24)
    assert window.viewer.playing


def test_keys_go_through_the_layers(window, hand):
    hand.key("j")
    assert window.viewer.layer == 1
    hand.settle()
    assert window.viewer.place == 1
    hand.key("k")
    hand.key("k")
    assert window.viewer.layer == 3


def test_a_click_on_the_column_goes_to_a_layer(window, hand):
    hand.click(1244, 400 + 12)  # four layers, 24 apart, around the middle
    assert window.viewer.layer == 2
    hand.settle()
    assert window.viewer.place == 2


def test_a_drag_along_the_column_scrubs(window, hand):
    hand.do("mousemove", 1244, 364, "mousedown", 1, frames=4)
    hand.do("mousemove", 1244, 380, frames=4)
    hand.do("mousemove", 1244, 406)
    hand.settle()
    assert window.viewer.place == pytest.approx((406 - 364) / 24, abs=0.02)
    hand.do("mouseup", 1)
    hand.settle()
    assert window.viewer.place == 2


def test_the_column_opens_under_the_mouse(window, hand):
    closed = window.screenshot()[400, 1080, :3]
    hand.move(1244, 400)
    opened = window.screenshot()[400 + 30, 1080, :3]
    assert (closed == CANVAS).all() and not (opened == CANVAS).all()


def test_i_switches_between_images_and_dots(window, hand):
    assert window.viewer.base.mode == "images"
    hand.key("i")
    assert window.viewer.base.mode == "dots"
    hand.click(DOCK[0] + 348 + 2 + 31 + 15, DOCK[1] + 24)
    assert window.viewer.base.mode == "images"


def test_the_wheel_zooms_around_the_cursor(window, hand):
    viewer = window.viewer
    at_rest(window)
    at = (500.0, 300.0)
    hand.move(500, 300)
    held = viewer.camera.from_pixels(at, size=SIZE)
    zoom = viewer.camera.zoom
    hand.do("click", 4, "click", 4)
    assert viewer.camera.zoom == pytest.approx(zoom * 1.15**2)
    assert viewer.camera.to_pixels(held, size=SIZE) == pytest.approx(at)
    hand.do("click", 5)
    assert viewer.camera.zoom == pytest.approx(zoom * 1.15)


def test_a_drag_pans(window, hand):
    viewer = window.viewer
    at_rest(window)
    held = viewer.camera.from_pixels((500.0, 300.0), size=SIZE)
    hand.drag(500, 300, 560, 250)
    assert viewer.camera.to_pixels(held, size=SIZE) == pytest.approx((560.0, 250.0))


def test_panels_keep_the_mouse_to_themselves(window, hand):
    at_rest(window)
    camera = window.viewer.camera
    hand.do("mousemove", 120, 60, "click", 4)
    hand.drag(120, 40, 200, 60)
    assert window.viewer.camera == camera


@pytest.mark.parametrize("how", ["button", "key"])
def test_reset(window, hand, how):
    hand.do("mousemove", 500, 300, "click", 4, "click", 4)
    assert not window.viewer.view.fit and window.viewer.camera.zoom > 1.2 * window.viewer.whole.zoom
    hand.click(1244, 764) if how == "button" else hand.key("r")
    hand.settle()
    at_rest(window)
    assert window.viewer.view.fit
    assert window.viewer.camera.zoom == pytest.approx(window.viewer.whole.zoom, rel=1e-3)


def test_hovering_the_legend_isolates_and_a_click_toggles(window, hand):
    viewer = window.viewer
    hand.key("i")
    hand.move(100, 146)  # the second of three classes
    assert viewer.hovered == 1 and viewer.base.groups == ()
    assert viewer.shown_rows.tolist() == [False, True, False]
    hand.click(100, 122)
    hand.move(640, 600)
    assert viewer.base.groups == (0,) and viewer.hovered is None
    picture = window.screenshot()[..., :3].astype(int).reshape(-1, 3)
    assert (np.abs(picture - TEN[0]).max(axis=1) < 60).any()
    hand.click(100, 122)
    assert viewer.base.groups == ()


def test_the_list_of_attributes(window, hand):
    hand.click(100, 86)
    hand.click(100, 86 + 36 + 16 + 32)  # the second entry
    assert window.viewer.base.color_by == "size"
    hand.click(100, 86)
    hand.key("Escape")
    hand.click(640, 500)
    assert window.viewer.base.color_by == "size"


def test_t_and_the_button_change_the_theme(window, hand):
    hand.key("t")
    assert window.viewer.base.theme == "light"
    assert (pixel(window, 300, 400) == (243, 243, 244)).all()
    hand.click(1212, 36)
    assert window.viewer.base.theme == "dark"


def test_help_opens_and_closes(window, hand):
    hand.do("key", "question")
    assert window.panels.popover == "help"
    assert not (pixel(window, 1000, 200) == CANVAS).all()
    hand.key("Escape")
    assert window.panels.popover == ""
    hand.click(1244, 36)
    assert window.panels.popover == "help"


def test_the_look_of_points(window, hand):
    hand.click(1180, 36)
    assert window.panels.popover == "look"
    left, middle, right = 992 + 112, 992 + 112 + 46, 992 + 112 + 92
    rows = [64 + 44 + 16 + 32 * k for k in range(5)]
    before = window.screenshot()
    for row, end, name, value in (
        (rows[0], right, "dot_size", 4.0), (rows[1], left, "image_size", 0.25), (rows[2], middle, "opacity", 0.25),
        (rows[3], left, "depth_cue", 0.0), (rows[4], right, "background", 1.0),
    ):  # fmt: skip
        hand.drag(middle + 10, row, end, row)
        assert getattr(window.viewer.base, name) == pytest.approx(value, rel=0.05), name
    assert (pixel(window, 300, 600) == (0x3A, 0x3C, 0x42)).all()
    hand.click(1264 - 68 + 16, 64 + 22)  # as at first
    hand.move(640, 600)
    assert window.viewer.base == first_view(window.viewer.tour)
    assert (window.screenshot()[600, 300] == before[600, 300]).all()


def test_the_speed(window, hand):
    hand.drag(DOCK[0] + 56 + 34, DOCK[1] + 24, DOCK[0] + 56 + 88, DOCK[1] + 24)
    assert window.viewer.speed == pytest.approx(40.0)
    hand.drag(DOCK[0] + 56 + 88, DOCK[1] + 24, DOCK[0] + 40, DOCK[1] + 24)
    assert window.viewer.speed == 0.0


def test_s_saves_a_picture_of_the_canvas(window, hand, tmp_path):
    hand.key("s")
    hand.key("s")
    for file in (tmp_path / "small-0-Block.png", tmp_path / "small-0-Block-2.png"):
        for _ in range(100):
            if file.exists() and file.stat().st_size:
                break
            hand.wait(2)
        hand.wait(10)
        with Image.open(file) as image:
            assert image.size == SIZE
            picture = np.asarray(image)
        assert (picture[60, 60, :3] == CANVAS).all()  # no panels
        assert (picture[..., 3] == 255).all()
        assert not (picture[..., :3] == CANVAS).all()
    assert window.panels.toast.startswith("Saved small-0-Block")


def test_a_resize_fits_again(window, hand):
    hand.do("search", "--name", "UMAP Tour", "windowsize", 900, 650, frames=30)
    assert window.size == (900, 650)
    picture = window.screenshot()
    assert picture.shape == (650, 900, 4)
    assert (picture[614, 900 - 36 - 15, :3] == (255, 166, 43)).all()


def test_paused_and_untouched_draws_nothing(window, hand):
    hand.key("space")
    at_rest(window)
    hand.wait(20)
    frames = window.frames
    for _ in range(3):
        window.step()
    assert window.frames == frames
    hand.do("mousemove", 600, 500, frames=3)
    assert window.frames > frames


@pytest.fixture
def many(rng, make_tour):
    """300 classes, no images."""
    classes = pd.Categorical([f"class {k % 300:03}" for k in range(900)])
    return make_tour([rng.standard_normal((900, 5))], attributes=pd.DataFrame({"kind": classes}), name="many")


def test_typing_in_the_search_box_is_not_for_the_keys(many, open_window):
    window, hand = open_window(many)
    hand.click(120, 126)
    hand.do("type", "--delay", "30", "ss 11", frames=40)
    assert window.panels.search == "ss 11"
    assert window.viewer.playing
    hand.click(100, 174)  # the second match: class 111
    assert window.viewer.base.groups == (111,)
    hand.click(640, 500)
    hand.key("space")
    assert not window.viewer.playing


def test_a_long_legend_scrolls_and_folds(many, open_window):
    window, hand = open_window(many)
    hand.move(100, 300)
    assert window.viewer.hovered == 6
    hand.do("click", 5, "click", 5, "click", 5)
    assert window.viewer.hovered > 10
    hand.click(212, 36)
    assert window.panels.legend_open is False
    hand.click(212, 36)
    assert window.panels.legend_open is True


def test_everything_grows_with_the_scale(small_tour, open_window):
    window, hand = open_window(small_tour, scale=2.0)
    assert window.size == (2560, 1600)
    picture = window.screenshot()
    assert (picture[2 * 764, 2 * (1244 - 15), :3] == (255, 166, 43)).all()
    hand.click(2 * 1244, 2 * 412)
    assert window.viewer.layer == 2


def test_a_view_that_the_tour_does_not_have(small_tour, display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)
    from engine.tour.view import View

    with pytest.raises(KeyError, match="did you mean 'kind'"):
        Window(small_tour, view=View(color_by="kinds"))


def test_a_second_window_of_a_program_is_refused_in_words(window, hand, small_tour):
    with pytest.raises(RuntimeError, match="one window at a time; close the one that is open, or open this tour with"):
        Window(small_tour)
    hand.key("j")
    assert window.viewer.layer == 1 and window.faults.count == 0  # the first goes on


def test_pictures_without_a_window_can_be_made_beside_one(window, hand, small_tour):
    before = window.screenshot()
    alone = engine.snapshot(small_tour, size=(200, 100))
    assert alone.shape == (100, 200, 4) and not (alone[..., :3] == CANVAS).all()
    hand.wait(2)
    assert window.screenshot().shape == before.shape
    assert (engine.snapshot(small_tour, size=(200, 100)) == alone).all()


def test_faults_that_come_to_light_only_later_are_said_and_the_window_goes_on(open_window, small_tour, tmp_path):
    small_tour.save(tmp_path / "a.tour")
    for file in ("layers/002.npy", "sprites/000.png"):
        raw = bytearray((tmp_path / "a.tour" / file).read_bytes())
        raw[-9] ^= 1
        (tmp_path / "a.tour" / file).write_bytes(raw)
    window, hand = open_window(load(tmp_path / "a.tour", at_once=0), view=View(layer=1))
    hand.key("j")
    hand.settle()
    assert "002.npy" in window.panels.toast and "checksum" in window.panels.toast
    assert window.viewer.layer == 1 and window.viewer.place == 1
    hand.key("i")
    hand.settle()
    assert "000.png" in window.panels.toast and window.viewer.base.mode == "dots"
    hand.key("k")
    hand.settle()
    assert window.viewer.place == 0


def test_a_tooltip_is_no_obstacle(window, hand):
    """The press goes to what is under the tooltip of the control that the cursor has just left."""
    hand.click(1180, 36)
    first, second = 64 + 44 + 16, 64 + 44 + 16 + 32
    hand.move(992 + 112 + 46, first)
    hand.settle(1.0)  # until the tooltip stands over the slider below
    hand.drag(992 + 112 + 56, second, 992 + 112, second)
    assert window.viewer.base.image_size == pytest.approx(0.25, rel=0.05)
