// Handles on the canvas: discs with labels at the centroids of their points; a hand drags them.

import { css } from "../themes.js";
import { overlap } from "../motion/label_placement.js";
import { through } from "../motion/projection.js";
import { el, hide, onChange, pulled, typed } from "./dom.js";

const [DISC, APART, LABELLED, BRINK, HIGH_LABEL] = [7, 8, 40, 4, 24];

/** @typedef {import("../motion/label_placement.js").Edges} Edges */
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
    shown = owner.handles.slice(0, 200).map((handle, at) => {
      const disc = el("button", { class: "disc", "aria-label": `Handle ${handle.name}; drag it` });
      const known = handle.row !== null && handle.attribute === owner.view.color_by ? owner.table[handle.row] : null;
      if (known) disc.style.background = css(known);
      const name = el("span", { class: "pill", title: "Double-click to rename" }, handle.name);
      disc.onpointerdown = (/** @type {PointerEvent} */ event) => press(event, at, disc);
      disc.onclick = (/** @type {MouseEvent} */ { detail }) => void (detail || toggle(at)); // by the keyboard
      name.ondblclick = () => rename(at, name);
      name.onclick = () => toggle(at);
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
    typed(input, () => page.act(owner.renameHandle(at, input.value.trim() || owner.handles[at].name)));
  }

  /** @param {PointerEvent} event @param {number} at @param {HTMLElement} disc */
  function press(event, at, disc) {
    event.preventDefault();
    event.stopPropagation();
    const [from, point] = [viewer.frame, viewer.centroid(owner.handles[at])];
    if (!point) return;
    dragged = false;
    pulled(
      disc,
      event,
      (next) => {
        dragged ||= Math.hypot(next.clientX - event.clientX, next.clientY - event.clientY) > 3;
        if (!dragged) return;
        owner.held = true;
        owner.handle = at;
        const [pane, { camera }] = [page.panes.of(viewer), viewer];
        const target = camera.fromPixels(page.panes.within(next, pane), pane.size, viewer.radius);
        page.act(page.dragFrame(viewer, from, point, target));
      },
      () => {
        owner.held = false;
        if (!dragged) toggle(at);
        circle.hidden = true;
        page.refresh();
      },
    );
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
      return {
        x: x + pane.x,
        y: y + pane.y,
        depth: at[2],
        reach: Math.hypot(...point),
        inside: x >= 0 && x <= pane.width && y >= 0 && y <= pane.height,
      };
    });
    const order = places.map((_, k) => k).sort((a, b) => (places[b]?.depth ?? 0) - (places[a]?.depth ?? 0));
    /** @type {Edges[]} what labels take */
    const taken = [];
    const discs = places.map((place) =>
      place?.inside ? /** @type {Edges} */ ([place.x - DISC, place.y - DISC, place.x + DISC, place.y + DISC]) : null,
    );
    for (const [rank, k] of order.entries()) {
      const [place, { disc, name, widths }] = [places[k], shown[k]];
      const selected = owner.handle === k;
      const unseen = !place?.inside || (rank >= LABELLED && !selected);
      hide(disc, !place?.inside);
      hide(name, unseen);
      if (!place) continue;
      disc.style.transform = `translate(${place.x - DISC - 2}px, ${place.y - DISC - 2}px)`;
      disc.classList.toggle("on", selected);
      name.classList.toggle("on", selected);
      const width = unseen ? 0 : (widths[Number(selected)] ||= name.offsetWidth);
      if (!unseen)
        putLabel(name, place, width, {
          right: place.x >= middle,
          taken,
          discs: /** @type {Edges[]} */ (discs.filter((each, other) => each && other !== k)),
          room: roomOf(pane, place.x),
        });
      if (selected) marked = place;
    }
    mark(marked, pane);
    page.labels.set(viewer, taken);
  }

  /**
   * From where to where labels may stand: beside panels, but for a handle that is under one.
   * @param {import("../panes.js").Pane} pane @param {number} x @returns {[number, number]}
   */
  function roomOf(pane, x) {
    const [left, , right] = viewer.area.covered;
    const [first, last] = [pane.x + left, pane.x + pane.width - right];
    return x > first && x < last ? [first, last] : [pane.x + BRINK, pane.x + pane.width - BRINK];
  }

  /**
   * @param {HTMLElement} name @param {Place} place @param {number} width of the label
   * @param {{right: boolean, taken: Edges[], discs: Edges[], room: [number, number]}} among
   */
  function putLabel(name, { x, y }, width, { right, taken, discs, room: [first, last] }) {
    const aside = DISC + APART + 4;
    const [outer, inner] = right ? [x + aside, x - aside - width] : [x - aside - width, x + aside];
    const middle = Math.max(first, Math.min(last - width, x - width / 2)); // moved along as far as there is room
    const at = (/** @type {number} */ left, /** @type {number} */ top) =>
      /** @type {Edges} */ ([left, top, left + width, top + HIGH_LABEL]);
    const above = at(middle, y - aside - HIGH_LABEL);
    const choices = [at(outer, y - 12), at(inner, y - 12), above, at(middle, y + aside)].filter(
      (each) => each[0] >= first && each[2] <= last,
    );
    const apart = choices.filter((each) => !taken.some((other) => overlap(each, other)));
    const free = apart.find((each) => !discs.some((disc) => overlap(each, disc))) ?? apart[0];
    const stands = free ?? choices[0] ?? above;
    taken.push(stands);
    name.style.transform = `translate(${Math.round(stands[0])}px, ${Math.round(stands[1])}px)`;
    name.style.opacity = free ? "" : "0";
  }

  /**
   * The line from the centre, and while dragging the reach.
   * @param {Place | null} place of the selected handle @param {import("../panes.js").Pane} pane
   */
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
