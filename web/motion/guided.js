// The guided tour: to the projection that best separates groups of points (engine/motion/guided.py).

import { planeOf } from "./grandtour.js";
import { beyond, entrywise, qr, svd, times, timesTransposed } from "./linear.js";
import { Walk } from "./walk.js";

/** @typedef {import("./linear.js").Matrix} Matrix */
/** @typedef {{within: Matrix, between: Matrix}} Scatter sums of squares and products (d, d) of grouped points */

const PENALTY = 0.1; // of the mean variance, added within groups
const NO_DISCRIMINANT = 1e-6; // share of variance between groups below which a direction separates nothing

/**
 * The scatter of points (n, stride, of which the first d count) in groups numbered from 0; -1 is left out.
 * @param {ArrayLike<number>} points @param {ArrayLike<number>} groups @param {number} dims @param {number} stride
 * @returns {Scatter | null} null where there are fewer than two groups
 */
export function scatter(points, groups, dims, stride = dims, penalty = PENALTY) {
  /** @type {Map<number, {count: number, sum: Float64Array}>} */
  const sums = new Map();
  const mean = new Float64Array(dims);
  let n = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] < 0) continue;
    n += 1;
    for (let k = 0; k < dims; k++) mean[k] += points[i * stride + k];
  }
  for (let k = 0; k < dims; k++) mean[k] /= n || 1;
  const total = Array.from({ length: dims }, () => new Array(dims).fill(0));
  const x = new Float64Array(dims);
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] < 0) continue;
    let each = sums.get(groups[i]);
    if (!each) sums.set(groups[i], (each = { count: 0, sum: new Float64Array(dims) }));
    each.count += 1;
    for (let k = 0; k < dims; k++) each.sum[k] += x[k] = points[i * stride + k] - mean[k];
    for (let k = 0; k < dims; k++) for (let l = 0; l <= k; l++) total[k][l] += x[k] * x[l];
  }
  if (sums.size < 2) return null;
  let trace = 0;
  for (let k = 0; k < dims; k++) {
    trace += total[k][k];
    for (let l = 0; l < k; l++) total[l][k] = total[k][l];
  }
  const between = Array.from({ length: dims }, () => new Array(dims).fill(0));
  for (const { count, sum } of sums.values()) {
    for (let k = 0; k < dims; k++) for (let l = 0; l < dims; l++) between[k][l] += (sum[k] * sum[l]) / count;
  }
  const added = (penalty * (trace || 1)) / dims;
  const within = total.map((row, k) => row.map((value, l) => value - between[k][l] + (k === l ? added : 0)));
  return { within, between };
}

/** The plane (d, 2) of largest index; of equally good ones that nearest to `near`. @param {Scatter} of @param {Matrix} near */
export function bestPlane(of, near) {
  const whole = svd(entrywise((x, y) => x + y, of.within, of.between));
  const white = whole.u.map((row) => row.map((value, k) => value / Math.sqrt(whole.s[k]))); // makes all variances 1
  const shares = svd(timesTransposed(white, times(of.between, white))); // of variance
  const directions = times(white, shares.u); // most separating first
  const count = Math.min(2, shares.s.filter((share) => share > NO_DISCRIMINANT).length);
  const found = count ? qr(directions.map((row) => row.slice(0, count))) : directions.map(() => []);
  if (count === 2) return found;
  const start = planeOf(near);
  const spare = svd(count ? beyond(start, found) : start).u;
  return found.map((row, i) => [...row, ...spare[i].slice(0, 2 - count)]);
}

/** Goes to the best plane and rests there, until there is a better one. */
export class GuidedTour extends Walk {
  /** @param {number} dims @param {Scatter | null} of @param {number} speed */
  constructor(dims, of = null, speed = 0.2) {
    super(dims, speed);
    this.of = of;
    this.setOut(this.here);
  }

  /** Lead on from wherever it is to what separates other groups. @param {Scatter | null} of */
  separate(of) {
    this.of = of;
    this.setOut(this.here);
  }

  /** @param {Matrix} frame */
  nextTarget(frame) {
    return this.of && bestPlane(this.of, planeOf(frame));
  }
}
