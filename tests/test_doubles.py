"""The test doubles of a GPU refuse what CUDA, torch and CuPy refuse: what they let through, no other test can find."""

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from tests.doubles import dask_cuda
from tests.doubles.copies import Copies

REFUSED_BY_CUPY = {
    "NumPy's array as an operand": (lambda xp, a: a + np.ones(3), TypeError, "Unsupported type"),
    "a list as an operand": (lambda xp, a: a * [1, 2, 3], TypeError, "Unsupported type"),
    "a tensor as an operand": (lambda xp, a: a * torch.ones(3), TypeError, "Unsupported type"),
    "NumPy's array put into one": (lambda xp, a: a.__setitem__(slice(2), np.ones(2)), TypeError, "Unsupported"),
    "becoming NumPy's unasked": (lambda xp, a: np.asarray(a), TypeError, "Implicit conversion"),
    "a function of NumPy's alone": (lambda xp, a: np.einsum_path("n,n", a, a), TypeError, "no implementation"),
    "objects": (lambda xp, a: xp.asarray([None, 1]), ValueError, "Unsupported dtype"),
    "texts": (lambda xp, a: xp.asarray(["a"]), ValueError, "Unsupported dtype"),
    "times": (lambda xp, a: xp.asarray(np.zeros(2, "M8[s]")), ValueError, "Unsupported dtype"),
    "lists joined": (lambda xp, a: xp.concatenate([[1.0], a]), TypeError, "Unsupported type"),
    "a number joined": (lambda xp, a: xp.concatenate([1.0, a]), TypeError, "Only cupy arrays"),
    "half precision decomposed": (lambda xp, a: xp.linalg.svd(xp.eye(3, dtype=np.float16)), TypeError, "float16"),
    "NumPy's array decomposed": (lambda xp, a: xp.linalg.svd(np.eye(3)), np.linalg.LinAlgError, "cupy.ndarray"),
    "names of NumPy's result": (lambda xp, a: xp.linalg.svd(xp.eye(3)).S, AttributeError, "S"),
    "einsum into an array": (lambda xp, a: xp.einsum("n,n->n", a, a, out=a), TypeError, "out"),
    "a sum with a mask": (lambda xp, a: a.sum(where=a > 0), TypeError, "where"),
    "a tensor of the host": (lambda xp, a: xp.from_dlpack(torch.ones(3)), TypeError, "CPU arrays"),
    "bfloat16": (lambda xp, a: xp.from_dlpack(torch.ones(3, dtype=torch.bfloat16)), NotImplementedError, "bfloat16"),
    "a gradient": (lambda xp, a: xp.from_dlpack(torch.ones(3, requires_grad=True)), BufferError, "detach"),
    "a stream of another kind": (lambda xp, a: xp.cuda.Stream.from_external(7), TypeError, "__cuda_stream__"),
    "a device that is not there": (lambda xp, a: xp.cuda.Device(2).use(), RuntimeError, "invalid device ordinal"),
    "a name that there is not": (lambda xp, a: xp.errstate(), AttributeError, "errstate"),
    "a ufunc of NumPy's alone": (lambda xp, a: np.spacing(a), TypeError, "spacing"),
    "a ufunc with a mask": (lambda xp, a: np.sqrt(a, where=a > 0), TypeError, "not supported|returned NotImplemented"),
    "a kernel of too many blocks": (lambda xp, a: kernel(xp)((2**31,), (32,), ()), RuntimeError, "INVALID_VALUE"),
    "too many blocks the other way": (lambda xp, a: kernel(xp)((1, 65_536), (32,), ()), RuntimeError, "INVALID_VALUE"),
    "too many threads of a block": (lambda xp, a: kernel(xp)((1,), (32, 64), ()), RuntimeError, "INVALID_VALUE"),
}  # fmt: skip


KERNEL = """
extern "C" __global__ void twice(const float* x, long long n, double* found) {
    const long long k = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (k < n) found[k] = 2.0 * x[k];
}
"""
MEETING = """
extern "C" __global__ void sums(long long ended, double* found) {
    if (threadIdx.x < ended) return;
    double total = threadIdx.x;
    for (int apart = 16; apart > 0; apart /= 2) total += __shfl_down_sync(0xffffffffu, total, apart);
    if (threadIdx.x % 32 == 0) found[threadIdx.x / 32] = total;
}
"""


def kernel(xp):
    return xp.RawKernel(KERNEL, "twice")


@pytest.mark.parametrize("what", REFUSED_BY_CUPY)
def test_what_cupy_refuses_is_refused(what, two):
    way, error, message = REFUSED_BY_CUPY[what]
    with pytest.raises(error, match=message):
        way(two.cupy, two.cupy.ones(3))


