"""Tours of one network at several epochs as one."""

import json
import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.tour.epochs import joined, line, named


def turned(points, rng):
    """Points elsewhere, rotated and perhaps mirrored."""
    q, _ = np.linalg.qr(rng.standard_normal((points.shape[1],) * 2))
    return points @ q + rng.standard_normal(points.shape[1])


@pytest.fixture
def network(rng):
    """Three layers (40, 5), each like the one before."""
    layers = [rng.standard_normal((40, 5)) * [5, 4, 3, 2, 1]]
    for _ in range(2):
        layers.append(layers[-1] + 0.5 * rng.standard_normal((40, 5)))
    return layers


@pytest.fixture
def training(network, make_tour, rng):
    """Four epochs of it: drifting, and embedded anew each time, so that every layer is turned somehow."""
    names = ("run-epoch0", "run-epoch1", "run-epoch2", "run-epoch10")
    drift = [e * rng.standard_normal((40, 5)) / 4 for e in range(4)]
    return [make_tour([turned(layer + drift[e], rng) for layer in network], name=name) for e, name in enumerate(names)]


def test_all_layers_epoch_after_epoch(training):
    tour = joined([training[k] for k in (0, 1, 3, 2)])  # as a shell lists them
    assert (tour.name, tour.epochs, tour.depth) == ("run", ("0", "1", "2", "10"), 3)
    names = [layer.name for layer in tour.layers]
    assert names[:4] == ["0-Block@0", "1-Block@0", "2-Block@0", "0-Block@1"] and len(set(names)) == 12
    for k, layer in enumerate(tour.layers):
        alone = training[k // 3].layers[k % 3]
        assert layer.points is alone.points
        assert layer.placement.similarity == alone.placement.similarity  # to the layer before
        assert layer.placement.radius == alone.placement.radius


def test_lines_of_layers(training):
    tour = joined(training)
    assert list(line(tour, 7)) == [6, 7, 8]
    assert list(line(tour, 7, "epochs")) == [1, 4, 7, 10]
    assert list(line(training[0], 1)) == [0, 1, 2] and list(line(training[0], 1, "epochs")) == [1]


def test_a_network_that_is_only_turned_about_is_seen_at_rest(network, make_tour, rng):
    tours = [make_tour([turned(each, rng) for each in network], name=f"net{e}") for e in range(3)]
    tour = joined(tours)
    for k in range(3):
        np.testing.assert_allclose(tour.aligned(k), tours[0].aligned(k), atol=1e-6)
        for later in (k + 3, k + 6):
            np.testing.assert_allclose(tour.aligned(later), tour.aligned(k), atol=1e-4)


def test_every_layer_lies_as_near_as_it_can_to_its_neighbours_on_both_axes(training, rng):
    tour = joined(training)
    for k in range(3, 12):
        here = tour.aligned(k).astype(float)
        neighbours = [tour.aligned(k - 3)] + ([tour.aligned(k - 1)] if k % 3 else [])
        rotation = tour.layers[k].placement.rotation
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(5), atol=1e-12)

        def apart(points, neighbours=neighbours):
            return sum(((points - each) ** 2).sum() for each in neighbours)

        for _ in range(20):
            skew = 0.05 * rng.standard_normal((5, 5))
            other, _ = np.linalg.qr(np.eye(5) + skew - skew.T)
            other *= np.sign(np.diag(other))
            assert apart(here) < apart(here @ other)


def test_points_are_matched_by_file_in_the_order_of_the_last(training, caplog, rng):
    order = rng.permutation(40)[:30]
    files = np.array([f"/images/{k}.png" for k in range(40)])
    first = replace(training[0], attributes=pd.DataFrame({"file": files, "prediction": pd.Categorical(["a"] * 40)}))
    last = replace(
        training[3],
        layers=tuple(replace(layer, points=layer.points[order]) for layer in training[3].layers),
        attributes=pd.DataFrame({"file": files[order], "prediction": pd.Categorical(["b"] * 29 + ["a"])}),
    )
    with caplog.at_level(logging.INFO, logger="engine"):
        tour = joined([first, last])
    assert tour.n == 30 and tour.attributes["file"].tolist() == files[order].tolist()
    assert (tour.layers[1].points == training[0].layers[1].points[order]).all()
    assert tour.attributes["prediction"].tolist() == ["b"] * 29 + ["a"]
    assert caplog.messages == ["prediction: as of epoch 10; other epochs differ"]


