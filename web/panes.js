// The panes of a page: one tour, or two side by side; where hands and points are on them, and what panels leave of them.

import { Area } from "./motion/framing.js";

/** @typedef {import("./viewer/viewer.js").Viewer} Viewer */
/** @typedef {[number, number]} Pair */
/** @typedef {{x: number, y: number, width: number, height: number, size: Pair, viewer: Viewer}} Pane in pixels of the page */

const [EDGE, GAP, UNDER_TOOLBAR] = [16, 8, 64]; // as in the window
const [NARROW, SLIM, LOW] = [960, 640, 480]; // pixels
const [DOT_COLUMN, FOLDED] = [24, 56]; // pixels: how wide layers are, how high the card of a pair is at most when folded
const SEAM = 24; // pixels at the line between two panes that are stacked: their names stand there
const LYING = 0.6; // of the page's width: a wider list lies across it
const [NEXT, STRIP] = [1160, 1600]; // pixels of a page that has room, with two figures, for what stands beside the first, the second

export class Panes {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Pair} */
    this.size = [page.root.clientWidth, page.root.clientHeight];
    /** @type {Pair | null} a size that was asked for */
    this.fixed = null;
    this.scale = 1; // pixels of the canvas to one of the page
    this.middle = 0; // where the first of two panes ends
  }

  /** Whether what compares two tours lies across the page. */
  get narrow() {
    return this.size[0] < NARROW;
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

  /** Whether panels on the left stand over the figure, and not beside it, so that they have to be low. */
  get tight() {
    return !this.low && (this.page.viewers.length > 1 ? this.stacked || this.size[0] < NEXT : this.phone);
  }

  /** Whether the list of points lies across the page. */
  get across() {
    return this.page.viewers.length > 1 ? this.size[0] < STRIP : this.phone && !this.low;
  }

  /** @returns {Pane[]} */
  get all() {
    return this.boxes(this.middle);
  }

  /** @param {number} middle where the first of two ends @returns {Pane[]} */
  boxes(middle) {
    const [width, height] = this.size;
    const { viewers } = this.page;
    return viewers.map((viewer, k) => {
      const [from, to] = [k ? middle : 0, k + 1 < viewers.length ? middle : this.stacked ? height : width];
      const [x, y, right, bottom] = this.stacked ? [0, from, width, to] : [from, 0, to, height];
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
    return panes.find((pane) => x < pane.x + pane.width && y < pane.y + pane.height) ?? /** @type {Pane} */ (panes.at(-1));
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
    this.middle = this.middleOf([]);
  }

  /** Tell every viewer how large its pane is and what panels leave of it. */
  place() {
    const { page } = this;
    const covered = page.chrome ? this.covered() : [];
    this.middle = this.middleOf(covered);
    this.all.forEach(({ size, viewer }, k) => viewer.showOn(new Area(size, covered[k])));
    if (!covered.length) return;
    page.furniture.layOut(covered);
    const [[left, top], [, , right]] = [covered[0], /** @type {number[]} */ (covered.at(-1))];
    this.tell({ left, top, right, middle: this.middle });
  }

  /** Lengths for the style sheet. @param {Record<string, number>} lengths */
  tell(lengths) {
    for (const [name, value] of Object.entries(lengths)) this.page.root.style.setProperty(`--${name}`, `${value}px`);
  }

  /** The smallest side of what panels leave of any pane. */
  get room() {
    const covered = this.covered();
    const sides = this.boxes(this.middleOf(covered)).map(({ size: [width, height] }, k) => {
      const [left, top, right, bottom] = covered[k];
      return Math.min(width - left - right, height - top - bottom);
    });
    return Math.min(...sides);
  }

  /** Where the first of two panes ends: in the middle of the page, or of what panels leave of it. @param {number[][]} covered */
  middleOf(covered) {
    const [width, height] = this.size;
    const [first, last] = [covered[0], /** @type {number[]} */ (covered.at(-1))];
    return Math.round(!this.stacked ? width / 2 : first ? (height + first[1] - last[3]) / 2 : height / 2);
  }

  /** How much panels cover at the sides of each pane: left, top, right, bottom. */
  covered() {
    const {
      page,
      stacked,
      size: [width, height],
    } = this;
    const { thread, bottom, drawer, between, epochs } = page.furniture.standing();
    const under = (/** @type {DOMRect} */ each) => each.bottom + GAP;
    const two = page.viewers.length > 1;
    const beside = two && !stacked;
    const dots = thread ? width - thread.left : 0;
    const aside = drawer && drawer.width < LYING * width;
    const right = aside ? Math.min(0.6 * width, width - drawer.left + GAP) : dots;
    const foot = Math.min(0.6 * height, height - (bottom?.top ?? height) + GAP);
    this.tell({ foot });
    const column = page.furniture.column(); // which goes as far down as that lets it
    const amid = between && between.top < height / 2 ? between : null; // else it lies across the page
    const brow = amid && (stacked || amid.height < FOLDED) ? under(amid) : 0;
    const inner = beside ? (amid && !brow ? amid.width / 2 + GAP : EDGE) : right;

    /** The smaller side of what is left of the first pane. @param {number[]} corner */
    const side = ([x, y]) => Math.min((beside ? width / 2 : width) - x - inner, (height - y - foot) / (stacked ? 2 : 1));
    const edge = Math.max(EDGE, ...column.map((each) => each.right + GAP));
    const next = [beside ? edge + DOT_COLUMN : edge, Math.max(UNDER_TOOLBAR, brow)]; // beside the panels on the left
    const below = [beside ? dots : EDGE, Math.max(UNDER_TOOLBAR, brow, ...column.map(under))];
    const [left, top] = side(next) >= side(below) ? next : below;
    const other = Math.max(UNDER_TOOLBAR, brow, epochs ? under(epochs) : 0);
    if (!two) return [[left, Math.max(top, other), right, foot]];
    if (stacked)
      return [
        [left, top, right, SEAM],
        [EDGE, SEAM, right, foot],
      ];
    this.tell({ aside: left === dots ? DOT_COLUMN : edge });
    return [
      [left, top, inner, foot],
      [inner, other, right, foot],
    ];
  }
}
