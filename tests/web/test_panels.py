"""Panels of a page by real hands: epochs, what differs, brushes on bars, the story from its card, what phones show."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import engine
from engine.motion.camera import Camera
from engine.tour.epochs import joined
from engine.tour.view import Handle, SavedView, View

from .pages import EVIL, settle, until, view_of

PHONE, LYING = (390, 844), (844, 390)


def at_layer(browser, layer):
    return until(browser, f"umapTour.view().layer === {layer}")


def box_of(browser, selector):
    box = "const r = document.querySelector(given[0]).getBoundingClientRect(); return [r.x, r.y, r.width, r.height]"
    return browser.run(box, selector)


def text_of(browser, selector):
    return browser.run("return document.querySelector(given[0]).innerText", selector)


@pytest.fixture
def training(browser, small_tour, make_tour, rng, tmp_path):
    """The page of three epochs, "0", "2" and "10", of four layers each."""
    tours = []
    for epoch in (0, 2, 10):
        points = [layer.points + epoch / 10 * rng.standard_normal(layer.points.shape) for layer in small_tour.layers]
        tours.append(replace(make_tour(points, attributes=small_tour.attributes), name=f"net-epoch{epoch}"))
    browser.open(engine.export(joined(tours), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false, layer: 5 })")  # layer 1 of epoch 2
    return browser


def test_keys_and_the_slider_go_through_epochs_and_keep_the_layer(training):
    assert text_of(training, ".epochs").split() == ["Epoch", "2", "2", "of", "3"]
    names = "return [...document.querySelectorAll('.layers .name')].map((each) => each.textContent)"
    assert training.run(names) == ["Block"] * 4
    for key, layer in (("]", 9), ("]", 1), ("[", 9), ("j", 10)):
        training.key(key)
        assert at_layer(training, layer)
    x, y, width, height = box_of(training, ".epochs .track")
    training.drag((x, y + height / 2), (x, y + height / 2))  # a click at its beginning
    assert at_layer(training, 2)
    assert text_of(training, ".epochs strong") == "0"
    training.hand({"type": "mouseMoved", "x": x, "y": y + height / 2, "button": "none"})
    training.hand({"type": "mousePressed", "x": x, "y": y + height / 2})
    training.hand({"type": "mouseMoved", "x": x + width / 4, "y": y + height / 2})
    held = "umapTour.view().layer"  # a half of the way from layer 2 to the same at the next epoch
    assert until(training, f"{held} > 3.6 && {held} < 4.4")
    training.hand({"type": "mouseReleased", "x": x + 0.3 * width, "y": y + height / 2})
    assert at_layer(training, 6)
    assert training.console() == []


def test_the_slider_of_a_single_epoch_stands_at_its_beginning(browser, small_tour, tmp_path):
    browser.open(engine.export(replace(small_tour, epochs=("only",)), out=tmp_path / "site").as_uri())
    browser.ready()
    assert text_of(browser, ".epochs").split() == ["Epoch", "only", "1", "of", "1"]
    assert browser.run("return document.querySelector('.epochs input').style.getPropertyValue('--share')") == "0%"


def test_a_journey_goes_through_the_epochs_until_somebody_goes_elsewhere(training):
    training.key("e")
    assert until(training, "!document.querySelector('.epochs [aria-label=\"Stop here\"]').hidden")
    assert at_layer(training, 9)
    assert until(training, "document.querySelector('.epochs [aria-label=\"Stop here\"]').hidden")  # the last one
    training.run("await umapTour.set({ layer: 5 })")
    training.key("l")
    assert at_layer(training, 6)
    training.key("k")
    assert at_layer(training, 5)
    settle(training, 2)
    assert view_of(training)["layer"] == 5


def test_points_and_classes_that_differ_most_are_listed_and_shown_alone(pair, small_tour):
    browser, distances = pair
    browser.key("n")
    assert until(browser, "document.querySelector('.differences .list button')")
    rows = "return [...document.querySelectorAll('.differences .list button')].map((each) => each.innerText)"
    kinds = small_tour.attributes["kind"]
    most = np.argsort(-distances, kind="stable")[:12]
    assert [each.split() for each in browser.run(rows)] == [[kinds[k], f"{distances[k]:.2f}"] for k in most]
    x, y, width, height = box_of(browser, ".differences .list button:nth-child(2)")
    browser.drag((x + width / 2, y + height / 2), (x + width / 2, y + height / 2))
    assert until(browser, "document.querySelector('.card.pinned:not([hidden])')")
    assert f"#{most[1]}" in text_of(browser, ".card.pinned")
    assert browser.run("return umapTour.selection()") is None
    assert box_of(browser, ".compare .matrix")[3] == 0  # the list stands in its place
    browser.run("document.querySelectorAll('.differences .pair button')[1].click()")
    assert until(browser, "document.querySelectorAll('.differences .list button').length === 3")
    means = pd.Series(distances).groupby(kinds, observed=True).mean().sort_values(ascending=False)
    assert [each.split() for each in browser.run(rows)] == [[name, f"{mean:.2f}"] for name, mean in means.items()]
    browser.key("n")
    assert until(browser, "document.querySelector('.compare .matrix').offsetHeight > 0")
    assert browser.console() == []


def test_arrows_go_through_the_matrix(pair):
    browser, _ = pair
    browser.run("document.querySelector('.compare canvas').focus()")
    browser.key("ArrowDown")
    browser.key("ArrowRight")
    browser.key("ArrowRight")
    assert until(browser, "document.querySelector('.compare > p').innerText.startsWith('2 Block – 3 Block')")
    name = "[...document.querySelectorAll('.layer.on')].map((each) => each.innerText.split(/\\s+/)[0])"
    assert browser.run(f"return {name}") == ["2", "3"]


def test_cameras_part_and_are_linked_again(pair):
    browser, _ = pair
    browser.run("await umapTour.set({ zoom: 1, center: [0, 0] })")
    size, link = (640, 800), "document.querySelector('.compare [aria-label=\"One camera for both\"]').click()"
    browser.run(link)
    browser.drag((900, 600), (950, 640))  # of the second pane
    assert view_of(browser)["center"] == [0, 0]
    browser.run(link)
    browser.drag((900, 600), (950, 640))
    assert view_of(browser)["center"] == pytest.approx(Camera().panned((50, 40), size=size).center)


def test_a_drag_across_bars_narrows_the_selection(browser, small_tour, tmp_path):
    browser.open(engine.export(small_tour, out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false }); umapTour.select([...Array(50).keys()])")
    browser.key("w")
    assert until(browser, "document.querySelectorAll('.bars > svg').length === 3")

    def bar(name, share):
        place = (
            "return [...document.querySelectorAll('.bars > svg')].findIndex((e) => e.ariaLabel.startsWith(given[0]))"
        )
        number = browser.run(place, name)
        box = "const r = document.querySelectorAll('.bars > svg')[given[0]]; r.scrollIntoView();"
        x, y, width, height = browser.run(
            f"{box} const b = r.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]", number
        )
        return x + share * width, y + height / 2

    kinds, weights = small_tour.attributes["kind"].cat.codes.to_numpy(), small_tour.attributes["weight"].to_numpy()
    start = bar("kind", 0.5)
    browser.drag(start, start)
    inside = np.flatnonzero((kinds == 1) & (np.arange(60) < 50))
    assert browser.run("return umapTour.selection()") == inside.tolist()
    edges = np.linspace(weights.min(), weights.max(), 33)
    browser.drag(bar("weight", 4.5 / 32), bar("weight", 10.5 / 32), bar("weight", 20.5 / 32))
    inside = [k for k in inside.tolist() if edges[4] <= weights[k] < edges[21]]
    assert browser.run("return umapTour.selection()") == inside
    assert until(browser, "document.querySelectorAll('.bars .icon:not([hidden])').length === 2")
    browser.run("document.querySelector('.bars [aria-label=\"All of kind again\"]').click()")
    inside = [k for k in range(50) if edges[4] <= weights[k] < edges[21]]
    assert browser.run("return umapTour.selection()") == inside
    browser.run("umapTour.select([1, 2])")
    assert until(browser, "[...document.querySelectorAll('.bars .icon')].every((each) => each.hidden)")
    assert browser.console() == []


def test_more_texts_than_classes_are_still_said(browser, make_tour, rng, tmp_path):
    layers = [rng.standard_normal((1200, 4)).astype(np.float32) for _ in range(2)]
    names = pd.DataFrame({"name": [f"<b>no. {k}</b>" for k in range(1200)]})
    browser.open(engine.export(make_tour(layers, attributes=names), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false })")
    browser.key("w")
    assert until(browser, "document.querySelector('.sheet').innerText.includes('<b>no. 3</b>')")
    browser.key("/")
    browser.driver.switch_to.active_element.send_keys("no. 119")
    assert until(browser, "document.querySelector('.popover').innerText.includes('12 of 1,200')")
    assert browser.run("return document.querySelector('.message').hidden")
    assert browser.console() == []


def test_clusters_name_dense_places_where_there_are_no_classes(browser, make_tour, rng, tmp_path):
    places = np.repeat(np.arange(3), 100)
    middles = 20.0 * np.eye(3, 5)
    layers = [(rng.standard_normal((300, 5)) + middles[places]).astype(np.float32) for _ in range(2)]
    browser.open(engine.export(make_tour(layers), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false, density: true })")
    names = "[...document.querySelectorAll('.names-of-regions span:not([hidden])')].map((each) => each.textContent)"
    assert until(browser, f"{names}.sort().join() === 'cluster 1,cluster 2,cluster 3'")
    assert browser.console() == []


def test_names_stay_while_the_colours_become_those_of_fewer_classes(browser, make_tour, rng, tmp_path):
    many, few = np.repeat(np.arange(6), 60), np.repeat(np.arange(2), 180)
    layers = [(rng.standard_normal((360, 6)) + 20.0 * np.eye(6)[many]).astype(np.float32) for _ in range(2)]
    attributes = pd.DataFrame({"many": pd.Categorical(many), "few": pd.Categorical(few)})
    browser.open(engine.export(make_tour(layers, attributes=attributes), out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("await umapTour.set({ playing: false, density: true, handles: [], color_by: 'many', layer: 1 })")
    names = "[...document.querySelectorAll('.names-of-regions span:not([hidden])')].map((each) => each.textContent)"
    assert until(browser, f"{names}.includes('5')")
    browser.run("await umapTour.set({ color_by: 'few' })")
    assert until(browser, f"[...new Set({names})].sort().join() === '0,1'")
    assert browser.run("return document.querySelector('.message').hidden") and browser.console() == []


OVERLAPS = """
const shown = [...document.querySelectorAll('.panel, .reset, .thread')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().height);
const boxes = shown.map((each) => [each.getAttribute('class'), each.getBoundingClientRect()]);
return boxes.flatMap(([a, p], k) => boxes.slice(k + 1).filter(([, q]) => p.left < q.right && q.left < p.right
  && p.top < q.bottom && q.top < p.bottom).map(([b]) => `${a} over ${b}`))
  .concat(boxes.filter(([, p]) => p.left < 0 || p.top < 0 || p.right > innerWidth || p.bottom > innerHeight)
    .map(([a]) => `${a} beyond`));