def test_images_are_those_of_whichever_has_them(small_tour):
    bare = replace(small_tour, sprites=None, name="net2")
    tour = joined([replace(small_tour, name="net1"), bare])
    assert (tour.sprites.load(0) == small_tour.sprites.load(0)).all()
    assert joined([bare]) is bare


def test_saved_it_opens_with_its_epochs(training, tmp_path):
    for tour in training:
        tour.save(tmp_path / f"{tour.name}.tour")
    tour = joined([engine.load(tmp_path / f"{each.name}.tour") for each in training])
    assert all(isinstance(layer.points, np.memmap) for layer in tour.layers)
    tour.save(tmp_path / "all.tour")
    again = engine.load(tmp_path / "all.tour")
    assert (again.name, again.epochs, again.depth) == ("run", ("0", "1", "2", "10"), 3)
    np.testing.assert_array_equal(again.aligned(11), tour.aligned(11))
    assert "epochs" not in json.loads((tmp_path / "run-epoch0.tour" / "tour.json").read_text())


@pytest.mark.parametrize(
    ("epochs", "fault"),
    [("0", "no list of names"), (["0", "0"], "each with its own name"), (["0", "1", "2", "3", "4"], "12 layers")],
)
def test_epochs_on_disk_that_cannot_be(training, tmp_path, epochs, fault):
    joined(training).save(tmp_path / "all.tour")
    file = tmp_path / "all.tour" / "tour.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"epochs": epochs}))
    with pytest.raises(engine.TourFormatError, match=rf"tour\.json: .*{fault}"):
        engine.load(tmp_path / "all.tour")


def test_what_are_no_epochs_of_one_network(training, make_tour, rng):
    first, second, *_ = training
    other = replace(second, layers=(second.layers[0], replace(second.layers[1], name="conv"), second.layers[2]))
    with pytest.raises(ValueError, match="run-epoch1 is no other epoch of run-epoch0: its layer 1 is 'conv', and"):
        joined([first, other])
    with pytest.raises(ValueError, match="its layer 2 is none, and there it is '2-Block'"):
        joined([first, replace(second, layers=second.layers[:2])])
    with pytest.raises(ValueError, match="b has 39 points and run-epoch0 40"):
        joined([first, make_tour([rng.standard_normal((39, 5)) for _ in range(3)], name="b")])
    with pytest.raises(ValueError, match="dimensions"):
        joined([first, make_tour([rng.standard_normal((40, 4)) for _ in range(3)], name="b")])
    with pytest.raises(ValueError, match="run-epoch0 is there twice"):
        joined([first, first])
    with pytest.raises(ValueError, match="has several epochs already; open it alone"):
        joined([joined(training[:2]), training[3]])
    with pytest.raises(ValueError, match="no tour"):
        joined([])


@pytest.mark.parametrize(
    ("titles", "name", "epochs"),
    [
        (["run-epoch03", "run-epoch10", "run-epoch2"], "run", ["2", "3", "10"]),
        (["/a/run/epoch10", "/a/run/epoch2"], "run", ["2", "10"]),
        (["/a/run/3/net", "/a/run/12/net"], "run", ["3", "12"]),
        (["net/epoch7-batch5004", "net/epoch10-batch3", "net/epoch7-batch10"], "net",
         ["7-batch10", "7-batch5004", "10-batch3"]),
        (["v1.2-0.5", "v1.2-0.25"], "v1.2", ["0.25", "0.5"]),
        (["mobile1", "mobile2"], "mobile", ["1", "2"]),
        (["1", "2"], "", ["1", "2"]),
        (["e3", "e03"], "", ["e3", "e03"]),
        (["run/epoch1", "run/epoch10", "run/epoch2", "run/last"], "run", ["epoch1", "epoch2", "epoch10", "last"]),
        (["run/untrained", "run/epoch1", "run/epoch2"], "run", ["untrained", "epoch1", "epoch2"]),
    ],
)  # fmt: skip
def test_names_and_order(titles, name, epochs):
    given, found, order = named(titles)
    assert (given, list(found)) == (name, epochs)
    assert sorted(order) == list(range(len(titles)))
