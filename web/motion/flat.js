// The tour of a figure of two dimensions, and a drag of it: it turns in its plane, there being nothing else to see (engine/motion/flat.py).

import { times } from "./linear.js";
import { through } from "./projection.js";
import { asFrame, firstAxes, orthonormalize } from "./rotation.js";

const RENEWED = 1; // radians after which rounding is cleaned away

/**
 * The frame (3, 3) that shows `point` in the direction of `target`, turned in the plane of the screen alone.
 * @param {import("./linear.js").Matrix} frame @param {number[]} point @param {number[]} target
 */
export function dragFlat(frame, point, target) {
  const [x, y] = through(point, frame);
  const angle = Math.atan2(x * target[1] - y * target[0], x * target[0] + y * target[1]);
  return orthonormalize(times(frame, inPlane(angle)));
}

/** The turn (3, 3) of the plane of the first two axes. @param {number} angle radians */
function inPlane(angle) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [
    [c, s, 0],
    [-s, c, 0],
    [0, 0, 1],
  ];
}

/** Turns the first two axes at constant speed, and with them whatever frame it is given. */
export class FlatTour {
  /** @param {number} speed radians of turning per second */
  constructor(speed = 0.2) {
    this.speed = speed;
    this.resting = false;
    this.start = firstAxes(3);
    this.angle = 0;
  }

  get frame() {
    return this.turned(this.angle);
  }

  set frame(frame) {
    [this.start, this.angle] = [asFrame(frame, 3), 0];
  }

  /** Move on by `seconds` of time and return the frame (3, 3). @param {number} seconds */
  advance(seconds) {
    this.angle += this.speed * seconds;
    while (this.angle >= RENEWED) [this.start, this.angle] = [orthonormalize(this.turned(RENEWED)), this.angle - RENEWED];
    return this.frame;
  }

  /** Where the frame (3, 3) will be so much later. @param {number} seconds */
  later(seconds) {
    return this.turned(this.angle + this.speed * seconds);
  }

  /** @param {number} angle */
  turned(angle) {
    return times(inPlane(angle), this.start);
  }
}
