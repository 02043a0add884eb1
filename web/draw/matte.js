// Distance to the shape, kept in the see-through texels of an image, for outlines: number for number as engine/render/matte.py.

const NEAR_TO = 7; // texels from what shows to where nearness ends (outline.glsl)
const FAINT = 8; // opacity, of 255, below which nothing shows

/**
 * Put nearness into what lets through of a row of tiles.
 * @param {Uint8Array} texels premultiplied, RGBA, changed in place @param {number} width of the row, in texels
 * @param {number} tile
 */
export function matte(texels, width, tile) {
  const steps = new Uint8Array(width * tile).fill(NEAR_TO + 1); // to the nearest that shows
  let front = [];
  for (let i = 0; i < steps.length; i++) {
    if (texels[4 * i + 3] < FAINT) texels.fill(0, 4 * i, 4 * i + 4);
    else (front.push(i), (steps[i] = 0));
  }
  for (let step = 1; step <= NEAR_TO; step++) {
    const next = [];
    for (const i of front) {
      for (let down = -width; down <= width; down += width) {
        for (let right = -1; right <= 1; right++) {
          const at = i + down + right;
          const within = at >= 0 && at < steps.length && Math.abs((at % tile) - (i % tile)) < 2; // of the same tile
          if (!within || steps[at] <= step || (step % 2 === 0 && down && right)) continue; // to eight neighbours and to four in turn
          steps[at] = step;
          next.push(at);
        }
      }
    }
    front = next;
  }
  for (let i = 0; i < steps.length; i++) {
    const near = 255 - Math.floor((Math.max(0, steps[i] - 1) * 255) / NEAR_TO);
    const white = Math.floor(((255 - texels[4 * i + 3]) * near + 127) / 255);
    for (let k = 4 * i; k < 4 * i + 3; k++) texels[k] = Math.min(255, texels[k] + white);
  }
}
