// What is looked at and how it changes, in numbers alone: the state of the page. It draws nothing and knows no element.

import { Camera } from "./motion/camera.js";
import { flight } from "./motion/flight.js";
import { GrandTour } from "./motion/grandtour.js";
import { GuidedTour, scatter } from "./motion/guided.js";
import { drag } from "./motion/handle.js";
import { LittleTour } from "./motion/little.js";
import { LocalTour } from "./motion/local.js";
import { asFrame, firstAxes } from "./motion/rotation.js";
import { combine } from "./motion/selection.js";
import { atRest, between } from "./motion/transition.js";
import { onGround } from "./tour.js";

/** @typedef {import("./motion/linear.js").Matrix} Matrix */
/** @typedef {{name: string, points: number[], row: number | null, attribute: string | null}} Handle */
/** @typedef {"grand" | "little" | "local" | "guided"} TourKind */

export const SPEED = 6; // degrees of path per second, to begin with
export const FASTEST = 40;
const RESET_SECONDS = 0.75;
const FLIGHT_SECONDS = 0.9;
const SCRUB_SECONDS = 0.08; // in which the points catch up with the hand by a factor of e
const HASTE = { grand: 1, little: 1, local: 1, guided: 2 }; // times the speed: who knows where to go does not stroll
const MANY = 20_000; // points that the guide looks at

/** What every key of a View is unless it is said. */
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
  fit: false,
};

export class Viewer {
  /** @param {import("./tour.js").Tour} tour */
  constructor(tour) {
    this.tour = tour;
    this.view = { ...PLAIN };
    this.transition = atRest(0);
    this.camera = new Camera();
    /** @type {TourKind} */
    this.kind = "grand";
    /** @type {GrandTour | import("./motion/walk.js").Walk} */
    this.tourist = new GrandTour(tour.dims);
    this.playing = false;
    this.speed = SPEED;
    this.held = false; // by a hand
    /** @type {{path: (t: number) => import("./motion/flight.js").Pose, elapsed: number, seconds: number} | null} */
    this.flight = null;
    /** @type {number | null} where a hand drags the layers */
    this.scrub = null;
    /** @type {import("./tour.js").Coloring} */
    this.coloring = { kind: "none", codes: new Float32Array(tour.n), table: [[0, 0, 0]], names: [], counts: [], extent: [0, 1] };
    /** @type {Uint8Array | null} */
    this.selection = null;
    /** @type {Handle[]} */
    this.handles = [];
    /** @type {number | null} */
    this.handle = null;
    /** @type {number | null} the legend row under the cursor */
    this.hovered = null;
    /** @type {Uint8Array | null} */
    this.found = null;
    this.changes = 0; // counted, so that others see that something is new
    /** @type {Record<string, any>} */
    this.cache = {};
  }

  // ------------------------------------------------------------------------------------------ where one looks

  get frame() {
    return this.tourist.frame;
  }

  get layer() {
    return this.transition.layer;
  }

  /** The place along the layers, 3.25 a quarter of the way from 3 to 4. */
  get place() {
    return this.transition.blend.reduce((sum, [layer, share]) => sum + layer * share, 0);
  }

  /** The largest norm among the points, mixed as they are. */
  get radius() {
    return this.transition.blend.reduce((sum, [layer, share]) => sum + share * (this.tour.layers[layer].radius || 1), 0);
  }

  /** Later by `seconds`; whether anything moved. @param {number} seconds */
  advance(seconds) {
    let moved = false;
    if (this.flight) {
      this.flight.elapsed += seconds;
      const pose = this.flight.path(this.flight.elapsed / this.flight.seconds);
      [this.tourist.frame, this.camera] = [pose.frame, pose.camera];
      if (this.flight.elapsed >= this.flight.seconds) this.flight = null;
      moved = true;
    } else if (this.playing && this.speed > 0 && !this.held && !this.tourist.resting) {
      this.tourist.speed = ((this.speed * Math.PI) / 180) * HASTE[this.kind];
      this.tourist.advance(seconds);
      moved = true;
    }
    if (this.scrub !== null) {
      const here = this.place;
      const rest = (this.scrub - here) * Math.exp(-seconds / SCRUB_SECONDS);
      this.transition = between(Math.abs(rest) < 1e-3 ? this.scrub : this.scrub - rest);
      moved ||= Math.abs(rest) >= 1e-3;
    } else if (!this.transition.settled && this.ready) {
      this.transition = this.transition.advanced(seconds);
      moved = true;
      if (this.transition.settled) this.guide();
    }
    return moved;
  }

