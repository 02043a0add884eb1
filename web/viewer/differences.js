// What differs most between two tours of the same points: the points, or the classes, whose places are farthest apart.

import { pointTitle } from "./titles.js";

const ROWS = 12;

/** @typedef {{name: string, value: string, color: readonly number[] | null, points: number[]}} Row */

/**
 * What differs most, of what the legend and the selection show.
 * @param {import("./viewer.js").Viewer} viewer @param {Float64Array} distances (n,) @param {boolean} byClass
 * @returns {Row[]}
 */
export function differing(viewer, distances, byClass) {
  const {
    tour,
    coloring,
    table,
    selection,
    view: { groups },
  } = viewer;
  const { codes } = coloring;
  const color = (/** @type {number} */ code) => (coloring.kind === "none" ? null : table[code]);
  /** @type {number[]} */
  const shown = [];
  for (let i = 0; i < tour.n; i++) if ((!selection || selection[i]) && (!groups.length || groups.includes(codes[i]))) shown.push(i);
  if (!byClass) {
    const order = shown.sort((a, b) => distances[b] - distances[a] || a - b).slice(0, ROWS);
    return order.map((point) => ({
      name: pointTitle(tour, point) || `#${point}`,
      value: distances[point].toFixed(2),
      color: color(codes[point]),
      points: [point],
    }));
  }
  if (coloring.kind !== "categorical" && coloring.kind !== "ordinal") return [];
  const classes = table.map(() => ({ sum: 0, points: /** @type {number[]} */ ([]) }));
  for (const point of shown) {
    classes[codes[point]].sum += distances[point];
    classes[codes[point]].points.push(point);
  }
  const rows = classes.map(({ sum, points }, code) => ({ code, points, mean: sum / points.length })).filter(({ points }) => points.length);
  rows.sort((a, b) => b.mean - a.mean || a.code - b.code);
  return rows
    .slice(0, ROWS)
    .map(({ code, points, mean }) => ({ name: coloring.names[code], value: mean.toFixed(2), color: color(code), points }));
}
