// The pace of a path that is known: how long each part of it takes, so that a scale of bounded speed can follow (engine/motion/pace.py).

const SMOOTH = 2; // knots on each side, over which the pace changes

/** How slowly time passes for what moves along a path. */
export class Pace {
  /**
   * @param {number[]} own moments of the path's own clock, in seconds, ascending from 0 on
   * @param {number[]} slowness seconds that pass to one of that clock there, linear in between
   */
  constructor(own, slowness) {
    this.own = own;
    this.slowness = slowness;
    /** When those moments come, in seconds. */
    this.taken = own.map(() => 0);
    for (let k = 1; k < own.length; k++) this.taken[k] = this.taken[k - 1] + 0.5 * (slowness[k] + slowness[k - 1]) * (own[k] - own[k - 1]);
  }

  get seconds() {
    return this.taken[this.taken.length - 1];
  }

  /** What the path's own clock says after so many seconds; beyond its end it runs as any other. @param {number} elapsed */
  clock(elapsed) {
    const { own, slowness, taken } = this;
    if (elapsed >= this.seconds) return own[own.length - 1] + elapsed - this.seconds;
    const k = Math.max(0, taken.findIndex((each) => each > elapsed) - 1);
    const [now, change, left] = [slowness[k], (slowness[k + 1] - slowness[k]) / (own[k + 1] - own[k]), elapsed - taken[k]];
    return own[k] + (2 * left) / (now + Math.sqrt(Math.max(0, now * now + 2 * change * left))); // own time x takes now x + change x^2 / 2
  }

  /** The slowness after so many seconds. @param {number} elapsed */
  at(elapsed) {
    return elapsed < this.seconds ? interpolated(this.clock(elapsed), this.own, this.slowness) : 1;
  }

  /** Between this one and another, of the same moments. @param {Pace} other */
  halfway(other) {
    return new Pace(
      this.own,
      this.slowness.map((each, k) => 0.5 * (each + other.slowness[k])),
    );
  }

  /** The same, hurried where the path would take longer than so many seconds, unless its own are more. @param {number} longest */
  within(longest) {
    const own = this.own[this.own.length - 1];
    if (this.seconds <= Math.max(longest, own)) return this;
    const share = Math.max(0, longest - own) / (this.seconds - own);
    return new Pace(
      this.own,
      this.slowness.map((each) => 1 + (each - 1) * share),
    );
  }

  /** The same, with a smooth beginning for what has gone as slowly as that until now. @param {number} slowness */
  after(slowness) {
    return new Pace(
      this.own,
      this.slowness.map((each, k) => Math.max(each, 1 + (slowness - 1) * Math.max(0, 1 - k / (2 * SMOOTH)))),
    );
  }
}

/** Between knots, and beyond them the last one. @param {number} x @param {number[]} xs ascending @param {number[]} ys */
export function interpolated(x, xs, ys) {
  const k = xs.findIndex((each) => each > x);
  if (k < 1) return k ? ys[ys.length - 1] : ys[0];
  return ys[k - 1] + ((ys[k] - ys[k - 1]) * (x - xs[k - 1])) / (xs[k] - xs[k - 1]);
}

/** The pace that suits them all, of the same moments. @param {Pace[]} paces */
export function slowest(paces) {
  return new Pace(
    paces[0].own,
    paces[0].slowness.map((_, k) => Math.max(...paces.map((each) => each.slowness[k]))),
  );
}

/**
 * The pace at which a scale of bounded speed gets from low[0] = high[0] through a corridor, in the least time.
 * @param {number[]} own the moments, ascending @param {number[]} low @param {number[]} high
 * @param {number} rate the bound on the scale's speed @param {number} late seconds before it begins to move
 */
export function paced(own, low, high, rate, late) {
  const string = taut(low, high);
  const need = string.slice(1).map((value, k) => Math.max(1, Math.abs(value - string[k]) / (rate * (own[k + 1] - own[k]))));
  const slowness = spread(own.map((_, k) => Math.max(need[k] ?? 1, need[k - 1] ?? 1)));
  const pace = new Pace(own, slowness);
  const way = low.map((value, k) => Math.max(value - low[0], low[0] - high[k]));
  const behind = Math.max(...way.map((each, k) => (each > 1e-9 ? late + each / rate - pace.taken[k] : 0)));
  if (behind <= 0) return pace;
  const first = way.findIndex((each) => each > 1e-9); // until then all the time that is missing has to pass
  return new Pace(
    own,
    slowness.map((each, k) => each + (k <= first ? behind / own[first] : 0)),
  );
}

/** Values that change smoothly, and are no smaller anywhere: the mean of the largest around. @param {number[]} values */
function spread(values) {
  const last = values.length - 1;
  const around = (/** @type {number} */ k) => Array.from({ length: 2 * SMOOTH + 1 }, (_, j) => k + j - SMOOTH);
  const largest = (/** @type {number} */ k) => Math.max(...around(k).map((each) => values[Math.min(last, Math.max(0, each))]));
  return values.map(
    (_, k) =>
      around(k)
        .map(largest)
        .reduce((sum, each) => sum + each, 0) /
      (2 * SMOOTH + 1),
  );
}

/**
 * The string pulled taut between a floor and a ceiling: from low[0] = high[0] on, its end free.
 * @param {number[]} low @param {number[]} high
 */
export function taut(low, high) {
  const [string, last] = [[low[0]], low.length - 1];
  while (string.length <= last) {
    const k = string.length - 1;
    let [floor, ceiling, onFloor, onCeiling, slope, end] = [-Infinity, Infinity, k, k, NaN, last];
    for (let j = k + 1; j <= last && Number.isNaN(slope); j++) {
      const [up, down] = [(low[j] - string[k]) / (j - k), (high[j] - string[k]) / (j - k)]; // slopes that touch either
      if (up > ceiling)
        [slope, end] = [ceiling, onCeiling]; // it bends where it touched last
      else if (down < floor) [slope, end] = [floor, onFloor];
      else {
        if (up >= floor) [floor, onFloor] = [up, j];
        if (down <= ceiling) [ceiling, onCeiling] = [down, j];
      }
    }
    if (Number.isNaN(slope)) {
      slope = Math.min(Math.max(0, floor), ceiling);
      if (slope !== 0) end = slope === floor ? onFloor : onCeiling;
    }
    const from = string[k];
    for (let j = k + 1; j <= end; j++) string.push(from + slope * (j - k));
  }
  return string;
}
