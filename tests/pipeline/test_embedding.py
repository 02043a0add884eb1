"""Starts and embeddings: PCA by its properties, meaning kept, the layer before kept in place."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

import engine
import forked
from engine.pipeline import embedding
from engine.pipeline.device import machine
from engine.pipeline.embedding import EXTENT, Schedule, embed, schedule
from engine.pipeline.neighbors import nearest

COUNT = 600
pytestmark = pytest.mark.trains


@pytest.fixture(scope="module")
def digits():
    return torch.from_numpy(load_digits().data[:COUNT].astype(np.float32))


@pytest.fixture(scope="module")
def first(digits):
    """The first layer as a build makes it, with a short schedule."""
    return run(digits, principal_start(digits, 15, seed=0), Schedule(120, 1.0))


def principal_start(matrix, dims, *, seed):
    return embedding.principal_start(matrix, dims, seed=seed).numpy()


def following_start(before, *, seed):
    return embedding.following_start(torch.from_numpy(before), seed=seed).numpy()


def run(matrix, start, how, seed=0):
    indices, distances = nearest(matrix, 15)
    start = torch.from_numpy(start)
    return embed((indices, distances), start, how=how, min_dist=0.1, seed=seed, machine=machine("cpu")).numpy()


@pytest.mark.parametrize("shape", [(200, 30), (40, 300), (50, 50)])
def test_a_start_is_pca_under_one_factor(shape, rng):
    x = rng.standard_normal(shape) @ np.diag(np.linspace(3, 0.5, shape[1]))
    start = principal_start(torch.from_numpy(x), 6, seed=0)
    assert start.dtype == np.float32 and start.shape == (shape[0], 6)
    centred = x - x.mean(axis=0)
    u, singular, vt = np.linalg.svd(centred, full_matrices=False)
    scores = u[:, :6] * singular[:6]
    signs = np.sign(vt[:6][np.arange(6), np.abs(vt[:6]).argmax(axis=1)])
    scores *= signs
    assert start == pytest.approx(scores * (EXTENT / np.abs(scores).max()), abs=1e-3)
    assert np.abs(start).max() == pytest.approx(EXTENT, abs=1e-3)


def test_a_start_with_fewer_columns_than_dimensions_has_noise_in_the_rest(rng):
    start = principal_start(torch.from_numpy(rng.standard_normal((100, 4))), 15, seed=0)
    assert np.abs(start[:, :4]).max() == pytest.approx(EXTENT, abs=1e-3)
    assert 0 < np.abs(start[:, 4:]).max() < 1e-3
    rank_two = rng.standard_normal((100, 2)) @ rng.standard_normal((2, 20))
    assert np.abs(principal_start(torch.from_numpy(rank_two), 15, seed=0)[:, 2:]).max() < 1e-3


def test_axes_of_a_large_layer_are_those_of_a_small_one(rng, monkeypatch):
    """Beyond EXACT rows and columns the axes come from subspace iteration."""
    x = torch.from_numpy((rng.standard_normal((300, 200)) * 0.93 ** np.arange(200)).astype(np.float32))
    exact = principal_start(x, 6, seed=0)
    monkeypatch.setattr("engine.pipeline.algebra.principal.EXACT", 100)
    assert principal_start(x, 6, seed=0) == pytest.approx(exact, abs=2e-3)
    assert principal_start(x.half(), 6, seed=0) == pytest.approx(exact, abs=3e-2)


def test_rows_that_are_all_equal_cannot_start():
    with pytest.raises(ValueError, match="all its rows are equal"):
        principal_start(torch.ones(10, 4), 3, seed=0)


def test_a_later_start_is_the_layer_before(rng):
    before = rng.standard_normal((50, 15)).astype(np.float32) * 7
    start = following_start(before, seed=0)
    assert start == pytest.approx(before, abs=1e-3)
    assert (start != before).any()
    assert (start == following_start(before, seed=0)).all()


def test_later_layers_get_a_gentler_schedule():
    assert schedule(1000, first=True) == Schedule(500, 1.0)
    assert schedule(50_000, first=True) == Schedule(200, 1.0)
    later = schedule(1000, first=False)
    assert later.epochs < 500 and later.rate < 1.0


def test_seeds_repeat_and_nothing_repeats_without(digits, first):
    again = run(digits, principal_start(digits, 15, seed=0), Schedule(120, 1.0))
    assert (again == first).all()
    free = run(digits, principal_start(digits, 15, seed=0), Schedule(20, 1.0), seed=None)
    assert np.isfinite(free).all()


def test_classes_come_apart(digits, first):
    labels = load_digits().target[:COUNT]
    indices, _ = nearest(torch.from_numpy(first), 6)
    agreement = (labels[indices[:, 1:].numpy()] == labels[:, None]).mean()
    assert agreement > 0.93


def test_trust_is_that_of_umap_by_itself(digits, first):
    from umap import UMAP

    indices, distances = (each.numpy() for each in nearest(digits, 15))
    alone = UMAP(n_components=15, n_epochs=120, random_state=0, init="random",
                 precomputed_knn=(indices, distances, None)).fit_transform(digits.numpy())  # fmt: skip
    ours, theirs = (trustworthiness(digits, each, n_neighbors=10) for each in (first, alone))
    assert ours > theirs - 0.005


def test_the_same_data_again_stays_where_it_was(digits, first):
    """What a rescaled start would undo: library notes, disparity 0.13 from the rescaling alone."""
    second = run(digits, following_start(first, seed=0), schedule(COUNT, first=False))
    fit = engine.procrustes(second, first)
    assert 1 - fit.similarity**2 < 0.03
    assert trustworthiness(digits, second, n_neighbors=10) > trustworthiness(digits, first, n_neighbors=10) - 0.005


COMPILED = """
import hashlib, sys
import torch, umap.layouts, umap.umap_, numba
torch.set_num_threads(numba.config.NUMBA_NUM_THREADS + 1)
numba.config.CACHE_DIR = sys.argv[1]  # from now on: what is compiled at import is found where it always is
from engine.pipeline.device import machine
from engine.pipeline.embedding import prepare_umap, try_out
prepare_umap.cache_clear()  # done already in what this process is forked from
points = try_out(machine("cpu"))
from_disk = set()
for module in (umap.layouts, umap.umap_):
    for name, each in vars(module).items():
        if sum(getattr(getattr(each, "stats", None), "cache_hits", {}).values()):
            from_disk.add(name.removeprefix("_nb_").removeprefix("_"))