  /** Whether the layers of the transition are there. */
  get ready() {
    return [...this.transition.source, ...this.transition.target].map(([layer]) => this.tour.layerNow(layer)).every(Boolean);
  }

  /** @param {number} layer */
  goTo(layer) {
    const last = this.tour.layers.length - 1;
    this.scrub = null;
    this.transition = this.transition.redirected(Math.min(last, Math.max(0, layer)));
    this.changes++;
  }

  /** @param {number} place */
  scrubTo(place) {
    this.scrub = Math.min(this.tour.layers.length - 1, Math.max(0, place));
    this.changes++;
  }

  endScrub() {
    const place = this.scrub;
    this.scrub = null;
    if (place !== null) this.goTo(Math.round(place));
  }

  /** @param {Matrix} frame @param {Camera} camera */
  flyTo(frame, camera, seconds = FLIGHT_SECONDS) {
    const start = { frame: this.frame, camera: this.camera, layer: 0 };
    this.flight = { path: flight(start, { frame: asFrame(frame, this.tour.dims), camera, layer: 0 }), elapsed: 0, seconds };
    this.changes++;
  }

  reset() {
    this.flyTo(firstAxes(this.tour.dims), new Camera(), RESET_SECONDS);
  }

  /** The whole picture, without turning it. */
  whole() {
    this.flyTo(this.frame, new Camera(), RESET_SECONDS);
  }

  /** @param {TourKind} kind */
  setKind(kind) {
    const frame = this.frame;
    this.kind = kind;
    const make = { grand: GrandTour, little: LittleTour, local: LocalTour };
    this.tourist = kind === "guided" ? new GuidedTour(this.tour.dims) : new make[kind](this.tour.dims);
    this.tourist.frame = frame;
    this.guide();
    this.changes++;
  }

  /** Tell the guided tour what to separate: the coloured classes on the layer shown. */
  guide() {
    if (!(this.tourist instanceof GuidedTour)) return;
    const points = this.tour.layerNow(this.layer);
    const { kind, codes } = this.coloring;
    if (!points || kind === "none") return;
    const every = Math.ceil(this.tour.n / MANY);
    const shown = this.shownRows;
    const groups = Int32Array.from(codes, (code, i) => {
      if (i % every || (shown && !shown[code]) || (this.selection && !this.selection[i])) return -1;
      return kind === "continuous" ? Math.floor(code / 32) : code;
    });
    this.tourist.of = scatter(points, groups, this.tour.dims, this.tour.stride);
  }

  // ------------------------------------------------------------------------------------------ what is shown

  /** Which rows of the colour table are shown; null for all. */
  get shownRows() {
    const { groups } = this.view;
    const key = `${this.hovered}|${groups.join()}|${this.coloring.table.length}`;
    if (this.cache.rows?.key !== key) {
      const on = this.hovered !== null ? [this.hovered] : groups;
      const rows = on.length && this.coloring.names.length ? this.coloring.table.map((_, k) => on.includes(k)) : null;
      this.cache.rows = { key, rows };
    }
    return /** @type {boolean[] | null} */ (this.cache.rows.rows);
  }

  /** Which points are shown; null for all. A hovered legend row or a selected handle comes before the selection. */
  get shownPoints() {
    if (this.hovered !== null) return null;
    if (this.handle !== null) return this.maskOf(this.handles[this.handle]);
    return this.found ?? this.selection;
  }

  /** The colours of the rows on the present canvas. */
  get table() {
    const { theme, background } = this.view;
    const key = `${theme} ${background}`;
    if (this.cache.table?.coloring !== this.coloring || this.cache.table.key !== key) {
      this.cache.table = { coloring: this.coloring, key, table: onGround(this.coloring, this.tour.palettes, theme, background) };
    }
    return /** @type {(readonly number[])[]} */ (this.cache.table.table);
  }

  get someGreyed() {
    return this.shownRows !== null || this.shownPoints !== null;
  }

  /** Whether greyed points are left out. */
  get isolated() {
    return this.view.isolate && this.selection !== null && this.hovered === null && this.handle === null;
  }

  /** @param {Handle} handle */
  maskOf(handle) {
    if (this.cache.mask?.handle !== handle) {
      const mask = new Uint8Array(this.tour.n);
      for (const point of handle.points) mask[point] = 1;
      this.cache.mask = { handle, mask };
    }
    return /** @type {Uint8Array} */ (this.cache.mask.mask);
  }

