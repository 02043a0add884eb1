"""What a page costs in a browser: frames per second beside a bare draw of the same dots, time in JavaScript, bytes.

    python benchmarks/web.py TOUR [--json FILE] [--seconds 6] [--rounds 3] [--size 1280 757]

Headless Chromium. The bare draw is a page of one canvas with the same buffers, shader, size of dots and camera, whose
frame turns, and nothing else: no panel, no tour, no framing. The two take turns, and medians count. JavaScript is what
its thread spends in scripts, in time of a processor; bytes are what has come when the first frame stands.
"""

import argparse
import base64
import json
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from selenium import webdriver

import engine
from engine.tour.tour import Tour
from engine.web.contents import contents

FLAGS = ("--headless=new", "--no-sandbox", "--enable-unsafe-swiftshader", "--force-device-scale-factor=1")
COUNTED = """
const asked = window.requestAnimationFrame.bind(window);
window.shown = [];
window.requestAnimationFrame = (step) => asked((now) => {
  step(now);
  if (window.shown.at(-1) !== now) window.shown.push(now);
});
"""
BARE = Path(__file__).with_name("bare.html")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tour", type=Path)
    parser.add_argument("--json")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 757))
    arguments = parser.parse_args()
    tour = replace(engine.load(arguments.tour), views=[])
    size = (arguments.size[0], arguments.size[1])
    with tempfile.TemporaryDirectory() as folder:
        page = engine.export(tour, out=Path(folder) / "site", images=False)
        driver = browser(size)
        try:
            result = measured(driver, tour, page, Path(folder) / "bare.html", size, arguments)
        finally:
            driver.quit()
    for name, value in result.items():
        print(f"{name:32} {value:10.3f}" if isinstance(value, float) else f"{name:32} {value!s:>10}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(result, indent=1) + "\n")


def browser(size: tuple[int, int]) -> Any:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(120)
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})  # time of the thread, not of the clock
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNTED})
    return driver


def measured(
    driver: Any, tour: Tour, page: Path, bare: Path, size: tuple[int, int], arguments: Any
) -> dict[str, float | int]:
    """Frames per second of the page, dots alone and with density, and of the bare draw; and what a page costs else."""
    seen: dict[str, list[float]] = {
        name: [] for name in ("dots", "density", "bare", "first", "js", "js_density", "js_bare")
    }
    for number in range(arguments.rounds):
        begun = time.perf_counter()
        driver.get(page.as_uri())
        driver.execute_async_script("const done = arguments[0]; umapTour.ready.then(done);")
        seen["first"].append(time.perf_counter() - begun)
        time.sleep(6.0)  # while regions are looked for and code is compiled
        for name, density in (("dots", "false"), ("density", "true")):
            shown = f"umapTour.set({{ density: {density}, handles: [], playing: true, theme: 'dark' }})"
            driver.execute_async_script(f"const done = arguments[0]; {shown}.then(done);")
            frames, spent = rate(driver, arguments.seconds)
            seen[name].append(frames)
            seen["js" if name == "dots" else "js_density"].append(spent)
        if number == 0:
            view = driver.execute_script("return umapTour.view()")
            bare.write_text(bare_page(tour, view, size))
        driver.get(bare.as_uri())
        frames, spent = rate(driver, arguments.seconds)
        seen["bare"].append(frames)
        seen["js_bare"].append(spent)
        if faults := [each["message"] for each in driver.get_log("browser") if "INVALID" in each["message"]]:
            raise SystemExit(f"the bare draw does not draw: {faults[0]}")
    middle = {name: statistics.median(values) for name, values in seen.items()}
    data = page.parent / "data"
    layer = f"a-layer-{round(view['layer']):03}.js"
    first = sum((data / name).stat().st_size for name in (layer, "a-support.js", "a-attribute-000.js"))
    return {
        "points": tour.n,
        "bare draw, frames per second": middle["bare"],
        "page, frames per second": middle["dots"],
        "bare draw / page": middle["bare"] / middle["dots"],
        "page with density, per second": middle["density"],
        "JavaScript a frame, ms": middle["js"],
        "the same with density, ms": middle["js_density"],
        "the same of the bare draw, ms": middle["js_bare"],
        "first frame after, s": middle["first"],
        "page, MB": page.stat().st_size / 1e6,
        "to the first frame, MB": (page.stat().st_size + first) / 1e6,
        "largest layer, MB": max(each.stat().st_size for each in data.glob("a-layer-*.js")) / 1e6,
    }


def rate(driver: Any, seconds: float) -> tuple[float, float]:
    """Frames per second for `seconds`, and the milliseconds of a processor that JavaScript took for each."""
    time.sleep(1.0)
    begun, before = script_seconds(driver), driver.execute_script("return window.shown.length")
    time.sleep(seconds)
    shown = driver.execute_script("return window.shown")[before:]
    spent = script_seconds(driver) - begun
    return 1000.0 * (len(shown) - 1) / (shown[-1] - shown[0]), 1000.0 * spent / len(shown)


def script_seconds(driver: Any) -> float:
    """Of the processor, in JavaScript since the page was opened."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == "ScriptDuration")


def bare_page(tour: Tour, view: dict[str, Any], size: tuple[int, int]) -> str:
    """The bare draw of what a page shows."""
    from engine.motion.camera import Camera
    from engine.motion.shot import dot_size
    from engine.tour.colors import THEMES, color_by

    layer = tour.layers[round(view["layer"])]
    stride = 4 * -(-tour.dims // 4)
    points = np.zeros((tour.n, stride), dtype=np.float32)
    points[:, : tour.dims] = layer.aligned
    coloring = color_by(tour.attribute(view["color_by"]) if view["color_by"] else None, n=tour.n)
    table = np.full((256, 4), 255, dtype=np.uint8)
    table[: len(coloring.table), :3] = coloring.table[:256]
    theme, radius = THEMES["dark"], layer.placement.radius
    dot = dot_size(tour.n, side=min(size), zoom=view["zoom"])
    padding = int(np.ceil(0.61 * dot)) + 1
    pixels = Camera(tuple(view["center"]), view["zoom"]).pixels_per_radius(size)
    scale = [2 * pixels / (side + 2 * padding) for side in size]
    uniforms = {
        "u_scale": [each / radius for each in scale], "u_depth": 1 / radius, "u_cue": 1.0, "u_fade": theme.fade,
        "u_shift": [-c * each for c, each in zip(view["center"], scale, strict=True)], "u_canvas": list(theme.canvas),
        "u_size": dot, "u_min_size": 1.0, "u_rim": theme.rim, "u_opacity": 1.0,
    }  # fmt: skip
    shader = contents(tour).manifest["shaders"][str(stride // 4)]["points,1,0,0,0"]

    def text(array: Any) -> str:
        return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()

    given = {
        "points": text(points), "codes": text(coloring.codes.astype(np.float32)), "table": text(table), "n": tour.n,
        "stride": stride, "shader": shader, "uniforms": uniforms, "frame": view["frame"], "padding": padding,
    }  # fmt: skip
    page = BARE.read_text(encoding="utf-8")
    for name, value in (("WIDTH", str(size[0])), ("HEIGHT", str(size[1])), ("GIVEN", json.dumps(given))):
        page = page.replace(name, value)
    return page


if __name__ == "__main__":
    main()