more = torch.get_num_threads() - numba.config.NUMBA_NUM_THREADS
print(more, hashlib.sha256(points.numpy().tobytes()).hexdigest(), *sorted(from_disk))
"""


@pytest.fixture
def processes(once):
    """What two processes of their own say of a small UMAP, one after the other, with one thread more for torch."""

    def fill(folder):
        for name in ("first", "second"):
            done = forked.run(["-c", COMPILED, folder / "cache"], cwd=folder)
            assert done.returncode == 0, done.stderr
            (folder / name).write_text(done.stdout)

    folder = once("compiled", fill)
    return [(folder / name).read_text().split() for name in ("first", "second")]


def test_what_numba_compiled_is_there_for_the_next_process(processes):
    """The second takes all that the first compiled, and finds the same bytes."""
    (_, digest, *first), (_, again, *second) = processes
    assert digest == again
    taken = {"compute_membership_strengths", "optimize_layout_euclidean_single_epoch", "smooth_knn_dist"}
    assert taken & set(first) == set() and taken <= set(second)


def test_umap_leaves_torch_its_threads(processes):
    """numba shares torch's OpenMP and sets it to its own number; sums of other numbers of threads are other bytes."""
    assert [more for more, *_ in processes] == ["1", "1"]


NOWHERE = """
import os, sys, tempfile
from pathlib import Path
import numba, pynndescent  # which umap imports: found where it always is, or it alone would compile for ten seconds
numba.config.CACHE_LOCATOR_CLASSES = "UserProvidedCacheLocator"
try:
    import umap.layouts
except RuntimeError as error:
    print(error)
from engine.pipeline.embedding import prepare_umap
prepare_umap()
(folder,) = Path(tempfile.gettempdir()).glob("umap-tour-*")
print(len(list(folder.rglob("layouts.rdist*.nbc"))))
import numpy as np
from umap.layouts import rdist
print(rdist(np.ones(3, np.float32), np.zeros(3, np.float32)))
"""


def test_where_numba_finds_no_folder_to_write_it_has_one_for_the_process(tmp_path):
    """As in a container, for a user without a home: umap-learn cannot be imported there."""
    around = os.environ | {"TMPDIR": str(tmp_path)}
    around.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run([sys.executable, "-c", NOWHERE], env=around, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    refused, kept, distance = done.stdout.splitlines()
    assert refused.startswith("cannot cache function 'rdist'") and (kept, distance) == ("1", "3.0")
    assert not list(tmp_path.glob("umap-tour-*"))


RUNS = """
import sys, threading
import numpy as np
from umap.umap_ import reprocess_row  # one of those that numba compiles
from engine.pipeline.embedding import prepare_umap
prepare_umap()
reprocess_row(np.ones(15))
reprocess_row.recompile()  # as it is asked for now, whatever an earlier process has left on disk
sys.setswitchinterval(600)  # a thread gets Python's lock when another one lets go of it, and not for its asking
begun, done, values = threading.Event(), [], np.full(1_000_000, 0.5)
def work():
    begun.set()
    reprocess_row(values)
    done.append(True)
thread = threading.Thread(target=work)
thread.start()
begun.wait()
print("done" if done else "at work")
thread.join()
"""


def test_umap_lets_other_threads_go_on(tmp_path):
    """A thread that waits for the lock, without asking, gets it while a compiled function works, not after it."""
    done = forked.run(["-c", RUNS], cwd=tmp_path)
    assert done.stdout == "at work\n", done.stderr
