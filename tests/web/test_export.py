"""An export as files: the same bytes twice, within its bound, without what is private, only over its own."""

import gzip
import json
import re

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.rotation import random_frame
from engine.tour.order import shuffled
from engine.tour.view import Handle, SavedView, View
from engine.web import images
from engine.web.contents import Choice, contents
from engine.web.page import ALPHABET, BITS, PARTS, as_text, script
from engine.web.quantise import PER_RADIUS, WITHIN, quantised, step_of


def bytes_of(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def manifest_of(page):
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r"openPage\((.*), \"data/\", {.*}\);", text)[1])


def restored(raw, n, dims, step):
    """What a page makes of quantised points, (n, d)."""
    low, codes = np.frombuffer(raw[: 8 * dims]), np.frombuffer(raw[8 * dims :], dtype=np.uint8).reshape(dims, -1, n)
    planes = 256 ** np.arange(codes.shape[1])
    return low + step * np.einsum("dpn,p->nd", codes.astype(int), planes)


@pytest.mark.parametrize("dims", [3, 15, 24])
def test_no_point_moves_by_more_than_a_quarter_pixel(dims, rng):
    """In the worst corner of every code and the frame that looks straight at it, and in others."""
    points = (rng.standard_normal((500, dims)) * np.geomspace(5, 0.1, dims)).astype(np.float32)
    radius = float(np.linalg.norm(points, axis=1).max())
    step = step_of(radius, dims)
    off = (restored(quantised(points, radius=radius), len(points), dims, step) - points) * PER_RADIUS / radius
    assert np.linalg.norm(off, axis=1).max() <= WITHIN * (1 + 1e-3)
    assert step * np.sqrt(dims) / 2 * PER_RADIUS / radius == pytest.approx(WITHIN)
    seen = [np.abs(off @ random_frame(rng, dims)[:, :2]).max() for _ in range(50)]
    assert max(seen) <= WITHIN


def test_points_of_one_place_are_one_code():
    raw = quantised(np.full((7, 4), 3.0, dtype=np.float32), radius=0.0)
    assert (restored(raw, 7, 4, step_of(0.0, 4)) == 3.0).all()


def test_text_of_13_bits_in_two_characters_is_the_bytes_again(rng):
    assert len(ALPHABET) == 91 and not set(ALPHABET) & set('"\\<')
    for length in (0, 1, 12, 13, 1000):
        data = rng.bytes(length)
        text = as_text(data)
        codes = [91 * ALPHABET.index(a) + ALPHABET.index(b) for a, b in zip(text[::2], text[1::2], strict=True)]
        bits = "".join(format(code, f"0{BITS}b")[::-1] for code in codes)
        assert bytes(int(bits[8 * k : 8 * k + 8][::-1], 2) for k in range(length)) == data


def test_twice_the_same_bytes(small_tour, tmp_path):
    for name in ("a", "b"):
        engine.export(small_tour, out=tmp_path / name)
        engine.export(small_tour, out=tmp_path / f"{name}.html", single_file=True)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_paths_and_private_attributes_are_nowhere(small_tour, tmp_path):
    small_tour.attributes["file"] = [f"/home/someone/photos/{k}.jpg" for k in range(small_tour.n)]
    small_tour.attributes["patient"] = pd.Categorical(np.where(np.arange(small_tour.n) % 2, "Doe", "Roe"))
    small_tour.how["images"] = "/home/someone/photos"
    handle = Handle("h", [1, 2], row=0, attribute="patient")
    small_tour.views[:] = [SavedView("a", View(color_by="patient", groups=(1,), handles=(handle,)))]
    page = engine.export(small_tour, out=tmp_path / "site", private=["patient"])
    everything = b"".join(bytes_of(tmp_path / "site").values())
    for secret in (b"someone", b"patient", b"Doe"):
        assert secret not in everything
    (saved,) = manifest_of(page)["tours"][0]["views"]
    assert saved["view"]["color_by"] is None and saved["view"]["groups"] == [] and saved["view"]["handles"] == []
    with pytest.raises(KeyError, match="no attribute 'patents'; did you mean 'patient'"):
        engine.export(small_tour, out=tmp_path / "site", private=["patents"])


