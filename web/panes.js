// The panes of a page: one tour, or two side by side; where hands and points are on them, and what panels leave of them.

import { Area } from "./motion/framing.js";

/** @typedef {import("./viewer/viewer.js").Viewer} Viewer */
/** @typedef {[number, number]} Pair */
/** @typedef {{x: number, y: number, width: number, height: number, size: Pair, viewer: Viewer}} Pane in pixels of the page */

const [EDGE, GAP, UNDER_TOOLBAR] = [16, 8, 64]; // as in the window
const [SLIM, LOW] = [640, 480]; // pixels

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
    const panes = this.all;
    const covered = this.page.chrome ? this.covered() : [0, 0, 0, 0];
    const [left, top, right, bottom] = covered;
    const inner = this.page.chrome ? this.half() : 0;
    panes.forEach(({ size, viewer }, k) => {
      if (this.stacked) return viewer.showOn(new Area(size, k === 0 ? [left, top, right, EDGE] : [left, EDGE, right, bottom]));
      const aside = panes.length === 1 ? [left, right] : k === 0 ? [Math.max(left, right), inner] : [inner, right];
      viewer.showOn(new Area(size, [aside[0], top, aside[1], bottom]));
    });
  }

  /** How much panels cover at the sides of the page: left, top, right, bottom. */
  covered() {
    const { left, thread, bottom, drawer } = this.page.furniture.standing();
    const [width, height] = this.size;
    const box = this.page.root.getBoundingClientRect();
    const aside = left !== null && (this.page.storyOpen || !this.page.folded || this.low);
    const right = thread ? box.right - thread.left : 0;
    return [
      left && aside ? left.right - box.left + GAP : EDGE,
      aside || !left ? UNDER_TOOLBAR : Math.max(UNDER_TOOLBAR, left.bottom - box.top + GAP),
      Math.min(0.6 * width, Math.max(right, drawer ? box.right - drawer.left + GAP : 0)),
      Math.min(0.5 * height, (bottom ? box.bottom - bottom.top : 0) + GAP),
    ];
  }

  /** How much the card between two panes covers of each. */
  half() {
    const card = this.page.furniture.between();
    return card ? card.width / 2 + GAP : 0;
  }
}
