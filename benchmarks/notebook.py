"""How soon a tour stands in a cell of JupyterLab, step by step.

    python benchmarks/notebook.py TOUR [--json FILE] [--rounds 3]

A real JupyterLab with a kernel of its own in headless Chromium. One cell loads the tour, the next one shows it: times
are from running that one, the last of them to the first frame with all points on the screen; each round has a new
kernel. Needs the extra [notebook], jupyterlab, selenium, chromium and chromium-driver.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path
from typing import Any

import engine
from web import browser

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
PATIENCE = 60  # seconds that JupyterLab may take to begin


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


@contextmanager
def laboratory(folder: Path) -> Any:
    """A JupyterLab of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(folder / name.lower()) for name in names}
    kernel = Path(own["JUPYTER_DATA_DIR"]) / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "here", "language": "python"}))
    (first, *_) = (file for file in files("anywidget") or () if "labextensions" in file.parts)
    path = Path(str(first.locate())).resolve()
    extensions = path.parents[len(path.parts) - 2 - path.parts.index("labextensions")]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
               "--ServerApp.port_retries=0", "--IdentityProvider.token=here", f"--ServerApp.root_dir={folder}",
               f"--LabApp.extra_labextensions_path={extensions}", "--LabApp.news_url=None",
               "--LabApp.expose_app_in_browser=True",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with open(folder / "lab.log", "w") as log:
        server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log, cwd=folder)
    address = f"http://127.0.0.1:{port}"
    try:
        begun = time.monotonic()
        while True:
            try:
                urllib.request.urlopen(f"{address}/api/status?token=here", timeout=2).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise SystemExit((folder / "lab.log").read_text()[-2000:]) from None
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait()


def shown(driver: Any, address: str, folder: Path, tour: Path) -> dict[str, float]:
    """Seconds from running the cell to each step, in a new kernel."""
    sources = [f"import engine\ntour = engine.load({str(tour)!r})", "import time; begun = time.time()\n"
               "w = engine.widget(tour)\nprint('made in', time.time() - begun)\nw"]  # fmt: skip
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": each,
              "id": f"cell-{k}"} for k, each in enumerate(sources)]  # fmt: skip
    spec = {"kernelspec": {"name": "python3", "display_name": "here"}}
    name = f"tour-{time.monotonic_ns()}.ipynb"
    (folder / name).write_text(json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}))
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
