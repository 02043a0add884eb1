// Where points land on the screen, on the CPU: for the hand to meet (engine/motion/projection.py).

const [NEAR, FAR] = [1.22, 0.72]; // times the size of a point, in front and at the back (place.glsl)

/**
 * Screen x, screen y and depth, (n, 3) in a row, of points (n, stride) mixed from sides with their shares.
 * @param {{points: Float32Array, share: number}[]} sides @param {import("./linear.js").Matrix} frame @param {number} n
 * @param {number} stride @param {Float32Array} [out]
 */
export function project(sides, frame, n, stride, out = new Float32Array(3 * n)) {
  const dims = frame.length;
  out.fill(0);
  for (const { points, share } of sides) {
    const [fx, fy, fz] = [0, 1, 2].map((j) => Float64Array.from(frame, (row) => row[j] * share));
    for (let i = 0, from = 0, to = 0; i < n; i++, from += stride, to += 3) {
      let [x, y, z] = [0, 0, 0];
      for (let k = 0; k < dims; k++) {
        const value = points[from + k];
        x += value * fx[k];
        y += value * fy[k];
        z += value * fz[k];
      }
      out[to] += x;
      out[to + 1] += y;
      out[to + 2] += z;
    }
  }
  return out;
}

/** Screen x, screen y and depth of one point (d,). @param {ArrayLike<number>} point @param {import("./linear.js").Matrix} frame */
export function through(point, frame) {
  return [0, 1, 2].map((j) => frame.reduce((sum, row, k) => sum + point[k] * row[j], 0));
}

/** 0 at the back, 1 in front; 0.5 for all without the cue. @param {number} depth @param {number} radius @param {number} cue */
export function nearness(depth, radius, cue) {
  return 0.5 + (Math.min(1, Math.max(0, 0.5 + (0.5 * depth) / radius)) - 0.5) * cue;
}

/** Times the size of a point. @param {number} near @param {number} cue */
export function cueSize(near, cue) {
  return 1 + (FAR + (NEAR - FAR) * near - 1) * cue;
}
