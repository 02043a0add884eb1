"""The house: who may import what, what importing costs, what is packaged, and that the lists agree."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path

import pytest
import yaml

import engine

ROOT = Path(__file__).resolve().parents[1]
# Which parts a part may import beside itself: what stands to its left, and the two halves meet in tour alone.
LEFT = {"cluster": set(), "pipeline": {"tour", "cluster"}, "tour": set(), "motion": set(), "render": {"tour", "motion"},
        "viewer": {"tour", "motion"}, "window": {"tour", "motion", "render", "viewer"},
        "pictures": {"tour", "motion", "render", "viewer"}, "web": {"tour", "motion", "render", "viewer"}}  # fmt: skip
ANYWHERE = {"progress", "files", "malloc", "stopping"}  # small modules that every part may use
PUBLIC = {
    "build", "add", "load", "import_published", "procrustes", "similarity", "GrandTour", "drag", "View", "snapshot",
    "show", "TourFormatError", "export", "widget",
}  # fmt: skip


@cache
def parsed(file):
    """A file as its tree, read once; nobody changes it."""
    return ast.parse(file.read_text())


@cache
def modules():
    """Every module of the engine: its part, its file, and the absolute names that it imports."""
    found = []
    for file in sorted((ROOT / "engine").rglob("*.py")):
        inside = file.relative_to(ROOT / "engine")
        part = inside.parts[0].removesuffix(".py")
        package = ["engine", *inside.parts[:-1]]
        names = set()
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                names.add(".".join([*base, *([node.module] if node.module else [])]))
                names |= {".".join([*base, *([node.module] if node.module else []), a.name]) for a in node.names}
        found.append((part, file, frozenset(names)))
    return found


def outside(names):
    return {name.split(".")[0] for name in names} - {"engine"} - set(sys.stdlib_module_names)


def parts(names):
    return {name.split(".")[1] for name in names if name.startswith("engine.")}


def test_motion_imports_numpy_alone():
    for part, file, names in modules():
        if part == "motion":
            assert outside(names) <= {"numpy"}, file
            assert parts(names) <= {"motion"}, file


@pytest.mark.parametrize(
    ("libraries", "allowed"),
    [
        ({"torch", "torchvision", "umap", "cuml", "cupy"}, {"pipeline"}),
        ({"vispy"}, {"render", "window"}),
        ({"glfw", "imgui_bundle", "OpenGL"}, {"window"}),
        ({"typer"}, {"cli"}),
        ({"distributed", "dask", "dask_cuda"}, {"cluster"}),
    ],
)
def test_libraries_stay_in_their_part(libraries, allowed):
    for part, file, names in modules():
        if part not in allowed:
            assert not outside(names) & libraries, file


def test_no_arrow_runs_from_right_to_left():
    seen = set()
    for part, file, names in modules():
        if part in LEFT:
            seen.add(part)
            assert parts(names) <= LEFT[part] | {part} | ANYWHERE, file
    assert seen == set(LEFT)


def test_no_circle_of_imports():
    """Type-only imports and those inside functions are followed too."""
    files = {module_name(file): names for _, file, names in modules()}
    arrows = {  # Python runs a file's own packages before it anyway
        name: {each for each in imported if each in files and not f"{name}.".startswith(f"{each}.")}
        for name, imported in files.items()
    }
    arrows["engine"] = set()  # the public names are resolved on first use
    before = None
    while arrows != before:  # strip what imports nothing in it, and what nothing in it imports, until circles are left
        before = arrows
        imported = set().union(*arrows.values()) if arrows else set()
        kept = {name for name, targets in arrows.items() if targets and name in imported}
        arrows = {name: arrows[name] & kept for name in kept}
    assert not arrows, f"a circle of imports among {', '.join(sorted(arrows))}"


def module_name(file):
    inside = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(inside[:-1] if inside[-1] == "__init__" else inside)


def test_importing_the_engine_loads_none_of_the_libraries():
    program = "import sys, engine; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "engine" in loaded
    assert not {"torch", "umap", "vispy", "imgui_bundle", "glfw", "pandas", "numpy", "typer"} & set(loaded)


def test_public_names():
    assert set(engine.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(engine, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'fly'"):
        engine.fly  # noqa: B018


def test_the_architecture_is_stated_once():
    assert "pipeline -> tour -> motion -> render" in engine.__doc__
    for part in LEFT:
        assert f"    {part} " in engine.__doc__, part


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
    assert environment["channels"] == ["rapidsai", "conda-forge", "nvidia"]
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
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
        copy,
    ]
    subprocess.run(command, check=True, capture_output=True)
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


def test_files_say_what_they_are():
    for _, file, _ in modules():
        assert ast.get_docstring(parsed(file)), f"{file} does not say what it is"


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
    for folder in ("engine", "tests", "tools", "benchmarks", "examples"):
        for file in (ROOT / folder).rglob("*.py"):
            name = str(file.relative_to(ROOT))
            if len(file.read_text().splitlines()) > LINES:
                yield name
            for node in ast.walk(parsed(file)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                    count = len(taken) - (taken[:1] != [] and taken[0].arg in ("self", "cls"))
                    if count > ARGUMENTS or node.end_lineno - node.lineno + 1 > FUNCTION:
                        yield f"{name}:{node.name}"


def test_files_and_functions_are_short_or_have_a_reason():
    assert set(longer()) == set(LONGER)


def test_nothing_committed_names_this_machine_or_a_registry():
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("no git, or no checkout, so there is nothing to list")
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = re.compile(r"pypi\.(org|python)|pythonhosted|registry\.npmjs|download\.pytorch|/opt/pypi|/opt/wheels")
    for name in files:
        file = ROOT / name
        if file.suffix not in (".png", ".mp4", ".woff2") and file != Path(__file__):
            assert not hosts.search(file.read_text()), name


def test_ci_runs_the_tests_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith(("#", "set ", "cd "))] == ["make test"]
