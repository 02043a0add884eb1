// A tour in the browser: what the manifest says, and layers, attributes and images, each fetched when it is first needed.

/** @typedef {"layers" | "epochs"} Axis */
/** @typedef {(name: string) => Promise<Uint8Array<ArrayBuffer>>} Source hands out a piece by its name, unpacked */
/**
 * @typedef {{name: string, kind: string, radius: number, similarity: number, piece: string, step: number, regions?:
 *   string}} Layer regions: dense places by clusters, where there are no classes
 */
/**
 * @typedef {{name: string, kind: "categorical" | "ordinal" | "continuous" | "text", names: string[], counts:
 *   number[], extent: [number, number], bytes: number, piece: string, numbers: boolean}} Attribute numbers: whether
 *   these are the names of its classes
 */
/** @typedef {{n: number, tile: number, columns: number, per_page: number, width: number, height: number, pages: string[]}} SpriteGrid */
/**
 * @typedef {{kind: string, codes: Float32Array, table: (readonly number[])[], names: string[], counts: number[],
 *   extent: [number, number]}} Coloring
 */

const LEVELS = 256; // rows of the table of a continuous attribute
const MISSING = [0x80, 0x84, 0x8a];

export class Tour {
  /**
   * @param {any} manifest of this tour @param {any} shared palettes and shaders @param {Source} source
   * @param {() => void} arrived @param {(error: Error) => void} failed
   */
  constructor(manifest, shared, source, arrived, failed) {
    this.name = /** @type {string} */ (manifest.name);
    this.n = /** @type {number} */ (manifest.n);
    this.dims = /** @type {number} */ (manifest.dims);
    this.flat = /** @type {boolean} */ (manifest.flat); // a figure in a plane
    this.epochs = /** @type {string[]} */ (manifest.epochs); // of a training: all layers of one, then all of the next
    this.stride = 4 * Math.ceil(this.dims / 4);
    this.layers = /** @type {Layer[]} */ (manifest.layers);
    this.attributes = /** @type {Attribute[]} */ (manifest.attributes);
    this.sprites = /** @type {SpriteGrid | null} */ (manifest.sprites);
    this.views = /** @type {import("./ui/story.js").Scene[]} */ (manifest.views);
    this.opening = /** @type {Record<string, any>} */ (manifest.opening);
    this.ordered = /** @type {string} */ (manifest.order);
    this.supported = /** @type {string} */ (manifest.support);
    this.palettes = shared.palettes;
    this.shaders = shared.shaders[this.stride / 4];
    this.source = source;
    this.arrived = arrived;
    this.failed = failed;
    /** @type {Map<string, any>} what has arrived, by piece */
    this.there = new Map();
    /** @type {Map<string, Promise<any>>} */
    this.coming = new Map();
  }

  /** @template T @param {string} piece @param {(bytes: Uint8Array<ArrayBuffer>) => T} decode @returns {Promise<T>} */
  fetch(piece, decode) {
    let coming = this.coming.get(piece);
    if (!coming) {
      coming = this.source(piece).then((bytes) => {
        this.there.set(piece, decode(bytes));
        this.arrived();
        return this.there.get(piece);
      });
      coming.catch(this.failed);
      this.coming.set(piece, coming);
    }
    return coming;
  }

  /** What has arrived of a piece; asked for if nothing has. @param {string} piece @param {() => Promise<any>} ask */
  now(piece, ask) {
    const there = this.there.get(piece);
    if (!there) ask().catch(() => {});
    return there;
  }

  /** A layer's points, aligned, (n, stride) in a row. @param {number} k @returns {Promise<Float32Array>} */
  layer(k) {
    const layer = this.layers[k];
    return this.fetch(layer.piece, (bytes) => dequantised(bytes, layer, this.n, this.dims, this.stride));
  }

  /** The same if it is there; asked for if not. @param {number} k @returns {Float32Array | undefined} */
  layerNow(k) {
    return this.now(this.layers[k].piece, () => this.layer(k));
  }