  /** Whether a point is neither greyed nor left out. @param {number} point */
  isShown(point) {
    const [rows, points] = [this.shownRows, this.shownPoints];
    return (!rows || rows[this.coloring.codes[point]]) && (!points || points[point] === 1);
  }

  /** @param {string | null} name */
  async colorBy(name, palette = this.view.palette) {
    const coloring = await this.tour.coloring(name, palette);
    if (this.view.color_by !== name) this.view = { ...this.view, groups: [] };
    this.view = { ...this.view, color_by: name, palette };
    this.coloring = coloring;
    this.hovered = null;
    this.guide();
    this.changes++;
  }

  /** @param {number} row */
  toggleGroup(row) {
    const { groups } = this.view;
    const next = groups.includes(row) ? groups.filter((each) => each !== row) : [...groups, row].sort((a, b) => a - b);
    this.view = { ...this.view, groups: next };
    this.guide();
    this.changes++;
  }

  /** @param {Partial<typeof PLAIN>} values */
  change(values) {
    this.view = { ...this.view, ...values };
    this.changes++;
  }

  // ------------------------------------------------------------------------------------------ selection and handles

  /** @param {Uint8Array} caught @param {"replace" | "add" | "subtract"} how */
  brush(caught, how) {
    this.select(combine(this.selection, caught, how));
  }

  /** @param {Uint8Array | null} mask */
  select(mask) {
    this.selection = mask;
    this.handle = null;
    this.guide();
    this.changes++;
  }

  /** @returns {number[] | null} */
  get selected() {
    if (!this.selection) return null;
    return rowsOf(this.selection);
  }

  /** @param {string} name @param {number[]} points @param {number | null} row */
  addHandle(name, points, row = null) {
    if (!points.length) return;
    this.handles = [...this.handles, { name, points, row, attribute: row === null ? null : this.view.color_by }];
    this.changes++;
  }

  /** A handle for every class of the coloured attribute, or away with all of them. */
  handlesForAll() {
    if (this.handles.some((each) => each.row !== null)) this.handles = this.handles.filter((each) => each.row === null);
    else {
      const points = /** @type {number[][]} */ (this.coloring.names.map(() => []));
      this.coloring.codes.forEach((code, i) => points[code]?.push(i));
      points.forEach((each, row) => this.addHandle(this.coloring.names[row], each, row));
    }
    this.handle = null;
    this.changes++;
  }

  /** @param {number} k */
  removeHandle(k) {
    this.handles = this.handles.filter((_, each) => each !== k);
    this.handle = null;
    this.changes++;
  }

  /** @param {number} k @param {string} name */
  renameHandle(k, name) {
    this.handles = this.handles.map((each, place) => (place === k ? { ...each, name } : each));
    this.changes++;
  }

  /** The centroid (d,) of a handle's points on what is shown now; null while the layers are on their way. @param {Handle} handle */
  centroid(handle) {
    const sum = new Array(this.tour.dims).fill(0);
    for (const [layer, share] of this.transition.blend) {
      const each = this.centroidOn(handle, layer);
      if (!each) return null;
      for (let k = 0; k < sum.length; k++) sum[k] += share * each[k];
    }
    return sum;
  }

  /** @param {Handle} handle @param {number} layer */
  centroidOn(handle, layer) {
    /** @type {WeakMap<Handle, Map<number, number[]>>} */
    const known = (this.cache.centroids ??= new WeakMap());
    if (!known.has(handle)) known.set(handle, new Map());
    const layers = /** @type {Map<number, number[]>} */ (known.get(handle));
    const [points, { dims, stride }] = [this.tour.layerNow(layer), this.tour];
    if (!layers.has(layer) && points) {
      const sum = new Array(dims).fill(0);
      for (const i of handle.points) for (let k = 0; k < dims; k++) sum[k] += points[i * stride + k];
      layers.set(layer, sum.map((value) => value / handle.points.length));
    }
    return layers.get(layer);
  }

  /** @param {Matrix} from the frame at the press @param {number[]} point @param {number[]} target in data units */
  drag(from, point, target) {
    this.flight = null;
    this.tourist.frame = drag(from, point, target);
    this.changes++;
  }

  // ------------------------------------------------------------------------------------------ as plain values

  /** The present as views.json has it. */
  toJSON() {
    const { blend } = this.transition;
    return {
      layer: blend.length === 1 ? blend[0][0] : this.place,
      frame: this.frame,
      center: [...this.camera.center],
      zoom: this.camera.zoom,
      ...this.view,
      selected: this.selected,
      handles: this.handles,
    };
  }

