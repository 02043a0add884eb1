"""The composing of shaders: strict, on text alone; and what a program says when the driver refuses."""

import re
from itertools import pairwise

import numpy as np
import pytest

from engine.render import glsl
from engine.render.glsl import ShaderError, compose
from engine.render.offscreen import current
from engine.render.shader import PORTIONS, Program, portions


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder of shaders in place of ours; call it with name=text."""
    monkeypatch.setattr(glsl, "folder", lambda: tmp_path)
    compose.cache_clear()

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / name.replace("_", ".", 1)).write_text(text)

    yield write
    compose.cache_clear()


VERSION = "#version 330\n"


def test_includes_numbers_and_lines(files):
    files(a_vert=VERSION + '#include "b.glsl"\nuniform mat4 u_m[SIZE];  // SIZE of them\nvoid main() {}\n')
    files(b_glsl="// one idea\nuniform float u_x;\n")
    source = compose("a.vert", SIZE=2)
    assert source.text.splitlines()[0] == "#version 330"
    assert "uniform mat4 u_m[2];" in source.text
    assert source.declared == {"u_x": ("b.glsl", 2), "u_m[0]": ("a.vert", 3), "u_m[1]": ("a.vert", 3)}
    assert source.used == {"SIZE"}


def test_an_include_comes_once(files):
    files(a_vert=VERSION + '#include "b.glsl"\n#include "c.glsl"\n', c_glsl='#include "b.glsl"\n', b_glsl="float f;\n")
    assert compose("a.vert").text.count("float f;") == 1


@pytest.mark.parametrize(("number", "kept"), [(1, []), (2, ["a_one"]), (3, ["a_one", "a_two"])])
def test_conditions_are_resolved(files, number, kept):
    files(a_vert=VERSION + "#if N > 1\nin vec4 a_one;\n#if N == 3\nin vec4 a_two;\n#endif\n#endif\n")
    assert list(compose("a.vert", N=number).declared) == kept


@pytest.mark.parametrize("count", [0, 1, 3])
def test_loops_are_unrolled_and_their_lines_keep_their_numbers(files, count):
    files(a_vert=VERSION + "#for G < N\nin vec4 a_{G};\n#endfor\nin vec4 a_last;\n")
    expected = {f"a_{k}": ("a.vert", 3) for k in range(count)} | {"a_last": ("a.vert", 5)}
    assert compose("a.vert", N=count).declared == expected


def test_attributes_are_the_vertex_shaders_own(files):
    files(a_frag=VERSION + "in vec4 v_color;\nuniform float u_x;\n")
    assert list(compose("a.frag").declared) == ["u_x"]


FAULTS = {
    "missing file": ({}, {}, r"^a\.vert:1: no shader a\.vert"),
    "no version": ({"a_vert": "void main() {}\n"}, {}, r"^a\.vert:1: the first line must be '#version 330'"),
    "version second": ({"a_vert": "\n" + VERSION}, {}, r"^a\.vert:1: the first line"),
    "other version": ({"a_vert": "#version 120\n"}, {}, r"^a\.vert:1: the first line"),
    "empty": ({"a_vert": ""}, {}, r"^a\.vert:1: the first line"),
    "missing include": (
        {"a_vert": VERSION + '\n#include "colour.glsl"\n', "color_glsl": ""},
        {},
        r"^a\.vert:3: no shader colour\.glsl .*did you mean color\.glsl",
    ),
    "include of itself": (
        {"a_vert": VERSION + '#include "b.glsl"\n', "b_glsl": '\n#include "b.glsl"\n'},
        {},
        r"^b\.glsl:2: b\.glsl includes itself",
    ),
    "include in a circle": (
        {"a_vert": VERSION + '#include "b.glsl"\n', "b_glsl": '#include "c.glsl"\n', "c_glsl": '#include "b.glsl"\n'},
        {},
        r"^c\.glsl:1: b\.glsl includes itself",
    ),
    "include without quotes": ({"a_vert": VERSION + "#include <b.glsl>\n"}, {}, r"^a\.vert:2: an include is written"),
    "version in an include": (
        {"a_vert": VERSION + '#include "b.glsl"\n', "b_glsl": VERSION},
        {},
        r"^b\.glsl:1: an included file has no #version",
    ),
    "number not given": ({"a_vert": VERSION + "uniform float u_x[SIZE];\n"}, {}, r"^a\.vert:2: SIZE is not given"),
    "condition not given": ({"a_vert": VERSION + "#if SIDES > 1\n#endif\n"}, {}, r"^a\.vert:2: SIDES is not given"),
    "strange condition": ({"a_vert": VERSION + "#if defined(X)\n#endif\n"}, {"X": 1}, r"^a\.vert:2: a condition is"),
    "no endif": ({"a_vert": VERSION + "#if N > 1\n"}, {"N": 1}, r"^a\.vert:2: #if without #endif"),
    "strange loop": ({"a_vert": VERSION + "#for g in N\n#endfor\n"}, {"N": 1}, r"^a\.vert:2: a loop is #for G < NAME"),
    "loop in a loop": ({"a_vert": VERSION + "#for G < N\n#for H < N\n"}, {"N": 1}, r"^a\.vert:3: a #for inside"),
    "no endfor": ({"a_vert": VERSION + "#for G < N\n\n"}, {"N": 1}, r"^a\.vert:2: #for without #endfor"),
    "no for": ({"a_vert": VERSION + "#endfor\n"}, {}, r"^a\.vert:2: #endfor without #for"),
    "no if": ({"a_vert": VERSION + "#endif\n"}, {}, r"^a\.vert:2: #endif without #if"),
    "two in a line": ({"a_vert": VERSION + "uniform float a, b;\n"}, {}, r"^a\.vert:2: one declaration to a line"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_named_with_file_and_line(files, fault):
    texts, numbers, complaint = FAULTS[fault]
    files(**texts)
    with pytest.raises(ShaderError, match=complaint):
        compose("a.vert", **numbers)


def test_our_shaders_say_what_they_are_for_and_keep_to_the_prefixes():
    entry_points = [file for file in glsl.folder().iterdir() if file.suffix in (".vert", ".frag")]
    assert len(entry_points) == 16
    for file in glsl.folder().iterdir():
        lines = file.read_text().splitlines()
        assert lines[1 if file in entry_points else 0].startswith("// "), file
        for line in lines:
            match = re.match(r"\s*(?:flat )?(uniform|in|out) \w+ (\w+)", line)
            if match:
                inside = match[1] == "in" and file.suffix == ".frag"
                prefix = {
                    "uniform": "u_",
                    "in": "v_" if inside else "a_",
                    "out": "f_" if file.suffix == ".frag" else "v_",
                }
                assert match[2].startswith(prefix[match[1]]), f"{file.name}: {line}"


@pytest.mark.parametrize("groups", range(1, 7))
@pytest.mark.parametrize("sides", [1, 2])
def test_every_variant_has_its_attributes(groups, sides):
    declared = compose("points.vert", GROUPS=groups, SIDES=sides, GREYED=1, CROWDED=1, RIMMED=1).declared
    assert len([name for name in declared if name.startswith("a_source")]) == groups
    assert len([name for name in declared if name.startswith("a_target")]) == groups * (sides - 1)
    assert len([name for name in declared if name.startswith("u_source")]) == groups


@pytest.fixture
def gl():
    with current():
        yield


def program(files, body="", **numbers):
    files(p_vert=VERSION + "in vec4 a_place;\nuniform float u_zoom;\nvoid main() { gl_Position = a_place * u_zoom; }\n")
    files(p_frag=VERSION + f"out vec4 f_color;\n{body}\nvoid main() {{ f_color = vec4(1.0); }}\n")
    return Program("p", **numbers)


def test_a_misspelt_uniform_is_an_error_that_knows_the_nearest(files, gl):
    with pytest.raises(ShaderError, match=r"declares 'u_zom'; the nearest is u_zoom \(p\.vert:3\)"):
        program(files)["u_zom"] = 1.0


def test_an_array_of_matrices_is_set_as_a_whole_and_fits(files, gl):
    files(m_vert=VERSION + "uniform mat4 u_m[2];\nvoid main() { gl_Position = u_m[0][0] + u_m[1][0]; }\n")
    files(m_frag=VERSION + "out vec4 f_color;\nvoid main() { f_color = vec4(1.0); }\n")
    each = Program("m")
    with pytest.raises(ShaderError, match=r"declares 'u_m\[2\]'"):
        each["u_m"] = np.zeros((3, 4, 4), dtype=np.float32)
    each["u_m"] = np.zeros((1, 4, 4), dtype=np.float32)
    with pytest.raises(ShaderError, match=r"^m\.vert:2: u_m\[1\] is declared and was never set"):
        each.draw_points(0, 1)
    each["u_m"] = np.zeros((2, 4, 4), dtype=np.float32)
    each.draw_points(0, 1)


def test_drawing_before_everything_is_set_is_an_error(files, gl):
    each = program(files)
    each["u_zoom"] = 1.0
    with pytest.raises(ShaderError, match=r"^p\.vert:2: a_place is declared and was never set"):
        each.draw_points(0, 1)


def test_a_number_that_nothing_uses_is_an_error(files, gl):
    with pytest.raises(ShaderError, match="uses SIZE"):
        program(files, SIZE=3)


def test_what_the_driver_refuses_is_named_with_our_file_and_line(files, gl):
    files(idea_glsl="// one idea\nfloat idea() { return missing; }\n")
    with pytest.raises(ShaderError, match=r"^idea\.glsl:2: .*missing"):
        program(files, body='#include "idea.glsl"')


@pytest.mark.parametrize("count", [0, 1, PORTIONS[0], PORTIONS[0] + 1, 50_000, 2_000_001])
def test_a_software_rasteriser_has_all_points_in_portions_that_grow(count):
    cut = list(portions(7, count, software=True))
    assert [first for first, _ in cut] == [7 + sum(some for _, some in cut[:k]) for k in range(len(cut))]
    assert sum(some for _, some in cut) == count
    sizes = [some for _, some in cut[:-1]]  # the last one is what is left
    assert sizes[:1] in ([], [PORTIONS[0]]) and max(sizes, default=0) <= PORTIONS[1]
    assert all(later == min(2 * some, PORTIONS[1]) for some, later in pairwise(sizes))


@pytest.mark.parametrize("count", [0, 50_000])
def test_a_gpu_has_all_points_at_once(count):
    assert list(portions(7, count, software=False)) == ([(7, count)] if count else [])
