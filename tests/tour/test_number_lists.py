"""Long lists in JSON as arrays: the same values and the same seal as by json alone, in a ninth of the memory."""

import io
import json
import tracemalloc

import numpy as np
import pytest

from engine.tour import number_lists
from engine.tour.json_files import read_views, seal
from engine.tour.number_lists import without_lists
from engine.tour.story import import_story

LONG = list(range(20_000, 40_000))


def plain(values):
    """With arrays as lists."""
    if isinstance(values, dict):
        return {key: plain(each) for key, each in values.items()}
    if isinstance(values, list):
        return [plain(each) for each in values]
    return values.tolist() if isinstance(values, np.ndarray) else values


@pytest.mark.parametrize("block", [1, 7, 4096, 2**20])
@pytest.mark.parametrize("indent", [None, 1])
def test_as_json_reads_it(tmp_path, monkeypatch, block, indent):
    monkeypatch.setattr(number_lists, "BLOCK", block)
    monkeypatch.setattr(number_lists, "LONG", 40)
    values = {"a": LONG[:200], "b": [[1, 2], [], LONG[:30], {"c": [0], "d": "[1, 2]"}], "e": 1.5, "f": [1.5] * 30}
    file = tmp_path / "a.json"
    file.write_text(json.dumps(values, indent=indent))
    assert plain(read_views(file, limit=2**20)) == values


def test_long_lists_are_arrays_and_have_the_seal_of_lists(tmp_path):
    values = {"views": [{"selected": LONG, "other": [1, 2]}, {"selected": LONG[::-1]}], "version": 1}
    file = tmp_path / "a.json"
    file.write_text(json.dumps(values))
    read = read_views(file, limit=2**24)
    assert isinstance(read["views"][0]["selected"], np.ndarray) and read["views"][0]["other"] == [1, 2]
    assert plain(read) == values and seal(read) == seal(values)


@pytest.mark.parametrize("change", ["1,,2", "1 2", "1,", ",1", "1 ,, 2", "", "99999999999", "9" * 30])
def test_a_list_that_is_none(tmp_path, change):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"a": LONG}).replace("30000", change))
    with pytest.raises(ValueError, match=r"a list of point numbers cannot be read|which is no number of a point"):
        read_views(file, limit=2**24)


def test_a_list_within_a_text_is_no_list(tmp_path):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"caption": json.dumps(LONG)}))
    with pytest.raises(ValueError, match="delimiter"):
        read_views(file, limit=2**24)


@pytest.mark.parametrize(
    "text", ["[" + "1," * 400_000, "[" * 400_000, "{" + " " * 400_000, '"' + "1" * 400_000, "[" + "1," * 90_000 + "1]"]
)
def test_no_more_is_held_than_is_allowed(text):
    stream = io.BytesIO(text.encode())
    with pytest.raises(ValueError, match="more than"):
        without_lists(stream, longest=300_000, numbers=50_000, rest=300_000)


def test_a_story_of_a_million_points_that_is_refused(tmp_path, make_tour, rng):
    """Five selections of 300,000 points, 12 MB: as Python's numbers they would take 54."""
    tour = make_tour([rng.standard_normal((1_000_000, 3))])
    selected = json.dumps(rng.permutation(1_000_000)[:300_000].tolist())
    views = ",".join(f'{{"caption":"c","view":{{"selected":{selected}}}}}' for _ in range(5))
    file = tmp_path / "story.json"
    file.write_text(f'{{"version":1,"seal":"x","views":[{views}]}}')
    del selected, views
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="its seal differs"):
            import_story(file, tour)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 25 * 2**20
