// The algebra of frames, (d, 3) with orthonormal columns: as engine/motion/rotation.py, under the same names.

import { column, determinant, dot, entrywise, eye, length, orthogonalAxis, qr, svd, times, timesTransposed, transpose } from "./linear.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

const SMALL_ANGLE = 1e-12; // radians; below it sin x = x to the last digit
const STEPS = 12; // towards an orthonormal frame, at most: each squares what is wrong,
const NEARLY = 1e-8; // so that one from here is the last

/** @param {number} dims */
export function firstAxes(dims) {
  return eye(dims, 3);
}

/** A Haar-uniform frame (dims, columns). @param {import("./random.js").Random} rng @param {number} dims */
export function randomFrame(rng, dims, columns = 3) {
  return qr(rng.standardNormal(dims, columns));
}

/** The orthonormal frame nearest to `frame`, which is nearly one: its polar factor, by steps of Newton and Schulz. @param {Matrix} frame */
export function orthonormalize(frame) {
  for (let step = 0; step < STEPS; step++) {
    const square = timesTransposed(frame, frame);
    let off = 0;
    for (let i = 0; i < square.length; i++) {
      for (let j = 0; j < square.length; j++) {
        off = Math.max(off, Math.abs(square[i][j] - (i === j ? 1 : 0)));
        square[i][j] = (i === j ? 1.5 : 0) - 0.5 * square[i][j];
      }
    }
    frame = times(frame, square);
    if (off < NEARLY) break;
  }
  return frame;
}

/** Check and clean a frame that came from outside. @param {Matrix} frame @param {number} dims */
export function asFrame(frame, dims) {
  if (frame.length !== dims || frame.some((row) => row.length !== 3)) {
    throw new Error(`a frame for ${dims} dimensions has shape (${dims}, 3), not (${frame.length}, ${frame[0]?.length})`);
  }
  if (!frame.every((row) => row.every(Number.isFinite))) {
    throw new Error("a frame must be finite; this one has NaN or infinity in it");
  }
  const off = entrywise((x, y) => Math.abs(x - y), timesTransposed(frame, frame), eye(3));
  const error = Math.max(...off.flat());
  if (error > 1e-3) throw new Error(`a frame has orthonormal columns; these are off by ${error.toPrecision(2)}`);
  return error < 1e-14 ? frame.map((row) => [...row]) : orthonormalize(frame);
}

/**
 * Turn the data by the smallest rotation with P start = end, seen through `frame`: P^T frame.
 * @param {Matrix} frame @param {number[]} start @param {number[]} end @param {number[]} spare
 */
export function rotateTowards(frame, start, end, spare) {
  const cosine = dot(start, end);
  let side = end.map((value, k) => value - cosine * start[k]);
  const share = dot(side, start);
  side = side.map((value, k) => value - share * start[k]);
  let size = length(side);
  if (size < SMALL_ANGLE) {
    if (cosine > 0) return frame;
    [side, size] = [spare, 1];
  }
  const across = side.map((value) => value / size);
  const angle = Math.atan2(dot(across, end), cosine);
  const [along] = timesTransposed(
    start.map((value) => [value]),
    frame,
  );
  const [over] = timesTransposed(
    across.map((value) => [value]),
    frame,
  );
  const [c, s] = [Math.cos(angle) - 1, Math.sin(angle)];
  return frame.map((row, i) =>
    row.map((value, j) => value + start[i] * (c * along[j] + s * over[j]) + across[i] * (c * over[j] - s * along[j])),
  );
}

/**
 * The path of frames from `start` (t = 0) to `end` (t = 1), both (d, 3), at constant speed.
 * @param {Matrix} start @param {Matrix} end @returns {(t: number) => Matrix}
 */
export function geodesic(start, end) {
  const { near, out, angles, u, v } = principal(start, end);
  const mirrored = determinant(u) * determinant(v) < 0;
  if (mirrored && start.length === 3) {
    const path = geodesic(
      start,
      end.map(([x, y, z]) => [x, y, -z]),
    );
    return (t) => path(t).map(([x, y, z]) => [x, y, t < 0.5 ? z : -z]);
  }
  if (mirrored) {
    for (const row of v) row[2] *= -1;
    const third = column(out, 2);
    const other = third.some((value) => value !== 0) ? third.map((value) => -value) : orthogonalTo(near, out);
    out.forEach((row, i) => (row[2] = other[i]));
    angles[2] = Math.PI - angles[2];
  }
  const turn = rotationLog(times(u, transpose(v)));
  return (t) => {
    const space = near.map((row, i) => row.map((value, j) => value * Math.cos(t * angles[j]) + out[i][j] * Math.sin(t * angles[j])));
    return orthonormalize(times(times(space, transpose(u)), rotationExp(turn.map((value) => value * t))));
  };
}

/** Axis times angle (3,) of a rotation matrix (3, 3); the angle lies in [0, pi]. @param {Matrix} r */
export function rotationLog(r) {
  const skew = [0.5 * (r[2][1] - r[1][2]), 0.5 * (r[0][2] - r[2][0]), 0.5 * (r[1][0] - r[0][1])];
  const [sine, cosine] = [length(skew), 0.5 * (r[0][0] + r[1][1] + r[2][2] - 1)];
  const angle = Math.atan2(sine, cosine);
  if (cosine > 0) return skew.map((value) => value * (sine > SMALL_ANGLE ? angle / sine : 1));
  const square = r.map((row, i) => row.map((value, j) => (0.5 * (value + r[j][i]) - (i === j ? cosine : 0)) / (1 - cosine)));
  const diagonal = square.map((row, i) => row[i]);
  const largest = column(square, diagonal.indexOf(Math.max(...diagonal)));
  const axis = largest.map((value) => value / length(largest));
  return axis.map((value) => value * (dot(axis, skew) >= 0 ? angle : -angle));
}

/** The rotation matrix (3, 3) of an axis times an angle (Rodrigues). @param {number[]} turn */
export function rotationExp([x, y, z]) {
  const cross = [
    [0, -z, y],
    [z, 0, -x],
    [-y, x, 0],
  ];
  const angle = Math.sqrt(x * x + y * y + z * z);
  const [a, b] = angle < 1e-8 ? [1, 0.5] : [Math.sin(angle) / angle, (1 - Math.cos(angle)) / angle ** 2];
  return entrywise((i, j, k) => i + a * j + b * k, eye(3), cross, times(cross, cross));
}

/** Principal vectors of two orthonormal (d, k) matrices. @param {Matrix} a @param {Matrix} b */
function principal(a, b) {
  const { u, s: cosines, v } = svd(timesTransposed(a, b));
  const [near, far] = [times(a, u), times(b, v)];
  const out = far.map((row, i) => row.map((value, j) => value - near[i][j] * cosines[j]));
  const sines = cosines.map((_, j) => length(column(out, j)));
  for (const row of out) sines.forEach((sine, j) => (row[j] = sine > SMALL_ANGLE ? row[j] / sine : 0));
  return { near, out, angles: sines.map((sine, j) => Math.atan2(sine, cosines[j])), u, v };
}

/** A unit vector orthogonal to the columns of `near` and the first two of `out`. @param {Matrix} near @param {Matrix} out */
function orthogonalTo(near, out) {
  const { u, s } = svd(near.map((row, i) => [...row, out[i][0], out[i][1]]));
  return orthogonalAxis(
    transpose(u).filter((_, j) => s[j] > 1e-9),
    near.length,
  );
}
