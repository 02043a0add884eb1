// The Grand Tour: a smooth path through all two-dimensional projections, at constant speed (engine/motion/grandtour.py).

import { beyond, column, inner, timesTransposed } from "./linear.js";
import { Geodesic, logarithm, norm, unit } from "./plane_geodesic.js";
import { Random } from "./random.js";
import { asFrame, firstAxes, orthonormalize, randomFrame } from "./rotation.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

const STEP = 0.01; // radians of path: the length of one geodesic piece
const TURN = (3 * Math.PI) / 180; // the most that the direction turns from one piece to the next
const ARRIVED = 0.25; // radians: a plane this near is passed
const ACROSS = 0.02; // overlap below which a plane stands across
const STRAIGHT = 0.5; // radians: further on, where it bends to is not told
const RENEW = 64; // pieces after which rounding is cleaned away
const STEERED = 2 ** -12; // the steps of a direction's coordinates

/** The motion along that path. `frame` is where it is now and can be assigned; `advance` moves it on. */
export class GrandTour {
  /** @param {number} dims @param {number | null} seed @param {number} speed radians of path per second */
  constructor(dims, seed = 0, speed = 0.2) {
    this.dims = dims;
    this.speed = speed;
    this.resting = false; // it goes on for ever
    this.targets = uniformPlanes(new Random(seed), dims);
    this.target = /** @type {Matrix} */ (this.targets.next().value);
    this.here = this.start = firstAxes(dims);
    this.heading = Array.from({ length: dims }, () => [0, 0]);
    this.geodesic = new Geodesic(this.start, this.heading);
    this.walked = 0; // radians along the current piece
    this.pieces = 0;
    this.frame = firstAxes(dims);
  }

  /** Never written into: every step makes another one. */
  get frame() {
    return this.here;
  }

  set frame(frame) {
    this.here = this.start = asFrame(frame, this.dims);
    this.heading = this.carriedOver();
    this.geodesic = new Geodesic(this.start, this.heading);
    this.walked = this.pieces = 0;
  }

  /** Move on by `seconds` of time and return the frame (dims, 3). @param {number} seconds */
  advance(seconds) {
    this.walked += this.speed * seconds;
    while (this.walked >= STEP) {
      this.walked -= STEP;
      this.bendOn();
    }
    this.here = this.geodesic.at(this.walked);
    return this.frame;
  }

  /** Where the frame (dims, 3) will be so much later if the path does not bend, STRAIGHT radians on at most. @param {number} seconds */
  later(seconds) {
    return this.geodesic.at(this.walked + Math.min(this.speed * seconds, STRAIGHT));
  }

  /** End the current piece and begin the next one, bent towards the target. */
  bendOn() {
    [this.start, this.heading] = [this.geodesic.at(STEP), this.geodesic.headingAt(STEP)];
    this.pieces += 1;
    if (this.pieces % RENEW === 0) {
      this.start = orthonormalize(this.start);
      this.heading = this.carriedOver();
    }
    this.heading = bend(this.heading, this.homing());
    this.geodesic = new Geodesic(this.start, this.heading);
  }

  /** The unit direction of the target, or of the next one if this one is reached. */
  homing() {
    const plane = planeOf(this.start);
    if (norm(timesTransposed(plane, this.target)) < ACROSS) return steered(plane, beyond(this.target, plane));
    let velocity = logarithm(plane, this.target, ACROSS);
    while (norm(velocity) < ARRIVED) {
      this.target = /** @type {Matrix} */ (this.targets.next().value);
      velocity = logarithm(plane, this.target, ACROSS);
    }
    return steered(plane, velocity);
  }

  /** The heading as far as it moves the plane; where it does not, the way to the target. */
  carriedOver() {
    const plane = planeOf(this.start);
    const velocity = beyond(this.heading, plane);
    const size = norm(velocity);
    return size > 1e-6 ? unit(velocity, size) : this.homing();
  }
}

/** Haar-uniform planes (dims, 2) without end. @param {Random} rng @param {number} dims @returns {Generator<Matrix>} */
export function* uniformPlanes(rng, dims) {
  while (true) {
    const rotation = randomFrame(rng, dims, dims);
    for (let k = 0; k < dims - 1; k += 2) {
      const [a, b] = [column(rotation, k), column(rotation, k + 1)];
      yield a.map((value, i) => [value, b[i]]);
    }
  }
}

/** @param {Matrix} frame */
export function planeOf(frame) {
  return frame.map(([x, y]) => [x, y]);
}

/**
 * The unit direction of a velocity that moves a plane, to the next step of each coordinate.
 * @param {Matrix} plane @param {Matrix} velocity
 */
function steered(plane, velocity) {
  const size = norm(velocity) * STEERED;
  const coarse = velocity.map((row) => row.map((value) => Math.floor(value / size + 0.5) * STEERED));
  return unit(beyond(coarse, plane));
}

/** Turn a unit heading towards another by at most TURN. @param {Matrix} heading @param {Matrix} homing */
function bend(heading, homing) {
  const cosine = inner(heading, homing);
  if (cosine >= Math.cos(TURN)) return homing;
  const side = homing.map((row, i) => row.map((value, j) => value - cosine * heading[i][j]));
  const size = norm(side);
  if (size < 1e-9) return heading;
  const [c, s] = [Math.cos(TURN), Math.sin(TURN) / size];
  return heading.map((row, i) => row.map((value, j) => value * c + side[i][j] * s));
}
