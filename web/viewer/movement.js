// How far each point is from where it is on another layer (engine/tour/movement.py).

import { procrustes } from "./pair.js";

/** @typedef {{n: number, dims: number, stride: number}} Shape */

/**
 * How far every point of `source` is from where it is on `target`, once turned onto it: 1 is as far as a point lies
 * from the centre on average.
 * @param {Float32Array} source (n, stride) in a row @param {Float32Array} target @param {Shape} shape
 */
export function displacement(source, target, shape) {
  const { n, dims } = shape;
  const [x, y] = [centredUnit(source, shape), centredUnit(target, shape)];
  const rotation = procrustes(x, y, { ...shape, stride: dims });
  const out = new Float64Array(n);
  const turned = new Float64Array(dims);
  for (let i = 0, at = 0; i < n; i++, at += dims) {
    turned.fill(0);
    for (let k = 0; k < dims; k++) {
      const value = x[at + k];
      const row = rotation[k];
      for (let l = 0; l < dims; l++) turned[l] += value * row[l];
    }
    let sum = 0;
    for (let l = 0; l < dims; l++) sum += (turned[l] - y[at + l]) ** 2;
    out[i] = Math.sqrt(sum);
  }
  return out;
}

/**
 * Centred points over the mean of their norms, (n, dims) in a row; a single place stays at 0.
 * @param {Float32Array} points @param {Shape} shape
 */
function centredUnit(points, { n, dims, stride }) {
  const mean = new Float64Array(dims);
  for (let i = 0; i < n; i++) for (let k = 0; k < dims; k++) mean[k] += points[i * stride + k];
  for (let k = 0; k < dims; k++) mean[k] /= n;
  const out = new Float64Array(n * dims);
  let total = 0;
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let k = 0; k < dims; k++) square += (out[i * dims + k] = points[i * stride + k] - mean[k]) ** 2;
    total += Math.sqrt(square) / n;
  }
  if (total > 0) for (let k = 0; k < out.length; k++) out[k] /= total;
  return out;
}