  /** Show what a view says, all of it at once; keys that it lacks stay as they are. @param {Record<string, any>} view */
  async show(view) {
    const known = new Set([...Object.keys(PLAIN), "layer", "frame", "center", "zoom", "selected", "handles"]);
    const unknown = Object.keys(view).find((key) => !known.has(key));
    if (unknown) throw new Error(`a view has no ${JSON.stringify(unknown)}`);
    if (view.frame === null) view = { ...view, frame: firstAxes(this.tour.dims) };
    const frame = view.frame ? asFrame(view.frame, this.tour.dims) : null;
    const place = view.layer === undefined ? null : this.tour.place(view.layer);
    if (view.mode === "images" && !this.tour.sprites) throw new Error(`${this.tour.name} has no images`);
    if (view.zoom !== undefined && !(view.zoom > 0)) throw new Error(`zoom is above 0, not ${view.zoom}`);
    for (const rows of [view.selected ?? [], ...(view.handles ?? []).map((/** @type {Handle} */ each) => each.points)]) this.checkRows(rows);
    if (view.color_by !== undefined || view.palette !== undefined) {
      await this.colorBy(view.color_by === undefined ? this.view.color_by : view.color_by, view.palette ?? this.view.palette);
    }
    if (frame) {
      this.flight = null;
      this.tourist.frame = frame;
    }
    if (place !== null) [this.transition, this.scrub] = [between(place), place % 1 ? place : null]; // held between two
    if (view.center || view.zoom !== undefined) this.camera = new Camera(view.center ?? this.camera.center, view.zoom ?? this.camera.zoom);
    const looks = Object.fromEntries(Object.entries(view).filter(([key]) => key in PLAIN && !["color_by", "palette"].includes(key)));
    this.change(looks);
    if (view.handles) [this.handles, this.handle] = [view.handles.map((/** @type {Partial<Handle>} */ each) => ({ row: null, attribute: null, ...each })), null];
    if (view.selected !== undefined) this.select(view.selected === null ? null : maskOf(view.selected, this.tour.n));
  }

  /** Fly to a saved view: frame and camera by a flight, layer by a transition, the rest at once. @param {Record<string, any>} view */
  async flyToView(view, seconds = FLIGHT_SECONDS) {
    const { layer, frame, center, zoom, ...rest } = view;
    await this.show({ ...PLAIN, selected: null, handles: [], ...rest, theme: this.view.theme });
    this.flyTo(frame ?? firstAxes(this.tour.dims), new Camera(center ?? [0, 0], zoom ?? 1), seconds);
    this.scrub = null;
    const place = this.tour.place(layer ?? 0);
    this.transition = this.transition.redirected(between(place).blend, Math.max(0.7, 0.8 * seconds));
  }

  /** @param {number[]} rows */
  checkRows(rows) {
    const wrong = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < this.tour.n));
    if (wrong !== undefined) throw new Error(`${this.tour.name} has points 0 to ${this.tour.n - 1}, not ${wrong}`);
  }

  // ------------------------------------------------------------------------------------------ sizes in pixels

  /** The diameter of a dot without the cue (engine/render/scene.py). @param {number[]} rect @param {import("./draw/scene.js").Pixels} pixels */
  dotSize(rect, { scale, maxDot }) {
    const base = Math.min(16, 3.2 * (50_000 / this.tour.n) ** 0.25);
    const side = Math.min(rect[2], rect[3]) / scale;
    return Math.min(maxDot, base * Math.sqrt(side / 800) * this.camera.zoom ** 0.5 * scale * this.view.dot_size);
  }

  /** The side of an image without the cue. @param {number[]} rect @param {import("./draw/scene.js").Pixels} pixels */
  imageSize(rect, { scale }) {
    const base = Math.min(44, Math.max(10, 26 * Math.sqrt(1200 / this.tour.n)));
    const side = Math.min(rect[2], rect[3]) / scale;
    return base * Math.sqrt(side / 800) * this.camera.zoom ** 0.5 * scale * this.view.image_size;
  }
}

/** @param {number[]} rows @param {number} n */
export function maskOf(rows, n) {
  const mask = new Uint8Array(n);
  for (const row of rows) mask[row] = 1;
  return mask;
}

/** @param {Uint8Array} mask */
export function rowsOf(mask) {
  /** @type {number[]} */
  const rows = [];
  mask.forEach((value, i) => value && rows.push(i));
  return rows;
}

