"""The page's motion against Python's, on cases that Python writes: the same to 1e-6."""

import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .vectors import plain, vectors

ROOT = Path(__file__).resolve().parents[2]
WITHIN = 1e-6


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def modules(tmp_path):
    """The address of the page's modules, the test's own beside them."""
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(Path(__file__).with_name("motion_vectors.js"), tmp_path / "web")
    (tmp_path / "web" / "index.html").write_text("<!doctype html><title>modules</title>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "web"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_pages_motion_is_that_of_python(browser, modules):
    cases = plain(vectors())
    browser.open(f"{modules}index.html")
    found = browser.run(
        "const { differences } = await import('/motion_vectors.js'); return differences(given[0]);", cases
    )
    assert set(found) == set(cases)
    assert {name: value for name, value in found.items() if value is None or not value < WITHIN} == {}
