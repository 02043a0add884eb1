// How large points are drawn: by how many there are, by the pane, and the few that are not greyed larger (engine/motion/shot.py).

const MOST_GROWTH = { dots: 2, images: 1.5 };

/**
 * Diameter in pixels that suits n dots on a pane of that shorter side: 3.2 at 50,000 on 800.
 * @param {number} n @param {number} side @param {number} zoom
 */
export function dotSize(n, side, zoom) {
  return suitingDot(n) * Math.sqrt(side / 800) * zoom ** 0.5;
}

/**
 * Side in pixels that suits n images on a pane of that shorter side: 26 at 1,200 on 800.
 * @param {number} n @param {number} side @param {number} zoom
 */
export function imageSize(n, side, zoom) {
  return suitingImage(n) * Math.sqrt(side / 800) * zoom ** 0.5;
}

/** Times the size, of the few of n points that are not greyed. @param {number} shown @param {number} n @param {"dots" | "images"} mode */
export function growth(shown, n, mode) {
  const suiting = mode === "images" ? suitingImage : suitingDot;
  return Math.min(MOST_GROWTH[mode], Math.max(1, suiting(10 * Math.max(1, shown)) / suiting(n)));
}

/** @param {number} n */
function suitingDot(n) {
  return Math.min(16, 3.2 * (50_000 / n) ** 0.25);
}

/** @param {number} n */
function suitingImage(n) {
  return Math.min(44, Math.max(10, 26 * Math.sqrt(1200 / n)));
}
