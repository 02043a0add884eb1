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
    /** @type {Matrix | null} */
    this.target = null;
    this.setOut(this.here);
  }

  /** @param {Matrix} frame */
  nextTarget(frame) {
    if (!this.target || reached(frame, this.target)) this.target = /** @type {Matrix} */ (this.pairs.next().value);
    return this.target;
  }
}

/** The planes (dims, 2) of all pairs of axes, without end. @param {Random} rng @param {number} dims @returns {Generator<Matrix>} */
export function* axisPairs(rng, dims) {
  const order = rng.permutation(dims);
  while (true) {
    for (let a = 0; a < dims; a++) {
      for (let b = a + 1; b < dims; b++) yield order.map((_, i) => [order[a] === i ? 1 : 0, order[b] === i ? 1 : 0]);
    }
  }
}

/** Whether the frame's plane is the target. @param {Matrix} frame @param {Matrix} target */
function reached(frame, target) {
  return svd(timesTransposed(planeOf(frame), target)).s[1] > 1 - 1e-12;
}
