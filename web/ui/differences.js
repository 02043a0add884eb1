// The list of what differs most between two panes, in the place of the matrix; a row shows its points alone.

import { css } from "../themes.js";
import { differing } from "../viewer/differences.js";
import { displacement } from "../viewer/movement.js";
import { maskOf } from "../viewer/shown.js";
import { layerNumber } from "../viewer/titles.js";
import { el, onChange, pressed } from "./dom.js";
import { tile } from "./tile.js";

const IMAGE = 24;

/** @param {import("../page.js").Page} page @param {import("../viewer/pair.js").Partner} partner */
export function differences(page, { leader, follower }) {
  const heading = el("span", { class: "second" });
  const halves = ["Points", "Classes"].map((name, k) =>
    el("button", { onclick: () => ((byClass = k === 1), choose(null), page.refresh()) }, name),
  );
  const [list, note] = [el("div", { class: "list" }), el("p", { class: "second" })];
  const element = el(
    "div",
    { class: "differences", hidden: true },
    el("div", { class: "line" }, el("strong", {}, "Differ most"), heading),
    el("div", { class: "pair" }, ...halves),
    list,
    note,
  );
  let byClass = false;
  /** @type {Float64Array | null} */
  let distances = null;
  /** @type {number[] | null} the points of the row that was clicked */
  let chosen = null;
  /** @type {import("../viewer/differences.js").Row[]} */
  let rows = [];

  const measure = onChange((/** @type {Float32Array | undefined} */ a, /** @type {Float32Array | undefined} */ b) => {
    distances = null;
    choose(null);
    const [l, f] = [leader.layer, follower.layer];
    heading.textContent = `layers ${layerNumber(leader.tour, l)}, ${layerNumber(follower.tour, f)}`;
    if (a && b)
      setTimeout(() => {
        if (leader.layer !== l || follower.layer !== f) return;
        distances = displacement(b, a, leader.tour);
        page.refresh();
      });
  });

  const show = onChange((/** @type {any[]} */ ..._) => {
    rows = distances ? differing(leader, distances, byClass) : [];
    halves.forEach((half, k) => pressed(half, byClass === (k === 1)));
    note.hidden = rows.length > 0;
    note.textContent = !distances
      ? "Working them out…"
      : byClass && !leader.coloring.names.length
        ? "Colour by classes to compare them"
        : "No points are shown";
    list.replaceChildren(...rows.map(row));
  });
  const mark = onChange((/** @type {any[]} */ ..._) => rows.forEach(({ points }, k) => pressed(list.children[k], points === chosen)));

  /** @param {import("../viewer/differences.js").Row} row */
  function row({ name, value, color, points }) {
    const swatch = el("i", { style: color ? `background:${css(color)}` : "" });
    if (leader.tour.sprites && !byClass) tile(page, swatch, points[0], IMAGE);
    const [here, away] = [() => single(points), () => single(chosen)];
    return el(
      "button",
      { onclick: () => click(points), onpointerenter: here, onpointerleave: away, onfocus: here, onblur: away },
      swatch,
      el("span", { title: name }, name),
      el("span", { class: "second" }, value),
    );
  }

  /** @param {number[]} points */
  function click(points) {
    const on = points !== chosen;
    choose(on ? points : null);
    leader.playing = false; // or the points would drift away
    page.pin(points.length === 1 && on ? points[0] : null);
  }

  /** @param {number[] | null} points */
  function choose(points) {
    chosen = points;
    single(points);
  }

  /** Show these points alone in both panes. @param {number[] | null} points */
  function single(points) {
    if (!points && !leader.singled) return;
    leader.singled = points && maskOf(points, leader.tour.n);
    page.refresh();
  }

  function update() {
    element.hidden = !page.differing;
    if (!page.differing) return void choose(null);
    measure(leader.tour.layerNow(leader.layer), follower.tour.layerNow(follower.layer));
    for (const { name, names } of leader.tour.attributes) {
      if (names.length) leader.tour.values(name).catch(() => {}); // what points are called
    }
    show(distances, byClass, leader.coloring, leader.table, leader.view.groups, leader.selection, leader.tour.there.size);
    mark(rows, chosen);
  }
  return { element, update };
}
