"""The rooms of the engine: who may import what, no circles, what importing costs, and that each says what it holds."""

import ast
import re
import subprocess
import sys

import pytest

import engine
from tests.sources import ROOT, modules, outside, parsed

# Which rooms a room may import beside itself; `cli` may all.
BELOW = {"tour": set(), "motion": set(), "cluster": set(),
         "pipeline": {"tour", "cluster"}, "render": {"tour", "motion"}, "viewer": {"tour", "motion"},
         "window": {"tour", "motion", "render", "viewer"},
         "pictures": {"tour", "motion", "render", "viewer"}, "web": {"tour", "motion", "render", "viewer"},
         "doctor": {"cluster", "pipeline", "tour", "render", "pictures"}}  # fmt: skip
ANYWHERE = {"files", "progress", "malloc", "stopping"}  # small modules that every room may use
PUBLIC = {
    "build", "add", "load", "import_published", "procrustes", "similarity", "GrandTour", "drag", "View", "snapshot",
    "show", "TourFormatError", "export", "widget",
}  # fmt: skip


def parts(names):
    return {name.split(".")[1] for name in names if name.startswith("engine.")}


@pytest.mark.parametrize(
    ("room", "allowed"), [("motion", {"numpy"}), ("viewer", {"numpy", "pandas", "platformdirs", "PIL"})]
)
def test_rooms_of_numbers_import_no_more(room, allowed):
    for part, file, names in modules():
        if part == room:
            assert outside(names) <= allowed, file


@pytest.mark.parametrize(
    ("libraries", "allowed"),
    [
        ({"torch", "torchvision", "umap", "cuml", "cupy"}, {"pipeline"}),
        ({"vispy"}, {"render", "window"}),
        ({"imgui_bundle", "OpenGL"}, {"window"}),
        ({"glfw"}, {"window", "render"}),
        ({"typer"}, {"cli"}),
        ({"distributed", "dask", "dask_cuda"}, {"cluster"}),
    ],
)
def test_libraries_stay_in_their_part(libraries, allowed):
    for part, file, names in modules():
        if part not in allowed:
            assert not outside(names) & libraries, file


def test_rooms_import_what_stands_below_them():
    seen = set()
    for part, file, names in modules():
        if part in BELOW:
            seen.add(part)
            assert parts(names) <= BELOW[part] | {part} | ANYWHERE, file
        elif part in ANYWHERE:
            assert parts(names) <= ANYWHERE, file
    assert seen == set(BELOW)


def test_no_circle_of_imports():
    """Type-only imports and those inside functions are followed too."""
    circle = in_circles(arrows_between_files())
    assert not circle, f"a circle of imports among {', '.join(sorted(circle))}"


def test_no_circle_among_rooms():
    """A folder is one room; in one that has folders of its own, each file is."""
    arrows = {}
    for name, targets in arrows_between_files().items():
        arrows.setdefault(room(name), set()).update({room(each) for each in targets} - {room(name)})
    circle = in_circles(arrows)
    assert not circle, f"a circle of imports among {', '.join(sorted(circle))}"


def arrows_between_files():
    """Which modules of the engine each module imports."""
    files = {module_name(file): names for _, file, names in modules()}
    arrows = {  # Python runs a file's own packages before it anyway
        name: {each for each in imported if each in files and not f"{name}.".startswith(f"{each}.")}
        for name, imported in files.items()
    }
    return arrows | {"engine": set()}  # the public names are resolved on first use


def room(name):
    """The package that a module stands in, or the module itself where packages stand beside it."""
    folder = ROOT.joinpath(*name.split("."))
    folder = folder if folder.is_dir() else folder.parent
    return name if list(folder.glob("*/__init__.py")) else ".".join(folder.relative_to(ROOT).parts)


def in_circles(arrows):
    """What is left once what imports nothing in it, and what nothing in it imports, is taken away again and again."""
    before = None
    while arrows != before:
        before = arrows
        imported = set().union(*arrows.values()) if arrows else set()
        kept = {name for name, targets in arrows.items() if targets and name in imported}
        arrows = {name: arrows[name] & kept for name in kept}
    return set(arrows)


def test_no_circle_among_the_pages_modules_and_rooms():
    """Modules of web/ as they are loaded; types may name anything."""
    arrows, rooms = {}, {}
    for file in (ROOT / "web").rglob("*.js"):
        if "node_modules" not in file.parts:
            named = re.findall(r'^import [^;]*? from "(.+?)";', file.read_text(), re.MULTILINE)
            arrows[file] = {(file.parent / each).resolve() for each in named}
            assert all(each.is_file() for each in arrows[file]), file
            targets = {web_room(each) for each in arrows[file]} - {web_room(file)}
            rooms.setdefault(web_room(file), set()).update(targets)
    assert len(arrows) > 70 and not in_circles(arrows) and not in_circles(rooms)
    assert not rooms[ROOT / "web" / "motion"]


def web_room(file):
    return file if file.parent == ROOT / "web" else file.parent


def test_shaders_are_named_after_the_file_that_draws_with_them():
    """NAME.vert and NAME.frag, or NAME_STEP, of engine/render/NAME.py."""
    draws = {file.stem for part, file, _ in modules() if part == "render"}
    stems = {file.stem for kind in ("vert", "frag") for file in (ROOT / "shaders").glob(f"*.{kind}")}
    assert stems and not {stem for stem in stems if stem.split("_")[0] not in draws}


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


@pytest.mark.parametrize("text", [engine.__doc__, (ROOT / "docs" / "architecture.md").read_text()])
def test_the_floors_are_drawn_as_they_are(text):
    """FLOOR   ROOM, ROOM   what they are: no room imports from its own floor or from above."""
    floors = {}
    for number, rooms in re.findall(r"^ {4}(\d)   ([a-z, ]+?) {2}", text, re.MULTILINE):
        floors |= dict.fromkeys(rooms.split(", "), int(number))
    assert set(floors) == {*BELOW, *ANYWHERE, "cli"}
    for name, below in BELOW.items():
        assert all(floors[each] < floors[name] < floors["cli"] for each in below | ANYWHERE), name


def test_files_say_what_they_are():
    for _, file, _ in modules():
        assert ast.get_docstring(parsed(file)), f"{file} does not say what it is"


def test_packages_say_what_is_in_them():
    """The docstring of each package names all its files and folders: who looks for something reads one page."""
    for _, file, _ in modules():
        if file.name == "__init__.py":
            inside = {each.stem for each in file.parent.glob("*.py")} - {"__init__", "__main__"}
            inside |= {each.parent.name for each in file.parent.glob("*/__init__.py")}
            unnamed = inside - set(re.findall(r"\w+", ast.get_docstring(parsed(file))))
            assert not unnamed, f"{file} does not name {', '.join(sorted(unnamed))}"


def module_name(file):
    inside = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(inside[:-1] if inside[-1] == "__init__" else inside)
