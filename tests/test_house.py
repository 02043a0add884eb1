"""The house: what is packaged, that the lists agree, and that files and functions are short. Imports: test_imports."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import get_args

import pytest
import yaml

from engine.cli.options import Measure
from engine.pictures.similarity_files import TITLES
from tests.sources import ROOT, modules, outside, parsed, statements


def test_the_command_offers_every_measure_of_similarity():
    assert [name.replace(" ", "-") for name in TITLES] == list(get_args(Measure))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def names_of(requirements):
    return {re.match(r"[\w-]+", each)[0].lower() for each in requirements}


def test_every_import_is_required_and_every_requirement_imported(project):
    imported = set().union(*(outside(names) for _, _, names in modules()))
    packages = {"markdown_it": "markdown-it-py", "sklearn": "scikit-learn",
                "PIL": "pillow", "imgui_bundle": "imgui-bundle", "umap": "umap-learn",
                "OpenGL": "pyopengl", "cuml": None, "cupy": None,
                "anywidget": None, "traitlets": None,
                "distributed": None, "dask": None, "dask_cuda": None, "cloudpickle": None}  # fmt: skip
    required = names_of(project["project"]["dependencies"])
    needed = {packages.get(name, name) for name in imported} - {None}
    assert needed <= required
    # pandas reads parquet with pyarrow; torchvision has the networks
    assert required - needed <= {"pyarrow", "torchvision"}


def test_environment_yml_agrees_with_pyproject(project):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["rapidsai", "conda-forge"]
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["-e ."]}
    versions = dict(re.match(r"([\w-]+)(.*)", each).groups() for each in conda)
    assert set(versions) == {"python", "cuda-version", "cuml", "cupy", "pytorch-gpu", "torchvision", "pip"}
    required = dict(re.match(r"([\w-]+)(.*)", each).groups() for each in project["project"]["dependencies"])
    extras = project["project"]["optional-dependencies"]
    assert versions["pytorch-gpu"] == required["torch"] and versions["torchvision"] == required["torchvision"]
    assert f"cuml-cu13=={versions['cuml'].strip('=')}.*" in extras["cuda13"]
    assert f"cupy-cuda13x{versions['cupy']}" in extras["cuda13"]
    assert versions["python"].strip("=") == project["project"]["requires-python"].strip(">=")
    assert versions["cuda-version"] == "=13.*"


def test_constraints_pin_what_pyproject_requires(project):
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.lower().split("==") for line in lines if "==" in line)
    needed = names_of(project["project"]["dependencies"]) | names_of(
        project["project"]["optional-dependencies"]["test"]
    )
    assert needed <= set(pins)
    assert pins["torch"] == "2.13.0" and pins["torchvision"] == "0.28.0"
    assert tuple(map(int, pins["numba"].split(".")[:2])) < (0, 65)
    assert pins["pandas"].startswith("3.0")


def test_the_wheel_carries_every_shader_and_module(tmp_path):
    copy = tmp_path / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    for folder in ("engine", "shaders", "web"):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and not {"__pycache__", "node_modules"} & set(file.parts):
                target = copy / file.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"  # what pip calls
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=copy, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("umap_tour-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    shaders = {f"engine/shaders/{file.name}" for file in (ROOT / "shaders").iterdir()}
    sources = {str(file.relative_to(ROOT)) for file in (ROOT / "engine").rglob("*.py")}
    assert len(shaders) >= 8
    page = {f"engine/page/{file.relative_to(ROOT / 'web')}" for end in ("js", "css", "woff2", "txt")
            for file in (ROOT / "web").rglob(f"*.{end}") if "node_modules" not in file.parts}  # fmt: skip
    assert len(page) >= 30
    assert shaders | sources | page <= packed
    program = (
        "from engine.render.glsl import compose, folder\n"
        "compose('points.vert', GROUPS=4, SIDES=2, GREYED=0, CROWDED=0, RIMMED=0)\nprint(folder())"
    )
    found = subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "installed", capture_output=True, text=True,
                           check=True).stdout  # fmt: skip
    assert "installed/engine/shaders" in found


@pytest.mark.slow
def test_a_commit_makes_the_same_wheel_wherever_and_whenever(tmp_path):
    """As `make release` does, in two folders, with other file times and another mask of rights."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("no git, or no checkout, so there is no commit")
    packed, program = [], (
        "umask $3; umask 022\ngit archive HEAD | tar -x --no-same-permissions -C $1; find $1 -exec touch -d $2 {} +\n"
        "SOURCE_DATE_EPOCH=1700000000 $4 -m pip wheel -q --no-deps --no-build-isolation -w $1/out $1"
    )  # fmt: skip
    for name, day, mask in (("a", "2001-01-01", "022"), ("elsewhere", "2020-02-02", "077")):
        (tmp_path / name).mkdir()
        words = ["bash", "-c", program, "bash", tmp_path / name, day, mask, sys.executable]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        packed += [file.read_bytes() for file in (tmp_path / name / "out").iterdir()]
    assert len(packed) == 2 and packed[0] == packed[1]


