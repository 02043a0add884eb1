// Keeps the figure of a tour in the free area of its pane: measures what is shown, and moves the camera after it (engine/viewer/framer.py).

import { Follower, isThin, measured, SUPPORT } from "../motion/framing.js";
import { sameBlend } from "../motion/transition.js";

/** @typedef {import("../motion/camera.js").Camera} Camera */
/**
 * What the camera is to show. alone: the points that are shown where the others are left out; null is all.
 * @typedef {{frame: import("../motion/linear.js").Matrix, blend: import("../motion/transition.js").Blend, area:
 *   import("../motion/framing.js").Area, alone: Uint8Array | null}} Seen
 */

const SELDOM_MEASURED = 0.1; // seconds between two looks at a figure that only turns: the camera is smooth in between
const KEPT_SUPPORTS = 64; // layers whose support points are in memory

export class Framer {
  /** @param {import("../tour.js").Tour} tour */
  constructor(tour) {
    this.tour = tour;
    this.resting = false; // whether the camera stands where it is going
    /** @type {ArrayLike<number> | null} the rows that stand for what is shown */
    this.rows = null;
    /** @type {Uint8Array | null} */
    this.alone = null;
    /** @type {Map<number, Float32Array>} */
    this.points = new Map();
    /** @type {Map<number, boolean>} whether layers are all but a line, or in a plane */
    this.thin = new Map();
    /** @type {Follower | null} the camera, once it moves after the figure */
    this.follower = null;
    /** @type {Camera | null} where the camera was last sent */
    this.goal = null;
    this.since = 0; // seconds since that was measured
    this.off = 0; // by how much the figure that is followed is larger than it would be at rest, as a logarithm
    /** @type {{seen: Seen, figure: () => import("../motion/framing.js").Box} | null} what was seen when that was measured */
    this.before = null;
  }

  /** Whether all that is needed to measure is there; what is missing is asked for. @param {Pick<Seen, "blend" | "alone">} seen */
  ready({ blend, alone }) {
    const chosen = alone ? this.tour.orderNow() : this.tour.supportNow();
    return blend.map(([layer]) => this.tour.layerNow(layer)).every(Boolean) && chosen !== undefined;
  }

  /** Whether nothing but the frame differs from what was measured last. @param {Seen} seen */
  isAlike({ blend, area, alone }) {
    const past = this.before?.seen;
    return past !== undefined && past.alone === alone && past.area.isNear(area) && sameBlend(past.blend, blend);
  }

  /** What is to be in the free area. @param {Seen} seen */
  figure(seen) {
    if (!this.rows || seen.alone !== this.alone) this.choose(seen);
    const { layers, stride } = this.tour;
    let radius = 0;
    const sides = seen.blend.map(([layer, share]) => {
      const k = this.standIn(layer);
      radius += share * (layers[k].radius || 1);
      return { points: this.support(k), share };
    });
    return measured(sides, seen.frame, stride, radius);
  }

  /** Whether what is shown of all these layers is all but a line, or in a plane. @param {Seen} seen */
  isThin(seen) {
    if (!this.rows || seen.alone !== this.alone) this.choose(seen);
    const {
      thin,
      tour: { dims, stride },
    } = this;
    return seen.blend.every(([layer]) => {
      if (!thin.has(layer)) thin.set(layer, isThin(this.support(layer), dims, stride));
      return thin.get(layer);
    });
  }

  /**
   * The nearest layer whose points are not all at one place, if it is there, which no scale makes larger; itself where
   * none is.
   * @param {number} layer
   */
  standIn(layer) {
    const { layers } = this.tour;
    const others = [...layers.keys()].filter((k) => layers[k].radius);
    const [nearest = layer] = others.sort((a, b) => Math.abs(a - layer) - Math.abs(b - layer));
    return this.tour.layerNow(nearest) ? nearest : layer;
  }

