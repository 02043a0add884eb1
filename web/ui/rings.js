// Rings round the point under a hand or in a list, round the pinned one, and round its nearest.

import { el } from "./dom.js";

const [ROUND_HOVERED, ROUND_PINNED, ROUND_NEIGHBOUR] = [9, 11, 7]; // radii in pixels, beyond half the point's size

/** @param {import("../page.js").Page} page */
export function rings(page) {
  const element = el("div", { class: "rings", "aria-hidden": "true" });
  /** @type {HTMLElement[]} */
  const pool = [];

  function update() {
    const { pinned, hoveredPoint, neighbours } = page;
    /** @type {[number, number, string][]} point, radius, class */
    const wanted = [];
    if (pinned !== null) for (const point of neighbours) wanted.push([point, ROUND_NEIGHBOUR, "near-ring"]);
    if (pinned !== null) wanted.push([pinned, ROUND_PINNED, "pinned-ring"]);
    if (hoveredPoint !== null && hoveredPoint !== pinned) wanted.push([hoveredPoint, ROUND_HOVERED, "hovered-ring"]);
    let used = 0;
    for (const viewer of wanted.length ? page.viewers : []) {
      const size = viewer.reach(viewer.camera.zoom) * viewer.growth * (viewer.view.mode === "images" ? 1.3 : 1);
      for (const [point, beyond, name] of wanted) {
        const place = page.panes.positionOf(point, viewer);
        if (!place) continue;
        const ring = (pool[used] ??= element.appendChild(el("i")));
        used += 1;
        const radius = size + beyond - 5;
        ring.className = name;
        ring.hidden = false;
        const [left, top, side] = [place[0] - radius, place[1] - radius, 2 * radius];
        ring.style.cssText = `width:${side}px;height:${side}px;transform:translate(${left}px,${top}px)`;
      }
    }
    for (const ring of pool.slice(used)) ring.hidden = true;
  }
  return { element, update };
}
