"""The server by real requests: who may read, what they get, and that nothing else of the disk is in reach."""

import gzip
import http.client
import io
import json
import shutil
import signal
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import ExifTags, Image

import forked
from engine.tour.reading import load
from engine.tour.schema import TourFormatError
from engine.tour.story_saving import save_story
from engine.tour.view import SavedView
from engine.web.serve import Server

from .pages import until


def ask(server, path="", *, method="GET", token=None, body=None, **headers):
    """Status, headers and body of one request below the token."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, f"/{server.token if token is None else token}/{path}", body, names)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def test_the_page_and_its_pieces(start, tour):
    server = start(tour)
    status, headers, page = ask(server)
    assert status == 200 and headers["Content-Type"].startswith("text/html") and b"<title>small</title>" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    status, headers, packed = ask(server, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == page and len(packed) < 0.7 * len(page)
    status, headers, plain = ask(server, "data/a-layer-000.js")
    assert status == 200 and plain.startswith(b'umapTourPiece("a-layer-000",')
    status, headers, packed = ask(server, "data/a-layer-000.js", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == plain and len(packed) < len(plain)
    for asked, got in (("bytes=10-19", plain[10:20]), ("bytes=-7", plain[-7:]), ("bytes=100-", plain[100:])):
        status, headers, part = ask(server, "data/a-layer-000.js", Range=asked)
        assert (status, part) == (206, got) and headers["Content-Range"].endswith(f"/{len(plain)}")
    assert ask(server, "data/a-layer-000.js", Range=f"bytes={len(plain)}-")[0] == 416
    status, headers, body = ask(server, method="HEAD")
    assert status == 200 and body == b"" and int(headers["Content-Length"]) == len(page)


def test_only_with_the_token(start, tour):
    server = start(tour)
    for token in ("", "wrong", server.token[:-1], server.token + "x", "%C3%A9"):
        status, _, body = ask(server, token=token)
        assert status == 403 and b"token" in body and b"small" not in body
    assert len(server.token) >= 32 and start(tour).token != server.token


def test_only_by_its_own_name_and_from_its_own_page(start, tour):
    server = start(tour)
    assert ask(server, Host="evil.example:80")[0] == 403
    assert ask(server, Host=f"evil.example:{server.server_port}")[0] == 403
    assert ask(server, Origin="http://evil.example")[0] == 403
    assert ask(server, Origin="null")[0] == 403
    own = f"127.0.0.1:{server.server_port}"
    assert ask(server, Host=own, Origin=f"http://{own}")[0] == 200
    assert ask(server, Host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "data/../../tour.json", "data/%2e%2e/tour.json", "tour.json", "data/a-layer-999.js",
     "data/a-layer-000.js/", "//etc/passwd", "original/..", "original/-1", "original/0"],
)  # fmt: skip
def test_nothing_else_is_in_reach(start, tour, path):
    status, _, body = ask(start(tour), path)
    assert status == 404 and len(body) < 200


def test_originals_are_images_that_the_tour_names(start, tour, tmp_path):
    Image.new("RGB", (300, 200), "red").save(tmp_path / "one.png")
    (tmp_path / "secret.txt").write_text("secret")
    files = [str(tmp_path / "one.png"), str(tmp_path / "secret.txt"), str(tmp_path / "gone.png"), "/etc/passwd"]
    tour.attributes["file"] = (files * tour.n)[: tour.n]
    server = start(tour)
    status, headers, body = ask(server, "original/0")
    assert (status, headers["Content-Type"], body) == (200, "image/png", (tmp_path / "one.png").read_bytes())
    for point in (1, 2, 3, tour.n):
        assert ask(server, f"original/{point}")[0] == 404
    assert str(tmp_path).encode() not in ask(server)[2]


def test_originals_are_as_the_network_saw_them(start, tour, tmp_path):
    """In the tour's range and on its ground, the first frame, upright; a photograph's own file is left as it is."""
    wide = np.array([[0, 500], [1000, 4000]], dtype=np.uint16)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    first, later = (Image.new("RGB", (2, 2), color) for color in ("blue", "red"))
    first.save(tmp_path / "film.gif", save_all=True, append_images=[later])
    turned, exif = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(2, 2, 3)), Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    turned.save(tmp_path / "turned.png", exif=exif)
    turned.save(tmp_path / "turned.jpg", exif=exif)
    names = ["wide.png", "clear.png", "film.gif", "turned.png", "turned.jpg"]
    files = [str(tmp_path / name) for name in names]
    tour.attributes["file"] = (files * tour.n)[: tour.n]
    tour.how["inputs"] = {"range": [0, 1000], "ground": "#00ff00"}
    server = start(tour)
    seen = []
    for point, name in enumerate(names):
        status, headers, body = ask(server, f"original/{point}")
        assert (status, headers["Content-Type"]) == (200, "image/jpeg" if name.endswith("jpg") else "image/png")
        seen.append(body)
    wide, clear, film, upright = (np.asarray(Image.open(io.BytesIO(each)).convert("RGB")) for each in seen[:4])
    assert wide[..., 0].tolist() == [[0, 128], [255, 255]]
    assert (clear == (0, 255, 0)).all() and (film == (0, 0, 255)).all()
    assert (upright == np.rot90(np.asarray(turned), -1)).all()
    assert seen[4] == (tmp_path / "turned.jpg").read_bytes()  # which a browser turns


def test_views_are_saved_only_with_write(start, tour):
    story = json.dumps({"version": 1, "views": [{"caption": "kept", "view": {"layer": 2}}]})
    assert ask(start(tour), "views", method="PUT", body=story)[0] == 403
    server = start(tour, write=True)
    assert (
        ask(server, "views", method="PUT", body='{"version": 1, "views": [{"caption": "x", "view": {"a": 1}}]}')[0]
        == 400
    )
    for body in ("no json", "[" * 100_000, story.replace("2}", "99}"), story.replace("2}", '2, "zoom": NaN}')):
        assert ask(server, "views", method="PUT", body=body)[0] == 400
    assert ask(server, "views", method="PUT", body=story)[0] == 200
    (view,) = load(tour.folder).views
    assert (view.caption, view.view.layer) == ("kept", 2)
    save_story(load(tour.folder), (view, SavedView("by a window")), (view,))
    assert ask(server, "views", method="PUT", body='{"version": 1, "views": []}')[0] == 200
    assert [each.caption for each in load(tour.folder).views] == ["by a window"]
    for options in ({"other": tour}, {}):
        with pytest.raises(ValueError, match="views are saved into one tour on disk"):
            Server(tour if options else replace(tour, folder=None), write=True, **options)


def test_two_pages_do_not_take_each_others_scenes_away(start, tour):
    """Both begin from the same story; what the first saves is not in what the second sends."""
    server = start(tour, write=True)

    def put(since, *captions):
        views = [{"caption": each, "view": {}} for each in captions]
        body = json.dumps({"version": 1, "since": since, "views": views})
        status, _, answer = ask(server, "views", method="PUT", body=body)
        assert status == 200
        return json.loads(answer)

    first = put(0, "of the first")
    assert first["since"] == 1 and [each["caption"] for each in first["views"]] == ["of the first"]
    second = put(0, "of the second")
    assert [each["caption"] for each in second["views"]] == ["of the second", "of the first"]
    assert [each.caption for each in load(tour.folder).views] == ["of the second", "of the first"]
    third = put(second["since"], "of the second")  # which has seen the other one, and deleted it
    assert [each["caption"] for each in third["views"]] == ["of the second"]
    wrong = json.dumps({"version": 1, "since": 99, "views": []})
    status, _, said = ask(server, "views", method="PUT", body=wrong)
    assert status == 400 and b"load it again" in said


def test_a_layer_that_cannot_be_read_is_said_on_the_page(browser, start, saved, tmp_path):
    folder = tmp_path / "spoiled.tour"
    shutil.copytree(saved / "small.tour", folder)
    tour = load(folder)
    (folder / "layers" / "002.npy").write_bytes(b"nothing")
    server = start(replace(tour, layers=tuple(replace(each, check=partial(fail, folder)) for each in tour.layers)))
    browser.open(server.address)
    with pytest.raises(RuntimeError, match=r"002\.npy: is not as it was written"):
        browser.ready()


def fail(folder):
    """A layer's check, as of a file that was spoiled after the tour was opened."""
    raise TourFormatError(folder / "layers" / "002.npy", "is not as it was written")


