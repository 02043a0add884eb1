"""The page in Firefox, under a virtual display: it draws what `snapshot` does, by hands and keys of the browser's own.

Firefox is driven by WebDriver BiDi over a websocket, which needs no other program.
"""

import base64
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import threading

import numpy as np
import pytest
from PIL import Image

import engine
from engine.motion.camera import Camera
from engine.tour.view import View

from .pages import apart, show, until

PREFERENCES = {
    "webgl.force-enabled": True,  # by software, where there is no GPU
    "webgl.disable-fail-if-major-performance-caveat": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.auto": False,
    "browser.startup.page": 0,
    "layout.css.devPixelsPerPx": "1.0",
}


class Firefox:
    """A Firefox of this test's own and what it told: lines on the console, addresses asked for."""

    def __init__(self, binary, profile, display):
        websocket = pytest.importorskip("websocket", reason="no websocket-client, which comes with selenium")
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        command = [binary, "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0", "--width", "1280",
                   "--height", "900", "about:blank"]  # fmt: skip
        environment = {**os.environ, "DISPLAY": display, "HOME": str(profile)}
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        self.numbers, self.told = itertools.count(1), []
        address = self.listening()
        threading.Thread(target=self.process.stderr.read, daemon=True).start()  # or its pipe would fill
        self.socket = websocket.create_connection(f"{address}/session", timeout=120, suppress_origin=True)
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        self.ask("browsingContext.setViewport", context=self.context, viewport={"width": 1280, "height": 800})

    def listening(self):
        for line in self.process.stderr:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                return found[1]
        raise AssertionError("Firefox ended before it listened")

    def ask(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]
            self.told.append(answer)

    def open(self, address):
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def run(self, script, *values):
        """The result of an async function, as JSON; given holds the values."""
        program = f"(async (given) => JSON.stringify((await (async () => {{ {script} }})()) ?? null))"
        program += f"({json.dumps(values)})"
        target = {"context": self.context}
        answer = self.ask("script.evaluate", expression=program, target=target, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def picture(self, size):
        clip = {"type": "box", "x": 0, "y": 0, "width": size[0], "height": size[1]}
        data = self.ask("browsingContext.captureScreenshot", context=self.context, clip=clip)["data"]
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))

    def drag(self, *path):
        (x, y), *rest = path
        move = lambda x, y: {"type": "pointerMove", "x": x, "y": y}  # noqa: E731
        steps = [move(x, y), {"type": "pointerDown", "button": 0}, *(move(*each) for each in rest)]
        hand = {"type": "pointer", "id": "hand", "actions": [*steps, {"type": "pointerUp", "button": 0}]}
        self.ask("input.performActions", context=self.context, actions=[hand])

    def key(self, key):
        presses = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        hand = {"type": "key", "id": "keys", "actions": presses}
        self.ask("input.performActions", context=self.context, actions=[hand])

    def console(self):
        entries = [each["params"] for each in self.told if each.get("method") == "log.entryAdded"]
        return [each["text"] for each in entries if each["level"] in ("warn", "error")]

    def requests(self):
        events = [each for each in self.told if each.get("method") == "network.beforeRequestSent"]
        return [each["params"]["request"]["url"] for each in events]

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture
def firefox(display, tmp_path):
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    if binary is None:
        pytest.skip("no Firefox on this machine; Debian's package is firefox-esr")
    (tmp_path / "profile").mkdir()
    started = Firefox(binary, tmp_path / "profile", display)
    yield started
    started.close()


@pytest.mark.slow
def test_firefox_draws_the_page_and_obeys(firefox, pictured, tmp_path):
    firefox.open(engine.export(pictured, out=tmp_path / "site").as_uri())
    firefox.run("await umapTour.ready")
    for view in (View(layer=2, color_by="kind"), View(layer=1.25, color_by="weight", theme="light", zoom=1.5),
                 View(layer=1, color_by="kind", density=True), View(mode="images", color_by="kind")):  # fmt: skip
        show(firefox, view)
        share, mean = apart(firefox, pictured, view)
        assert share < 0.02 and mean < 1.5, view
    firefox.run("await umapTour.set({ size: null, chrome: true, mode: 'dots', zoom: 1, center: [0, 0], layer: 1 })")
    firefox.drag((640, 400), (690, 380), (740, 370))
    size = firefox.run("return [innerWidth, innerHeight]")
    panned = Camera().panned((100, -30), size=size)
    assert firefox.run("return umapTour.view().center") == pytest.approx(panned.center)
    firefox.key("j")
    assert until(firefox, "umapTour.view().layer === 2")
    assert firefox.console() == []
    assert all(each.startswith(("file:", "data:", "blob:", "about:")) for each in firefox.requests())
