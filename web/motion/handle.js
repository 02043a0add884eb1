// Dragging a handle: the frame follows the hand by the smallest rotation that takes the handle there (engine/motion/handle.py).

import { beyond, column, dot, length } from "./linear.js";
import { asFrame, orthonormalize, rotateTowards } from "./rotation.js";

/** @typedef {import("./linear.js").Matrix} Matrix */

/**
 * The frame that shows `point` (d,) at `target` (2,), by the smallest rotation of d-space that does it.
 * @param {Matrix} frame @param {number[]} point @param {number[]} target
 */
export function drag(frame, point, target) {
  const f = asFrame(frame, point.length);
  const largest = Math.max(...point.map(Math.abs));
  if (largest === 0) return f;
  const scaled = point.map((value) => value / largest);
  const start = scaled.map((value) => value / length(scaled));
  let y = target.map((value) => value / (largest * length(scaled)));
  const reach = Math.hypot(y[0], y[1]);
  if (reach > 1) y = y.map((value) => value / reach);
  const plane = f.map(([a, b]) => [a, b]);
  let rest = start.map((value) => [value]);
  for (let pass = 0; pass < 2; pass++) rest = beyond(rest, plane);
  const hidden = length(column(rest, 0));
  const away = hidden > 1e-12 ? rest.map(([value]) => value / hidden) : column(f, 2);
  const depth = Math.sqrt(Math.max(0, 1 - dot(y, y)));
  const end = plane.map(([a, b], i) => a * y[0] + b * y[1] + away[i] * depth);
  const size = length(end);
  return orthonormalize(
    rotateTowards(
      f,
      start,
      end.map((value) => value / size),
      column(f, 2),
    ),
  );
}
