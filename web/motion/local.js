// The local tour: small excursions around one place, to see what is stable there (engine/motion/local.py).

import { planeOf } from "./grandtour.js";
import { beyond } from "./linear.js";
import { Geodesic, unit } from "./plane_geodesic.js";
import { Random } from "./random.js";
import { Walk } from "./walk.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

const NEARBY = (25 * Math.PI) / 180; // radians of path, from home to a turning point

/** Stays around home: the frame that was assigned last. */
export class LocalTour extends Walk {
  /** @param {number} dims @param {number | null} seed @param {number} speed @param {number} angle */
  constructor(dims, seed = 0, speed = 0.2, angle = NEARBY) {
    super(dims, speed);
    this.angle = angle;
    this.rng = new Random(seed);
    this.away = false;
    /** @type {Matrix | null} */
    this.home = null;
    this.setOut(this.here);
  }

  forget() {
    this.home = null;
  }

  twin() {
    const twin = super.twin();
    twin.rng = this.rng.twin();
    return twin;
  }

  /** Home from a turning point, a new turning point from home. @param {Matrix} frame */
  nextTarget(frame) {
    if (!this.home) [this.home, this.away] = [frame, false];
    this.away = !this.away;
    if (!this.away) return planeOf(this.home);
    return planeOf(new Geodesic(this.home, randomHeading(this.rng, planeOf(this.home))).at(this.angle));
  }
}

/** A uniformly random unit velocity (d, 2) of a plane (d, 2). @param {Random} rng @param {Matrix} plane */
export function randomHeading(rng, plane) {
  return unit(beyond(rng.standardNormal(plane.length, 2), plane));
}
