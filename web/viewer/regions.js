// Where a class is dense: the few places of a layer that deserve a name, found in a sample, a class at a time (engine/tour/regions.py).

const SAMPLE = 12_000; // points that are looked at
const LEAST_OWN = 8; // of a class in the sample
const NEAR_SHARE = 0.1; // of a class: its median point has so many of its own within the radius of a ball
const PART = 0.12; // of a class, that a ball has to hold
const PURE = 0.3; // of the points in a ball, that have to be of its class
const MOST_BALLS = 3; // of a class
const MOST_OWN = 1_500; // of a class that are looked at, so that no step of this takes long

/**
 * @typedef {{row: number, center: number[], count: number}} Region a ball where many of one class lie; its centre
 *   (d,), and how many points it stands for
 */

/**
 * The dense places of a layer, largest first; it pauses after every class.
 * @param {import("../tour.js").Tour} tour @param {Float32Array} points (n, stride)
 * @param {ArrayLike<number>} classes (n,), from `count` on none
 * @param {number} count @param {ArrayLike<number>} order of the points, at random @returns {Generator<null, Region[]>}
 */
export function* regions({ n, dims, stride }, points, classes, count, order) {
  const chosen = Array.from({ length: Math.min(n, SAMPLE) }, (_, k) => order[k]).sort((a, b) => a - b);
  const some = rowsOfPoints(points, chosen, dims, stride);
  /** @type {number[][]} */
  const owners = Array.from({ length: count }, () => []);
  chosen.forEach((point, k) => owners[classes[point]]?.push(k));
  /** @type {Region[]} */
  const found = [];
  for (const [row, own] of owners.entries()) {
    if (own.length < LEAST_OWN) continue;
    const every = Math.ceil(own.length / MOST_OWN);
    const looked = own.filter((_, k) => k % every === 0);
    const share = (n / chosen.length) * (own.length / looked.length);
    found.push(...balls(some, looked, dims, row, share, own.length / looked.length));
    yield null;
  }
  return found.sort((a, b) => b.count - a.count);
}

/**
 * The dense balls of some points of a sample.
 * @param {Float64Array} points @param {number[]} own @param {number} dims @param {number} row
 * @param {number} share points that each stands for @param {number} thinned own points that each of them stands for
 */
function balls(points, own, dims, row, share, thinned) {
  const m = own.length;
  const apart = new Float32Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) apart[i * m + j] = apart[j * m + i] = square(points, own[i] * dims, points, own[j] * dims, dims);
  }
  const near = Math.max(2, roundEven(NEAR_SHARE * m));
  const nearest = Float64Array.from({ length: m }, (_, i) => apart.slice(i * m, (i + 1) * m).sort()[near]);
  const radius = 4 * median(nearest); // the ball is twice as wide; squared
  const free = new Uint8Array(m).fill(1);
  /** @type {Region[]} */
  const found = [];
  while (found.length < MOST_BALLS) {
    let [best, most] = [-1, 0];
    for (let i = 0; i < m; i++) {
      if (!free[i]) continue;
      let held = 0;
      for (let j = 0; j < m; j++) if (free[j] && apart[i * m + j] <= radius) held++;
      if (held > most) [best, most] = [i, held];
    }
    if (best < 0 || most < Math.max(Math.floor(LEAST_OWN / 2), PART * m)) break;
    const inside = own.filter((_, j) => free[j] && apart[best * m + j] <= radius);
    const center = Float64Array.from(
      { length: dims },
      (_, k) => inside.reduce((sum, point) => sum + points[point * dims + k], 0) / inside.length,
    );
    let around = 0;
    for (let at = 0; at < points.length; at += dims) if (square(center, 0, points, at, dims) <= radius) around++;
    const mine = own.filter((point) => square(center, 0, points, point * dims, dims) <= radius).length * thinned;
    if (mine >= PURE * around) found.push({ row, center: [...center], count: Math.round(most * share) });
    for (let j = 0; j < m; j++) if (apart[best * m + j] <= 4 * radius) free[j] = 0; // the next one is a place of its own
  }
  return found;
}

/** @param {ArrayLike<number>} a @param {number} i @param {ArrayLike<number>} b @param {number} j @param {number} dims */
function square(a, i, b, j, dims) {
  let sum = 0;
  for (let k = 0; k < dims; k++) sum += (a[i + k] - b[j + k]) ** 2;
  return sum;
}

/** @param {Float32Array} points @param {number[]} rows @param {number} dims @param {number} stride */
function rowsOfPoints(points, rows, dims, stride) {
  const out = new Float64Array(rows.length * dims);
  rows.forEach((row, k) => out.set(points.subarray(row * stride, row * stride + dims), k * dims));
  return out;
}

/** @param {Float64Array} values */
function median(values) {
  const sorted = values.sort();
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

/** To the nearest whole number, halves to the even one, as Python rounds. @param {number} value */
function roundEven(value) {
  const whole = Math.round(value);
  return value - Math.floor(value) === 0.5 && whole % 2 ? whole - 1 : whole;
}
