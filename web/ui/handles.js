// Handles on the canvas: discs with labels at the centroids of their points; a hand drags them.

import { css } from "../themes.js";
import { through } from "../motion/projection.js";
import { el, hide, onChange, pulled } from "./dom.js";

const [DISC, APART, LABELLED, BRINK] = [7, 8, 40, 4];

/** @typedef {{x: number, y: number, depth: number, reach: number, inside: boolean}} Place */

/** @param {import("../page.js").Page} page @param {import("../viewer/viewer.js").Viewer} viewer which pane they stand on */
export function handles(page, viewer) {
  const owner = page.viewer; // names and points are those of the first tour
  const element = el("div", { class: "handles" });
  const line = el("div", { class: "reach-line", hidden: true });
  const circle = el("div", { class: "reach", hidden: true });
  /** @type {{handle: import("../viewer/shown.js").Handle, disc: HTMLElement, name: HTMLElement, widths: [number, number]}[]} */
  let shown = [];
  let dragged = false;

  function build() {
    element.replaceChildren(line, circle);
    page.labels.set(viewer, []);
    shown = owner.handles.slice(0, 200).map((handle) => {
      const disc = el("button", { type: "button", class: "disc", "aria-label": `Handle ${handle.name}; drag it` });
      const known = handle.row !== null && handle.attribute === owner.view.color_by ? owner.table[handle.row] : null;
      if (known) disc.style.background = css(known);
      const name = el("span", { class: "pill", title: "Double-click to rename" }, handle.name);
      const at = owner.handles.indexOf(handle);
      disc.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => press(event, at, disc));
      name.addEventListener("dblclick", () => rename(at, name));
      name.addEventListener("click", () => toggle(at));
      element.append(disc, name);
      return { handle, disc, name, widths: [0, 0] };
    });
  }

  /** @param {number} at */
  function toggle(at) {
    owner.handle = owner.handle === at ? null : at;
    page.refresh();
  }

  /** @param {number} at @param {HTMLElement} name */
  function rename(at, name) {
    const input = el("input", { class: "rename", value: owner.handles[at].name, "aria-label": "Name of the handle" });
    name.replaceChildren(input);
    shown[at].widths = [0, 0];
    input.select();
    const done = () => page.act(owner.renameHandle(at, input.value.trim() || owner.handles[at].name));
    input.addEventListener("blur", done, { once: true });
    input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && input.blur());
  }

  /** @param {PointerEvent} event @param {number} at @param {HTMLElement} disc */
  function press(event, at, disc) {
    event.preventDefault();
    event.stopPropagation();
    const [from, point] = [viewer.frame, viewer.centroid(owner.handles[at])];
    if (!point) return;
    dragged = false;
    pulled(disc, event, (next) => {
      dragged ||= Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY) > 3;
      if (!dragged) return;
      owner.held = true;
      owner.handle = at;
      const [pane, { camera }] = [page.panes.of(viewer), viewer];
      const target = camera.fromPixels(page.panes.within(next, pane), pane.size, viewer.radius);
      page.act(page.dragFrame(viewer, from, point, target));
    }, () => {
      owner.held = false;
      if (!dragged) toggle(at);
      circle.hidden = true;
      page.refresh();
    });
  }

  const built = onChange((/** @type {any[]} */ ..._) => build());
  function update() {
    built(owner.handles, owner.table, owner.view.color_by);
    /** @type {Place | null} */
    let marked = null;
    if (page.dirty) for (const each of shown) each.widths = [0, 0]; // fonts, names and themes may be others
    const pane = page.panes.of(viewer);
    const middle = pane.x + pane.width / 2;
    const places = shown.map(({ handle }) => {
      const point = viewer.centroid(handle);
      if (!point) return null;
      const at = through(point, viewer.frame);
      const [x, y] = viewer.camera.toPixels(at, pane.size, viewer.radius);
      return { x: x + pane.x, y: y + pane.y, depth: at[2], reach: Math.hypot(...point), inside: x >= 0 && x <= pane.width && y >= 0 && y <= pane.height };
    });
    const order = places.map((_, k) => k).sort((a, b) => (places[b]?.depth ?? 0) - (places[a]?.depth ?? 0));
    /** @type {number[][]} boxes taken by labels: left, top, width */
    const taken = [];
    for (const [rank, k] of order.entries()) {
      const [place, { disc, name, widths }] = [places[k], shown[k]];
      const selected = owner.handle === owner.handles.indexOf(shown[k].handle);
      const unseen = !place?.inside || (rank >= LABELLED && !selected);
      hide(disc, !place?.inside);
      hide(name, unseen);
      if (!place) continue;
      disc.style.transform = `translate(${place.x - DISC - 2}px, ${place.y - DISC - 2}px)`;
      disc.classList.toggle("on", selected);
      name.classList.toggle("on", selected);
      const width = unseen ? 0 : (widths[Number(selected)] ||= name.offsetWidth);
      if (!unseen) putLabel(name, place, width, { right: place.x >= middle, taken, discs: places.filter((each) => each?.inside && each !== place), room: roomOf(pane, place.x) });
      if (selected) marked = place;
    }
    mark(marked, pane);
    page.labels.set(viewer, taken.map(([left, top, width]) => [left, top, left + width, top + 24]));
  }

  /** From where to where labels may stand: beside panels, but for a handle that is under one. @param {import("../panes.js").Pane} pane @param {number} x @returns {[number, number]} */
  function roomOf(pane, x) {
    const [left, , right] = viewer.area.covered;
    const [first, last] = [pane.x + left, pane.x + pane.width - right];
    return x > first && x < last ? [first, last] : [pane.x + BRINK, pane.x + pane.width - BRINK];
  }

  /** @param {HTMLElement} name @param {Place} place @param {number} width of the label @param {{right: boolean, taken: number[][], discs: (Place | null)[], room: [number, number]}} among */
  function putLabel(name, { x, y }, width, { right, taken, discs, room: [first, last] }) {
    const height = 24;
    const aside = DISC + APART + 4;
    const [outer, inner] = right ? [x + aside, x - aside - width] : [x - aside - width, x + aside];
    const middle = Math.max(first, Math.min(last - width, x - width / 2)); // moved along as far as there is room
    const choices = [[outer, y - 12], [inner, y - 12], [middle, y - aside - height], [middle, y + aside]].filter(([left]) => left >= first && left + width <= last);
    const apart = choices.filter(([left, top]) => !taken.some(([l, t, w]) => left < l + w && l < left + width && Math.abs(top - t) < height));
    const bare = apart.find(([left, top]) => !discs.some((disc) => disc && disc.x > left - DISC && disc.x < left + width + DISC && disc.y > top - DISC && disc.y < top + height + DISC));
    const free = bare ?? apart[0];
    const [left, top] = free ?? choices[0] ?? [middle, y - aside - height];
    taken.push([left, top, width]);
    name.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    name.style.opacity = free ? "" : "0";
  }

  /** The line from the centre, and while dragging the reach. @param {Place | null} place of the selected handle @param {import("../panes.js").Pane} pane */
  function mark(place, pane) {
    hide(circle, !place || !owner.held);
    if (!place) return hide(line, true);
    const [cx, cy] = viewer.camera.toPixels([0, 0], pane.size, viewer.radius);
    const [x, y] = [cx + pane.x, cy + pane.y];
    const length = Math.hypot(place.x - x, place.y - y) - 14;
    hide(line, length <= 0);
    line.style.width = `${Math.max(0, length)}px`;
    line.style.transform = `translate(${x}px, ${y - 0.75}px) rotate(${Math.atan2(place.y - y, place.x - x)}rad)`;
    const radius = (place.reach / viewer.radius) * viewer.camera.pixelsPerRadius(pane.size);
    circle.style.cssText += `;width:${2 * radius}px;height:${2 * radius}px;transform:translate(${x - radius}px,${y - radius}px)`;
  }
  return { element, update };
}
