// Points that a hand meets: the topmost at a place of the pane; and those nearest to one in all dimensions (engine/viewer/picking.py).

import { cueSize, nearness } from "../motion/projection.js";
import { projected } from "./screen.js";

const NEAREST = 6;

/**
 * The points nearest to one, by their distance in all dimensions.
 * @param {Float32Array} points @param {number} point @param {number} stride
 */
export function neighboursOf(points, point, stride) {
  /** @type {[number, number][]} */
  const best = [];
  const n = points.length / stride;
  let worst = Infinity;
  for (let i = 0; i < n; i++) {
    if (i === point) continue;
    let distance = 0;
    for (let k = 0; k < stride && distance < worst; k++) distance += (points[i * stride + k] - points[point * stride + k]) ** 2;
    if (distance >= worst) continue;
    best.push([distance, i]);
    best.sort((a, b) => a[0] - b[0]);
    if (best.length > NEAREST) best.pop();
    if (best.length === NEAREST) worst = best[NEAREST - 1][0];
  }
  return best.map(([, i]) => i);
}

/**
 * The topmost point at a place of a pane, or null. Sizes and places in pixels of the page.
 * @param {import("./viewer.js").Viewer} viewer @param {[number, number]} at @param {[number, number]} size @param {Float32Array} room
 */
export function pointAt(viewer, at, size, room) {
  const shown = projected(viewer, room);
  const { camera, radius, view } = viewer;
  const scale = camera.pixelsPerRadius(size) / radius;
  const middle = camera.fromPixels(at, size, radius);
  const reach = 2 * viewer.reach(camera.zoom) * viewer.growth;
  const images = view.mode === "images";
  let [best, depth] = [-1, -Infinity];
  for (let i = 0; i < viewer.tour.n; i++) {
    const [dx, dy, z] = [(shown[3 * i] - middle[0]) * scale, (shown[3 * i + 1] - middle[1]) * scale, shown[3 * i + 2]];
    if (z <= depth || Math.abs(dx) > reach || Math.abs(dy) > reach) continue;
    const half = 0.5 * reach * cueSize(nearness(z, radius, view.depth_cue), view.depth_cue) + (images ? 0 : 2.5);
    const inside = images ? Math.max(Math.abs(dx), Math.abs(dy)) <= half : Math.hypot(dx, dy) <= half;
    if (inside && viewer.isShown(i)) [best, depth] = [i, z];
  }
  return best < 0 ? null : best;
}
