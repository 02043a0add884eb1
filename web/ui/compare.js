// Two tours side by side: names over the panes, and the card between them with the matrix of similarities.

import { css } from "../themes.js";
import { colorsOf } from "../tour.js";
import { Partner } from "../viewer/pair.js";
import { layerTitle } from "../viewer/titles.js";
import { differences } from "./differences.js";
import { el, iconButton, onChange, pressed } from "./dom.js";

const CELL = 8;
/** @type {Record<string, string>} */
const MEASURES = { procrustes: "Procrustes", cka: "CKA", "debiased cka": "Debiased CKA" };

/** How the second of two tours follows the first, and what makes the card between them. @param {import("../page.js").Page} page */
export function comparison(page) {
  const partner = new Partner(page.viewers[0], page.viewers[1]);
  return { partner, card: () => compare(page, partner) };
}

/** The card between the panes. @param {import("../page.js").Page} page @param {Partner} partner */
function compare(page, partner) {
  const { leader, follower } = partner;
  const { similarity, palettes } = page.manifest;
  const measures = Object.keys(similarity);
  const align = el("button", { class: "switch", role: "switch", onclick: () => page.act(partner.toggleAlign()) }, el("i"), "Align");
  const list = iconButton("list", "Points that differ most", () => page.toggle("differing"), "n");
  const link = iconButton("link", "One camera for both", () => page.act((partner.linked = !partner.linked)));
  const fold = iconButton("up", "Fold this card", () => page.toggle("compareOpen"));
  const measure = el(
    "select",
    { "aria-label": "Measure of similarity", class: "plain", onchange: () => page.refresh() },
    ...measures.map((name) => el("option", { value: name }, MEASURES[name] ?? name)),
  );
  const value = el("strong");
  const [rows, columns] = [leader.tour.depth, follower.tour.depth];
  const matrix = el("canvas", {
    width: columns * CELL,
    height: rows * CELL,
    tabindex: 0,
    role: "img",
    "aria-label": "Similarity of layers: up and down those of the first tour, left and right the second's",
  });
  const differing = differences(page, partner);
  const frame = el("div", { class: "cell" });
  const pair = el("p", { class: "second" });
  const element = el(
    "section",
    { class: "panel compare", "aria-label": "Compare" },
    el("header", {}, align, el("div", {}, list, link, fold)),
    el("div", { class: "line" }, measure, value),
    el("div", { class: "matrix" }, matrix, frame),
    pair,
    differing.element,
  );
  const names = el(
    "div",
    { class: "titles" },
    ...[leader, follower].map((each, k) =>
      el("p", {}, el("strong", {}, each.tour.name), " ", el("span", { class: k ? "tag" : "tag on" }, k ? "follows" : "leads")),
    ),
  );
  const whole = el("div", { class: "comparing" }, names, element);

  /**
   * A layer of one tour and one of the other by their numbers in their networks, at the epochs that are shown.
   * @param {number} i @param {number} j
   */
  const at = (i, j) => [leader.tour.line(leader.layer)[i], follower.tour.line(follower.layer)[j]];

  const paint = onChange((/** @type {string} */ by, /** @type {number[]} */ ..._) => {
    const context = matrix.getContext("2d");
    const colors = colorsOf(palettes.viridis);
    for (let i = 0; i < rows; i++) {
      const row = Array.from({ length: columns }, (_, j) => at(i, j)).map(([k, l]) => similarity[by][k][l]);
      const best = row.indexOf(Math.max(...row));
      row.forEach((each, j) => {
        context.fillStyle = css(colors[Math.round(255 * Math.min(1, Math.max(0, each)))]);
        context.fillRect(j * CELL, i * CELL, CELL, CELL);
        if (j !== best) return;
        context.fillStyle = each > 0.6 ? "#000" : "#fff";
        context.fillRect(j * CELL + 3, i * CELL + 3, 2, 2);
      });
    }
  });

  /** @param {MouseEvent} event @returns {[number, number]} */
  const cellAt = (event) => {
    const box = matrix.getBoundingClientRect();
    const share = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return [Math.min(rows - 1, Math.floor(share[0] * rows)), Math.min(columns - 1, Math.floor(share[1] * columns))];
  };
  matrix.onclick = (/** @type {MouseEvent} */ event) => go(...cellAt(event));
  matrix.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    go(
      Math.min(rows - 1, Math.max(0, (leader.layer % rows) + by[0])),
      Math.min(columns - 1, Math.max(0, (follower.layer % columns) + by[1])),
    );
  };
  matrix.onpointermove = (/** @type {PointerEvent} */ event) => say(...cellAt(event));
  matrix.onpointerleave = () => say(leader.layer % rows, follower.layer % columns);

  /** @param {number} i @param {number} j */
  function go(i, j) {
    const [k, l] = at(i, j);
    leader.goTo(k);
    follower.goTo(l);
    page.act(null);
  }

  /** @param {number} i @param {number} j */
  function say(i, j) {
    const [k, l] = at(i, j);
    const [first, second] = [layerTitle(leader.tour, k), layerTitle(follower.tour, l)];
    pair.textContent = `${i} ${first} – ${j} ${second}: ${similarity[measure.value][k][l].toFixed(3)}`;
  }

  const folded = onChange(
    (/** @type {boolean} */ open) => (element.classList.toggle("folded", !open), fold.classList.toggle("turned", !open)),
  );
  const aligned = onChange((/** @type {boolean} */ on) => (pressed(align, on), align.setAttribute("aria-checked", String(on))));
  const shown = onChange((/** @type {number} */ k, /** @type {number} */ l, /** @type {string} */ by) => {
    const [i, j] = [k % rows, l % columns];
    value.textContent = similarity[by][k][l].toFixed(3);
    const [left, top, width, height] = [j / columns, i / rows, 1 / columns, 1 / rows].map((share) => `${100 * share}%`);
    Object.assign(frame.style, { left, top, width, height });
    if (!matrix.matches(":hover")) say(i, j);
  });
  const switched = onChange((/** @type {boolean} */ linked, /** @type {boolean} */ listed) => {
    pressed(link, linked);
    pressed(list, listed);
    element.classList.toggle("listed", listed);
  });

  function update() {
    const [{ layer: k }, { layer: l }] = [leader, follower];
    folded(page.compareOpen || page.differing);
    aligned(partner.aligned);
    switched(partner.linked, page.differing);
    paint(measure.value, k - (k % rows), l - (l % columns));
    shown(k, l, measure.value);
    differing.update();
  }
  return { element: whole, card: element, update };
}
