"""Pictures and films of two tours side by side, against pictures of each."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import engine
from engine.pictures.side_by_side import pair_film, pair_picture
from engine.tour.alignment import procrustes
from engine.tour.epochs import joined
from engine.tour.view import View
from tests.pictures.test_film import frames_of

SIZE = (480, 300)
BELOW = 40  # pixels from the top that the names take


@pytest.fixture
def tours(make_tour, rng):
    base = rng.standard_normal((50, 6))
    left = [base + 0.4 * rng.standard_normal((50, 6)) for _ in range(3)]
    right = [each[:, ::-1] * 2.0 for each in left[:2]]
    attributes = pd.DataFrame({"id": range(50), "kind": pd.Categorical(np.repeat(["a", "b"], 25))})
    return tuple(make_tour(each, attributes=attributes, name=name) for each, name in ((left, "one"), (right, "two")))


@pytest.mark.parametrize("aligned", [True, False])
def test_each_half_is_the_picture_of_its_tour(tours, tmp_path, aligned):
    file = tmp_path / "both.png"
    frame = np.linalg.qr(np.arange(18.0).reshape(6, 3) ** 1.5 + np.eye(6, 3))[0]
    view = View(layer=2, frame=frame, color_by="kind")
    pair_picture(tours, file, view=view, right=1, aligned=aligned, size=SIZE)
    picture = np.asarray(Image.open(file))
    turn = np.eye(6)
    if aligned:
        turn = procrustes(tours[1].aligned(1).astype(float), tours[0].aligned(2).astype(float)).rotation
    for k, (tour, layer, seen) in enumerate(((tours[0], 2, frame), (tours[1], 1, turn @ frame))):
        half = engine.snapshot(tour, layer=layer, frame=seen, color_by="kind", size=(240, 300))
        drawn = picture[BELOW:, 240 * k + 1 : 240 * k + 240]  # but for the line between them
        assert (np.abs(drawn.astype(int) - half[BELOW:, 1:]).max(axis=2) > 2).mean() < 1e-3
    assert (picture[20:36, :240] != picture[290, 5]).any(axis=2).any()  # a name


def test_points_that_only_one_has_are_left_out(tours, make_tour, tmp_path):
    some = make_tour([tours[1].layers[0].points[:20]], attributes=tours[1].attributes.iloc[:20], name="some")
    pair_picture((tours[0], some), tmp_path / "some.png", view=View(), size=SIZE)
    picture = np.asarray(Image.open(tmp_path / "some.png"))[BELOW:]
    whole = engine.snapshot(tours[0], color_by="kind", size=(240, 300))[BELOW:]
    lit = [(np.ptp(each[..., :3], axis=2) > 40).sum() for each in (picture[:, :240], whole)]
    assert 0 < lit[0] < 0.7 * lit[1]


def test_a_film_of_both_goes_to_the_most_similar_layers(tours, tmp_path):
    file = tmp_path / "both.mp4"
    pair_film(tours, file, seconds=0.5, view=View(color_by="kind"), layers=range(2), size=SIZE)
    frames = frames_of(file)
    assert len(frames) == 15
    assert frames[0].shape == (300, 480, 3)
    assert np.abs(frames[0][:, :240].astype(int) - frames[-1][:, :240]).mean() > 0.3
    assert np.abs(frames[0][:, 240:].astype(int) - frames[-1][:, 240:]).mean() > 0.3


def test_a_film_of_two_lasts_as_one_of_one_must(tours, tmp_path):
    with pytest.raises(ValueError, match="more than 0 seconds, not -1"):
        pair_film(tours, tmp_path / "no.mp4", seconds=-1.0, view=View(), size=SIZE)


def test_a_film_of_trainings_goes_through_every_epoch(make_tour, rng, tmp_path):
    points = rng.standard_normal((20, 4))
    epochs = [make_tour([points, points + k], name=f"run-{k}") for k in (1, 2)]
    tour = joined(epochs)
    pair_film((tour, tour), tmp_path / "run.mp4", seconds=0.2, view=View(), layers=range(4), size=SIZE)
    assert len(frames_of(tmp_path / "run.mp4")) == 6


def test_without_images_images_are_not_drawn(tours, tmp_path):
    with pytest.raises(ValueError, match="has no images"):
        pair_picture(tours, tmp_path / "no.png", view=View(mode="images"), size=SIZE)
