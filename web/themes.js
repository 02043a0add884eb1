// The two canvases and what they do to the points on them (engine/tour/colors.py).

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
export const RECEDING_IMAGE_ALPHA = 0.35;
export const RECEDING_IMAGE_DRAINED = 0.7; // of its colour
export const RECEDING_IMAGE_PALE = 0.4; // of the canvas in it

/** The canvas of a theme for a value from -1, its darkest, over 0, its own, to 1. @param {"dark" | "light"} theme @param {number} value */
export function background(theme, value) {
  const [end, own] = [BACKGROUNDS[theme][value > 0 ? 1 : 0], THEMES[theme].canvas];
  return own.map((o, k) => o + (end[k] - o) * Math.abs(value));
}

const SURFACES = { dark: [33, 35, 39], light: [255, 255, 255] };
const READABLE = 4.5; // contrast of text

/**
 * A colour, lighter or darker as far as text in it needs on a panel.
 * @param {readonly number[]} color of 0 to 255 @param {"dark" | "light"} theme
 */
export function readable(color, theme) {
  const ground = SURFACES[theme];
  const end = theme === "dark" ? 255 : 0;
  let found = [...color];
  for (let share = 0; share <= 1 && contrast(found, ground) < READABLE; share += 0.04)
    found = color.map((value) => value + (end - value) * share);
  return css(found.map(Math.round));
}

/** The contrast of two colours, 1 to 21 (WCAG 2). @param {readonly number[]} a @param {readonly number[]} b */
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** @param {readonly number[]} color */
function luminance(color) {
  const [r, g, b] = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {readonly number[]} color of 0 to 255 */
export function css(color) {
  return `rgb(${color.join(" ")})`;
}
