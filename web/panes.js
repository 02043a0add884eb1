// The panes of a page: one tour, or two side by side; where hands and points are on them, and what panels leave of them.

import { Area } from "./motion/framing.js";

/** @typedef {import("./viewer/viewer.js").Viewer} Viewer */
/** @typedef {[number, number]} Pair */
/** @typedef {{x: number, y: number, width: number, height: number, size: Pair, viewer: Viewer}} Pane in pixels of the page */

const [EDGE, GAP, UNDER_TOOLBAR] = [16, 8, 64]; // as in the window
const [SLIM, LOW] = [640, 480]; // pixels
const [DOT_COLUMN, FOLDED] = [24, 56]; // pixels: how wide layers are, and how high the card of a pair is at most without its matrix

export class Panes {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Pair} */
    this.size = [page.root.clientWidth, page.root.clientHeight];
    /** @type {Pair | null} a size that was asked for */
    this.fixed = null;
    this.scale = 1; // pixels of the canvas to one of the page
  }

  /** Whether there is no room for panels one above the other. */
  get low() {
    return this.size[1] < LOW;
  }

  /** Whether the page is as small as a phone, upright or lying. */
  get phone() {
    return this.low || this.size[0] < SLIM;
  }

  /** Whether two panes stand one above the other, where they would be slim beside each other. */
  get stacked() {
    return this.page.viewers.length > 1 && this.size[1] > this.size[0];
  }

  /** @returns {Pane[]} */
  get all() {
    const [width, height] = this.size;
    const { viewers } = this.page;
    const part = (/** @type {number} */ whole, /** @type {number} */ k) => Math.round((k * whole) / viewers.length);
    return viewers.map((/** @type {Viewer} */ viewer, /** @type {number} */ k) => {
      const [x, y, right, bottom] = this.stacked ? [0, part(height, k), width, part(height, k + 1)] : [part(width, k), 0, part(width, k + 1), height];
      return { x, y, width: right - x, height: bottom - y, size: [right - x, bottom - y], viewer };
    });
  }

  /** @param {Viewer} viewer */
  of(viewer) {
    return this.all[this.page.viewers.indexOf(viewer)];
  }

  /** @param {Pair} place */
  at([x, y]) {
    const panes = this.all;
    return panes.find((pane) => x < pane.x + pane.width && y < pane.y + pane.height) ?? panes[panes.length - 1];
  }

  /** @param {PointerEvent} event @param {Pane} pane @returns {Pair} */
  within(event, pane) {
    const box = this.page.canvas.getBoundingClientRect();
    return [event.clientX - box.left - pane.x, event.clientY - box.top - pane.y];
  }

  /** Where a point is on the page, or null while its layers are on their way. @param {number} point @returns {Pair | null} */
  positionOf(point, viewer = this.page.viewer) {
    const at = viewer.projectedPoint(point);
    if (!at) return null;
    const pane = this.of(viewer);
    const place = viewer.camera.toPixels(at, pane.size, viewer.radius);
    return [place[0] + pane.x, place[1] + pane.y];
  }

  /** Take the size of the page, or the one that was asked for. @param {HTMLElement} root @param {HTMLCanvasElement} canvas */
  resize(root, canvas) {
    const [width, height] = (this.size = this.fixed ?? [root.clientWidth, root.clientHeight]);
    this.scale = this.fixed ? 1 : window.devicePixelRatio || 1;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    canvas.width = Math.max(1, Math.round(width * this.scale));
    canvas.height = Math.max(1, Math.round(height * this.scale));
  }

  /** Tell every viewer how large its pane is and what panels leave of it. */
  place() {
    const covered = this.page.chrome ? this.covered() : [];
    this.all.forEach(({ size, viewer }, k) => viewer.showOn(new Area(size, covered[k])));
  }

  /** How much panels cover at the sides of each pane: left, top, right, bottom. */
  covered() {
    const { page, size: [width, height] } = this;
    const { legend, story, card, thread, bottom, drawer, between } = page.furniture.standing();
    const box = page.root.getBoundingClientRect();
    const aside = story ?? (page.pinned === null || this.phone ? null : card) ?? (page.folded && !this.low ? null : legend);
    const left = aside ? aside.right - box.left + GAP : EDGE;
    const top = aside || !legend ? UNDER_TOOLBAR : Math.max(UNDER_TOOLBAR, legend.bottom - box.top + GAP);
    const column = thread ? box.right - thread.left : 0;
    const foot = Math.min(0.5 * height, (bottom ? box.bottom - bottom.top : 0) + GAP);
    const under = drawer && drawer.top - box.top > 0.3 * height; // the figure, where there is little room beside it
    const right = drawer && !under ? Math.min(0.6 * width, box.right - drawer.left + GAP) : column;
    const low = under ? Math.min(0.65 * height, box.bottom - drawer.top + GAP) : foot;
    if (page.viewers.length === 1) return [[left, top, right, low]];
    if (this.stacked) return [[left, top, right, EDGE], [left, EDGE, right, low]];
    page.root.style.setProperty("--aside", `${aside ? left : DOT_COLUMN}px`);
    const folded = between && between.height < FOLDED;
    const inner = between && !folded ? between.width / 2 + GAP : EDGE;
    const brow = folded ? between.bottom - box.top + GAP : 0;
    return [[aside ? left + DOT_COLUMN : Math.max(left, column), Math.max(top, brow), inner, foot], [inner, Math.max(UNDER_TOOLBAR, brow), right, low]];
  }
}
