"""How soon a tour stands in a cell of JupyterLab, step by step.

    python benchmarks/notebook.py TOUR [--json FILE] [--rounds 3]

A real JupyterLab with a kernel of its own in headless Chromium. One cell loads the tour, the next one shows it: times
are from running that one, the last of them to the first frame with all points on the screen; each round has a new
kernel. Needs the extra [notebook], jupyterlab, selenium, chromium and chromium-driver.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import engine
from web import browser

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from laboratory import laboratory, notebook

# When the page asked for what, and when all points were first drawn; milliseconds of the page's clock.
WATCHED = """
window.seen = { frames: [], first: null, bytes: 0, arrived: [] };
const draw = WebGL2RenderingContext.prototype.drawArrays;
WebGL2RenderingContext.prototype.drawArrays = function (mode, from, count) {
  draw.call(this, mode, from, count);
  if (count === POINTS && seen.first === null && this.getParameter(this.FRAMEBUFFER_BINDING) === null) {
    seen.first = 0;
    requestAnimationFrame(() => setTimeout(() => (seen.first = performance.now())));
  }
};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (!this.watched) {
    this.watched = true;
    this.addEventListener("message", ({ data }) => {
      const size = data.byteLength ?? data.size ?? data.length;
      seen.bytes += size;
      if (size > 4000) seen.arrived.push([performance.now(), size]);
    });
  }
  return send.call(this, data);
};
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tour", type=Path)
    parser.add_argument("--json")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    points = engine.load(arguments.tour).n
    with tempfile.TemporaryDirectory() as folder, laboratory(Path(folder)) as address:
        driver = browser((1280, 800))
        source = WATCHED.replace("POINTS", str(points))
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
        try:
            rounds = [shown(driver, address, Path(folder), arguments.tour.resolve()) for _ in range(arguments.rounds)]
        finally:
            driver.quit()
    result = {"points": points, **{name: statistics.median(each[name] for each in rounds) for name in rounds[0]}}
    for name, value in result.items():
        print(f"{name:44} {value:10.2f}" if isinstance(value, float) else f"{name:44} {value:>10}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(result, indent=1) + "\n")


def shown(driver: Any, address: str, folder: Path, tour: Path) -> dict[str, float]:
    """Seconds from running the cell to each step, in a new kernel."""
    sources = [f"import engine\ntour = engine.load({str(tour)!r})", "import time; begun = time.time()\n"
               "w = engine.widget(tour)\nprint('made in', time.time() - begun)\nw"]  # fmt: skip
    name = f"tour-{time.monotonic_ns()}.ipynb"
    (folder / name).write_text(notebook(*sources))
    driver.get(f"{address}/lab/tree/{name}?token=here&reset")
    until(driver, "document.querySelectorAll('.jp-Notebook .jp-Cell').length === 2")
    kernel = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
    until(driver, f"{kernel}?.connectionStatus === 'connected' && {kernel}.status === 'idle'")
    ran = "/^\\[\\d+\\]/.test(document.querySelectorAll('.jp-Notebook .jp-Cell .jp-InputPrompt')[0]?.textContent)"
    while not driver.execute_script(f"return {ran}"):  # JupyterLab drops it while no cell is the active one yet
        driver.execute_script("jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
        for _ in range(20):
            time.sleep(0.25)
            if driver.execute_script(f"return {ran}"):
                break
    driver.execute_script("""
      seen.arrived.length = seen.bytes = 0;
      seen.begun = performance.now();
      new MutationObserver((_, watch) => {
        if (!document.querySelector(".jp-OutputArea .umap-tour canvas")) return;
        seen.mounted = performance.now();
        watch.disconnect();
      }).observe(document.body, { childList: true, subtree: true });
      jupyterapp.commands.execute("notebook:run-cell");
    """)
    until(driver, "seen.first > 0")
    seen = driver.execute_script("return seen")
    printed = driver.execute_script("return document.querySelectorAll('.jp-OutputArea')[1].innerText")
    largest = max(seen["arrived"], key=lambda each: each[1])
    after = {"script there, s": seen["arrived"][0][0], "page made, s": seen["mounted"],
             "layer there, s": largest[0], "first frame, s": seen["first"]}  # fmt: skip
    return {
        "widget made by the kernel, s": float(printed.split("made in", 1)[1].split()[0]),
        **{step: (value - seen["begun"]) / 1000.0 for step, value in after.items()},
        "sent to the page, MB": seen["bytes"] / 1e6,
    }


def until(driver: Any, condition: str, seconds: float = 90.0) -> None:
    begun = time.monotonic()
    while not driver.execute_script(f"return {condition}"):
        if time.monotonic() - begun > seconds:
            raise SystemExit(f"never came: {condition}")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
