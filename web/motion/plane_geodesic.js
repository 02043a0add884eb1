// Geodesics of planes: the straight pieces that tours are made of, with depth carried along (engine/motion/plane_geodesic.py).

import { column, determinant, dot, eye, inner, svd, times, timesTransposed, transpose } from "./linear.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

const RIGHT_ANGLE = 1e-12; // cosine below which a direction stands at a right angle

/** One geodesic of the plane from a frame (d, 3) along a unit heading (d, 2), depth carried along. */
export class Geodesic {
  /** @param {Matrix} frame @param {Matrix} heading */
  constructor(frame, heading) {
    const [[aa, ab], [, bb]] = timesTransposed(heading, heading);
    const angle = 0.5 * Math.atan2(2 * ab, aa - bb);
    const [c, s] = (this.turn = [Math.cos(angle), Math.sin(angle)]);
    const basis = [
      [c, -s],
      [s, c],
    ];
    const towards = times(heading, basis);
    const rates = [0, 1].map((j) => Math.sqrt(dot(column(towards, j), column(towards, j))));
    for (const row of towards) rates.forEach((rate, j) => (row[j] /= rate > 1e-12 ? rate : 1));
    this.rates = [rates[0], rates[1] > 1e-12 ? rates[1] : 0];
    const depth = column(frame, 2);
    this.depthTowards = [0, 1].map((j) => dot(depth, column(towards, j)));
    const plane = times(
      frame.map(([x, y]) => [x, y]),
      basis,
    );
    this.basis = plane.map((row, i) => [...row, ...towards[i], depth[i]]); // (d, 5)
  }

  /** The frame (d, 3) after `path` radians. @param {number} path */
  at(path) {
    const [c, s] = this.turn;
    const [c1, s1, c2, s2] = this.turnedBy(path);
    const [z1, z2] = this.depthTowards;
    return times(this.basis, [
      [c1 * c, c1 * s, -s1 * z1],
      [-c2 * s, c2 * c, -s2 * z2],
      [s1 * c, s1 * s, (c1 - 1) * z1],
      [-s2 * s, s2 * c, (c2 - 1) * z2],
      [0, 0, 1],
    ]);
  }

  /** The heading (d, 2) after `path` radians: itself, carried along its own geodesic. @param {number} path */
  headingAt(path) {
    const [c, s] = this.turn;
    const [r1, r2] = this.rates;
    const [c1, s1, c2, s2] = this.turnedBy(path);
    return times(this.basis, [
      [-r1 * s1 * c, -r1 * s1 * s],
      [r2 * s2 * s, -r2 * s2 * c],
      [r1 * c1 * c, r1 * c1 * s],
      [-r2 * c2 * s, r2 * c2 * c],
      [0, 0],
    ]);
  }

  /** Cosines and sines of the two principal angles after `path` radians. @param {number} path */
  turnedBy(path) {
    const [a, b] = [this.rates[0] * path, this.rates[1] * path];
    return [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  }
}

/**
 * The velocity (d, 2) that takes `plane` to the span of `target` in unit time.
 * @param {Matrix} plane @param {Matrix} target @param {number} across
 */
export function logarithm(plane, target, across = RIGHT_ANGLE) {
  let { u, s: cosines, v } = svd(timesTransposed(plane, target));
  if (cosines[0] < RIGHT_ANGLE) u = v = eye(2);
  else if (cosines[1] < across && determinant(u) * determinant(v) < 0) {
    v = v.map(([a, b]) => [a, -b]);
    cosines = [cosines[0], -cosines[1]];
  }
  const [far, near] = [times(target, v), times(plane, u)];
  const out = far.map((row, i) => row.map((value, j) => value - near[i][j] * cosines[j]));
  const sines = [0, 1].map((j) => Math.sqrt(dot(column(out, j), column(out, j))));
  const factors = sines.map((sine, j) => Math.atan2(sine, cosines[j]) / Math.max(sine, 1e-12));
  return times(
    out.map((row) => row.map((value, j) => value * factors[j])),
    transpose(u),
  );
}

/** The length of a velocity (d, 2). @param {Matrix} velocity */
export function norm(velocity) {
  return Math.sqrt(inner(velocity, velocity));
}

/** A velocity (d, 2) at length 1. @param {Matrix} velocity */
export function unit(velocity, size = norm(velocity)) {
  return velocity.map(([x, y]) => [x / size, y / size]);
}
