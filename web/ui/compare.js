// Two tours side by side: names over the panes, and the card between them with the matrix of similarities.

import { css } from "../look.js";
import { colorsOf } from "../tour.js";
import { el, iconButton, pressed } from "./dom.js";
import { label } from "./layers.js";

const CELL = 8;
/** @type {Record<string, string>} */
const MEASURES = { procrustes: "Procrustes", cka: "CKA", "debiased cka": "Debiased CKA" };

/** The card between the panes. @param {import("../page.js").Page} page @param {import("../viewer/partner.js").Partner} partner */
export function compare(page, partner) {
  const { leader, follower } = partner;
  const { similarity, palettes } = page.manifest;
  const measures = Object.keys(similarity);
  const align = el("button", { type: "button", class: "switch", role: "switch", onclick: () => page.act(partner.toggleAlign()) }, el("i"), "Align");
  const fold = iconButton("up", "Fold this card", () => page.toggle("compareOpen"));
  const measure = el("select", { "aria-label": "Measure of similarity", class: "plain", onchange: () => (paint(), update()) }, ...measures.map((name) => el("option", { value: name }, MEASURES[name] ?? name)));
  const value = el("strong");
  const [rows, columns] = [leader.tour.layers.length, follower.tour.layers.length];
  const matrix = el("canvas", { width: columns * CELL, height: rows * CELL, tabindex: 0, role: "img", "aria-label": "Similarity of every layer of one tour to every layer of the other" });
  const frame = el("div", { class: "cell" });
  const pair = el("p", { class: "small second" });
  const element = el("section", { class: "panel compare", "aria-label": "Compare" },
    el("header", {}, align, fold), el("div", { class: "line" }, measure, value), el("div", { class: "matrix" }, matrix, frame), pair);
  const names = el("div", { class: "titles" }, ...[leader, follower].map((each, k) =>
    el("p", {}, el("strong", {}, each.tour.name), " ", el("span", { class: k ? "tag" : "tag on" }, k ? "follows" : "leads"))));
  const whole = el("div", { class: "comparing" }, names, element);

  function paint() {
    const values = similarity[measure.value];
    const context = matrix.getContext("2d");
    const colors = colorsOf(palettes.viridis);
    values.forEach((/** @type {number[]} */ row, /** @type {number} */ i) => {
      const best = row.indexOf(Math.max(...row));
      row.forEach((each, j) => {
        context.fillStyle = css(colors[Math.round(255 * Math.min(1, Math.max(0, each)))]);
        context.fillRect(j * CELL, i * CELL, CELL, CELL);
        if (j !== best) return;
        context.fillStyle = each > 0.6 ? "#000" : "#fff";
        context.fillRect(j * CELL + 3, i * CELL + 3, 2, 2);
      });
    });
  }
  paint();

  /** @param {PointerEvent | MouseEvent} event */
  const cellAt = (event) => {
    const box = matrix.getBoundingClientRect();
    const share = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    return [Math.min(rows - 1, Math.floor(share[0] * rows)), Math.min(columns - 1, Math.floor(share[1] * columns))];
  };
  matrix.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    const [i, j] = cellAt(event);
    leader.goTo(i);
    follower.goTo(j);
    page.act(null);
  });
  matrix.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => say(.../** @type {[number, number]} */ (cellAt(event))));
  matrix.addEventListener("pointerleave", () => update());

  /** @param {number} i @param {number} j */
  function say(i, j) {
    const each = similarity[measure.value][i][j];
    pair.textContent = `${i} ${label(leader.tour.layers[i])} – ${j} ${label(follower.tour.layers[j])}: ${each.toFixed(3)}`;
  }

  function update() {
    element.classList.toggle("folded", !page.compareOpen);
    fold.classList.toggle("turned", !page.compareOpen);
    pressed(align, partner.aligned);
    align.setAttribute("aria-checked", String(partner.aligned));
    const [i, j] = [leader.layer, follower.layer];
    value.textContent = similarity[measure.value][i][j].toFixed(3);
    frame.style.transform = `translate(${j * CELL - 1}px, ${i * CELL - 1}px)`;
    if (!matrix.matches(":hover")) say(i, j);
  }
  return { element: whole, card: element, update };
}
