// What is shown of a tour and how: colours, the legend's classes, selection, handles, sizes; not where points are (engine/viewer/shown.py).

import { growth } from "../motion/shot.js";
import { combine } from "../motion/selection.js";
import { onGround } from "../tour.js";

/** @typedef {{name: string, points: number[], row: number | null, attribute: string | null}} Handle */

/** What every key of a View is unless it is said, but for those that move. */
export const PLAIN = {
  mode: /** @type {"dots" | "images"} */ ("dots"),
  color_by: /** @type {string | null} */ (null),
  palette: /** @type {"auto" | "ten" | "large"} */ ("auto"),
  groups: /** @type {number[]} */ ([]),
  dot_size: 1,
  image_size: 1,
  opacity: 1,
  depth_cue: 1,
  background: 0,
  isolate: false,
  class_frames: false,
  density: false,
  theme: /** @type {"dark" | "light"} */ ("dark"),
};

export class Shown {
  /** @param {import("../tour.js").Tour} tour */
  constructor(tour) {
    this.tour = tour;
    this.view = { ...PLAIN };
    /** @type {import("../tour.js").Coloring} */
    this.coloring = { kind: "none", codes: new Float32Array(tour.n), table: [[0, 0, 0]], names: [], counts: [], extent: [0, 1] };
    /** @type {Uint8Array | null} */
    this.selection = null;
    /** @type {Handle[]} */
    this.handles = [];
    /** @type {number | null} */
    this.handle = null;
    /** @type {number | null} the legend row under the cursor */
    this.hovered = null;
    /** @type {Uint8Array | null} what a search has found */
    this.found = null;
    /** @type {Uint8Array | null} and how well each point is hit */
    this.ranks = null;
    /** @type {Uint8Array | null} what a list shows alone */
    this.singled = null;
    /** @type {Record<string, any>} */
    this.cache = {};
  }

  /**
   * What was made last under a name, or made anew where anything is not what it was made of.
   * @template T @param {string} name @param {any[]} of @param {() => T} make @returns {T}
   */
  kept(name, of, make) {
    const known = this.cache[name];
    if (known?.of.every((/** @type {any} */ each, /** @type {number} */ k) => each === of[k])) return known.value;
    const value = make();
    this.cache[name] = { of, value };
    return value;
  }

  /** Which rows of the colour table are shown; null for all. @returns {boolean[] | null} */
  get shownRows() {
    const [{ groups }, { hovered, coloring }] = [this.view, this];
    return this.kept("rows", [groups, hovered, coloring], () => {
      const on = hovered !== null ? [hovered] : groups;
      return on.length && coloring.names.length ? coloring.table.map((_, k) => on.includes(k)) : null;
    });
  }

  /** Which points are shown; null for all. A hovered legend row or a selected handle comes before the selection. */
  get shownPoints() {
    if (this.hovered !== null) return null;
    if (this.handle !== null) return this.maskOf(this.handles[this.handle]);
    return this.singled ?? this.found ?? this.selection;
  }

  /** The colours of the rows on the present canvas. @returns {(readonly number[])[]} */
  get table() {
    const [{ theme, background }, { coloring }] = [this.view, this];
    return this.kept("table", [coloring, theme, background], () => onGround(coloring, this.tour.palettes, theme, background));
  }

  get someGreyed() {
    return this.shownRows !== null || this.shownPoints !== null;
  }

  /** The points that are shown alone, where greyed ones are left out; null is all. */
  get alone() {
    return this.view.isolate && this.hovered === null && this.handle === null ? this.selection : null;
  }

  /** Times the size of what is not greyed: few points are larger. */
  get growth() {
    const [rows, points, { coloring }] = [this.shownRows, this.shownPoints, this];
    if (!rows && !points) return 1;
    const count = this.kept("growth", [rows, points, coloring], () => {
      let sum = 0;
      for (let i = 0; i < this.tour.n; i++) if ((!rows || rows[coloring.codes[i]]) && (!points || points[i])) sum++;
      return sum;
    });
    return growth(count, this.tour.n, this.view.mode);
  }

