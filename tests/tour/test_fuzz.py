"""Readers against inputs that nobody thought of: whole tours spoiled at random, and properties of every reader of text.

`make fuzz N=10000 SEED=1` tries as many; a fault that is found becomes a named case in test_hostile.py.
"""

import json
import random
import resource
import shutil
import time

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

import engine
from engine.tour.rows import from_text
from engine.tour.story import fitting
from engine.viewer.remembered import Remembered
from spoiling import ASKED, CASES, MEMORY, ODD, PLAIN, SECONDS, SEED, change_json, cut, flip_bits, lengthen, replaced

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ODD),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)

WAYS = [change_json, change_json, change_json, flip_bits, flip_bits, cut, lengthen, replaced]


def put_back(file, original):
    """Whatever has come in its place."""
    shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink(missing_ok=True)
    shutil.copyfile(original, file)


def test_whole_tours_spoiled_at_random(saved, tmp_path, capsys):
    """Each loads or is refused as TourFormatError; what loads can be used."""
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    refused, slowest, folder = 0, (0.0, 0), tmp_path / "case.tour"
    shutil.copytree(saved / "small.tour", folder)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for case in range(CASES):
        rng = random.Random(f"{SEED} {case}")
        way = rng.choice(WAYS)
        jsons = [folder / "tour.json", folder / "views.json"]
        spoiled = rng.choice(jsons if way is change_json else files)
        way(spoiled, rng)
        begun = time.process_time()
        try:
            tour = engine.load(folder)
            for layer in range(len(tour.layers)):
                tour.aligned(layer)
            if tour.sprites:
                tour.sprites.load(0)
        except engine.TourFormatError as error:
            refused += 1
            lines = str(error).count("\n")
        except Exception as error:
            pytest.fail(f"seed {SEED}, case {case}, {way.__name__}: {type(error).__name__}: {error}")
        else:
            lines = 0
        assert lines == 0, f"seed {SEED}, case {case}: more than one line"
        slowest = max(slowest, (time.process_time() - begun, case))
        put_back(spoiled, saved / "small.tour" / spoiled.relative_to(folder))
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - idle
    with capsys.disabled():
        if ASKED:
            print(f"\n{CASES} tours, {refused} refused, slowest {slowest[0]:.2f} s (case {slowest[1]}), {more:.0f} MB")
    assert more < MEMORY
    assert not ASKED or slowest[0] < SECONDS
    assert refused > CASES // 2


@seed(SEED)
@PLAIN
@given(text=st.text(alphabet='0123456789,;"\n\r\t point-+[]x\0\ud7ff٣', max_size=200))
def test_lists_of_points(make_tour, text):
    tour = make_tour([[[1, 2, 3], [4, 5, 6], [0, 1, 7]]])
    try:
        mask = from_text(tour, text)
    except ValueError:
        return
    assert mask.shape == (3,) and mask.any()


@seed(SEED)
@PLAIN
@given(view=VALUES | st.dictionaries(st.sampled_from(sorted(vars(engine.View()))), VALUES, max_size=5), caption=VALUES)
def test_saved_views(small_tour, view, caption):
    values = {"version": 1, "views": [{"caption": caption, "view": view}, {"caption": "good", "view": {}}]}
    kept, faults = fitting(values, small_tour)
    assert len(kept) + len(faults) == 2 and kept[-1].caption == "good"
    json.dumps([each.view.to_json() for each in kept], allow_nan=False)


@seed(SEED)
@PLAIN
@given(values=VALUES)
def test_stories_and_states_of_windows(small_tour, values):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Remembered(small_tour, values)
    with pytest.raises(ValueError, match="story"):
        fitting(values, small_tour)


@seed(SEED)
@PLAIN
@given(
    key=st.sampled_from(["data_shape", "attribute_url", "attributes", "image_urls", "epoch_arch_to_dir"]), value=VALUES
)
def test_published_meta_files(tmp_path_factory, key, value):
    file = tmp_path_factory.mktemp("site") / "meta-net-5D.json"
    values = {"data_shape": [30, 5], "attribute_url": "a.csv", "attributes": {}, "epoch_arch_to_dir": {"0,0": "."}}
    file.write_text(json.dumps(values | {key: value}))
    with pytest.raises(engine.TourFormatError):
        engine.import_published(file)


@seed(SEED)
@PLAIN
@given(name=st.text(max_size=30) | st.integers())
def test_names_of_layers_and_attributes(small_tour, name):
    known = isinstance(name, int) and -4 <= name < 4
    try:
        small_tour.index(name)
        assert known
    except (KeyError, IndexError):
        assert not known
    if isinstance(name, str) and name not in small_tour.attributes:
        with pytest.raises(KeyError):
            small_tour.attribute(name)