  /**
   * The camera `seconds` later, on the way to what is seen. What a resize changes it makes at once.
   * @param {Camera} camera @param {Seen} seen @param {number} seconds
   * @param {{later: import("../motion/linear.js").Matrix, held: boolean, hurried: boolean}} how later: the frame LAG
   *   seconds later; held: whether a hand holds the picture; hurried: whether a hand changes the figure, however fast
   */
  follow(camera, seen, seconds, { later, held, hurried }) {
    const { goal: last } = this;
    this.since += seconds;
    if (!held && seconds > 0 && last && this.since < SELDOM_MEASURED && this.follower?.camera === camera && this.isAlike(seen)) {
      if (!this.resting) this.follower = this.follower.followed(last, seconds);
      return this.follower.camera;
    }
    this.since = 0;
    const figure = once(() => this.figure(seen)); // what is seen itself, not what comes
    let { before } = this;
    this.before = { seen, figure };
    if (this.follower?.camera !== camera) [this.follower, before] = [new Follower(camera), null]; // it was elsewhere
    let follower = /** @type {Follower} */ (this.follower);
    if (held || seconds <= 0) {
      if (held) this.follower = new Follower(camera);
      this.resting = held && this.resting;
      return camera;
    }
    if (before) {
      const { seen: past, figure: was } = before;
      if (past.area.size.some((side, k) => side !== seen.area.size[k]))
        follower = follower.moved(past.area.fitted(was()), seen.area.fitted(was()));
      if (hurried && past.alone === seen.alone) follower = follower.swept(seen.area.fitted(was()), seen.area.fitted(figure()));
    }
    const goal = (this.goal = seen.area.fitted(later === seen.frame ? figure() : this.figure({ ...seen, frame: later })));
    this.resting = follower.restsAt(goal);
    this.follower = this.resting ? follower : follower.followed(goal, seconds);
    this.off = Math.log(this.follower.camera.zoom / seen.area.fitted(figure()).zoom);
    return this.follower.camera;
  }

  /** The camera and how fast it goes: at rest, where something else has brought it to where it is. @param {Camera} camera */
  now(camera) {
    return this.follower?.camera === camera ? this.follower : new Follower(camera);
  }

  /** The camera of a trajectory, from which it goes on as it goes there. @param {Follower} follower */
  lead(follower) {
    [this.follower, this.before, this.goal, this.since, this.resting, this.off] = [follower, null, null, 0, false, 0];
    return follower.camera;
  }

  /** The rows that stand for what is shown: of points alone the first of the fair order. @param {Seen} seen */
  choose({ alone }) {
    const { tour } = this;
    this.alone = alone;
    this.points.clear();
    this.thin.clear();
    const rows = /** @type {Int32Array} */ (
      alone
        ? tour
            .orderNow()
            ?.filter((row) => alone[row])
            .subarray(0, SUPPORT)
        : tour.supportNow()
    );
    this.rows = rows.length ? rows : [0];
  }

  /** Support points of a layer, (m, stride) in a row. @param {number} layer */
  support(layer) {
    let points = this.points.get(layer);
    if (!points) {
      if (this.points.size >= KEPT_SUPPORTS) this.points.delete(/** @type {number} */ (this.points.keys().next().value));
      points = gathered(
        /** @type {Float32Array} */ (this.tour.layerNow(layer)),
        /** @type {ArrayLike<number>} */ (this.rows),
        this.tour.stride,
      );
      this.points.set(layer, points);
    }
    return points;
  }
}

/** Made when it is first asked for. @template T @param {() => T} make @returns {() => T} */
function once(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}

/** Some rows of points in a row. @param {Float32Array} points @param {ArrayLike<number>} rows @param {number} stride */
function gathered(points, rows, stride) {
  const out = new Float32Array(rows.length * stride);
  for (let k = 0; k < rows.length; k++) out.set(points.subarray(rows[k] * stride, (rows[k] + 1) * stride), k * stride);
  return out;
}
