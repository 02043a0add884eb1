// Walking from plane to plane at constant speed: what the tours beside the grand one have in common (engine/motion/walk.py).

import { planeOf } from "./grandtour.js";
import { Geodesic, logarithm, norm, unit } from "./plane_geodesic.js";
import { asFrame, firstAxes, orthonormalize } from "./rotation.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

const THERE = 1e-9; // radians; a plane this near is reached
const TRIES = 2; // the first target may be where the tour is already

/** Goes where `nextTarget` says. */
export class Walk {
  /** @param {number} dims @param {number} speed radians of path per second */
  constructor(dims, speed = 0.2) {
    this.dims = dims;
    this.speed = speed;
    /** @type {Matrix} */
    this.here = firstAxes(dims);
    /** @type {Geodesic | null} */
    this.geodesic = null;
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
    this.forget();
    this.setOut(asFrame(frame, this.dims));
  }

  /** Nothing is kept of where it was before. */
  forget() {}

  get resting() {
    return this.leg === 0;
  }

  /** @param {number} seconds */
  advance(seconds) {
    this.walked += this.speed * seconds;
    while (this.geodesic && this.walked >= this.leg && this.leg > 0) {
      const rest = this.walked - this.leg;
      this.setOut(orthonormalize(this.geodesic.at(this.leg)));
      this.walked = rest;
    }
    if (this.geodesic && !this.resting) this.here = this.geodesic.at(this.walked);
    return this.frame;
  }

  /** Where the frame will be so much later, round its corners. @param {number} seconds */
  later(seconds) {
    const way = this.walked + this.speed * seconds;
    if (this.resting || !this.geodesic) return this.frame;
    return way <= this.leg ? this.geodesic.at(way) : this.twin().advance(seconds);
  }

  /** Another one that goes on from here as this one will. @returns {this} */
  twin() {
    return Object.assign(Object.create(Object.getPrototypeOf(this)), this);
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
        this.geodesic = new Geodesic(frame, unit(velocity, path));
        this.leg = path;
        return;
      }
    }
  }
}
