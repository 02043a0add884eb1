"""Shaders by Khronos' reference compiler, where it is installed: what one driver lets pass is refused by another."""

import re
import shutil
import subprocess

import pytest

from engine.motion.crowding import REACH
from engine.render.glsl import VERSION, compose
from tests.sources import ROOT

POINTS = {"GROUPS": 4}
LOOKS = [
    ("density_ground", {}), ("gathering", {}), ("occlusion_behind", {}),
    ("occlusion_cover", POINTS | {"SIDES": 1}), ("occlusion_cover", POINTS | {"SIDES": 2}),
    *(("density_blur", {"REACH": REACH, "SHADED": last}) for last in (0, 1)),
    *(("density", POINTS | {"SIDES": 2, "GREYED": greyed}) for greyed in (0, 1)),
    *(("points", POINTS | {"SIDES": 2, "GREYED": 1, "CROWDED": crowded, "RIMMED": 1}) for crowded in (0, 1)),
    *(("sprites", POINTS | {"SIDES": 2, "GREYED": 1, "FRAMED": framed, "HIDDEN": hidden, "ORDERED": hidden,
                            "OPAQUE": int(framed in (1, 2))})
      for framed in range(4) for hidden in (0, 1)),
]  # fmt: skip


@pytest.mark.skipif(shutil.which("glslangValidator") is None, reason="glslang is not here; on Debian: glslang-tools")
@pytest.mark.parametrize("place", ["desktop", "page"])
def test_the_reference_compiler_takes_every_shader(place, tmp_path):
    header = re.search(r"const HEADER = `(.*?)`", (ROOT / "web/draw/program.js").read_text(), re.DOTALL)[1]
    files = []
    for number, (stem, numbers) in enumerate(LOOKS):
        for kind in ("vert", "frag"):
            text = compose(f"{stem}.{kind}", **numbers).text
            files.append(tmp_path / f"{stem}-{number}.{kind}")
            files[-1].write_text(text.replace(VERSION, header) if place == "page" else text)
    done = subprocess.run(["glslangValidator", *files], capture_output=True, text=True)
    assert done.returncode == 0 and "WARNING" not in done.stdout, done.stdout
