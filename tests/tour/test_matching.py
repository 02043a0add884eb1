"""Two tours brought to the points that both have."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.tour.matching import matched
from engine.tour.tour import Sprites


def attributes(names, **others):
    return pd.DataFrame({"file": names} | others)


@pytest.fixture
def pair(make_tour, rng):
    """A tour of twelve files, and one of nine of them and three others, shuffled, embedded elsewhere."""
    files = [f"/here/{k % 3}/{k}.png" for k in range(12)]
    order = rng.permutation(15)[:12]
    others = [f"/here/{k % 3}/{k}.png" for k in order]
    points = rng.standard_normal((15, 4))
    left = make_tour([points[:12], points[:12] * 2], attributes=attributes(files), name="left")
    right = make_tour([points[order] + 1.0], attributes=attributes(others), name="right")
    return left, right, order


def test_points_meet_themselves_in_the_order_of_the_left_one(pair):
    left, right, order = pair
    match = matched(left, right)
    assert (match.left.attributes["file"] == match.right.attributes["file"]).all()
    both = sorted(set(range(12)) & set(order.tolist()))
    assert match.rows[0].tolist() == both
    assert order[match.rows[1]].tolist() == both
    assert match.left.n == match.right.n == len(both) < 12
    assert match.partial
    assert match.total == (12, 12)
    assert match.by == "file"
    np.testing.assert_allclose(match.right.layers[0].points, match.left.layers[0].points + 1.0, atol=1e-6)


def test_layers_keep_their_place(pair):
    left, right, _ = pair
    match = matched(left, right)
    for k in range(2):
        np.testing.assert_array_equal(match.left.aligned(k), left.aligned(k)[match.rows[0]])


def test_the_same_points_in_the_same_order_are_left_as_they_are(pair):
    left, _, _ = pair
    match = matched(left, left)
    assert match.left.layers[0].points is left.layers[0].points
    assert not match.partial


def test_files_in_another_folder(pair):
    left, right, order = pair
    moved = right.attributes.assign(file=[file.replace("/here", "/mnt/other") for file in right.attributes["file"]])
    match = matched(left, replace(right, attributes=moved))
    assert match.by == "folder and file name"
    assert order[match.rows[1]].tolist() == match.rows[0].tolist()


def test_by_id(make_tour, rng):
    points = rng.standard_normal((6, 3))
    left = make_tour([points], attributes=pd.DataFrame({"id": [5, 4, 3, 2, 1, 0]}))
    right = make_tour([points], attributes=pd.DataFrame({"id": ["0", "1", "2", "3", "4", "5"]}))
    match = matched(left, right)
    assert match.by == "id"
    assert match.rows[1].tolist() == [5, 4, 3, 2, 1, 0]


def test_images_go_with_their_points(make_tour, rng):
    tiles = rng.integers(0, 256, (11, 8, 8, 4), dtype=np.uint8)
    order = rng.permutation(11)
    sprites = Sprites(n=11, tile=8, per_page=4, load=lambda page: tiles[order][4 * page : 4 * page + 4])
    points = rng.standard_normal((11, 3))
    left = make_tour([points], attributes=pd.DataFrame({"id": range(11)}))
    right = make_tour([points], attributes=pd.DataFrame({"id": order}), sprites=sprites)
    match = matched(left, right)
    for tour in (match.left, match.right):  # either tour's images serve both
        pages = [tour.sprites.load(page) for page in range(tour.sprites.pages)]
        np.testing.assert_array_equal(np.concatenate(pages), tiles)


def test_by_order_where_nothing_names_the_points(make_tour, rng):
    points = rng.standard_normal((5, 3))
    label, other = pd.Categorical(list("abcab")), pd.Categorical(list("aaaaa"))
    left = make_tour([points], attributes=pd.DataFrame({"label": label, "prediction": label}))
    right = make_tour([points], attributes=pd.DataFrame({"label": label, "prediction": other}))
    match = matched(left, right)
    assert match.by == "order"
    with pytest.raises(ValueError, match="their classes differ"):
        matched(left, make_tour([points], attributes=pd.DataFrame({"label": other, "prediction": other})))
    with pytest.raises(ValueError, match=r"has 5 points and .* 4, and nothing tells"):
        matched(left, make_tour([points[:4]], name="four"))


def test_nothing_in_common_says_so(make_tour, rng):
    points = rng.standard_normal((3, 3))
    left = make_tour([points], attributes=attributes(["a", "b", "c"]), name="cats")
    right = make_tour([points], attributes=attributes(["d", "e", "f"]), name="dogs")
    with pytest.raises(ValueError, match=r"cats and dogs have no point in common .compared by file and by"):
        matched(left, right)


def test_other_dimensions_say_so(make_tour, rng):
    left, right = (make_tour([rng.standard_normal((4, dims))]) for dims in (3, 5))
    with pytest.raises(ValueError, match=r"3 dimensions and .* 5.*--dims 3"):
        matched(left, right)


def test_one_legend_serves_both(make_tour, rng):
    points = rng.standard_normal((4, 3))
    left = pd.DataFrame(
        {
            "id": range(4),
            "guess": pd.Categorical(["a", "b", "a", "b"]),
            "sure": [0.1, 0.2, 0.3, np.nan],
            "here": [1, 2, 3, 4],
        }
    )
    right = pd.DataFrame({"id": range(4), "guess": pd.Categorical(["c", "a", "a", "c"]), "sure": [0.5, 0.9, 0.0, 0.1]})
    match = matched(make_tour([points], attributes=left), make_tour([points], attributes=right))
    a, b = match.left.attributes, match.right.attributes
    assert list(a.columns) == list(b.columns)
    assert a["guess"].cat.categories.tolist() == b["guess"].cat.categories.tolist() == ["a", "b", "c"]
    assert b["guess"].tolist() == ["c", "a", "a", "c"]
    assert a.attrs["extent"]["sure"] == b.attrs["extent"]["sure"] == [0.0, 0.9]
    assert b["here"].tolist() == [1, 2, 3, 4]
