"""Memory of a GPU on test doubles of it: held until it has been read, given back after a layer, and short.

What becomes of numbers that are not finite stands here as well: they would be the next layer's start.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import engine.pipeline.building.layers as layers
import engine.pipeline.neighbors as neighbors
from builds import make
from engine.pipeline.building.background import Background
from engine.pipeline.building.exclusion import moved_up
from engine.pipeline.device import machine, out_of_memory


@pytest.mark.trains
def test_rows_are_held_until_the_device_has_read_them(two, network, pixels, tmp_path, monkeypatch):
    """Their memory is that of the stream of the pass beside, which is handed it as soon as it is let go of."""
    made, constant, asked = [], layers.is_constant, []
    stream = torch.cuda.Stream

    def streamed(device=None):
        made.append(stream(device))
        return made[-1]

    def beside(matrix):
        for each in made:  # whatever is at work there takes memory just now
            with torch.cuda.stream(each):
                torch.empty(3, device=matrix.device)
        asked.append(len(matrix))
        return constant(matrix)

    pixels = torch.from_numpy(pixels)[:, None] / 255.0
    pixels[3, 0, 2, 2] = torch.nan  # which is left out, and so all other rows are taken out
    monkeypatch.setattr(torch.cuda, "Stream", streamed)
    monkeypatch.setattr(layers, "is_constant", beside)
    tour = make(network, (pixels, np.arange(len(pixels)) % 5), tmp_path / "x.tour", device="cuda", memory="200kB")
    assert tour.n == len(pixels) - 1 and asked == [tour.n] * 8 and len(made) > 1


@pytest.mark.parametrize("fault", [InterruptedError("nobody waits"), MemoryError("std::bad_alloc")])
def test_a_stream_is_finished_also_where_its_work_fails(two, fault):
    """What it was given is let go of then, and its kernels may still be reading."""

    def work(advance):
        raise fault

    with ThreadPoolExecutor(1) as pool, pytest.raises(type(fault)):
        Background(pool, work, total=1, label="", machine=machine("cuda:1")).result()
    assert two.synchronized == 1


@pytest.mark.trains
def test_an_embedding_that_is_not_finite_ends_the_build_in_words(two, network, pixels, tmp_path, monkeypatch):
    """CuPy goes on with it: a placement, and the start of the next layer, would be made of it."""
    fit = two.cuml.UMAP.fit_transform

    def broken(self, rows):
        found = fit(self, rows)
        if len(two.cuml.UMAP.made) == 3:
            found._values[7, 2] = np.nan
        return found

    monkeypatch.setattr(two.cuml.UMAP, "fit_transform", broken)
    with pytest.raises(RuntimeError, match="cuML's UMAP made numbers that are not finite; --device cpu"):
        make(network, pixels, tmp_path / "x.tour", device="cuda")
    assert len(two.cuml.UMAP.made) == 3  # and no layer was begun with it


@pytest.mark.trains
def test_what_a_layer_took_is_given_back(two, network, pixels, tmp_path):
    make(network, pixels, tmp_path / "x.tour", device="cuda:1")
    assert len(two.emptied) >= 8 and set(two.emptied) == {1}
    assert len(two.freed) >= 8 and set(two.freed) == {1}  # a pool gives back what the current device's blocks are


@pytest.mark.trains
def test_a_build_is_planned_for_what_other_programs_leave(two, network, pixels, tmp_path, caplog):
    """And that is said; what it makes, and what it depends on, is the same."""
    caplog.set_level("INFO", "engine")
    whole = make(network, pixels, tmp_path / "a.tour", device="cuda:1")
    assert "in one pass" in caplog.text and "memory:" not in caplog.text
    caplog.clear()
    two.free = 340_000
    tour = make(network, pixels, tmp_path / "b.tour", device="cuda:1")
    assert "memory: 199 KiB are free for activations, of the 4.8 GiB there are where nothing else runs" in caplog.text
    assert "in 2 passes" in caplog.text and tour.how == whole.how
    assert all((a.points == b.points).all() for a, b in zip(tour.layers, whole.layers, strict=True))
    caplog.clear()
    make(network, pixels, tmp_path / "c.tour", device="cuda:1", memory="1GB")  # whoever says how much is believed
    assert "in one pass" in caplog.text
    assert "memory: 1.0 GiB are asked for, and 199 KiB are free for activations" in caplog.text


@pytest.mark.trains
def test_an_unfinished_build_goes_on_in_what_is_free_by_then(two, network, pixels, tmp_path, monkeypatch, caplog):
    """And not in the passes of then, which would end it again; what it makes is the same."""
    whole, embed = make(network, pixels, tmp_path / "a.tour", device="cuda"), layers.embed_layer

    def stopped(work, k, *rest):
        if k == 2:
            raise KeyboardInterrupt
        embed(work, k, *rest)

    monkeypatch.setattr(layers, "embed_layer", stopped)
    with pytest.raises(KeyboardInterrupt):
        make(network, pixels, tmp_path / "b.tour", device="cuda")
    monkeypatch.setattr(layers, "embed_layer", embed)
    two.free = 240_000
    caplog.set_level("INFO", "engine")
    tour = make(network, pixels, tmp_path / "b.tour", device="cuda")
    assert "memory: 141 KiB are free for activations, less than when the build was begun" in caplog.text
    assert "2 of 8 layers are done" in caplog.text and "in 2 passes" in caplog.text
    assert all((a.points == b.points).all() for a, b in zip(tour.layers, whole.layers, strict=True))


def test_a_layer_for_which_there_is_no_room_now_is_said_with_why(two, network, pixels, tmp_path, caplog):
    caplog.set_level("INFO", "engine")
    two.free = 10_000
    with pytest.raises(ValueError, match=r"takes .* by itself, and 6 KiB may be used"):
        make(network, pixels, tmp_path / "x.tour", device="cuda")
    assert "are free for activations, of the 4.8 GiB" in caplog.text


def test_a_cpu_has_what_linux_calls_available(monkeypatch):
    here = machine("cpu")
    assert 0 < here.free_memory <= here.memory == here.total_memory // 2
    monkeypatch.setattr("engine.pipeline.host_memory.free_memory", lambda: 5000)
    assert here.free_memory == 2500


@pytest.mark.trains
@pytest.mark.parametrize("kind", ["torch", "CuPy", "RMM", "cuSOLVER", "cuDNN"])
def test_short_memory_in_cuml_goes_on_with_half_the_layers(two, network, pixels, tmp_path, kind, caplog):
    error = {
        "torch": torch.OutOfMemoryError("CUDA out of memory."),
        "CuPy": two.cupy.cuda.memory.OutOfMemoryError("Out of memory allocating 1,024 bytes"),
        "RMM": MemoryError("std::bad_alloc: out_of_memory: CUDA error at: cuda_memory_resource.hpp"),
        "cuSOLVER": RuntimeError("CUSOLVER_STATUS_ALLOC_FAILED"),
        "cuDNN": RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
    }[kind]
    assert out_of_memory(error)
    two.cuml.UMAP.fail.append(error)
    tour = make(network, pixels, tmp_path / "x.tour", device="cuda")
    assert len(tour.layers) == 8
    assert "out of memory; going on with 4 layers and 256 images at a time" in caplog.text


def test_memory_that_is_never_enough_is_said_in_the_end(two, network, pixels, tmp_path):
    two.cuml.UMAP.fail += [MemoryError("std::bad_alloc")] * 20
    with pytest.raises(RuntimeError, match=r"out of memory \(std::bad_alloc\); close what else takes it, or keep"):
        make(network, pixels, tmp_path / "x.tour", device="cuda")


@pytest.mark.trains
def test_short_memory_in_neighbours_goes_on_in_smaller_pieces(two, network, pixels, tmp_path, monkeypatch, caplog):
    """Nothing is captured again, and the bytes are the same."""
    whole = make(network, pixels, tmp_path / "a.tour", device="cuda")
    search, cuts = neighbors._search_in, []

    def short(cut, *arguments):
        cuts.append(cut)
        if len(cuts) == 3:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return search(cut, *arguments)

    monkeypatch.setattr(neighbors, "_search_in", short)
    tour = make(network, pixels, tmp_path / "b.tour", device="cuda")
    assert len(cuts) == 9 and cuts[3].spare < cuts[2].spare and "out of memory" not in caplog.text
    assert all((a.points == b.points).all() for a, b in zip(tour.layers, whole.layers, strict=True))


@pytest.mark.trains
def test_where_neighbours_have_no_room_at_all_a_layer_by_itself_is_the_end(
    two, network, pixels, tmp_path, monkeypatch, caplog
):
    """Fewer images at a time would not help, and would capture it nine times more."""

    def short(*arguments):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(neighbors, "_search_in", short)
    said = r"out of memory \(none for neighbours beside 40 rows of 100 numbers\); close what else takes it, or keep "
    with pytest.raises(RuntimeError, match=said + "activations on the disk with --cluster local:1, and the same"):
        make(network, pixels, tmp_path / "x.tour", device="cuda")
    tried = [each.message for each in caplog.records if "going on with" in each.message]
    assert [each.split("with ")[1] for each in tried] == [
        "4 layers and 256 images at a time", "2 layers and 256 images at a time", "1 layer and 256 images at a time"
    ]  # fmt: skip


def test_rows_that_are_left_out_take_no_second_matrix():
    """The others move up in its own memory, block by block."""
    matrix = torch.arange(5000, dtype=torch.float32).repeat(3, 1).T.contiguous()
    rows = torch.arange(5000)[torch.arange(5000) % 2000 != 7]
    found = moved_up(matrix, rows)
    assert torch.equal(found[:, 0], rows.float()) and found.data_ptr() == matrix.data_ptr()


def test_another_fault_of_cuml_is_its_own(two, network, pixels, tmp_path):
    two.cuml.UMAP.fail.append(RuntimeError("an illegal memory access was encountered"))
    with pytest.raises(RuntimeError, match="illegal memory access"):
        make(network, pixels, tmp_path / "x.tour", device="cuda")


def test_what_a_network_does_wrong_is_said_as_that_once_it_comes_to_light(two, network, pixels, tmp_path, monkeypatch):
    """The device answers when the host next waits for it, and from then on every call fails, those that tidy up too."""
    failed, moved = [], type(network).to

    def largest(block):
        failed.append(block)
        raise torch.AcceleratorError("CUDA error: device-side assert triggered\nKernel errors might be reported later")

    def to(self, *arguments, **options):
        if failed:
            raise torch.AcceleratorError("CUDA error: device-side assert triggered, and this is another call")
        return moved(self, *arguments, **options)

    monkeypatch.setattr("engine.pipeline.probing.taps._largest", largest)
    monkeypatch.setattr(type(network), "to", to)
    said = "the network failed at 40 pictures of 1 x 10 x 10: AcceleratorError: CUDA error: device-side assert"
    with pytest.raises(ValueError, match=f"^{said}") as caught:
        make(network, pixels, tmp_path / "x.tour", device="cuda")
    assert "another call" not in str(caught.value) and "\n" not in str(caught.value)
    assert not network.training


def test_a_device_that_has_failed_hides_no_error_of_work_beside(two, monkeypatch):
    def synchronize(self):
        raise torch.AcceleratorError("CUDA error: another call")

    def work(advance):
        raise torch.AcceleratorError("CUDA error: device-side assert triggered")

    monkeypatch.setattr("tests.doubles.Stream.synchronize", synchronize)
    with ThreadPoolExecutor(1) as pool, machine("cuda:1").current(), pytest.raises(RuntimeError, match="device-side"):
        Background(pool, work, total=1, label="", machine=machine("cuda:1")).result()