  /** The rows that stand for all points in any projection. @returns {Promise<Int32Array>} */
  support() {
    return this.fetch(this.supported, rows);
  }

  /** The same if they are there; asked for if not. @returns {Int32Array | undefined} */
  supportNow() {
    return this.now(this.supported, () => this.support());
  }

  /** The numbers of the points in a random order, always the same. @returns {Promise<Int32Array>} */
  order() {
    return this.fetch(this.ordered, rows);
  }

  /** The same if it is there; asked for if not. @returns {Int32Array | undefined} */
  orderNow() {
    return this.now(this.ordered, () => this.order());
  }

  /** How many layers the network has, which are those of one epoch. */
  get depth() {
    return this.layers.length / Math.max(1, this.epochs.length);
  }

  /**
   * The layers through one of them along an axis: those of its epoch, or the same one at every epoch.
   * @param {number} layer @param {Axis} axis
   */
  line(layer, axis = "layers") {
    const { depth, epochs } = this;
    const first = layer - (layer % depth);
    return axis === "epochs" ? epochs.map((_, k) => k * depth + (layer % depth)) : Array.from({ length: depth }, (_, k) => first + k);
  }

  /** The dense places of a layer whose tour has no classes. @param {number} k @returns {Promise<import("./viewer/regions.js").Region[]>} */
  regions(k) {
    return this.fetch(/** @type {string} */ (this.layers[k].regions), parsed);
  }

  /** The place of a layer by index, place between two, or name. @param {number | string} layer */
  place(layer) {
    const at = typeof layer === "string" ? this.layers.findIndex((each) => each.name === layer) : layer;
    if (!(typeof at === "number" && at >= 0 && at <= this.layers.length - 1))
      throw new Error(`${this.name} has no layer ${typeof layer === "string" ? JSON.stringify(layer) : layer}`);
    return at;
  }

  /** @param {string} name */
  attribute(name) {
    const found = this.attributes.find((each) => each.name === name);
    if (!found) throw new Error(`${this.name} has no attribute ${JSON.stringify(name)}`);
    return found;
  }

  /** An attribute's values, one a point: codes of classes, numbers, or texts. @param {string} name @returns {Promise<ArrayLike<any>>} */
  values(name) {
    const { piece, bytes, kind } = this.attribute(name);
    return this.fetch(piece, (raw) => {
      if (kind === "text") return parsed(raw);
      if (bytes === 8) return new Float64Array(raw.buffer);
      return bytes === 4 ? new Int32Array(raw.buffer) : bytes === 2 ? new Int16Array(raw.buffer) : new Int8Array(raw.buffer);
    });
  }

  /** @param {string} name @returns {ArrayLike<any> | undefined} */
  valuesNow(name) {
    return this.there.get(this.attribute(name).piece);
  }

  /** What a point's attribute says. @param {string} name @param {number} point */
  text(name, point) {
    const [attribute, values] = [this.attribute(name), this.valuesNow(name)];
    if (!values) return "…";
    if (attribute.kind === "text") return values[point];
    if (attribute.kind !== "continuous") return attribute.names[values[point]] ?? "(none)";
    return Number.isFinite(values[point]) ? String(+values[point].toPrecision(4)) : "(none)";
  }

  /** A page of images as a file. @param {number} page */
  page(page) {
    const piece = /** @type {SpriteGrid} */ (this.sprites).pages[page];
    return this.fetch(piece, (bytes) => new Blob([bytes], { type: "image/webp" }));
  }

