"""What is asked of cuML and CuPy is what their wheels offer, and NVIDIA's compiler takes the engine's kernels.

contracts.json was read by tests/contracts.py; `make contracts` reads the wheels again, and then the last test runs.
"""

import ast
import inspect
import json
import os
import re
from pathlib import Path

import pytest

from engine.pipeline.algebra.fused import WARPS
from tests import contracts, nvrtc
from tests.sources import parsed

ENGINE = Path(__file__).parents[2] / "engine"
DOUBLE = Path(__file__).parents[1] / "doubles" / "cupy" / "__init__.py"


@pytest.fixture(scope="module")
def contract():
    return json.loads(contracts.FIXTURE.read_text())


def calls(name):
    """Every call of `name` in the engine, in the files that have the word at all."""
    for file in (each for each in sorted(ENGINE.rglob("*.py")) if name in each.read_text()):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield node


MODULE = re.compile(r"(?:\w+\.)?(?:cupy|xp)\.([\w.]+)|array_module\(\w+\)\.(\w+)")  # and however the engine calls it


def names_used(file):
    """What a file asks of CuPy, by its name or by that of the array module at hand, as dotted names without it."""
    if not MODULE.search(file.read_text()):
        return set()
    found = (ast.unparse(node) for node in ast.walk(parsed(file)) if isinstance(node, ast.Attribute))
    return {"".join(filter(None, match.groups())) for match in map(MODULE.fullmatch, found) if match}


def test_every_keyword_given_to_cuml_is_one_that_it_has(contract):
    (call,) = calls("UMAP")  # what `cuml_umap` hands out
    given = {each.arg: each.value for each in call.keywords}
    assert set(given) <= set(contract["cuml.manifold.UMAP"]["defaults"]) and not call.args
    assert set(given) == {
        "n_neighbors", "n_components", "min_dist", "n_epochs", "learning_rate", "init", "random_state",
        "force_serial_epochs", "precomputed_knn", "output_type",
    }  # fmt: skip
    assert ast.literal_eval(given["force_serial_epochs"]) is True and ast.literal_eval(given["output_type"]) == "cupy"


def test_cuml_takes_neighbours_and_start_as_the_engine_has_them(contract):
    umap = contract["cuml.manifold.UMAP"]
    knn = umap["precomputed_knn"]
    assert knn["indices_dtype of dense rows"] == ["int64"] and knn["indices"]["dtype"] == "indices_dtype"
    assert knn["distances"]["dtype"] == "float32" and knn["self in column 0"]
    assert umap["init"] == {"dtype": "float32", "order": "C", "mem_type": None, "input_name": "init"}
    assert umap["init of an array is copied"] and umap["serial epochs up to"] >= 24
    assert "cupy" in umap["output types"] and set(umap["fit_transform"]) == {"y", "knn_graph"}
    assert umap["repeats where"] == ["self.random_state is not None or n_rows < 300"]


def test_what_the_engine_does_not_give_is_left_as_it_was_when_it_was_tried(contract):
    kept = {"metric": "euclidean", "spread": 1.0, "set_op_mix_ratio": 1.0, "local_connectivity": 1.0,
            "repulsion_strength": 1.0, "negative_sample_rate": 5, "a": None, "b": None}  # fmt: skip
    assert kept.items() <= contract["cuml.manifold.UMAP"]["defaults"].items()


def test_every_name_of_cupy_that_is_used_is_there(contract):
    names = set(contract["cupy"]["names"].split())
    used = {name for file in ENGINE.rglob("*.py") for name in names_used(file)}
    assert {"from_dlpack", "RawKernel", "cuda.Device", "cuda.Stream.from_external"} <= used  # in the pipeline
    assert {"einsum", "linalg.svd", "zeros", "asarray", "concatenate"} <= used  # in alignment and similarity
    assert used - names == set()
    tree = parsed(DOUBLE)
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assigned = [each.id for node in tree.body if isinstance(node, ast.Assign) for each in ast.walk(node.targets[0])
                if isinstance(each, ast.Name)]  # fmt: skip
    offered = {each for each in (*defined, *assigned) if not each.startswith("_")}
    assert {"sqrt", "from_dlpack"} <= offered <= names  # the double offers nothing that is not there


def test_what_the_double_of_cupy_refuses_is_what_cupy_refuses(contract):
    """The words are in compiled files, of which the wheel has no source."""
    cupy = contract["cupy"]
    assert cupy["compiled"] == contracts.COMPILED and cupy["linalg refuses float16"]
    assert cupy["linalg.svd"] == {"full_matrices": True, "compute_uv": True}
    assert {"dtype", "copy"} <= set(cupy["asarray"]) and set(cupy["linalg.norm"]) == {"ord", "axis", "keepdims"}
    assert set(cupy["concatenate"]) == {"axis", "out", "dtype", "casting"}


def test_workers_of_this_machine_are_asked_for_as_dask_cuda_has_it(contract):
    """What LocalCUDACluster does not name itself goes on to LocalCluster."""
    from distributed import LocalCluster

    (call,) = calls("Kind")
    given = {each.arg for each in call.keywords if each.arg}
    own = set(contract["dask_cuda.LocalCUDACluster"])
    assert {"n_workers", "threads_per_worker", "memory_limit"} == given & own
    assert given - own == {"host", "dashboard_address", "silence_logs"}
    assert "CUDA_VISIBLE_DEVICES" in own  # where there are GPUs
    assert given - own <= set(inspect.signature(LocalCluster.__init__).parameters)


def test_the_kernels_that_there_are_were_compiled_by_nvidias_compiler(contract):
    """As CuPy has it compile them, for every architecture that it knows from 75 on."""
    compiled = contract["nvrtc"]
    assert compiled["kernels"] == nvrtc.digests(), "the kernel is another one since `make contracts` compiled it"
    assert {each.format("{arch}") for each in nvrtc.OPTIONS} <= set(compiled["options that CuPy adds"])
    assert not any("#include" in text for text in nvrtc.kernels().values())  # so where headers lie does not matter
    assert {each[:4] for each in compiled["compilers"]} >= {"12.9", "13.0"}
    for of in compiled["compilers"].values():
        assert {"75", "80", "86", "89", "90", "100", "120"} <= set(of["architectures"].split())
        (made,) = of["made"]
        assert made["said"] == "" and made["file"] == "ELF" and not made["shared memory"]
        assert set(made["parameters"].split()) == {"u64"}  # what CuPy gives an array and a number of Python's
        assert made["bytes of stack, spilled and taken back"] == "0 0 0"
        assert made["instructions that flush"] == 0  # squares below 1.2e-38 are none to them, and not to torch
        assert of["registers of a thread"] * 32 * WARPS <= 65_536  # of a multiprocessor: else nothing is launched


@pytest.mark.skipif("UMAP_TOUR_WHEELS" not in os.environ, reason="the wheels are fetched by `make contracts`")
def test_the_wheels_say_what_was_read_from_them(contract):
    assert contracts.read(Path(os.environ["UMAP_TOUR_WHEELS"])) == contract
