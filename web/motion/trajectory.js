// A camera's trajectory along a path that is known beforehand: a scale of bounded speed that keeps the figure in sight
// (engine/motion/trajectory.py).

import { Camera } from "./camera.js";
import { FASTEST_SCALE, FILL, Follower } from "./framing.js";
import { interpolated, paced } from "./pace.js";

/** @typedef {import("./camera.js").Pair} Pair */

export const KNOTS = 33; // moments at which a path is looked at
const UNSEEN = 0.03; // of the figure's size, by which it may be smaller between two moments than at either
const FINEST = 0.01; // seconds between two moments, from which on they are close enough
const RATE = 0.97 * FASTEST_SCALE; // of the logarithm of the scale, per second
const GENTLE = 0.36; // seconds in which that speed may turn round
const CORRIDOR = [Math.log(0.67 / FILL), Math.log(0.96 / FILL)]; // how much smaller and larger than at rest, as logarithms
export const LONGEST_PATH = 10; // seconds that a path may take for the sake of the scale
const [COME_BACK, CATCH_UP] = [2 / 0.5, 2 / 0.3]; // per second: of a centre off its plan at first, or not as fast as that
const OFFSETS = Array.from({ length: 33 }, (_, k) => (k / 32 - 0.5) * GENTLE);
const HEIGHTS = OFFSETS.map((offset) => 0.5 * GENTLE - Math.abs(offset));
const TOTAL = HEIGHTS.reduce((sum, height) => sum + height, 0);
const INSTANT = 1 / 240; // seconds over which a speed is measured

/** What is to be seen at some moments of a path, the first of them now. */
export class Path {
  /**
   * @param {import("./framing.js").Box[]} figures @param {number[]} zooms that show them as large as goes
   * @param {number[]} times on its own clock, ascending from 0 on
   */
  constructor(figures, zooms, times) {
    this.figures = figures;
    this.zooms = zooms;
    this.times = times;
  }

  /**
   * Moments to look at besides: between two of these where the figure may be smaller than at either.
   *
   * Seen from a direction that moves straight on, a width is a convex function of time. So between two moments it lies
   * above the lines that lead there from the moments before and after, and where these cross it may be least.
   */
  closer() {
    const { times, zooms } = this;
    const sizes = zooms.map((zoom) => 1 / zoom);
    const slope = (/** @type {number} */ k) => (sizes[k] - sizes[k - 1]) / (times[k] - times[k - 1]);
    return times.slice(3).flatMap((_, k) => {
      const [falls, rises, left, right, apart] = [slope(k + 1), slope(k + 3), sizes[k + 1], sizes[k + 2], times[k + 2] - times[k + 1]];
      const least = (rises * left - falls * right + rises * falls * apart) / (rises - falls);
      return falls < 0 && rises > 0 && apart > FINEST && least < (1 - UNSEEN) * Math.min(left, right) ? [times[k + 1] + 0.5 * apart] : [];
    });
  }

  /** How slowly it has to be gone along for a camera that starts so to keep it in sight. @param {Follower} start */
  pace(start) {
    const soon = 0.5 * GENTLE;
    const began = Math.log(start.camera.zoom) + soon * start.speed[2];
    const [low, high] = CORRIDOR.map((off) => this.zooms.map((zoom) => Math.log(zoom) + off));
    const [under, over] = [low[0] - began, began - high[0]]; // what is out of sight at first comes back, and nothing waits
    this.times.forEach((time, k) => {
      const back = RATE * Math.max(0, time - soon);
      low[k] -= Math.max(0, under - back);
      high[k] += Math.max(0, over - back);
    });
    low[0] = high[0] = began;
    return paced(this.times, low, high, RATE, soon).within(LONGEST_PATH);
  }
}

/** A camera's way along a path in time. */
export class Trajectory {
  /**
   * @param {Path} path @param {number[]} taken when its moments come, in seconds from now
   * @param {Follower} start a camera as it moves now @param {import("./framing.js").Area} area
   */
  constructor(path, taken, start, area) {
    const [soon, speed, began] = [0.5 * GENTLE, start.speed[2], Math.log(start.camera.zoom)]; // until then the scale goes on as it went
    const later = taken.flatMap((time, k) => (time > soon ? [k] : []));
    const times = [soon, ...later.map((k) => taken[k])];
    const best = [began + soon * speed, ...later.map((k) => Math.log(path.zooms[k]))];
    this.area = area;
    this.times = [-soon, ...times];
    this.scales = [began - soon * speed, ...bounded(times, best)];
    const middles = [0, 1].map((axis) => path.figures.map((figure) => figure.center[axis]));
    this.middles = middles.map((each) => this.times.map((time) => interpolated(time, taken, each)));
    const { center, zoom } = start.camera;
    const [there, just] = [this.planned(0, zoom), this.planned(-INSTANT, zoom)];
    /** What the camera is aside of its plan at first, and how fast it goes off, in pixels of the scale; it springs back. */
    this.aside = center.map(
      (value, k) => /** @type {Pair} */ ([(value - there[k]) * zoom, start.speed[k] - ((there[k] - just[k]) * zoom) / INSTANT]),
    );
  }

  /** Where the camera is so many seconds after the start, and how fast it goes. @param {number} elapsed */
  at(elapsed) {
    const [camera, just] = [this.camera(elapsed), this.camera(elapsed - INSTANT)];
    const [u, v] = camera.center.map((value, k) => ((value - just.center[k]) * camera.zoom) / INSTANT);
    return new Follower(camera, [u, v, Math.log(camera.zoom / just.zoom) / INSTANT]);
  }

  /** @param {number} elapsed */
  camera(elapsed) {
    const zoom = Math.exp(this.mean(elapsed, this.scales));
    const back = (1 + COME_BACK * elapsed) * Math.exp(-COME_BACK * elapsed); // of a critically damped spring
    const behind = elapsed * Math.exp(-CATCH_UP * elapsed);
    const [x, y] = this.planned(elapsed, zoom).map((value, k) => value + (this.aside[k][0] * back + this.aside[k][1] * behind) / zoom);
    return new Camera([x, y], zoom);
  }

  /** The centre that has the figure in the middle of the free area. @param {number} elapsed @param {number} zoom */
  planned(elapsed, zoom) {
    const [x, y] = this.middles.map((each) => this.mean(elapsed, each));
    return this.area.centered([x, y], zoom).center;
  }

  /** Over a moment. @param {number} elapsed @param {number[]} values */
  mean(elapsed, values) {
    return OFFSETS.reduce((sum, offset, k) => sum + HEIGHTS[k] * interpolated(elapsed + offset, this.times, values), 0) / TOTAL;
  }
}

/**
 * Logarithms of scales of bounded speed, from the first of `best` on, as near to it as goes.
 * @param {number[]} times @param {number[]} best
 */
function bounded(times, best) {
  const apart = times.map((a) => times.map((b) => RATE * Math.abs(a - b)));
  const [low, high] = CORRIDOR.map((off) => best.map((value, k) => (k ? value + off : value)));
  return times.map((_, i) => {
    const [most, least] = [
      Math.min(...high.map((value, j) => value + apart[i][j])),
      Math.max(...low.map((value, j) => value - apart[i][j])),
    ];
    const near =
      0.5 * (Math.min(...best.map((value, j) => value + apart[i][j])) + Math.max(...best.map((value, j) => value - apart[i][j])));
    const through = Math.min(most, Math.max(least, near)); // where it cannot be both, small rather than out of sight
    return Math.min(best[0] + apart[0][i], Math.max(best[0] - apart[0][i], through));
  });
}