  /** @param {string | null} name @param {"auto" | "ten" | "large"} palette @returns {Promise<Coloring>} */
  async coloring(name, palette) {
    if (name === null) return { kind: "none", codes: new Float32Array(this.n), table: [[0, 0, 0]], names: [], counts: [], extent: [0, 1] };
    const attribute = this.attribute(name);
    return colored(attribute, await this.values(name), palette, this.palettes);
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes of numbers of points */
function rows(bytes) {
  return new Int32Array(bytes.buffer);
}

/** @param {Uint8Array<ArrayBuffer>} bytes of JSON */
function parsed(bytes) {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * Points from where each axis begins and their codes (engine/web/quantise.py).
 * @param {Uint8Array<ArrayBuffer>} bytes @param {Layer} layer @param {number} n @param {number} dims
 * @param {number} stride
 */
function dequantised(bytes, layer, n, dims, stride) {
  const planes = (bytes.length - 8 * dims) / (n * dims);
  if (![1, 2, 3, 4].includes(planes))
    throw new Error(`layer ${layer.name} is not whole: ${bytes.length} bytes for ${n} points of ${dims} dimensions; export the tour again`);
  const [low, codes] = [new Float64Array(bytes.buffer, bytes.byteOffset, dims), bytes.subarray(8 * dims)];
  const out = new Float32Array(n * stride);
  for (let k = 0; k < dims; k++) {
    for (let i = 0, at = k * n * planes; i < n; i++, at++) {
      let code = 0;
      for (let plane = 0; plane < planes; plane++) code += codes[at + plane * n] << (8 * plane);
      out[i * stride + k] = low[k] + code * layer.step;
    }
  }
  return out;
}

/**
 * An attribute as rows of a colour table; values have their colours once it is known on what ground (`onGround`).
 * @param {Attribute} attribute @param {ArrayLike<number>} values @param {string} palette @param {any} palettes
 * @returns {Coloring}
 */
function colored(attribute, values, palette, palettes) {
  const { kind, names, counts, extent } = attribute;
  if (kind === "continuous") {
    const span = extent[1] - extent[0] || 1;
    const codes = Float32Array.from(values, (value) =>
      Number.isFinite(value) ? Math.min(LEVELS - 1, Math.max(0, Math.floor(((value - extent[0]) / span) * LEVELS))) : LEVELS,
    );
    return { kind, codes, table: new Array(LEVELS + 1).fill(MISSING), names: [], counts: [], extent };
  }
  const ten = palette === "ten" || (palette === "auto" && names.length <= palettes.ten.length);
  const colors = ten ? palettes.ten : palettes.large;
  const table = names.map((_, k) => colors[k % colors.length]);
  const missing = values.length - counts.reduce((sum, each) => sum + each, 0);
  const codes = Float32Array.from(values, (value) => (value < 0 ? names.length : value));
  if (!missing) return { kind, codes, table, names, counts, extent };
  return { kind, codes, table: [...table, MISSING], names: [...names, "(none)"], counts: [...counts, missing], extent };
}

/**
 * Viridis as it stands out from a canvas, 256 colours.
 * @param {any} palettes @param {"dark" | "light"} theme @param {number} background @returns {number[][]}
 */
export function ramp(palettes, theme, background) {
  const ramps = palettes.ramps[theme];
  const at = ((background + 1) / 2) * (ramps.length - 1);
  const low = Math.min(ramps.length - 2, Math.floor(at));
  const [below, above] = [ramps[low], ramps[low + 1]].map(colorsOf); // of the backgrounds on both sides
  return below.map((color, k) => color.map((value, j) => Math.round(value + (above[k][j] - value) * (at - low))));
}

/** Colours from six digits each. @param {string} digits @returns {number[][]} */
export function colorsOf(digits) {
  return Array.from({ length: LEVELS }, (_, k) => [0, 2, 4].map((at) => parseInt(digits.slice(6 * k + at, 6 * k + at + 2), 16)));
}

/**
 * A colouring's table on a canvas: classes as they are, values as they stand out from it.
 * @param {Coloring} coloring @param {any} palettes @param {"dark" | "light"} theme @param {number} background
 */
export function onGround({ kind, table, names }, palettes, theme, background) {
  if (kind !== "continuous" && kind !== "ordinal") return table;
  const colors = ramp(palettes, theme, background);
  const levels = kind === "continuous" ? LEVELS : names.filter((name) => name !== "(none)").length;
  const moved = Array.from({ length: levels }, (_, k) => colors[Math.round((k / Math.max(1, levels - 1)) * (LEVELS - 1))]);
  return [...moved, ...table.slice(levels)];
}
