// The camera: which part of the projected data the pane shows (engine/motion/camera.py). Pixels: x right, y down.

const MARGIN = 1.1; // of r, from the centre to the shorter side
const ZOOM_LIMITS = [0.1, 150];

/** @typedef {[number, number]} Pair */

/** Where the camera looks and how close. */
export class Camera {
  /** @param {Pair} center in units of r @param {number} zoom */
  constructor(center = [0, 0], zoom = 1) {
    this.center = center;
    this.zoom = zoom;
  }

  /** Whether another one is the same. @param {Camera} other */
  equals(other) {
    return this === other || (this.zoom === other.zoom && this.center.every((value, k) => value === other.center[k]));
  }

  /** How many pixels one r takes on a pane of `size`. @param {Pair} size */
  pixelsPerRadius(size) {
    return (Math.min(...size) / (2 * MARGIN)) * this.zoom;
  }

  /** Pixels of a projected point in data units. @param {ArrayLike<number>} xy @param {Pair} size @returns {Pair} */
  toPixels(xy, size, radius = 1) {
    const scale = this.pixelsPerRadius(size);
    return [size[0] / 2 + (xy[0] / radius - this.center[0]) * scale, size[1] / 2 - (xy[1] / radius - this.center[1]) * scale];
  }

  /** The inverse of `toPixels`. @param {Pair} pixels @param {Pair} size @returns {Pair} */
  fromPixels(pixels, size, radius = 1) {
    const scale = this.pixelsPerRadius(size);
    return [((pixels[0] - size[0] / 2) / scale + this.center[0]) * radius, ((size[1] / 2 - pixels[1]) / scale + this.center[1]) * radius];
  }

  /** The camera after the picture was dragged by `pixels`. @param {Pair} pixels @param {Pair} size */
  panned(pixels, size) {
    const scale = this.pixelsPerRadius(size);
    return new Camera([this.center[0] - pixels[0] / scale, this.center[1] + pixels[1] / scale], this.zoom);
  }

  /** `factor` times closer, with what is under the pixel `at` staying there. @param {number} factor @param {Pair} at @param {Pair} size */
  zoomed(factor, at, size) {
    const zoom = Math.min(ZOOM_LIMITS[1], Math.max(ZOOM_LIMITS[0], this.zoom * factor));
    const fixed = this.fromPixels(at, size);
    const share = this.zoom / zoom;
    return new Camera([fixed[0] - (fixed[0] - this.center[0]) * share, fixed[1] - (fixed[1] - this.center[1]) * share], zoom);
  }
}
