// The toolbar, what it opens (look, help, search), the bar of a selection, and the reset button.

import { rowsOf } from "../viewer.js";
import { counted, el, iconButton, pressed } from "./dom.js";

const KEYS = [
  ["Play or pause", "space, p"], ["Dots or images", "i"], ["Next layer, previous layer", "j, k"],
  ["Through all layers, one by one", "l"], ["Scrub through the layers", "drag their column"], ["Pan, zoom", "drag, wheel"],
  ["Whole picture", "r"], ["Hand", "v"], ["Select: rectangle, lasso", "f, g"], ["Add to the selection, take away", "shift, alt"],
  ["Select none", "c"], ["Find points", "/"], ["Keep a point's card", "click it"], ["Make a handle", "d"],
  ["Delete a handle", "x"], ["Story of saved views", "b"], ["Align two tours, matrix", "a, m"], ["Light or dark", "t"],
  ["Save a picture", "s"], ["Close this, stop the story", "Esc"],
];
/** @type {[string, "dot_size" | "image_size" | "opacity" | "depth_cue" | "background", number, number][]} */
const LOOKS = [["Dot size", "dot_size", 0.3, 4], ["Image size", "image_size", 0.3, 4], ["Opacity", "opacity", 0.02, 1], ["Depth cue", "depth_cue", 0, 1], ["Background", "background", -1, 1]];

/** @param {import("../page.js").Page} page */
export function toolbar(page) {
  const { viewer } = page;
  const fps = el("span", { class: "fps small second" });
  const buttons = {
    find: iconButton("search", "Find points", () => page.open("find"), "/"),
    picture: iconButton("camera", "Save a picture", () => page.savePicture(), "s"),
    story: viewer.tour.views.length ? iconButton("story", "Story", () => page.toggleStory(), "b") : null,
    compare: page.viewers.length > 1 ? iconButton("compare", "Compare: align and matrix", () => page.toggleCompare(), "m") : null,
    look: iconButton("sliders", "Look", () => page.open("look")),
    theme: iconButton("theme", "Light or dark", () => page.toggleTheme(), "t"),
    help: iconButton("help", "Help", () => page.open("help"), "?"),
  };
  const element = el("section", { class: "panel toolbar", "aria-label": "Tools" }, fps, ...Object.values(buttons));

  function update() {
    fps.hidden = !viewer.playing;
    fps.textContent = viewer.playing ? `${Math.round(page.fps())} fps` : "";
    if (buttons.story) pressed(buttons.story, page.storyOpen);
    if (buttons.compare) pressed(buttons.compare, page.compareOpen);
    for (const name of /** @type {("find" | "look" | "help")[]} */ (["find", "look", "help"])) pressed(buttons[name], page.popover === name);
  }
  return { element, update };
}

/** What the toolbar opens. @param {import("../page.js").Page} page */
export function popover(page) {
  const { viewer } = page;
  const help = el("div", {}, el("h2", {}, "Keys"), el("dl", {}, ...KEYS.flatMap(([what, key]) => [el("dt", {}, what), el("dd", {}, key)])));
  const sliders = LOOKS.filter(([, key]) => key !== "image_size" || viewer.tour.sprites).map(([name, key, min, max]) => {
    const input = el("input", { type: "range", min, max, step: 0.01, oninput: () => page.act(viewer.change({ [key]: Number(input.value) })) });
    return { key, input, min, max, line: el("label", {}, el("span", {}, name), input) };
  });
  const look = el("div", {}, el("h2", {}, "Look"), ...sliders.map(({ line }) => line));
  const text = el("input", { type: "search", placeholder: "Words in labels", "aria-label": "Words in labels", oninput: () => find() });
  const outcome = el("p", { class: "small second" });
  const take = el("button", { type: "button", class: "wide", onclick: () => viewer.found && page.act(viewer.select(viewer.found)) }, "Select them");
  const finder = el("div", {}, el("h2", {}, "Find points"), text, outcome, take);
  const parts = { help, look, find: finder };
  const element = el("section", { class: "panel popover", hidden: true }, ...Object.values(parts));

  async function find() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const mask = words.length ? await matches(viewer.tour, words) : null;
    viewer.found = mask;
    const count = mask ? rowsOf(mask).length : 0;
    outcome.textContent = mask ? `${counted(count)} of ${counted(viewer.tour.n)}` : "";
    take.disabled = !count;
    page.redraw();
  }

  let open = "";
  function update() {
    for (const { key, input, min, max } of sliders) {
      input.value = String(viewer.view[key]);
      input.style.setProperty("--share", `${(100 * (viewer.view[key] - min)) / (max - min)}%`);
    }
    if (open === page.popover) return;
    open = page.popover;
    element.hidden = !open;
    for (const [name, part] of Object.entries(parts)) part.hidden = name !== open;
    if (open === "find") text.focus();
    else if (viewer.found) {
      viewer.found = null;
      text.value = "";
      page.redraw();
    }
  }
  return { element, update };
}

/** Points with an attribute in which all words occur. @param {import("../tour.js").Tour} tour @param {string[]} words */
async function matches(tour, words) {
  const mask = new Uint8Array(tour.n);
  for (const attribute of tour.attributes) {
    if (attribute.kind === "continuous") continue;
    const values = await tour.values(attribute.name);
    const has = (/** @type {unknown} */ text) => words.every((word) => String(text).toLowerCase().includes(word));
    const hits = attribute.names.map(has);
    for (let i = 0; i < tour.n; i++) if (hits.length ? hits[values[i]] : has(values[i])) mask[i] = 1;
  }
  return mask;
}

/** The bar above the dock while something is selected. @param {import("../page.js").Page} page */
export function selectionBar(page) {
  const { viewer } = page;
  const count = el("strong");
  const isolate = iconButton("eye", "Only these", () => page.act(viewer.change({ isolate: !viewer.view.isolate })));
  const element = el("section", { class: "panel selection", hidden: true, "aria-label": "Selection" }, count, isolate,
    iconButton("swap", "The others instead", () => page.act(viewer.select(viewer.selection && viewer.selection.map((on) => 1 - on)))),
    iconButton("pin", "A handle of them", () => page.act(viewer.addHandle(`${counted(viewer.selected?.length ?? 0)} points`, viewer.selected ?? []))),
    iconButton("copy", "Copy their rows", () => navigator.clipboard?.writeText(table(viewer)).catch(() => {}), "Ctrl+C"),
    iconButton("download", "Save their rows", () => page.download(new Blob([table(viewer)], { type: "text/csv" }), "selection.csv")),
    iconButton("close", "Select none", () => page.act(viewer.select(null)), "c"));
  /** @type {Uint8Array | null} */
  let shown = null;
  function update() {
    pressed(isolate, viewer.view.isolate);
    if (shown === viewer.selection) return;
    shown = viewer.selection;
    element.hidden = !shown;
    if (shown) count.textContent = `${counted(rowsOf(shown).length)} selected`;
  }
  return { element, update };
}

/** The selected rows as a table. @param {import("../viewer.js").Viewer} viewer */
function table(viewer) {
  const { tour } = viewer;
  const quoted = (/** @type {string} */ text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = tour.attributes.filter((each) => tour.valuesNow(each.name)).map((each) => each.name);
  const rows = (viewer.selected ?? []).map((row) => [String(row), ...names.map((name) => tour.text(name, row))]);
  return [["point", ...names], ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
}
