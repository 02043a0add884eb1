// Which points a hand encloses, and how one selection joins another (engine/motion/selection.py). Masks are Uint8Array.

/**
 * Points (x, y in a row) inside a closed polygon by the even-odd rule; it may cross itself.
 * @param {Float32Array} points @param {[number, number][]} polygon
 */
export function inPolygon(points, polygon) {
  const inside = new Uint8Array(points.length / 2);
  if (polygon.length < 3) return inside;
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  for (let i = 0; i < inside.length; i++) {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    if (!(x >= left && x <= right && y >= low && y <= high)) continue;
    let odd = false;
    for (let k = 0, before = polygon.length - 1; k < polygon.length; before = k++) {
      const upward = ys[before] <= ys[k];
      const [from, to] = upward ? [before, k] : [k, before];
      if (ys[from] <= y && y < ys[to] && x < xs[from] + ((y - ys[from]) * (xs[to] - xs[from])) / (ys[to] - ys[from])) odd = !odd;
    }
    inside[i] = odd ? 1 : 0;
  }
  return inside;
}

/**
 * Points inside the rectangle with these opposite corners, edges included.
 * @param {Float32Array} points @param {number[]} corner @param {number[]} opposite
 */
export function inRectangle(points, corner, opposite) {
  const [left, right] = [Math.min(corner[0], opposite[0]), Math.max(corner[0], opposite[0])];
  const [low, high] = [Math.min(corner[1], opposite[1]), Math.max(corner[1], opposite[1])];
  return Uint8Array.from({ length: points.length / 2 }, (_, i) => {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    return x >= left && x <= right && y >= low && y <= high ? 1 : 0;
  });
}

/**
 * The selection after a brush caught some points; null, nothing singled out, where none are left.
 * @param {Uint8Array | null} before @param {Uint8Array} caught @param {"replace" | "add" | "subtract"} how
 */
export function combine(before, caught, how) {
  if (!caught.includes(1)) return how === "replace" ? null : before;
  if (how === "add" && before) caught = caught.map((value, i) => value | before[i]);
  else if (how === "subtract") caught = caught.map((value, i) => (before ? before[i] : 1) & (1 - value));
  return caught.includes(1) ? caught : null;
}