def test_a_kernel_is_given_what_its_parameters_say(two):
    """CUDA reads the bytes as they come, so here it is an error: CuPy converts neither an array nor a number."""
    xp, x = two.cupy, two.cupy.ones(3, dtype=np.float32)
    found = xp.zeros(3)
    kernel(xp)((0,), (32,), (x, 3, found))  # of no blocks CuPy makes one
    assert found.tolist() == [2.0] * 3
    for given, said in [((xp.ones(3), 3, found), "float*"), ((x, 3.0, found), "long long"), ((x, 3, x), "double*"),
                        ((x[::2], 3, found), "contiguous")]:  # fmt: skip
        with pytest.raises(AssertionError, match=said.replace("*", r"\*")):
            kernel(xp)((1,), (32,), given)


def test_a_kernel_keeps_within_its_arrays(two):
    """CUDA reads what lies there, and now and then ends the process."""
    xp, x = two.cupy, two.cupy.ones(3, dtype=np.float32)
    for given in ((x, 4, xp.zeros(4)), (x, 3, xp.zeros(2))):
        with pytest.raises(AssertionError, match="beyond the end of an array"):
            kernel(xp)((1,), (32,), given)


def test_lanes_of_a_warp_tell_each_other_and_none_of_them_is_missing(two):
    sums, found = two.cupy.RawKernel(MEETING, "sums"), two.cupy.zeros(2)
    sums((1,), (64,), (0, found))
    assert found.tolist() == [sum(range(32)), sum(range(32, 64))]
    sums((1,), (64,), (32, found))  # a whole warp may end
    for threads, ended in [(64, 40), (48, 0)]:
        with pytest.raises(AssertionError, match="lanes that have ended"):
            sums((1,), (threads,), (ended, found))


def test_functions_of_numpys_are_cupys_own(two):
    a = two.cupy.ones(3)
    assert type(np.concatenate([a, a])) is type(np.sqrt(a)) is two.cupy.ndarray and two.left == []
    assert float(np.linalg.norm(a)) == pytest.approx(3**0.5)


def test_of_arithmetic_nothing_is_said(two):
    """NumPy warns, or raises as these tests have it do."""
    a = two.cupy.zeros(2)
    assert np.isnan((a / a).get()).all() and np.isnan(two.cupy.sqrt(a - 1).get()).all()


def test_what_is_not_finite_is_decomposed_without_a_word(two):
    """cuSOLVER's own word is not asked for: NumPy raises."""
    u, s, vt = two.cupy.linalg.svd(two.cupy.eye(3) * np.nan)
    assert all(np.isnan(each.get()).all() for each in (u, s, vt))
    assert np.isnan(two.cupy.linalg.svd(two.cupy.ones((3, 3)) * np.inf, compute_uv=False).get()).all()
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.svd(np.eye(3) * np.nan)


def test_a_row_that_is_not_there_is_another_one(two):
    """CuPy asks nothing of an index that the host would wait for: NumPy raises."""
    a = two.cupy.arange(4)
    assert a[two.cupy.asarray([1, 5, -1])].tolist() == [1, 1, 3]


def test_a_mask_of_rows_is_asked_how_many_they_are(two):
    a = two.cupy.ones(6)
    assert a[a > 0].shape == (6,) and two.left == [1]


def test_copies_to_the_host_are_counted_with_their_bytes():
    """torch has tensors on a GPU that is not there, without values: what is counted on a GPU is counted of them."""
    with FakeTensorMode(), Copies() as seen:
        there = torch.empty(4, 3, device="cuda")
        there.sum().to("cpu", torch.float64)
        torch.empty(4, 3).copy_(there)
        there.cpu()
        (there + 1).to(torch.float16)
    assert seen.copies == [8, 48, 48] and seen.largest == 48


def test_arrays_and_tensors_of_another_device_are_refused(two):
    there = two.cupy.ones(3)
    tensor = torch.ones(3, device=two.device.device)
    with two.cupy.cuda.Device(0):
        for way in (lambda: there + 1, lambda: two.cupy.sqrt(there), lambda: there.sum(), lambda: there[0]):
            with pytest.raises(ValueError, match=r"resides \(1\) is different .* \(0\). Peer access is unavail"):
                way()
        with pytest.raises(BufferError, match="cuda:1"):
            two.cupy.from_dlpack(tensor)
        with (
            pytest.raises(AssertionError, match="another device"),
            two.cupy.cuda.Stream.from_external(torch.cuda.Stream(tensor.device)),
        ):
            pass


