// The names of the dense regions of the layer that is shown: looked for between frames, placed anew in every one
// (engine/viewer/region_names.py).

import { Names } from "../motion/label_placement.js";
import { nearness, through } from "../motion/projection.js";
import { regions } from "./regions.js";

/** @typedef {import("./viewer.js").Viewer} Viewer */
/** @typedef {import("../motion/label_placement.js").Pair} Pair */

const MARGIN_OF_NAMES = 8; // pixels that names keep from the pane's

export class RegionNames {
  constructor() {
    this.names = new Names();
    /** @type {import("./regions.js").Region[]} */
    this.found = [];
    this.layer = -1; // of what was found
    /** @type {string | null} the attribute whose rows they have */
    this.of = null;
    /** @type {string[]} */
    this.titles = [];
    this.wanted = "";
    /** @type {Pair[]} */
    this.places = [];
    /** @type {number[]} */
    this.ranks = [];
  }

  /**
   * Have the regions of the present layer and classes looked for, unless they are known or under way.
   * @param {Viewer} viewer @param {() => void} arrived
   */
  seek(viewer, arrived) {
    const { tour, layer, view, transition } = viewer;
    if (!view.density || !transition.settled) return;
    const attribute = namedBy(tour, view.color_by);
    if (!attribute) return this.seekClusters(tour, layer, arrived);
    const [points, order] = [tour.layerNow(layer), tour.orderNow()];
    if (!points || !order) return;
    const wanted = `${layer} ${attribute.name}`;
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    tour.values(attribute.name).then(
      (classes) => {
        const search = regions(tour, points, classes, attribute.names.length, order);
        const go = () => {
          if (this.wanted !== wanted) return;
          const { done, value } = search.next();
          if (!done) return void setTimeout(go);
          this.take(value ?? [], layer, attribute.name, (row) => attribute.names[row]);
          arrived();
        };
        go();
      },
      () => {},
    );
  }

  /**
   * The same of a tour without classes: places that were found beforehand.
   * @param {import("../tour.js").Tour} tour @param {number} layer @param {() => void} arrived
   */
  seekClusters(tour, layer, arrived) {
    if (this.wanted === `${layer}`) return;
    this.wanted = `${layer}`;
    tour.regions(layer).then(
      (found) => {
        if (this.wanted !== `${layer}`) return;
        this.take(found, layer, null, (row) => `cluster ${row + 1}`);
        arrived();
      },
      () => {},
    );
  }

  /**
   * @param {import("./regions.js").Region[]} found @param {number} layer @param {string | null} of
   * @param {(row: number) => string} naming
   */
  take(found, layer, of, naming) {
    Object.assign(this, { found, layer, of, places: [], names: new Names(), titles: found.map(({ row }) => naming(row)) });
  }

  /**
   * Let time pass; whether any name still moves.
   * @param {Viewer} viewer @param {readonly Pair[]} sizes of the names @param {Pair} pane
   * @param {readonly import("../motion/label_placement.js").Edges[]} obstacles @param {number} seconds
   */
  step(viewer, sizes, pane, obstacles, seconds) {
    const { transition, radius, frame, camera, view } = viewer;
    const settled = transition.settled && viewer.layer === this.layer && transition.blend.length === 1;
    if (this.found.length && settled) {
      const shown = this.found.map(({ center }) => through(center, frame));
      this.places = shown.map((xyz) => camera.toPixels(xyz, pane, radius));
      this.ranks = this.found.map(({ count }, k) => Math.sqrt(count) * (0.5 + nearness(shown[k][2], radius, 1)));
    }
    const on = settled && view.density;
    const ranks = this.places.map((_, k) => (on && this.isNamed(viewer, k) ? this.ranks[k] : 0));
    return this.names.step(
      this.places,
      ranks,
      sizes,
      [MARGIN_OF_NAMES, MARGIN_OF_NAMES, pane[0] - MARGIN_OF_NAMES, pane[1] - MARGIN_OF_NAMES],
      obstacles,
      seconds,
      this.titles,
    );
  }

  /** Whether the rows of what was found are those of the colours. @param {Viewer} viewer */
  isColored({ view }) {
    return this.of !== null && this.of === view.color_by;
  }

  /** Whether none is to be seen, or on its way out. @param {Viewer} viewer */
  rests({ view }) {
    return !this.names.standing.size && !view.density;
  }

  /** Whether its class is not greyed and has no handle, which bears the name. @param {Viewer} viewer @param {number} k */
  isNamed(viewer, k) {
    if (!this.isColored(viewer)) return true;
    const { row } = this.found[k];
    const rows = viewer.shownRows;
    return (!rows || rows[row]) && !viewer.handles.some((each) => each.row === row && each.attribute === viewer.view.color_by);
  }
}

/**
 * The attribute whose classes give the names: the coloured one, else the first.
 * @param {import("../tour.js").Tour} tour @param {string | null} colorBy
 */
function namedBy(tour, colorBy) {
  const classes = tour.attributes.filter(({ kind }) => kind === "categorical" || kind === "ordinal");
  return classes.find(({ name }) => name === colorBy) ?? classes[0];
}
