"""The widget: its traits and messages by themselves, and in a real JupyterLab with a real browser."""

import base64
import gzip
import io
import time

import numpy as np
import pytest
from PIL import Image

import engine
from engine.tour.colors import color_by
from engine.tour.view import View
from engine.viewer.opening import opening_view
from engine.web.page import packed
from laboratory import laboratory, notebook, places

pytest.importorskip("anywidget", reason="no anywidget, which is the extra [notebook]")


class Heard:
    """What a widget sends, in place of a notebook's socket."""

    def __init__(self, widget):
        self.sent = []
        widget.send = lambda content, buffers=None: self.sent.append((content, buffers or []))


def test_pieces_go_in_parts_that_make_the_whole(small_tour, monkeypatch):
    monkeypatch.setattr("engine.web.notebook.PART", 1000)
    widget = engine.widget(small_tour)
    heard = Heard(widget)
    widget._answer(None, {"from": "me", "ready": True}, [])
    ((message, _),) = heard.sent
    assert message["to"] == "me" and message["manifest"]["tours"][0]["n"] == 60
    heard.sent.clear()
    widget._answer(None, {"from": "me", "piece": "a-layer-000"}, [])
    assert len(heard.sent) > 1 and all(len(buffers[0]) <= 1000 for _, buffers in heard.sent)
    assert [each["part"] for each, _ in heard.sent] == list(range(heard.sent[0][0]["parts"]))
    whole = b"".join(bytes(buffers[0]) for _, buffers in heard.sent)
    assert whole == packed(gzip.decompress(whole))
    heard.sent.clear()
    widget._answer(None, {"from": "me", "piece": "../tour.json"}, [])
    assert heard.sent == []


def test_traits_take_what_a_tour_has(small_tour):
    import traitlets

    widget = engine.widget(small_tour)
    widget.view = View(layer=2, color_by="kind")
    assert widget.view["layer"] == 2 and widget.view["color_by"] == "kind"
    widget.selection = [1, 2]
    for name, wrong in (("selection", [60]), ("layer", 4), ("layer", -1)):
        with pytest.raises(traitlets.TraitError, match="there are"):
            setattr(widget, name, wrong)
    with pytest.raises(ValueError, match="a view has no 'zooom'"):
        widget.view = {"zooom": 1}


def test_what_a_page_told_before_it_heard_the_latest_is_left_aside(small_tour):
    widget = engine.widget(small_tour)
    Heard(widget)
    widget._answer(None, {"from": "me", "told": {"layer": 1, "selection": [4], "playing": True}, "said": 0}, [])
    assert (widget.layer, widget.selection, widget.playing, widget.said) == (1, [4], True, 0)
    widget.view = View(layer=2)
    widget._answer(None, {"from": "me", "told": {"view": View().to_json(), "layer": 0}, "said": 0}, [])
    assert widget.view["layer"] == 2 and widget.layer == 1 and widget.said == 1
    widget._answer(None, {"from": "me", "told": {"layer": 2}, "said": 1}, [])
    assert widget.layer == 2


def test_a_saved_notebook_keeps_a_picture_and_a_frame_of_its_own(small_tour):
    widget = engine.widget(small_tour, height=300)
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert widget.html().startswith('<iframe sandbox="allow-scripts" style="width:100%;height:300px')
    assert "<script" not in widget.html()  # but within the attribute


def test_that_picture_is_of_what_the_page_opens_with(small_tour):
    seen = np.asarray(Image.open(io.BytesIO(engine.widget(small_tour)._still())).convert("RGB"))
    colours = {tuple(each) for each in seen.reshape(-1, 3).tolist()}
    classes = color_by(small_tour.attribute(opening_view(small_tour).color_by), n=small_tour.n).table
    assert seen.shape == (500, 800, 3) and {tuple(each) for each in classes.tolist()} <= colours


MODEL = """
const state = { height: 300, view: null, selection: null, layer: null, playing: false, said: 0 };
const heard = {}, piece = (name) => new DataView(Uint8Array.from(atob(given[1][name]), (c) => c.charCodeAt(0)).buffer);
Object.assign(window, { told: {}, slow: false, held: [] });
const model = {
  get: (name) => state[name],
  on: (event, then) => (heard[event] = then),
  off() {},
  send(message) {
    const answer = (content, ...buffers) => heard["msg:custom"]({ to: message.from, ...content }, buffers);
    if (message.ready) setTimeout(answer, 0, { manifest: given[0] });
    else if (message.told) {
      if (message.said !== state.said) return;
      Object.assign(window.told, message.told);
      Object.assign(state, message.told);
      for (const name in message.told) setTimeout(heard[`change:${name}`], 0);
    }
    else window.held.push(() => answer({ piece: message.piece, part: 0, parts: 1 }, piece(message.piece)));
    if (!window.slow) setTimeout(release, 0);
  },
};
window.release = () => window.held.splice(0).forEach((each) => each());
window.say = (name, value) => {
  state[name] = value;
  state.said += 1;
  heard[`change:${name}`]();
  heard["change:said"]();
};
(await import("/whole.js")).default.render({ model, el: document.body });
"""