def test_a_story_is_edited_in_a_page_and_saved_through_the_server(browser, start, saved, tmp_path):
    folder = tmp_path / "own.tour"
    shutil.copytree(saved / "small.tour", folder)
    server = start(load(folder), write=True)
    captions = lambda: [each.caption for each in load(folder).views]  # noqa: E731

    def press(name):
        browser.run("document.querySelector(`[aria-label^='${given[0]}']`).click()", name)

    def saved_as(*wanted):
        for _ in range(40):
            if captions() == list(wanted):
                return True
            browser.run("await new Promise((done) => setTimeout(done, 100))")
        return captions()

    def write(text):
        area = "const area = document.querySelector('.editable textarea')"
        browser.run(f"{area}; area.value = given[0]; area.blur()", text)

    browser.open(server.address)
    browser.ready()
    browser.run("await umapTour.set({ playing: false, layer: 2, color_by: 'kind', mode: 'dots' })")
    browser.key("b")
    assert until(browser, "!document.querySelector('.story').hidden")  # a hidden field takes no focus, so it loses none
    for text in ("First <img src=x onerror='window.hacked=1'>", "Second"):
        browser.run("[...document.querySelectorAll('.story .wide')][0].click()")
        browser.run("for (let k = 0; k < 50 && !document.querySelector('.editable textarea'); k++)"
                    " await new Promise((done) => setTimeout(done, 100))")  # fmt: skip
        write(text)
    first, second = "First <img src=x onerror='window.hacked=1'>", "Second"
    assert saved_as(first, second) is True
    assert load(folder).views[0].view.layer == 2
    press("Move scene 2 up")
    assert saved_as(second, first) is True
    save_story(load(folder), (*load(folder).views, SavedView("by a window")), tuple(load(folder).views))
    press("Change the caption of scene 1")
    write("Once more")
    assert saved_as("Once more", first, "by a window") is True
    press("Delete scene 2")
    assert saved_as("Once more", "by a window") is True
    browser.open(server.address)  # loaded again, the page shows what is held now
    browser.ready()
    browser.key("b")
    assert until(browser, "document.querySelector('.scene')")
    shown = browser.run("return [...document.querySelectorAll('.scene .caption')].map((each) => each.textContent)")
    assert shown == ["Once more", "by a window"]
    assert browser.run("return window.hacked ?? null") is None
    browser.run("await new Promise((done) => setTimeout(done, 500))")
    pictures = "return [...document.querySelectorAll('.thumbnail')].map((each) => each.style.backgroundImage)"
    assert ["blob:" in each for each in browser.run(pictures)] == [True, True]
    assert browser.console() == []


