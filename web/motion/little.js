// The little tour: all pairs of axes, one after the other (engine/motion/little.py).

import { planeOf } from "./grandtour.js";
import { svd, timesTransposed } from "./linear.js";
import { Random } from "./random.js";
import { Walk } from "./walk.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

/** Goes to every pair of axes, then begins again. */
export class LittleTour extends Walk {
  /** @param {number} dims @param {number | null} seed @param {number} speed */
  constructor(dims, seed = 0, speed = 0.2) {
    super(dims, speed);
    this.pairs = axisPairs(new Random(seed), dims);
    this.begun = 0; // of them, all rounds together
    /** @type {Matrix | null} */
    this.target = null;
    this.setOut(this.here);
  }

  /** @param {Matrix} frame */
  nextTarget(frame) {
    if (!this.target || reached(frame, this.target)) this.target = this.pairs[this.begun++ % this.pairs.length];
    return this.target;
  }
}

/**
 * The planes (dims, 2) of all pairs of axes, in the order in which they are seen.
 * @param {Random} rng @param {number} dims @returns {Matrix[]}
 */
function axisPairs(rng, dims) {
  const order = rng.permutation(dims);
  return order.flatMap((a, k) => order.slice(k + 1).map((b) => order.map((_, i) => [a === i ? 1 : 0, b === i ? 1 : 0])));
}

/** Whether the frame's plane is the target. @param {Matrix} frame @param {Matrix} target */
function reached(frame, target) {
  return svd(timesTransposed(planeOf(frame), target)).s[1] > 1 - 1e-12;
}