@pytest.fixture
def in_a_cell(browser, modules, small_tour, tmp_path):
    """Renders the widget of the small tour before a model of a notebook, in JavaScript."""

    def begin(*, slow=False):
        widget = engine.widget(small_tour)
        (tmp_path / "web" / "whole.js").write_text(widget._esm)
        pieces = {name: base64.b64encode(packed(make())).decode() for name, make in widget._contents.pieces.items()}
        browser.open(f"{modules}index.html")
        browser.run(MODEL + f"window.slow = {str(slow).lower()};", widget._contents.manifest, pieces)

    return begin


def test_what_the_notebook_says_after_a_view_that_takes_its_time_stays(browser, in_a_cell):
    """The view's colours are on their way as points are selected: the view has none selected, and is done first."""
    in_a_cell()
    until(browser, "return told.view?.color_by === 'kind'")
    view = View(layer=1, color_by="size").to_json()
    browser.run("window.slow = true; say('view', given[0]); say('selection', [1, 2, 3])", view)
    until(browser, "return held.length > 0")
    browser.run("await new Promise((done) => setTimeout(done, 100)); window.slow = false; release()")
    until(browser, "return told.view.color_by === 'size' && told.selection !== undefined")
    assert browser.run("return told.selection") == [1, 2, 3]
    assert browser.run("return document.querySelector('.selection strong').textContent") == "3 selected"