def test_without_write_the_page_says_that_it_only_shows(browser, start, saved, tmp_path):
    folder = tmp_path / "own.tour"
    shutil.copytree(saved / "small.tour", folder)
    save_story(load(folder), (SavedView("one"),), ())
    browser.open(start(load(folder)).address)
    browser.ready()
    browser.key("b")
    assert until(browser, "document.querySelector('.story').innerText.includes('This page shows the story')")
    assert browser.run("return document.querySelector('.story .tools')") is None


def test_the_page_in_a_browser(browser, start, tour):
    server = start(tour)
    browser.open(server.address)
    browser.ready()
    browser.run("await umapTour.set({ layer: 3, color_by: 'kind', mode: 'images' })")
    assert browser.console() == []
    own = server.address.rsplit("/", 2)[0]
    assert all(each.startswith((own, "data:", "blob:", "about:")) for each in browser.requests())


def test_the_verb_says_where_and_how(saved):
    words = ["-m", "engine", "serve", saved / "small.tour"]
    server = forked.Program(words, cwd=saved)
    first, *advice = server.said("ssh -L").splitlines()
    address = urlsplit(first.rsplit(" ", 1)[1])
    assert address.hostname == "127.0.0.1"
    assert any(f"ssh -L {address.port}:127.0.0.1:{address.port}" in line for line in advice)
    taken = forked.run([*words, "--port", address.port], cwd=saved)
    assert taken.returncode == 1 and f"port {address.port}" in taken.stderr and "--port" in taken.stderr
    server.send(signal.SIGTERM)
    assert server.wait(60).returncode == 128 + signal.SIGTERM
