"""New pictures into a finished tour: what stays, what follows, any cut, killed and resumed, and what is refused."""

import itertools
import shutil
import signal
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import engine
import engine.pipeline.add as add_module
import engine.pipeline.growth.newcomers as newcomers_module
import forked
from builds import contents, make, squeezenet
from engine.pipeline.device import Machine
from engine.pipeline.growth.growing import Growth
from engine.pipeline.sharded.shards import Shard
from engine.tour.synthetic import synthetic

pytestmark = pytest.mark.trains
FIRST = 24  # of the 40 pictures are built, the others are added


@pytest.fixture
def base(quick, network, pixels, tmp_path):
    """The tour of the first pictures, labelled, as one machine builds it."""
    labels = np.arange(FIRST) % 5
    make(network, (pixels[:FIRST], labels), tmp_path / "base.tour")
    return tmp_path / "base.tour"


def grow(base, network, pixels, out=None, *, new=None, changes=(), **options):
    old = pixels[:FIRST], np.arange(FIRST) % 5
    new = (pixels[FIRST:], np.arange(FIRST, 40) % 5) if new is None else new
    options = {"network": network, "old_images": old, "progress": False} | options | dict(changes)
    return engine.add(base, new, out=out, **options)


def test_what_is_there_stays_and_the_new_ones_follow(base, network, pixels, tmp_path, caplog):
    before = contents(base)
    tour = grow(base, network, pixels, tmp_path / "longer.tour")
    assert contents(base) == before and not list(tmp_path.glob(".*"))
    old = engine.load(base)
    assert (tour.n, tour.dims, len(tour.layers)) == (40, 15, len(old.layers))
    for here, there in zip(old.layers, tour.layers, strict=True):
        assert here.points.tobytes() == there.points[:FIRST].tobytes()
        assert (here.placement.rotation == there.placement.rotation).all()
        assert (here.aligned == there.aligned[:FIRST]).all()
        apart = np.linalg.norm(there.points[FIRST:] - here.placement.mean, axis=1)
        assert apart.max() < 1.5 * here.placement.radius  # among the others
    table = tour.attributes
    assert table["label"].astype(int).tolist() == (np.arange(40) % 5).tolist()
    assert table["added"].tolist() == ["built"] * FIRST + ["added"] * 16
    with torch.inference_mode():
        scores = network(torch.from_numpy(pixels)[:, None] / 255.0).softmax(dim=1)
    assert table["prediction"].astype(int).tolist() == scores.argmax(dim=1).tolist()
    assert table["confidence"].to_numpy() == pytest.approx(scores[range(40), np.arange(40) % 5].numpy(), rel=1e-4)
    whole = make(network, (pixels, np.arange(40) % 5), tmp_path / "whole.tour")
    assert (tour.sprites.load(0)[:40] == whole.sprites.load(0)[:40]).all()
    assert tour.how["inputs"] == old.how["inputs"] and tour.how["added"][0]["rows"] == 16


def test_the_command_says_how_true_the_placed_are(base, network, pixels, caplog):
    with caplog.at_level("INFO", logger="engine"):
        grow(base, network, pixels)
    assert "adding 16 images to base.tour on CPU" in caplog.text
    assert "trustworthiness of the placed: 0." in caplog.text and "of the tour's own 0." in caplog.text


CUTS = {4: [[0, 16], [0, 8, 16], [0, 4, 8, 12, 16], [0, 4, 16]], 1: [[0, 16], [0, 1, 2, 16]]}


@pytest.mark.parametrize("batch", CUTS)
def test_the_same_bytes_however_it_is_cut(batch, base, network, pixels, tmp_path, monkeypatch):
    """Shards of whole batches and several passes; of one picture, each beside a copy of itself.

    Which others a picture is multiplied with decides the last bits on some processors, so batches are the same.
    """
    monkeypatch.setattr(Machine, "batch", batch)
    done = []
    for number, ends in enumerate(CUTS[batch]):
        cuts = [Shard(k, *pair) for k, pair in enumerate(itertools.pairwise(ends))]
        monkeypatch.setattr(add_module, "cut", lambda *_, cuts=cuts, **__: cuts)
        memory = "45kB" if number == 1 else None  # several passes
        out = tmp_path / str(number) / "x.tour"
        grow(base, network, pixels, out, memory=memory)
        done.append(contents(out))
    assert all(each == done[0] for each in done[1:])


