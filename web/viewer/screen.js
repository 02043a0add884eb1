// The points as they are on the screen now, in numbers: what a hand meets (engine/viewer/screen.py).

import { project } from "../motion/projection.js";

/**
 * Where the points are now, (n, 3): what the shaders do, for the hand.
 * @param {import("./viewer.js").Viewer} viewer @param {Float32Array} [out]
 */
export function projected(viewer, out) {
  const { tour } = viewer;
  const sides = viewer.transition.blend.flatMap(([layer, share]) => {
    const points = tour.layerNow(layer);
    return points ? [{ points, share }] : [];
  });
  return project(sides, viewer.frame, tour.n, tour.stride, out);
}
