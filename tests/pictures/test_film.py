"""Films and galleries: files that play, through the layers they should, whole or not there."""

import av
import numpy as np
import pytest

import engine
from engine.pictures.film import FPS, film
from engine.pictures.gallery import gallery
from engine.tour.view import View


def frames_of(file):
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == FPS
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]


def apart(a, b):
    return np.abs(a.astype(int) - b).mean()


def test_a_film_shows_what_snapshots_show(small_tour, tmp_path):
    view = View(layer=1, color_by="kind")
    film(small_tour, tmp_path / "a.mp4", seconds=1.0, view=view, size=(160, 120), speed=20.0)
    frames = frames_of(tmp_path / "a.mp4")
    assert len(frames) == FPS
    first = engine.snapshot(small_tour, view=view, size=(160, 120))[..., :3]
    tour = engine.GrandTour(15, speed=np.radians(20.0))
    for _ in range(FPS - 1):
        last = tour.advance(1 / FPS)
    turned = engine.snapshot(small_tour, view=view, frame=last, size=(160, 120))[..., :3]
    # H.264 halves the resolution of colours, so they are near and not equal
    assert apart(frames[0], first) < 0.6 * apart(frames[0], turned)
    assert apart(frames[-1], turned) < 0.6 * apart(frames[-1], first)


def test_a_film_through_all_layers_ends_on_the_last(small_tour, tmp_path):
    film(small_tour, tmp_path / "a.mp4", seconds=4.0, layers=range(4), size=(120, 120), speed=0.0,
         view=View(color_by="kind"))  # fmt: skip
    frames = frames_of(tmp_path / "a.mp4")
    shown = [engine.snapshot(small_tour, layer=k, color_by="kind", size=(120, 120))[..., :3] for k in range(4)]
    for layer in range(4):
        frame = frames[(layer + 1) * FPS - 2]
        assert np.argmin([apart(frame, each) for each in shown]) == layer


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"seconds": 0}, "more than 0 seconds"),
        ({"seconds": float("inf")}, "a day at most"),
        ({"size": (101, 100)}, "even numbers"),
        ({"size": (0, 100)}, "at least a pixel"),
    ],
)
def test_what_makes_no_film(changes, complaint, small_tour, tmp_path):
    with pytest.raises(ValueError, match=complaint):
        film(small_tour, tmp_path / "a.mp4", **({"seconds": 1.0, "size": (100, 100)} | changes))
    assert not list(tmp_path.iterdir())


def test_a_film_that_fails_leaves_nothing(small_tour, tmp_path):
    with pytest.raises(KeyError):
        film(small_tour, tmp_path / "a.mp4", seconds=1.0, view=View(color_by="knd"), size=(100, 100))
    with pytest.raises(ValueError, match="pixels wide"):
        film(small_tour, tmp_path / "a.mp4", seconds=1.0, size=(100_000, 100))
    assert not list(tmp_path.iterdir())


def test_a_gallery_has_dots_images_and_a_film(small_tour, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.pictures.gallery.SIZE", (160, 120))
    monkeypatch.setattr("engine.pictures.gallery.FILM_SIZE", (160, 120))
    monkeypatch.setattr("engine.pictures.gallery.SHORTEST", 1.0)
    monkeypatch.setattr("engine.pictures.gallery.SECONDS_A_LAYER", 0.3)
    files = [file.name for file in gallery(small_tour, tmp_path)]
    assert files == [
        "00-Block-dots.png", "00-Block-images.png", "02-Block-dots.png", "02-Block-images.png", "03-Block-dots.png",
        "03-Block-images.png", "small.mp4",
    ]  # fmt: skip
    assert sorted(file.name for file in tmp_path.iterdir()) == files