def test_files_are_there_by_their_names_alone(small_tour):
    """As text to be found: classes they are not, and name no point. Their folders are nobody's business."""
    files = ["/home/someone/a.jpg", r"C:\someone\b.jpg", "c.jpg", None] * (small_tour.n // 4)
    small_tour.attributes["file"] = files
    small_tour.views[:] = [SavedView("a", View(color_by="file"))]
    what = contents(small_tour)
    (entry,) = [each for each in what.manifest["tours"][0]["attributes"] if each["name"] == "file"]
    assert entry["kind"] == "text" and entry["names"] == []
    assert json.loads(what.pieces[entry["piece"]]()) == ["a.jpg", "b.jpg", "c.jpg", ""] * (small_tour.n // 4)
    assert what.manifest["tours"][0]["views"][0]["view"]["color_by"] is None
    assert small_tour.attributes["file"].iloc[:3].tolist() == files[:3]
    private = contents(small_tour, choice=Choice(private=frozenset(["file"]))).manifest["tours"][0]["attributes"]
    assert "file" not in [each["name"] for each in private]


def test_a_sample_takes_views_along(small_tour):
    small_tour.views[:] = [SavedView("a", View(selected=range(60), handles=(Handle("h", range(0, 60, 2)),)))]
    what = contents(small_tour, choice=Choice(max_points=20)).manifest["tours"][0]
    (saved,) = what["views"]
    assert what["n"] == 20 and what["sprites"]["n"] == 20
    assert saved["view"]["selected"] == list(range(20))
    rows = np.sort(shuffled(60)[:20])  # those that a window draws where it draws no more
    assert saved["view"]["handles"][0]["points"] == np.flatnonzero(rows % 2 == 0).tolist()


def test_some_layers_take_their_views_along(small_tour):
    small_tour.views[:] = [SavedView("kept", View(layer=3)), SavedView("gone", View(layer=1))]
    what = contents(small_tour, choice=Choice(layers=("3-Block", 0))).manifest["tours"][0]
    assert [each["name"] for each in what["layers"]] == ["0-Block", "3-Block"]
    assert [(each["caption"], each["view"]["layer"]) for each in what["views"]] == [("kept", 1)]
    with pytest.raises(KeyError, match="no layer '3-Blok'"):
        contents(small_tour, choice=Choice(layers=("3-Blok",)))


def test_pages_of_images_hold_every_tile(make_sprites, rng):
    tiles = np.repeat(rng.integers(0, 256, (70, 1, 1, 4)), 64, axis=1).reshape(70, 8, 8, 4).astype(np.uint8)
    tiles[..., 3] = 255
    sprites = make_sprites(tiles, per_page=16)
    grid = images.Grid(70, 8)
    from io import BytesIO

    from PIL import Image

    picture = np.asarray(Image.open(BytesIO(images.page(sprites, grid, 0))).convert("RGBA"))
    for k in (0, 15, 16, 69):
        row, column = divmod(k, grid.columns)
        got = picture[8 * row : 8 * row + 8, 8 * column : 8 * column + 8].astype(int)
        assert np.abs(got - tiles[k])[..., :3].mean() < 3


def test_only_its_own_is_replaced(small_tour, tmp_path):
    engine.export(small_tour, out=tmp_path / "site")
    engine.export(small_tour, out=tmp_path / "site", title="again")
    assert "<title>again</title>" in (tmp_path / "site" / "index.html").read_text()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("<h1>My page</h1>")
    with pytest.raises(FileExistsError, match="is no exported page"):
        engine.export(small_tour, out=tmp_path / "mine")
    assert list((tmp_path / "mine").iterdir()) == [tmp_path / "mine" / "index.html"]


@pytest.mark.parametrize(("asked", "written"), [("a", "a.html"), ("a.v2", "a.v2.html"), ("a.HTML", "a.HTML")])
def test_one_file_has_a_name_that_browsers_take_for_a_page(small_tour, asked, written, tmp_path):
    assert engine.export(small_tour, out=tmp_path / asked, single_file=True) == tmp_path / written
    assert [each.name for each in tmp_path.iterdir()] == [written]


def test_too_large_for_one_file(small_tour, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.web.export.LARGEST_FILE", 1000)
    with pytest.raises(ValueError, match=r"in one file this would be .*--max-points"):
        engine.export(small_tour, out=tmp_path / "a.html", single_file=True)
    assert not list(tmp_path.iterdir())


def test_the_joined_script_has_no_module_syntax():
    whole = script("open.js", *PARTS.values())
    assert not re.search(r"^(import|export) ", whole, re.MULTILINE)
    assert whole.count("class GrandTour") == 1


def test_the_published_tour_fits_its_budget(googlenet):
    what = contents(googlenet, choice=Choice(layers=(0, 9)))
    sizes = [len(as_text(gzip.compress(what.pieces[f"a-layer-{k:03}"](), mtime=0))) for k in range(2)]
    assert max(sizes) <= 1.7e6


def test_an_article_is_markdown_in_sections(tour):
    from engine.web.article import article_of, sections_of

    with pytest.raises(ValueError, match=r"no saved views and no article\.md"):
        sections_of(tour)
    tour.views[:] = [SavedView("*one* <b>", View()), SavedView("two", View(layer=2))]
    assert [each.view for each in sections_of(tour)] == [0, 1]
    page = article_of(sections_of(tour), title="<i>", kept=[1], stills={})
    assert "<h1>&lt;i&gt;</h1>" in page and "<em>one</em> &lt;b&gt;" in page
    assert page.count("data-view") == 1 and '<section data-view="0">\n<p>two</p>' in page
    (tour.folder / "article.md").write_text(
        "# Title\n\nBefore. [x](javascript:alert)\n<script>x</script>\n<!-- view 2 -->\nNow.\n"
    )
    first, second = sections_of(tour)
    assert (first.view, second.text, second.view) == (None, "Now.", 1)
    page = article_of((first, second), title="other", kept=[0, 1], stills={})
    assert "<h1>Title</h1>" in page and "other" not in page and "<script" not in page and 'href="javascript' not in page
    (tour.folder / "article.md").write_text("<!-- view 3 -->\nNow.\n")
    with pytest.raises(engine.TourFormatError, match=r"article\.md: shows view 3, and the tour has views 1 to 2"):
        sections_of(tour)