"""


@pytest.mark.parametrize("size", [PHONE, LYING, (360, 640), (1280, 800)])
@pytest.mark.parametrize("two", [False, True])
def test_no_panel_lies_over_another_at_first(browser, small_tour, tmp_path, size, two):
    small_tour.views[:] = [SavedView("First of all.", View(color_by="kind"))]
    other = replace(small_tour, name="other") if two else None
    browser.open(engine.export(small_tour, other, out=tmp_path / "site").as_uri(), size=size, mobile=size[0] < 900)
    browser.ready()
    settle(browser, 0.3)
    assert browser.run(OVERLAPS) == []


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
def test_names_that_are_markup_or_very_long_stay_text_and_in_their_places(browser, make_tour, rng, tmp_path, size):
    """In every field that people can write: layers, epochs, attributes, classes, texts, handles, captions, titles."""
    wide = f"{EVIL}{'Oberweserdampfschifffahrtsgesellschaft' * 4}"
    classes = np.repeat(np.arange(3), 20)
    points = [rng.standard_normal((60, 6)) + 8.0 * np.eye(3, 6)[classes] for _ in range(3)]
    named = pd.Categorical.from_codes(classes, [wide, EVIL, "\u202eback"])
    texts = [f"{EVIL} {k}" for k in range(60)]
    attributes = pd.DataFrame({wide: named, "__proto__": rng.random(60), "constructor": texts})
    tour = make_tour(points, attributes=attributes)
    layers = tuple(replace(layer, name=f"{k}-{wide}") for k, layer in enumerate(tour.layers))
    training = joined([replace(tour, layers=layers, name=f"{wide}-epoch{k}") for k in (1, 2)])
    view = View(color_by=wide, density=True, handles=(Handle(wide, range(10)), Handle(EVIL, range(30, 50))))
    training.views[:] = [SavedView(wide, view)]
    for article in (False, True):
        index = engine.export(training, out=tmp_path / "site", title=wide, article=article)
        browser.open(index.as_uri(), size=size, mobile=size == PHONE)
        browser.ready()
        settle(browser, 0.3)
        assert browser.run(OVERLAPS) == []
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
        for key in "bwh":
            browser.key(key)
        settle(browser, 0.5)
        assert browser.run("return window.hacked ?? null") is None
        markup = "document.querySelectorAll('img:not(.still), script:not(body > script):not(head > script)')"
        assert browser.run(f"return {markup}.length") == 0
        assert browser.console() == []


@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
def test_panels_on_the_left_lie_over_no_other(browser, make_tour, rng, tmp_path, size):
    """With all that may stand there: a legend of many classes, a long story, a pinned card of long names."""
    codes = np.arange(400) % 80
    attributes = pd.DataFrame({"kind": pd.Categorical([f"class {code}" for code in codes])})
    attributes = attributes.assign(**{f"a name that is far too long for a card, {k}": codes * k for k in range(9)})
    tour = make_tour([rng.standard_normal((400, 15))], attributes=attributes)
    tour.views[:] = [SavedView(f"scene {k}", View(color_by="kind")) for k in range(12)]
    browser.open(engine.export(tour, out=tmp_path / "site").as_uri(), size=size)
    browser.ready()
    browser.run("await umapTour.set({ playing: false, color_by: 'kind' })")
    browser.key("b")
    at = browser.run(
        "const box = document.querySelector('canvas').getBoundingClientRect(); return [box.width / 2, box.height / 2]"
    )
    for x, y in [(at[0] + dx, at[1] + dy) for dx in range(-90, 91, 6) for dy in range(-60, 61, 12)]:
        browser.drag((x, y), (x, y))
        if not browser.run("return document.querySelector('.card').hidden"):
            break
    assert until(browser, "document.querySelectorAll('.left > section:not([hidden])').length === 3")
    settle(browser, 0.5)  # panels come in
    covered = browser.run("""
        const sections = [...document.querySelectorAll(".left > section")];
        return sections.flatMap((section) => {
          const edge = section.getBoundingClientRect();
          return [...section.querySelectorAll("strong, button, select, dd")].flatMap((each) => {
            const box = each.getBoundingClientRect();
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            if (!box.height || y > edge.bottom || x > edge.right) return [];
            const at = document.elementFromPoint(x, y);
            return section.contains(at) ? [] : [`${each.textContent}: ${at?.className}`];
          });
        });
    """)
    assert covered == []
    bottoms = "[...document.querySelectorAll('.left > section')].map((each) => each.getBoundingClientRect().bottom)"
    assert max(browser.run(f"return {bottoms}")) <= size[1] - 80


def test_a_name_of_a_region_is_seen_only_where_it_stands(page):
    """None of them, where nothing but what they must not cover is left of the page."""
    handles = [{"name": "n", "points": [k]} for k in range(60)]
    page.run(
        "await umapTour.set(given[0])",
        {"density": True, "color_by": "kind", "handles": handles, "zoom": 0.2, "layer": 1},
    )
    assert until(page, "document.querySelectorAll('.names-of-regions span').length")
    settle(page, 0.5)
    pills = "[...document.querySelectorAll('.names-of-regions span')]"
    assert page.run(f"return {pills}.filter((each) => each.offsetWidth && !each.style.transform).length") == 0


@pytest.mark.parametrize("how", ["click", "key", "scrub"])
def test_a_layer_that_somebody_goes_to_is_not_left_for_the_storys(how, browser, small_tour, tmp_path):
    small_tour.views[:] = [SavedView("First.", View(color_by="kind")), SavedView("Then.", View(layer=2))]
    browser.open(engine.export(small_tour, out=tmp_path / "site").as_uri())
    browser.ready()
    browser.run("document.querySelector('.opening .accent').click()")
    assert until(browser, "document.querySelector('.story [aria-pressed=true]') !== null")
    if how == "click":
        browser.run("document.querySelectorAll('.layers button.layer')[3].click()")
    elif how == "key":
        browser.run("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'k' }))")  # around the end
    else:
        box = "document.querySelector('.layers .thread').getBoundingClientRect()"
        x, top, bottom = browser.run(f"const box = {box}; return [box.x + 12, box.top + 12, box.bottom - 12]")
        browser.drag((x, top), (x, (top + bottom) / 2), (x, bottom))
    assert until(browser, "document.querySelector('.story [aria-pressed=true]') === null")
    assert at_layer(browser, 3)
    assert browser.console() == []


def test_whatever_scrolls_has_bars_in_the_colours_of_the_page(page):
    page.key("?")
    scrolling = """
        const found = [...document.querySelectorAll('.umap-tour *')].map((each) => getComputedStyle(each))
          .filter((each) => each.overflowY === 'auto');
        return [found.length, new Set(found.map((each) => `${each.scrollbarWidth} ${each.colorScheme}`)).size,
          found[0].scrollbarWidth, found[0].colorScheme]"""
    for theme in ("light", "dark"):
        page.run("await umapTour.set({ theme: given[0] })", theme)
        count, kinds, width, scheme = page.run(scrolling)
        assert count >= 3 and (kinds, width, scheme) == (1, "thin", theme)
