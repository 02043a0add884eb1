// The two canvases and what they do to the points on them (engine/render/colors.py).

/** @typedef {readonly [number, number, number]} Rgb in [0, 1] */

/** "#17181B" to numbers. @param {string} text @returns {Rgb} */
export function rgb(text) {
  const [r, g, b] = [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16) / 255);
  return [r, g, b];
}

export const THEMES = {
  dark: { canvas: rgb("#17181B"), grey: rgb("#63676F"), fade: 0.38, rim: 0, single: rgb("#5AA9E6") },
  light: { canvas: rgb("#F3F3F4"), grey: rgb("#A6AAB1"), fade: 0.26, rim: 0.3, single: rgb("#1F77B4") },
};
const BACKGROUNDS = { dark: [rgb("#000000"), rgb("#3A3C42")], light: [rgb("#D2D3D6"), rgb("#FFFFFF")] };
export const GREYED_ALPHA = 0.34;
export const GREYED_IMAGE_ALPHA = 0.6;
export const GREYED_IMAGE_DRAINED = 0.25; // of its colour

/** The canvas of a theme for a value from -1, its darkest, over 0, its own, to 1. @param {"dark" | "light"} theme @param {number} value */
export function background(theme, value) {
  const [end, own] = [BACKGROUNDS[theme][value > 0 ? 1 : 0], THEMES[theme].canvas];
  return own.map((o, k) => o + (end[k] - o) * Math.abs(value));
}

/** @param {readonly number[]} color of 0 to 255 */
export function css(color) {
  return `rgb(${color.join(" ")})`;
}
