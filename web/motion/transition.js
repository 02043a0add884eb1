// A transition between layers: points mix linearly, eased in time, turned round or redirected (engine/motion/transition.py).

export const SECONDS = 0.7; // as on the published page

/** @typedef {[number, number][]} Blend a weighted mean of layers: (layer, weight) pairs summing to 1 */

/** @param {Blend} a @param {Blend} b */
export function sameBlend(a, b) {
  return a === b || (a.length === b.length && a.every(([layer, share], k) => layer === b[k][0] && share === b[k][1]));
}

/** From `source` to `target`, `elapsed` seconds into it. A settled layer has source and target the same. */
export class Transition {
  /** @param {Blend} source @param {Blend} target @param {{start?: number, velocity?: number, elapsed?: number, seconds?: number}} leg */
  constructor(source, target, { start = 0, velocity = 0, elapsed = 0, seconds = SECONDS } = {}) {
    this.source = source;
    this.target = target;
    this.start = start;
    this.velocity = velocity;
    this.elapsed = elapsed;
    this.seconds = seconds;
  }

  get settled() {
    return sameBlend(this.source, this.target) || this.elapsed >= this.seconds;
  }

  /** How much of `target` is shown, in [0, 1]. */
  get mix() {
    const t = Math.min(1, this.elapsed / this.seconds);
    const rest = 1 - t;
    const value = 1 - rest * rest * ((1 - this.start) * (1 + 2 * t) - this.velocity * t);
    return Math.min(1, Math.max(0, value));
  }

  get rate() {
    const t = Math.min(1, this.elapsed / this.seconds);
    return 6 * (1 - this.start) * t * (1 - t) + this.velocity * (1 - t) * (1 - 3 * t);
  }

  /** The layer that this leads to (of a mean, the heaviest). */
  get layer() {
    return this.target.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
  }

  /** Later by `seconds`; once arrived, settled on `target`. @param {number} seconds */
  advanced(seconds) {
    const later = new Transition(this.source, this.target, { ...this, elapsed: this.elapsed + seconds });
    return later.settled ? atRest(this.target) : later;
  }

  /** Towards another layer or mean of layers, from wherever the points are now. @param {Blend | number} place */
  redirected(place, seconds = SECONDS) {
    const goal = /** @type {Blend} */ (typeof place === "number" ? [[place, 1]] : place);
    if (sameBlend(this.target, goal)) return this;
    if (this.settled) return new Transition(this.target, goal, { seconds });
    if (sameBlend(this.source, goal)) {
      const velocity = (-this.rate * seconds) / this.seconds;
      return new Transition(this.target, this.source, { start: 1 - this.mix, velocity, seconds });
    }
    return new Transition(this.blend, goal, { seconds });
  }

  /** The layers that are shown now and their shares. @returns {Blend} */
  get blend() {
    if (this.source === this.target && this.target.length === 1) return this.target;
    /** @type {Map<number, number>} */
    const shares = new Map();
    for (const [side, weight] of /** @type {[Blend, number][]} */ ([
      [this.source, 1 - this.mix],
      [this.target, this.mix],
    ])) {
      for (const [layer, share] of side) shares.set(layer, (shares.get(layer) ?? 0) + weight * share);
    }
    return [...shares].sort((a, b) => a[0] - b[0]).filter(([, share]) => share > 1e-6);
  }
}

/** Settled on one layer, or on a mean of layers. @param {Blend | number} place */
export function atRest(place) {
  const side = /** @type {Blend} */ (typeof place === "number" ? [[place, 1]] : place);
  return new Transition(side, side);
}

/**
 * Held at a place along a line of layers, as a scrub does: 3.25 is a quarter of the way from 3 to 4.
 * @param {number} position @param {readonly number[] | null} along the line; null for all layers
 */
export function between(position, along = null) {
  const low = Math.floor(position);
  const share = position - low;
  const at = (/** @type {number} */ k) => (along ? along[k] : k);
  return share < 1e-6 ? atRest(at(low)) : new Transition([[at(low), 1]], [[at(low + 1), 1]], { start: share });
}