  /** @param {Handle} handle */
  maskOf(handle) {
    return this.kept("mask", [handle], () => maskOf(handle.points, this.tour.n));
  }

  /** Whether a point is neither greyed nor left out. @param {number} point */
  isShown(point) {
    const [rows, points] = [this.shownRows, this.shownPoints];
    return (!rows || rows[this.coloring.codes[point]]) && (!points || points[point] === 1);
  }

  // ------------------------------------------------------------------------------------------ actions

  /** @param {string | null} name */
  async colorBy(name, palette = this.view.palette) {
    const coloring = await this.tour.coloring(name, palette);
    if (this.view.color_by !== name) this.view = { ...this.view, groups: [] };
    this.view = { ...this.view, color_by: name, palette };
    this.coloring = coloring;
    this.hovered = null;
  }

  /** @param {number} row */
  toggleGroup(row) {
    const { groups } = this.view;
    const next = groups.includes(row) ? groups.filter((each) => each !== row) : [...groups, row].sort((a, b) => a - b);
    this.view = { ...this.view, groups: next };
  }

  /** @param {Partial<typeof PLAIN>} values */
  change(values) {
    this.view = { ...this.view, ...values };
  }

  /** @param {Uint8Array} caught @param {"replace" | "add" | "subtract"} how */
  brush(caught, how) {
    this.select(combine(this.selection, caught, how));
  }

  /** @param {Uint8Array | null} mask */
  select(mask) {
    this.selection = mask;
    this.handle = null;
  }

  /** @returns {number[] | null} */
  get selected() {
    return this.selection && rowsOf(this.selection);
  }

  /** @param {string} name @param {number[]} points @param {number | null} row */
  addHandle(name, points, row = null) {
    if (!points.length) return;
    this.handles = [...this.handles, { name, points, row, attribute: row === null ? null : this.view.color_by }];
  }

  /** A handle for every class of the coloured attribute, or away with all of them. */
  handlesForAll() {
    if (this.handles.some((each) => each.row !== null)) this.handles = this.handles.filter((each) => each.row === null);
    else {
      const points = classesOf(this.coloring.codes, this.coloring.names.length);
      points.forEach((each, row) => this.addHandle(this.coloring.names[row], each, row));
    }
    this.handle = null;
  }

  /** @param {number} k */
  removeHandle(k) {
    this.handles = this.handles.filter((_, each) => each !== k);
    this.handle = null;
  }

  /** @param {number} k @param {string} name */
  renameHandle(k, name) {
    this.handles = this.handles.map((each, place) => (place === k ? { ...each, name } : each));
  }

  /** Those that stand for a class of an attribute, with its points. @param {Handle[]} handles @returns {Promise<Handle[]>} */
  async withPoints(handles) {
    return Promise.all(
      handles.map(async (each) => {
        if (each.points || each.attribute === null || each.row === null)
          return { ...each, row: each.row ?? null, attribute: each.attribute ?? null };
        const values = await this.tour.values(each.attribute);
        return { ...each, points: rowsOf(Uint8Array.from(values, (value) => (value === each.row ? 1 : 0))) };
      }),
    );
  }
}

/** The numbers of the points of each class. @param {ArrayLike<number>} codes @param {number} count */
export function classesOf(codes, count) {
  const points = Array.from({ length: count }, () => /** @type {number[]} */ ([]));
  for (let i = 0; i < codes.length; i++) points[codes[i]]?.push(i);
  return points;
}

/** @param {ArrayLike<number>} rows @param {number} n */
export function maskOf(rows, n) {
  const mask = new Uint8Array(n);
  for (let k = 0; k < rows.length; k++) mask[rows[k]] = 1;
  return mask;
}

/** @param {Uint8Array} mask */
export function rowsOf(mask) {
  /** @type {number[]} */
  const rows = [];
  mask.forEach((value, i) => value && rows.push(i));
  return rows;
}
