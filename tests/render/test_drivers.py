"""Drawings are the same by another driver, and no driver finds fault: a few tests again, by softpipe and checked.

Softpipe is Mesa's plain rasteriser, of other code than llvmpipe throughout. And again in a core profile without
anything deprecated, as macOS has it. All of tests/render by them, and by zink over lavapipe, is `make drivers`.
"""

import os
from pathlib import Path

import pytest

import forked

HERE = Path(__file__).parent
FEW = [
    "test_drawing.py::test_no_frame_is_the_first_three_axes",
    "test_drawing.py::test_colours_are_those_of_the_classes_in_front",
    "test_drawing.py::test_greyed_points_are_there_and_behind",
    "test_drawing_images.py::test_images_are_the_right_way_up",
    "test_drawing_images.py::test_transparent_images_show_what_is_behind",
    "test_look.py::test_opaque_dots_do_not",
]


def again(tests, **environment):
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *(HERE / each for each in tests)]
    around = {**os.environ, "UMAP_TOUR_CHECK_GL": "1", **environment}
    return forked.run(words, cwd=HERE.parents[1], env=around)


@pytest.mark.skipif("UMAP_TOUR_CHECK_GL" in os.environ, reason="this is such a run")
@pytest.mark.parametrize(("driver", "profile"), [("softpipe", "compatible"), ("llvmpipe", "core")])
def test_others_draw_the_same_and_find_no_fault(driver, profile):
    done = again(FEW, GALLIUM_DRIVER=driver, UMAP_TOUR_CHECK_GL=profile)
    assert done.returncode == 0 and "." * len(FEW) in done.stdout, done.stdout[-3000:]


FAULT = """
from engine.render.offscreen import current
from vispy.gloo import gl

def test_fault():
    with current():
        try:
            gl.glEnable(0x1234)
        except RuntimeError:
            pass
"""


@pytest.mark.skipif("UMAP_TOUR_CHECK_GL" in os.environ, reason="this is such a run")
def test_a_fault_would_be_found(tmp_path):
    (tmp_path / "conftest.py").write_text((HERE / "conftest.py").read_text())
    (tmp_path / "test_fault.py").write_text(FAULT)
    done = again([tmp_path / "test_fault.py"])
    assert done.returncode == 1 and "0x824c" in done.stdout, done.stdout