def test_short_memory_goes_on_with_half_the_layers(base, network, pixels, tmp_path, monkeypatch, caplog):
    """With what is placed already, and to the same bytes; in the end what helps is said."""
    whole = grow(base, network, pixels, tmp_path / "a" / "x.tour")
    place, calls = newcomers_module._place, []

    def short(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise MemoryError("std::bad_alloc")
        place(*arguments)

    monkeypatch.setattr(newcomers_module, "_place", short)
    grow(base, network, pixels, tmp_path / "b" / "x.tour")
    layers = len(whole.layers)
    assert f"out of memory; going on with {layers // 2} layers at a time" in caplog.text and len(calls) == layers + 1
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")

    def never(*arguments):
        raise MemoryError("std::bad_alloc")

    monkeypatch.setattr(newcomers_module, "_place", never)
    with pytest.raises(RuntimeError, match=r"\(std::bad_alloc\); give activations less with --memory, or keep activ"):
        grow(base, network, pixels, tmp_path / "c" / "x.tour")


def test_added_in_two_goes_they_lie_where_they_lie_in_one(base, network, pixels, tmp_path, monkeypatch):
    monkeypatch.setattr(Machine, "batch", 8)  # each go is whole batches
    one = grow(base, network, pixels, tmp_path / "one.tour")
    labels = np.arange(40) % 5
    grow(base, network, pixels, new=(pixels[FIRST:32], labels[FIRST:32]))
    two = grow(base, network, pixels, new=(pixels[32:], labels[32:]))
    assert all((a.points == b.points).all() for a, b in zip(one.layers, two.layers, strict=True))
    assert two.attributes["added"].tolist() == ["built"] * FIRST + ["added"] * 8 + ["added 2"] * 8
    assert [each["rows"] for each in two.how["added"]] == [8, 8]
    rest = [name for name in two.attributes if name != "added"]
    pd.testing.assert_frame_equal(one.attributes[rest], two.attributes[rest])


def test_what_is_there_already_is_not_added_again(base, network, pixels, tmp_path, caplog):
    caplog.set_level("INFO", logger="engine")
    grow(base, network, pixels)
    before = contents(base)
    assert grow(base, network, pixels).n == 40 and contents(base) == before
    assert "base.tour has these images already; nothing to do" in caplog.text
    make(network, (pixels, np.arange(40) % 5), tmp_path / "other.tour", n_neighbors=5)
    with pytest.raises(FileExistsError, match=r"other\.tour: is another tour; --fresh replaces it"):
        grow(base, network, pixels, tmp_path / "other.tour", new=pixels[30:])
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(FileExistsError, match="exists and is no tour"):
        grow(base, network, pixels, tmp_path / "notes", new=pixels[30:])


def test_an_interrupted_one_goes_on_and_another_one_is_refused(base, network, pixels, tmp_path, monkeypatch):
    whole = grow(base, network, pixels, tmp_path / "a" / "x.tour")
    out, place, calls = tmp_path / "b" / "x.tour", newcomers_module._place, []

    def stopping(*arguments):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(arguments)
        place(*arguments)

    monkeypatch.setattr(newcomers_module, "_place", stopping)
    with pytest.raises(KeyboardInterrupt):
        grow(base, network, pixels, out)
    assert not out.exists()
    monkeypatch.setattr(newcomers_module, "_place", lambda *a: (calls.append(a), place(*a)))
    with pytest.raises(FileExistsError, match=r"begun with another images .*--fresh starts over"):
        grow(base, network, pixels, out, new=pixels[30:])
    grow(base, network, pixels, out)
    assert len(calls) == len(whole.layers) and contents(out) == contents(tmp_path / "a" / "x.tour")


def test_broken_pictures_and_such_that_are_not_finite_are_left_out(base, network, pixels, tmp_path, caplog):
    items = [(torch.from_numpy(each)[None] / 255.0, int(k % 5)) for k, each in enumerate(pixels)][FIRST:]
    items[6] = (torch.full((1, 10, 10), torch.nan), 0)
    tour = grow(base, network, pixels, tmp_path / "x.tour", new=items)
    assert tour.n == 39 and "left out: image 6: not finite in some layer" in caplog.text
    assert tour.attributes["label"].astype(int).tolist() == [k % 5 for k in range(40) if k != 30]


def other_weights(network):
    network.stem[0].weight.data *= 2
    return network


def other_forward(network):
    network.pool.forward = lambda x: 2 * torch.nn.functional.adaptive_avg_pool2d(x, 1)
    return network


REFUSED = {
    "other weights": (lambda n, p: {"network": other_weights(n)}, "other parts or weights now; give the one of then"),
    "another forward": (lambda n, p: {"network": other_forward(n)}, "its network answers differently now"),
    "no network": (lambda n, p: {"network": None}, "does not say which network it was built from; give that by --net"),
    "no pictures": (lambda n, p: {"old_images": None}, "does not say which images it was built from; .*--old-images"),
    "fewer pictures": (lambda n, p: {"old_images": p[:20]}, "24 images were embedded, and there are 20 of them now"),
    "other pictures": (lambda n, p: {"old_images": p[::-1][:FIRST]}, "its first images are not what they were"),
    "pictures in another order": (
        lambda n, p: {"old_images": p[[0, 2, 1, *range(3, FIRST)]]}, "image 1 is another picture now than when",
    ),
    "gone pictures": (lambda n, p: {"old_images": "nowhere"}, "cannot be opened: nowhere: no such folder or file"),
    "another size": (
        lambda n, p: {"new": np.zeros((5, 12, 12), np.uint8)}, "are 1 x 12 x 12 for Net, and those of .* 1 x 10 x 10",
    ),
    "colours": (lambda n, p: {"new": np.zeros((5, 10, 10, 3), np.uint8)}, "are 3 x 10 x 10 for Net"),
    "nothing": (lambda n, p: {"new": np.zeros((0, 10, 10), np.uint8)}, "no images in that array"),
    "no room": (lambda n, p: {"memory": "1kB"}, "by itself, and 1 KiB may be used"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "complaint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_added_is_said_in_one_line_and_changes_nothing(changes, complaint, base, network, pixels):
    before, changes = contents(base), changes(network, pixels)
    with pytest.raises(ValueError, match=complaint) as error:
        grow(base, network, pixels, new=changes.pop("new", None), changes=changes)
    assert "\n" not in str(error.value) and contents(base) == before


def test_tours_that_no_build_made_are_refused(base, network, pixels, tmp_path, monkeypatch):
    synthetic(50, layers=2, tile=8).save(tmp_path / "made-up.tour")
    with pytest.raises(ValueError, match=r"made-up\.tour: no build made this tour"):
        engine.add(tmp_path / "made-up.tour", pixels, progress=False)
    with pytest.raises(ValueError, match="is in memory alone; save it"):
        engine.add(synthetic(50, layers=2), pixels, progress=False)
    with pytest.raises(ValueError, match="no such tour"):
        engine.add(tmp_path / "nowhere.tour", pixels, progress=False)
    dots = replace(engine.load(base), sprites=None)
    dots.save(tmp_path / "dots.tour")
    with pytest.raises(ValueError, match="keeps no images to know its pictures by"):
        engine.add(tmp_path / "dots.tour", pixels, progress=False)
    shutil.copytree(base, tmp_path / "later.tour")
    joined = engine.load(base, tmp_path / "later.tour")
    joined.save(tmp_path / "joined.tour")
    with pytest.raises(ValueError, match="is 2 epochs joined"):
        engine.add(tmp_path / "joined.tour", pixels, progress=False)


BUILD = ["-m", "engine", "build", "--layers", "features.?", "--layers", "Softmax", "--n-neighbors", "5",
         "--max-width", "2000"]  # fmt: skip


def test_commands_killed_again_and_again_end_with_the_same_bytes(photos, tmp_path, rng):
    """A tour of image files says what it was built from; its own broken file stays out of it, and a new one too."""
    (photos / "ant" / "00.jpg").write_bytes(b"broken")
    more = tmp_path / "more"
    for k in range(20):
        (more / ["ant", "dog"][k % 2]).mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (3, 3, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((40, 30)).save(more / ["ant", "dog"][k % 2] / f"{k:02}.png")
    (more / "dog" / "19.png").write_bytes(b"broken")
    built = forked.run(
        [*BUILD, "--network", squeezenet(tmp_path), "--images", "photos", "--out", "x.tour"], cwd=tmp_path
    )
    assert built.returncode == 0, built.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()  # the paths of then are found from any folder
    command = ["-m", "engine", "add", tmp_path / "x.tour", "--images", more, "--out"]
    first = forked.run([*command, "a/y.tour"], cwd=elsewhere)
    assert first.returncode == 0, first.stderr
    assert "trustworthiness of the placed" in first.stderr and "19.png" in first.stderr
    work = elsewhere / "b" / ".y.tour.add"
    for mark in ["job.json", "same.json", "shards/003/00000.json", "shards/010/00000.json"]:
        program = forked.Program([*command, "b/y.tour"], cwd=elsewhere)
        until = time.monotonic() + 60
        while not (work / mark).exists() and program.running and time.monotonic() < until:
            time.sleep(0.002)
        program.kill()
        assert program.wait().returncode == -signal.SIGKILL
        assert not (elsewhere / "b" / "y.tour").exists()
    last = forked.run([*command, "b/y.tour"], cwd=elsewhere)
    assert last.returncode == 0, last.stderr
    assert contents(elsewhere / "b" / "y.tour") == contents(elsewhere / "a" / "y.tour")
    assert [each.name for each in (elsewhere / "b").iterdir()] == ["y.tour"]
    tour = engine.load(elsewhere / "a" / "y.tour")
    assert tour.n == 23 + 19 and list(tour.attributes["label"].cat.categories) == ["ant", "bee", "cat", "dog"]
    assert tour.attributes["file"].iloc[-1] == str((more / "dog" / "17.png").resolve())
    said = forked.run(["-m", "engine", "info", "a/y.tour"], cwd=elsewhere)
    assert "added: 19 images of folder of 20 files" in said.stdout
    for file in (photos / "bee").iterdir():
        file.unlink()
    gone = forked.run([*command, "c.tour"], cwd=elsewhere)
    assert gone.returncode == 1 and gone.stderr.count("\n") == 1, gone.stderr
    assert "23 images were embedded, and there are" in gone.stderr


def test_workers_place_them_to_the_same_bytes_and_go_on_where_one_died(client, base, network, pixels, tmp_path, caplog):
    """Two passes, shards of one batch; the first call ends before the second pass."""
    changes = {"memory": "45kB"}
    pixels[30] = 255
    one = grow(base, network, pixels, tmp_path / "a" / "x.tour")
    with pytest.MonkeyPatch.context() as patch:
        keep, calls = Growth.keep_trust, []

        def stopping(self, k, layer):
            calls.append(k)
            if len(calls) == 3:
                raise KeyboardInterrupt
            keep(self, k, layer)

        patch.setattr(Growth, "keep_trust", stopping)
        with pytest.raises(KeyboardInterrupt):
            grow(base, network, pixels, tmp_path / "b" / "x.tour", cluster=client, changes=changes)
    two = grow(base, network, pixels, tmp_path / "b" / "x.tour", cluster=client, changes=changes)
    assert one.n == two.n == 40
    assert contents(tmp_path / "a" / "x.tour") == contents(tmp_path / "b" / "x.tour")
    assert not list((tmp_path / "b").glob(".*"))
