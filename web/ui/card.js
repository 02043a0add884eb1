// The card of a point: its image, what is known of it, and pinned its six nearest; and the point on the page under a hand.

import { projected } from "../draw/buffers.js";
import { cueSize, nearness } from "../motion/projection.js";
import { el, iconButton } from "./dom.js";

const NEAREST = 6;

/** @param {import("../page.js").Page} page */
export function card(page) {
  const { viewer } = page;
  const { tour } = viewer;
  const image = tour.sprites ? el("div", { class: "image" }) : null;
  const title = el("strong");
  const number = el("span", { class: "small second" });
  const facts = el("dl");
  const near = el("div", { class: "near" });
  const heading = el("p", { class: "small second" });
  const close = iconButton("thumbtack", "Let go of this card", () => page.pin(null));
  const element = el("section", { class: "panel card", hidden: true, "aria-live": "polite" }, image, el("header", {}, el("div", {}, title, " ", number), close), facts, heading, near);
  let shown = "";

  function update() {
    const point = page.pinned ?? page.hoveredPoint;
    element.hidden = point === null;
    if (point === null) return void (shown = "");
    const pinned = page.pinned !== null;
    const key = `${point} ${pinned} ${pinned ? viewer.layer : ""} ${tour.there.size}`;
    if (key !== shown) {
      shown = key;
      fill(point, pinned);
    }
    element.classList.toggle("pinned", pinned);
    if (!pinned) beside(page.positionOf(point));
    else element.style.left = element.style.top = "";
  }

  /** @param {number} point @param {boolean} pinned */
  function fill(point, pinned) {
    for (const { name } of tour.attributes) tour.values(name).catch(() => {}); // those of the card are on their way
    if (image) tile(image, point, pinned ? 112 : 56);
    if (image && pinned && page.manifest.originals) whole(image, point);
    const { color_by } = viewer.view;
    const first = color_by ?? tour.attributes[0]?.name;
    title.textContent = first ? tour.text(first, point) : `Point ${point}`;
    number.textContent = `#${point}`;
    close.hidden = !pinned;
    const rest = tour.attributes.filter(({ name }) => name !== first).slice(0, pinned ? 12 : 2);
    facts.replaceChildren(...rest.flatMap(({ name }) => [el("dt", {}, name), el("dd", {}, tour.text(name, point))]));
    heading.textContent = pinned ? `Nearest in layer ${viewer.layer}` : "";
    near.replaceChildren(...(pinned ? nearest(point) : []));
  }

  /** @param {number} point */
  function nearest(point) {
    const points = tour.layerNow(viewer.layer);
    if (!points) return [];
    page.neighbours = neighboursOf(points, point, tour.stride);
    return page.neighbours.map((other) => {
      const name = viewer.view.color_by ? tour.text(viewer.view.color_by, other) : `#${other}`;
      const button = el("button", { type: "button", title: `${name} #${other}`, "aria-label": `${name}, point ${other}`, onclick: () => page.pin(other) });
      if (tour.sprites) tile(button, other, 28);
      else button.append(name);
      return button;
    });
  }

  /** A point's image as a background. @param {HTMLElement} place @param {number} point @param {number} side */
  function tile(place, point, side) {
    const grid = /** @type {import("../tour.js").SpriteGrid} */ (tour.sprites);
    const [page_, rest] = [Math.floor(point / grid.per_page), point % grid.per_page];
    page.pageAddress(page_).then((address) => {
      const [column, row] = [rest % grid.columns, Math.floor(rest / grid.columns)];
      place.style.cssText = `width:${side}px;height:${side}px;background:url(${address}) ${-column * side}px ${-row * side}px / ${grid.columns * side}px auto`;
    }, () => {});
  }

  /** The file that the point's image came from, once it is there. @param {HTMLElement} place @param {number} point */
  function whole(place, point) {
    const file = new Image();
    file.onload = () => {
      if (page.pinned === point) place.style.cssText = `width:112px;height:112px;background:url(${file.src}) center / contain no-repeat`;
    };
    file.src = `original/${point}`;
  }

  /** @param {[number, number]} place on the page */
  function beside([x, y]) {
    const [width, height] = page.size;
    const right = x < width / 2 ? x - 168 - 20 : x + 20; // on the side away from the centre
    element.style.left = `${Math.min(width - 168 - 16, Math.max(16, right))}px`;
    element.style.top = `${Math.min(height - element.offsetHeight - 80, Math.max(16, y - 40))}px`;
  }
  return { element, update };
}

/** The points nearest to one, by their distance in all dimensions. @param {Float32Array} points @param {number} point @param {number} stride */
export function neighboursOf(points, point, stride) {
  /** @type {[number, number][]} */
  const best = [];
  const n = points.length / stride;
  let worst = Infinity;
  for (let i = 0; i < n; i++) {
    if (i === point) continue;
    let distance = 0;
    for (let k = 0; k < stride && distance < worst; k++) distance += (points[i * stride + k] - points[point * stride + k]) ** 2;
    if (distance >= worst) continue;
    best.push([distance, i]);
    best.sort((a, b) => a[0] - b[0]);
    if (best.length > NEAREST) best.pop();
    if (best.length === NEAREST) worst = best[NEAREST - 1][0];
  }
  return best.map(([, i]) => i);
}

/**
 * The topmost point at a place of a pane, or null. Sizes and places in pixels of the page.
 * @param {import("../viewer.js").Viewer} viewer @param {[number, number]} at @param {[number, number]} size @param {Float32Array} room
 */
export function pointAt(viewer, at, size, room) {
  const shown = projected(viewer, room);
  const { camera, radius, view } = viewer;
  const scale = camera.pixelsPerRadius(size) / radius;
  const [middle, reach] = [camera.fromPixels(at, size, radius), view.mode === "images" ? viewer.imageSize([0, 0, ...size], { scale: 1, minDot: 1, maxDot: Infinity }) : viewer.dotSize([0, 0, ...size], { scale: 1, minDot: 1, maxDot: Infinity })];
  const images = view.mode === "images";
  let [best, depth] = [-1, -Infinity];
  for (let i = 0; i < viewer.tour.n; i++) {
    const [dx, dy, z] = [(shown[3 * i] - middle[0]) * scale, (shown[3 * i + 1] - middle[1]) * scale, shown[3 * i + 2]];
    if (z <= depth || Math.abs(dx) > reach || Math.abs(dy) > reach) continue;
    const half = 0.5 * reach * cueSize(nearness(z, radius, view.depth_cue), view.depth_cue) + (images ? 0 : 2.5);
    const inside = images ? Math.max(Math.abs(dx), Math.abs(dy)) <= half : Math.hypot(dx, dy) <= half;
    if (inside && viewer.isShown(i)) [best, depth] = [i, z];
  }
  return best < 0 ? null : best;
}
