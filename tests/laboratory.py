"""A JupyterLab of one's own in a folder, with this Python as its kernel, and a notebook to open in it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path

from limit import end_with_parent

PATIENCE = 120  # seconds that JupyterLab may take to begin


def places(folder: Path) -> dict[str, str]:
    """Jupyter's own places in a folder, as environment variables, with this Python as the kernel."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    kernel = folder / "jupyter_data_dir" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "here", "language": "python"}))
    return {name: str(folder / name.lower()) for name in names}


@contextmanager
def laboratory(folder: Path) -> Iterator[str]:
    """A JupyterLab that runs in a folder: its address. Raises RuntimeError, the end of its log, if it never begins."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = places(folder)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
               "--ServerApp.port_retries=0", "--IdentityProvider.token=here", f"--ServerApp.root_dir={folder}",
               f"--LabApp.extra_labextensions_path={extensions_of('anywidget')}",
               "--LabApp.news_url=None", "--LabApp.expose_app_in_browser=True",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]  # fmt: skip
    with open(folder / "lab.log", "w") as log:
        environment = {**os.environ, **own}
        server = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, cwd=folder, preexec_fn=end_with_parent
        )
    address = f"http://127.0.0.1:{port}"
    try:
        begun = time.monotonic()
        while True:
            try:
                urllib.request.urlopen(f"{address}/api/status?token=here", timeout=2).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise RuntimeError((folder / "lab.log").read_text()[-2000:]) from None
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait()


def extensions_of(package: str) -> Path:
    """Where an installed package put its extensions of JupyterLab, whichever environment that is."""
    (first, *_) = (file for file in files(package) or () if "labextensions" in file.parts)
    path = Path(str(first.locate())).resolve()
    return path.parents[len(path.parts) - 2 - path.parts.index("labextensions")]


def notebook(*sources: str) -> str:
    """A notebook of cells of code that have not run, as its file."""
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": each,
              "id": f"cell-{k}"} for k, each in enumerate(sources)]  # fmt: skip
    spec = {"kernelspec": {"name": "python3", "display_name": "here"}}
    return json.dumps({"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5})
