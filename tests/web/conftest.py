"""A real browser for the tests of pages, and pages for it."""

import base64
import io
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.motion.rotation import random_frame
from engine.tour.movement import displacement
from engine.tour.reading import load
from engine.web.serve import Server
from limit import end_with_parent

WEB = Path(__file__).resolve().parents[2] / "web"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--max-active-webgl-contexts=8",  # in place of 16: so many widgets do where more are wanted than a browser has
    "--remote-debugging-pipe",  # and so it ends with its driver
)
POLL = 0.01  # seconds until a server hears that it shall end
DRIVERS_OWN = "GPU stall due to ReadPixels"  # said of any page that draws, a bare one too, where no GPU composes pages


class Browser:
    """Chromium by its driver: scripts that wait, pictures as arrays, what it wrote and what it asked for."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.away = False
        """Whether no page is open."""

    def open(self, address: str, *, size: tuple[int, int] = (1280, 800), mobile: bool = False) -> None:
        self.leave()
        self.driver.get_log("browser"), self.driver.get_log("performance")
        self.resize(size, mobile=mobile)
        self.away = False
        self.driver.get(address)

    def leave(self) -> None:
        if not self.away:
            self.driver.get("about:blank")
        self.away = True

    def resize(self, size: tuple[int, int], *, mobile: bool = False) -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": mobile}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def run(self, script: str, *values: Any) -> Any:
        """The result of an async function; given holds the values. Raises where it does."""
        program = (
            "const done = arguments[arguments.length - 1], given = arguments;"
            f"(async () => {{ {script} }})()"
            ".then((x) => done({ x }), (error) => done({ error: String(error.message) }));"
        )
        answer = self.driver.execute_async_script(program, *values)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("x")

    def ready(self) -> None:
        self.run("await umapTour.ready")

    def picture(self, size: tuple[int, int] | None = None) -> np.ndarray[Any, Any]:
        """The page, uint8 (height, width, 3), or its upper left corner."""
        quickly = {"format": "png", "optimizeForSpeed": True}  # larger, in a fifth of the time
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", quickly)["data"]
        image = Image.open(io.BytesIO(base64.b64decode(shot))).convert("RGB")
        return np.asarray(image.crop((0, 0, *size)) if size else image)

    def hand(self, *events: dict[str, Any]) -> None:
        """Mouse events of the browser's own, one after the other: type, x, y and more."""
        for event in events:
            self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"button": "left", "clickCount": 1, **event})

    def drag(self, *path: tuple[float, float], modifiers: int = 0) -> None:
        (x, y), *rest = path
        self.hand({"type": "mouseMoved", "x": x, "y": y, "button": "none"})
        self.hand({"type": "mousePressed", "x": x, "y": y, "modifiers": modifiers})
        for x, y in rest:
            self.hand({"type": "mouseMoved", "x": x, "y": y, "modifiers": modifiers})
        self.hand({"type": "mouseReleased", "x": x, "y": y, "modifiers": modifiers})

    def key(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.driver.execute_cdp_cmd(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": key, "text": key if kind == "keyDown" and len(key) == 1 else ""},
            )

    def console(self) -> list[str]:
        """What stands on the console since the page was opened."""
        return [each["message"] for each in self.driver.get_log("browser") if DRIVERS_OWN not in each["message"]]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        events = [json.loads(each["message"])["message"] for each in self.driver.get_log("performance")]
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]


@pytest.fixture(scope="session")
def chromium() -> Any:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("no chromium and chromedriver on this machine; `make setup` installs them where it may")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"), popen_kw={"preexec_fn": end_with_parent})
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(30)
    slow = Path(__file__).with_name("slow_display.js").read_text()
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": slow})
    yield Browser(driver)
    driver.quit()


@pytest.fixture
def browser(chromium: Any) -> Any:
    """A browser of this test's own pages: what was left open would go on drawing while other tests run."""
    yield chromium
    chromium.leave()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def serving() -> Iterator[Any]:
    """Has servers answer until the test is over, and hands them back."""
    servers = []

    def begin(server: Any) -> Any:
        threading.Thread(target=server.serve_forever, args=[POLL], daemon=True).start()
        servers.append(server)
        return server

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def host(serving: Any) -> Any:
    """Serves folders as any static host does, and says where."""

    def begin(folder: Path) -> str:
        server = serving(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)))
        return f"http://127.0.0.1:{server.server_port}/"

    return begin


@pytest.fixture
def modules(host: Any, tmp_path: Path) -> str:
    """The address of the page's modules, those of the tests beside them."""
    shutil.copytree(WEB, tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(Path(__file__).with_name("motion_vectors.js"), tmp_path / "web")
    (tmp_path / "web" / "index.html").write_text("<!doctype html><title>modules</title>")
    return str(host(tmp_path / "web"))


@pytest.fixture
def tour(saved: Path) -> Any:
    """The small tour as it is read from its folder."""
    return load(saved / "small.tour")


@pytest.fixture
def start(serving: Any) -> Any:
    """Starts servers of tours."""
    return lambda tour, **options: serving(Server(tour, **options))


@pytest.fixture
def site(small_tour: Any, tmp_path: Path) -> str:
    """The address of the small tour's page on disk."""
    import engine

    return engine.export(small_tour, out=tmp_path / "site").as_uri()


@pytest.fixture
def page(browser: Any, site: str) -> Any:
    """The browser with the small tour's page at rest."""
    browser.open(site)
    browser.ready()
    browser.run("await umapTour.set({ playing: false, layer: 0, frame: null, mode: 'dots' })")
    return browser


@pytest.fixture
def frame(rng: Any) -> Any:
    """Any frame (15, 3)."""
    return random_frame(rng, 15)


@pytest.fixture
def pictured(small_tour: Any, make_sprites: Any) -> Any:
    """The small tour with an image for each point."""
    y, x = np.mgrid[:32, :32]
    tiles = np.stack([np.stack([8 * x, 8 * y, 0 * x + 4 * k, 0 * x + 255], axis=-1) for k in range(60)])
    return replace(small_tour, sprites=make_sprites(tiles.astype(np.uint8)))


@pytest.fixture
def pair(browser: Any, small_tour: Any, make_tour: Any, rng: Any, tmp_path: Path) -> Any:
    """The browser with the page of two tours at rest, and how far each point lies from itself."""
    import engine

    points = [layer.points + rng.standard_normal(layer.points.shape) for layer in small_tour.layers]
    other = make_tour(points, attributes=small_tour.attributes, name="other")
    browser.open(engine.export(small_tour, other, out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false, layer: 1, color_by: 'kind', handles: [] })")
    return browser, displacement(small_tour.layers[1].points, other.layers[1].points)
