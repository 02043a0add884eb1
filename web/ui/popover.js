// What the toolbar opens: the search, the sliders of the look, the keys.

import { hit, ranks } from "../viewer/search.js";
import { rowsOf } from "../viewer/shown.js";
import { counted, el, onChange, slid } from "./dom.js";

const KEYS = [
  ["Play or pause", "space, p"],
  ["Dots or images", "i"],
  ["Next layer, previous layer", "j, k"],
  ["Through all layers, one by one", "l"],
  ["Scrub through the layers", "drag their column"],
  ["Pan, zoom", "drag, wheel"],
  ["Whole picture", "r"],
  ["Hand", "v"],
  ["Select: rectangle, lasso", "f, g"],
  ["Add to them, take away", "shift, alt"],
  ["Select none", "c"],
  ["Find points", "/"],
  ["Keep a point's card", "click it"],
  ["Make a handle", "d"],
  ["Delete a handle", "x"],
  ["Story of saved views", "b"],
  ["Align two, matrix, differences", "a, m, n"],
  ["List of points", "w"],
  ["Density and names", "h"],
  ["Frames round images", "o"],
  ["Undo, redo", "Ctrl+Z, Ctrl+Y"],
  ["Light or dark", "t"],
  ["Save a picture", "s"],
  ["Close this, stop the story", "Esc"],
];
const EPOCHS = [
  ["Next epoch, previous epoch", "], ["],
  ["Through all epochs, one by one", "e"],
];
/** @type {[string, "dot_size" | "image_size" | "opacity" | "depth_cue" | "background", number, number][]} */
const LOOKS = [
  ["Dot size", "dot_size", 0.3, 4],
  ["Image size", "image_size", 0.3, 4],
  ["Opacity", "opacity", 0.02, 1],
  ["Depth cue", "depth_cue", 0, 1],
  ["Background", "background", -1, 1],
];

/** What the toolbar opens. @param {import("../page.js").Page} page */
export function popover(page) {
  const { viewer } = page;
  const keys = viewer.tour.epochs.length ? KEYS.toSpliced(4, 0, ...EPOCHS) : KEYS; // after the layers'
  const help = el("div", {}, el("h2", {}, "Keys"), el("dl", {}, ...keys.flatMap(([what, key]) => [el("dt", {}, what), el("dd", {}, key)])));
  const sliders = LOOKS.filter(([, key]) => key !== "image_size" || viewer.tour.sprites).map(([name, key, min, max]) => {
    const input = el("input", {
      type: "range",
      min,
      max,
      step: 0.01,
      oninput: () => page.act(viewer.change({ [key]: Number(input.value) })),
    });
    return { key, input, line: el("label", {}, el("span", {}, name), input) };
  });
  const look = el("div", {}, el("h2", {}, "Look"), ...sliders.map(({ line }) => line));
  const text = el("input", { type: "search", placeholder: "Words in labels", "aria-label": "Words in labels", oninput: () => find() });
  const outcome = el("p", { class: "second" });
  const take = el(
    "button",
    { class: "wide", disabled: true, onclick: () => viewer.found && page.act(viewer.select(viewer.found)) },
    "Select them",
  );
  const finder = el("div", {}, el("h2", {}, "Find points"), text, outcome, take);
  const parts = { help, look, find: finder };
  const element = el("section", { class: "panel popover", hidden: true }, ...Object.values(parts));

  async function find() {
    viewer.ranks = await ranks(viewer.tour, text.value);
    viewer.found = viewer.ranks && hit(viewer.ranks);
    const count = viewer.found ? rowsOf(viewer.found).length : 0;
    outcome.textContent = viewer.found ? `${counted(count)} of ${counted(viewer.tour.n)}` : "";
    take.disabled = !count;
    page.refresh();
  }

  const looks = onChange((/** @type {typeof viewer.view} */ view) => {
    for (const { key, input } of sliders) slid(input, view[key]);
  });
  const opened = onChange((/** @type {string} */ open) => {
    element.hidden = !open;
    for (const [name, part] of Object.entries(parts)) part.hidden = name !== open;
    if (open === "find") text.focus();
    else if (viewer.found) {
      viewer.found = null;
      text.value = "";
      page.refresh();
    }
  });

  function update() {
    looks(viewer.view);
    opened(page.popover);
  }
  return { element, update };
}
