// Names of dense regions over the points: bold in the colour of their class, on a pill, under the handles.

import { readable } from "../themes.js";
import { through } from "../motion/projection.js";
import { RegionNames } from "../viewer/region_names.js";
import { el, hide, onChange } from "./dom.js";

const [HIGH, CLEAR] = [20, 14]; // pixels; that a name keeps from the middle of a handle

/** @param {import("../page.js").Page} page */
export function regionMarks(page) {
  const element = el("div", { class: "names-of-regions", "aria-hidden": "true" });
  const panes = page.viewers.map((viewer) => ({
    viewer,
    regions: new RegionNames(),
    pills: /** @type {HTMLElement[]} */ ([]),
    sizes: /** @type {[number, number][]} */ ([]),
    of: /** @type {any} */ (null),
    shown: false,
    colour: onChange(colour),
  }));
  let moving = false;

  /** @param {typeof panes[0]} pane */
  function build(pane) {
    const { regions } = pane;
    if (pane.of === regions.found) return;
    pane.of = regions.found;
    for (const pill of pane.pills) pill.remove();
    pane.pills = regions.titles.map((title) => el("span", {}, title));
    element.append(...pane.pills);
    pane.sizes = pane.pills.map((pill) => [pill.offsetWidth, HIGH]);
    for (const pill of pane.pills) hide(pill, true); // until it stands somewhere
  }

  /** Let time pass; whether any name has moved or will. @param {number} seconds */
  function advance(seconds) {
    const before = moving;
    moving = false;
    for (const pane of panes) {
      const { viewer, regions } = pane;
      regions.seek(viewer, () => page.refresh());
      build(pane);
      if (!regions.found.length || regions.rests(viewer)) continue;
      moving = regions.step(viewer, pane.sizes, page.panes.of(viewer).size, obstacles(viewer), seconds) || moving;
    }
    return moving || before;
  }

  /** What handles take, with their labels. @param {import("../viewer/viewer.js").Viewer} viewer */
  function obstacles(viewer) {
    const { size, x, y } = page.panes.of(viewer);
    /** @type {[number, number, number, number][]} */
    const taken = [];
    for (const handle of viewer.handles) {
      const point = viewer.centroid(handle);
      if (!point) continue;
      const [u, v] = viewer.camera.toPixels(through(point, viewer.frame), size, viewer.radius);
      taken.push([u - CLEAR, v - CLEAR, u + CLEAR, v + CLEAR]);
    }
    for (const label of page.labels.get(viewer) ?? []) taken.push([label[0] - x, label[1] - y, label[2] - x, label[3] - y]);
    return taken;
  }

  function update() {
    for (const pane of panes) {
      const { viewer, regions, pills, sizes } = pane;
      const before = pane.shown;
      pane.shown = regions.names.standing.size > 0;
      if (!pane.shown && !before) continue;
      const { x, y } = page.panes.of(viewer);
      pane.colour(pills, regions.found, regions.isColored(viewer) ? viewer.table : null, viewer.view.theme);
      pills.forEach((pill, k) => {
        const standing = regions.names.standing.get(k);
        hide(pill, !standing);
        if (!standing) return;
        const [left, top] = [standing.place[0] - sizes[k][0] / 2 + x, standing.place[1] - HIGH / 2 + y];
        pill.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
        pill.style.opacity = String(standing.opacity);
      });
    }
  }

  /**
   * @param {HTMLElement[]} pills @param {import("../viewer/regions.js").Region[]} found
   * @param {(readonly number[])[] | null} table of the colours of their rows @param {"dark" | "light"} surface
   */
  function colour(pills, found, table, surface) {
    pills.forEach((pill, k) => (pill.style.color = table ? readable(table[found[k].row], surface) : ""));
  }
  return { element, update, advance };
}
