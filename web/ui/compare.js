// Two tours side by side: the second follows the first through the rotation that lays it best upon it; and the matrix.

import { css } from "../look.js";
import { drag } from "../motion/handle.js";
import { svd, times, transpose } from "../motion/linear.js";
import { asFrame, geodesic } from "../motion/rotation.js";
import { smoothstep } from "../motion/flight.js";
import { colorsOf } from "../tour.js";
import { el, iconButton, pressed } from "./dom.js";
import { label } from "./layers.js";

/** @typedef {import("../motion/linear.js").Matrix} Matrix */
/** @typedef {import("../viewer.js").Viewer} Viewer */

const ALIGN_SECONDS = 0.4;
const CELL = 8;
/** @type {Record<string, string>} */
const MEASURES = { procrustes: "Procrustes", cka: "CKA", "debiased cka": "Debiased CKA" };

/** How the second tour follows the first. */
export class Partner {
  /** @param {Viewer} leader @param {Viewer} follower */
  constructor(leader, follower) {
    this.leader = leader;
    this.follower = follower;
    this.aligned = true;
    /** @type {Map<string, Matrix>} rotations of the follower's layers onto the leader's, by the pair */
    this.rotations = new Map();
    /** @type {Matrix | null} the frame from which it turns into place, and how long since */
    this.from = null;
    this.elapsed = 0;
    this.pair = "";
    this.coloring = "";
    this.frame = leader.frame;
    follower.tourist = /** @type {any} */ ({ frame: this.frame, resting: true, speed: 0, advance: () => this.frame });
  }

  toggleAlign() {
    this.aligned = !this.aligned;
  }

  /** The rotation of the follower's layer onto the leader's; the identity without align or before both are there. */
  get rotation() {
    const [i, j] = [this.leader.layer, this.follower.layer];
    const key = `${i} ${j}`;
    const [a, b] = [this.leader.tour.layerNow(i), this.follower.tour.layerNow(j)];
    if (!this.aligned || !a || !b) return null;
    if (!this.rotations.has(key)) this.rotations.set(key, procrustes(b, a, this.leader.tour));
    return /** @type {Matrix} */ (this.rotations.get(key));
  }

  /** Bring the follower to where the leader is. */
  follow() {
    const { leader, follower, rotation } = this;
    const goal = rotation ? times(rotation, leader.frame) : leader.frame;
    const pair = rotation ? `${leader.layer} ${follower.layer}` : "";
    if (pair !== this.pair) [this.pair, this.from, this.elapsed] = [pair, this.frame, 0];
    const share = smoothstep(this.elapsed / ALIGN_SECONDS);
    if (share >= 1) this.from = null;
    this.frame = this.from ? geodesic(this.from, goal)(share) : goal;
    follower.tourist.frame = this.frame;
    follower.camera = leader.camera;
    follower.selection = leader.selection;
    follower.found = leader.found;
    follower.hovered = leader.hovered;
    [follower.handles, follower.handle] = [leader.handles, leader.handle];
    const { view } = leader;
    const coloring = `${view.color_by} ${view.palette}`;
    if (coloring !== this.coloring) {
      this.coloring = coloring;
      follower.colorBy(view.color_by, view.palette);
    }
    follower.view = view;
  }

  /** Whether it is still turning into place. @param {number} seconds */
  advance(seconds) {
    if (this.from) this.elapsed += seconds;
    return this.from !== null;
  }

  /** A handle dragged in the follower's pane. @param {Matrix} from @param {number[]} point @param {number[]} target */
  drag(from, point, target) {
    const frame = drag(from, point, target);
    const { rotation } = this;
    this.leader.flight = null;
    this.leader.tourist.frame = asFrame(rotation ? times(transpose(rotation), frame) : frame, frame.length);
  }
}

/** The rotation (d, d) that lays `source` best upon `target`, both centred. @param {Float32Array} source @param {Float32Array} target @param {import("../tour.js").Tour} tour */
export function procrustes(source, target, { n, dims, stride }) {
  const cross = Array.from({ length: dims }, () => new Array(dims).fill(0));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < dims; k++) {
      const value = source[i * stride + k];
      const row = cross[k];
      for (let l = 0; l < dims; l++) row[l] += value * target[i * stride + l];
    }
  }
  const { u, v } = svd(cross);
  return times(u, transpose(v));
}

/** The card between the panes. @param {import("../page.js").Page} page @param {Partner} partner */
export function compare(page, partner) {
  const { leader, follower } = partner;
  const { similarity, palettes } = page.manifest;
  const measures = Object.keys(similarity);
  const align = el("button", { type: "button", class: "switch", role: "switch", onclick: () => page.act(partner.toggleAlign()) }, el("i"), "Align");
  const fold = iconButton("up", "Fold this card", () => page.toggleCompare());
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
  matrix.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => say(...cellAt(event)));
  matrix.addEventListener("pointerleave", () => update());

  /** @param {...number} cell */
  function say(...[i, j]) {
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
  return { element: whole, update };
}
