// Walking from plane to plane at constant speed: what the tours beside the grand one have in common (engine/motion/walk.py).

import { planeOf } from "./grandtour.js";
import { logarithm, norm, Piece, unit } from "./piece.js";
import { asFrame, firstAxes, orthonormalize } from "./rotation.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

const THERE = 1e-9; // radians; a plane this near is reached
const TRIES = 2; // the first target may be where the tourist is already

/** Goes where `nextTarget` says. */
export class Walk {
  /** @param {number} dims @param {number} speed radians of path per second */
  constructor(dims, speed = 0.2) {
    this.dims = dims;
    this.speed = speed;
    /** @type {Matrix} */
    this.here = firstAxes(dims);
    /** @type {Piece | null} */
    this.piece = null;
    this.leg = 0; // radians of the present leg; 0 while it rests
    this.walked = 0; // radians along it
  }

  /** The plane (d, 2) to go to from `frame`; null to stay. @param {Matrix} _frame @returns {Matrix | null} */
  nextTarget(_frame) {
    return null;
  }

  /** Never written into: every step makes another one. */
  get frame() {
    return this.here;
  }

  set frame(frame) {
    this.setOut(asFrame(frame, this.dims));
  }

  get resting() {
    return this.leg === 0;
  }

  /** @param {number} seconds */
  advance(seconds) {
    this.walked += this.speed * seconds;
    while (this.piece && this.walked >= this.leg && this.leg > 0) {
      const rest = this.walked - this.leg;
      this.setOut(orthonormalize(this.piece.at(this.leg)));
      this.walked = rest;
    }
    if (this.piece && !this.resting) this.here = this.piece.at(this.walked);
    return this.frame;
  }

  /** Begin the leg to the next plane, or rest where there is none elsewhere. @param {Matrix} frame */
  setOut(frame) {
    [this.here, this.walked, this.leg] = [frame, 0, 0];
    for (let k = 0; k < TRIES; k++) {
      const target = this.nextTarget(frame);
      if (!target) return;
      const velocity = logarithm(planeOf(frame), target);
      const path = norm(velocity);
      if (path > THERE) {
        this.piece = new Piece(frame, unit(velocity, path));
        this.leg = path;
        return;
      }
    }
  }
}