def test_a_page_that_has_not_begun_tells_nothing(browser, in_a_cell):
    """Or what it opens with would come over what the notebook has said meanwhile."""
    in_a_cell(slow=True)
    until(browser, "return held.length > 0")
    browser.run("say('view', given[0]); say('selection', [1, 2, 3])", View(layer=1, color_by="kind").to_json())
    for _ in range(20):
        browser.run("await new Promise((done) => setTimeout(done, 300)); release()")  # longer than it waits to tell
        if browser.run("return told.view !== undefined"):
            break
    assert browser.run("return told.selection") == [1, 2, 3]
    until(browser, "return document.querySelector('.selection strong').textContent === '3 selected'")


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """Runs cells in a kernel of this test's own; what each of them shows, a table of media types or None."""
    pytest.importorskip("nbclient", reason="no nbclient, which comes with jupyterlab")
    import nbformat
    from nbclient import NotebookClient

    for name, place in places(tmp_path).items():
        monkeypatch.setenv(name, place)

    def run(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
        return [cell.outputs[-1].get("data") if cell.outputs else None for cell in notebook.cells]

    return run


HEAVY = "sorted({'torch', 'umap', 'vispy', 'anywidget', 'imgui_bundle'} & set(sys.modules))"


@pytest.mark.slow
def test_a_tour_alone_at_the_end_of_a_cell_shows_itself(executed, small_tour, tmp_path):
    small_tour.save(tmp_path / "small.tour")
    _, before, shown = executed("import sys, engine; tour = engine.load('small.tour')", HEAVY, "tour")
    assert before["text/plain"] == "[]"
    assert shown["text/plain"] == "<Tour small: 60 points of 15 dimensions, 4 layers>"
    assert shown["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")


@pytest.mark.slow
def test_without_anywidget_a_tour_says_what_it_is_and_what_to_install(executed, small_tour, tmp_path):
    small_tour.save(tmp_path / "small.tour")
    away = "import sys; sys.modules['anywidget'] = None"  # as where it is not installed
    _, shown = executed(away, "import engine; engine.load('small.tour')")
    assert set(shown) == {"text/plain"}
    assert shown["text/plain"].splitlines() == [
        "<Tour small: 60 points of 15 dimensions, 4 layers>",
        "to see it here: widgets need the extra [notebook]; install it: pip install 'umap-tour[notebook]'",
    ]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of these tests' own: its address, and its folder."""
    pytest.importorskip("jupyterlab", reason="no jupyterlab")
    folder = tmp_path_factory.mktemp("lab")
    with laboratory(folder) as address:
        yield address, folder


@pytest.fixture
def opened(browser, lab, small_tour):
    """Opens a notebook of some cells beside the small tour, and waits for its kernel."""
    address, folder = lab
    small_tour.save(folder / "small.tour")

    def begin(name, *cells):
        (folder / f"{name}.ipynb").write_text(notebook(*cells))
        browser.open(f"{address}/lab/tree/{name}.ipynb?token=here&reset")
        until(browser, f"return document.querySelectorAll('.jp-Notebook .jp-Cell').length === {len(cells)}")
        kernel = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
        until(browser, f"return {kernel}?.connectionStatus === 'connected'")

    return begin


def test_in_a_real_jupyterlab(browser, opened):
    opened(
        "tour",
        "import engine\nw = engine.widget(engine.load('small.tour'), height=400)\nw",
        "w.view = engine.View(layer=1, color_by='kind', zoom=1.5)\nw.selection = [1, 2, 3]",
    )
    browser.run("await jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
    until(browser, "return document.querySelector('.jp-OutputArea .umap-tour canvas')?.width > 100")
    until(
        browser, "return document.querySelector('.jp-OutputArea .layer.on .number')?.textContent === '2'"
    )  # as it opens
    ran = (  # whether the second cell has a number
        "return /^\\[\\d+\\]/.test(document.querySelectorAll('.jp-Notebook .jp-Cell .jp-InputPrompt')[1]?.textContent)"
    )
    for _ in range(10):  # JupyterLab drops the command while the cell is not the active one yet
        browser.run("await jupyterapp.commands.execute('notebook:run-cell')")
        time.sleep(1.0)
        if browser.run(ran):
            break
    until(browser, ran)
    until(browser, "return document.querySelector('.jp-OutputArea .layer.on .number')?.textContent === '1'")
    until(browser, "return document.querySelector('.jp-OutputArea .selection strong')?.textContent === '3 selected'")
    box = browser.run(
        "const b = document.querySelector('.umap-tour canvas').getBoundingClientRect(); return [b.x, b.y]"
    )
    shot = browser.picture()[int(box[1]) : int(box[1]) + 400, int(box[0]) : int(box[0]) + 600]
    assert len(np.unique(shot.reshape(-1, 3), axis=0)) > 50  # points are there


@pytest.mark.slow
def test_more_widgets_than_a_browser_has_contexts_for(browser, opened):
    """Those that nobody sees leave a picture and let go of theirs; a browser takes the oldest from more than it has."""
    opened(
        "many",
        "import engine\nfrom IPython.display import display\ntour = engine.load('small.tour')\n"
        f"display(*(engine.widget(tour, height=500) for _ in range({MANY})))",
    )
    browser.run("await jupyterapp.commands.execute('notebook:run-cell')")
    until(browser, f"return document.querySelectorAll('.jp-OutputArea-output').length === {MANY}")
    browser.run(SEE)
    for k in range(MANY):
        browser.run("see(given[0])", k)
        until(browser, f"return drawn({k})")
    assert len(browser.run("return window.live()")) <= 3  # one or two stand on the screen
    assert browser.run("return window.stills()") >= MANY - 3
    browser.run("see(0)")
    until(browser, "return drawn(0)")
    assert 0 in browser.run("return window.live()")
    box = browser.run("const b = canvas(0).getBoundingClientRect(); return [b.x, b.y]")
    shot = browser.picture()[max(0, int(box[1])) : int(box[1]) + 400, int(box[0]) : int(box[0]) + 600]
    assert len(np.unique(shot.reshape(-1, 3), axis=0)) > 50
    assert not [each for each in browser.console() if "WebGL" in each or "CONTEXT" in each]


MANY = 10
SEE = """
    const cell = (k) => document.querySelectorAll('.jp-OutputArea-output')[k];
    const all = Array.from({ length: document.querySelectorAll('.jp-OutputArea-output').length }, (_, k) => k);
    window.canvas = (k) => cell(k).querySelector('canvas');
    window.see = (k) => cell(k).scrollIntoView({ block: 'center' });
    const lives = (k) => canvas(k) && !canvas(k).getContext('webgl2').isContextLost();
    window.drawn = (k) => lives(k) && !cell(k).querySelector('.still') && cell(k).querySelector('.layer.on');
    window.live = () => all.filter(lives);
    window.stills = () => document.querySelectorAll('.umap-tour > .still').length;
"""


OUTPUT = "return [...document.querySelectorAll('.jp-OutputArea-output')].map((each) => each.innerText.slice(-400))"


def until(browser, script, seconds=100):
    """Wait until a script says yes."""
    begun = time.monotonic()
    while not browser.run(script):
        assert time.monotonic() - begun < seconds, f"{script}: {browser.run(OUTPUT)} {browser.console()[-5:]}"
        time.sleep(0.25)