def test_what_leaves_an_array_is_counted_and_what_stays_is_not(two):
    a = two.cupy.ones((4, 3))
    b = a.T @ a + a.sum(axis=0)
    assert type(b) is type(b.max()) is two.cupy.ndarray and two.left == []
    float(b.max())
    b.get()
    assert two.left == [8, 72]
    assert two.cupy.asarray(a) is a and two.cupy.array(a) is not a


def test_tensors_stay_where_they_were_put(two):
    device = two.device.device
    host = torch.arange(6.0).reshape(2, 3)
    there = host.to(device)
    assert host.device.type == "cpu" and there.device == device
    parts = [there + 1, there[0], there.T, there.new_zeros(2), torch.zeros(2, device=there.device), *there,
             *there.topk(2), *there.split(1), torch.nn.functional.pad(there, (0, 1)), there.half().float(),
             torch.linalg.svd(there)[1]]  # fmt: skip
    assert {each.device for each in parts} == {device}
    assert there.cpu().device.type == "cpu" and there.sum().item() == 15.0
    layer = torch.nn.Linear(3, 3)
    assert layer.to(device)(there).device == device and layer.to("cpu").weight.device.type == "cpu"


@pytest.mark.parametrize(
    "way",
    [
        lambda there, host: there + host,
        lambda there, host: torch.stack([there, host]),
        lambda there, host: torch.nn.Linear(3, 3)(there),
        lambda there, host: there.numpy(),
        lambda there, host: np.asarray(there),
    ],
)
def test_mixing_and_reading_from_the_host_are_refused(way, two):
    host = torch.ones(2, 3)
    with pytest.raises((RuntimeError, TypeError), match=r"same device|to numpy"):
        way(host.to(two.device.device), host)


def test_a_number_of_the_host_and_an_index_are_good_anywhere(two):
    there = torch.ones(4, device=two.device.device)
    assert (there * torch.tensor(2.0)).device == there.device
    assert there[torch.tensor([0, 2])].device == there.device
    there.copy_(torch.zeros(4))
    assert there.sum().item() == 0.0


def test_what_is_not_written_yet_is_no_number(two):
    """CuPy's `empty` hands out what was there before; NumPy's is often zero, and hides it."""
    assert np.isnan(two.cupy.empty((2, 3), dtype=np.float32).get()).all()
    assert two.cupy.empty(2, dtype=np.int32).tolist() == [2**31 - 1] * 2


REFUSED_BY_CUML = {
    "an option that there is not": ({"n_jobs": 1}, TypeError, "unexpected keyword"),
    "a start of other rows": ({"init": (7, 5)}, ValueError, "with shape"),
    "rows that are no matrix": ({"rows": (8,)}, ValueError, "2D"),
    "a seed beyond 32 bits": ({"random_state": 2**32}, ValueError, "random_state"),
    "more dimensions than serial epochs go": ({"n_components": 513}, ValueError, "512"),
    "a distance of the start that is none": ({"init": np.nan}, ValueError, "NaN"),
}


@pytest.mark.parametrize("what", REFUSED_BY_CUML)
def test_what_cuml_refuses_is_refused(what, two):
    changed, error, message = REFUSED_BY_CUML[what]
    xp, options = two.cupy, dict(changed)
    init = options.pop("init", (8, 5))
    start = xp.zeros(init, dtype=np.float32) if isinstance(init, tuple) else xp.ones((8, 5), dtype=np.float32) * init
    rows = xp.zeros(options.pop("rows", (8, 1)), dtype=np.float32)
    graph = xp.asarray(np.arange(8)[:, None]), xp.zeros((8, 1), dtype=np.float32)
    given = {"n_neighbors": 1, "n_components": 5, "n_epochs": 1, "init": start, "random_state": 0,
             "force_serial_epochs": True, "precomputed_knn": graph, "output_type": "cupy"}  # fmt: skip
    with pytest.raises(error, match=message):
        two.cuml.UMAP(**given | options).fit_transform(rows)


def test_memory_of_a_device_cannot_be_pinned(two):
    with pytest.raises(RuntimeError, match="Only dense CPU tensors can be pinned"):
        torch.empty(3, device=two.device.device, pin_memory=True)


@pytest.mark.parametrize(
    ("names", "count", "said"),
    [(["0", "card"], 1, "integers or strings"), (["0", "1"], 3, "scale beyond"), (["0", "1"], 0, "scale beyond"),
     (["0", "GPU-4f1e"], 2, "scale beyond")],
)  # fmt: skip
def test_gpus_that_dask_cuda_refuses_are_refused(names, count, said):
    """The last for its sorting them, where numbers and names have no order."""
    with pytest.raises(ValueError, match=said):
        dask_cuda.LocalCUDACluster(n_workers=count, CUDA_VISIBLE_DEVICES=names)