LINES, FUNCTION, ARGUMENTS = 350, 60, 7
OPTIONS = "an option of the command each, which typer reads off the signature"
PUBLIC_NAME = "a public name: each keyword is something to ask for, and most have a default"
ASKED = "what may be asked of a film, as keywords"
DRAWN = "a place of two or four numbers and the looks that it may have, as keywords with defaults"
CASES = "cases and fixtures"
LONGER = {
    "engine/cli/look.py:compare": OPTIONS,
    "engine/cli/make.py:build": OPTIONS,
    "engine/cli/publish.py:export": OPTIONS,
    "engine/cli/render.py:render": OPTIONS,
    "engine/cli/make.py:add": OPTIONS,
    "engine/pipeline/add.py:add": PUBLIC_NAME,
    "engine/pipeline/build.py:build": PUBLIC_NAME,
    "engine/pictures/snapshot.py:snapshot": PUBLIC_NAME,
    "engine/web/export.py:export": PUBLIC_NAME,
    "engine/pictures/film.py:film": ASKED,
    "engine/pictures/side_by_side.py:pair_film": ASKED,
    "engine/window/drawing.py:panel": DRAWN,
    "engine/window/drawing.py:text": DRAWN,
    "engine/window/menu.py:menu": DRAWN,
    "tests/render/test_drawing_images.py:test_every_image_stands_at_its_point_on_every_page_and_level": CASES,
}  # fmt: skip
"""What is longer than the rest, or takes more, and why."""


def longer():
    """Files over LINES, and functions of more than FUNCTION lines or ARGUMENTS arguments: FILE, FILE:FUNCTION."""
    for kind in ("*.js", "*.css", "*.glsl", "*.vert", "*.frag"):
        for file in [*(ROOT / "shaders").glob(kind), *(ROOT / "web").rglob(kind)]:
            if "node_modules" not in file.parts and len(file.read_text().splitlines()) > LINES:
                yield str(file.relative_to(ROOT))
    for folder in ("engine", "tests", "tools", "benchmarks", "examples"):
        for file in (ROOT / folder).rglob("*.py"):
            name = str(file.relative_to(ROOT))
            if len(file.read_text().splitlines()) > LINES:
                yield name
            for node in statements(parsed(file)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                    count = len(taken) - (taken[:1] != [] and taken[0].arg in ("self", "cls"))
                    if count > ARGUMENTS or node.end_lineno - node.lineno + 1 > FUNCTION:
                        yield f"{name}:{node.name}"


def test_files_and_functions_are_short_or_have_a_reason():
    assert set(longer()) == set(LONGER)


def tracked():
    """What git keeps of this checkout."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("no git, or no checkout, so there is nothing to list")
    return subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def test_no_picture_lies_about():
    pictures = {name for name in tracked() if Path(name).suffix in (".png", ".mp4")}
    assert {str(Path(name).parent) for name in pictures} <= {"docs/pictures", "tests/render/golden"}


def test_nothing_committed_names_this_machine_or_a_registry():
    files = tracked()
    hosts = re.compile(r"pypi\.(org|python)|pythonhosted|registry\.npmjs|download\.pytorch|/opt/pypi|/opt/wheels")
    for name in files:
        file = ROOT / name
        if file.suffix not in (".png", ".mp4", ".woff2") and file != Path(__file__):
            assert not hosts.search(file.read_text()), name


def test_ci_runs_the_tests_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith(("#", "set ", "cd "))] == ["make test"]
