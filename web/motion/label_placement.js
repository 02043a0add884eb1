// Where the names of regions stand on the screen: few, never over each other, and calm while the picture turns
// (engine/motion/label_placement.py).

const MOST_NAMES = 12; // in a pane
const PACE = 60; // pixels a second, at most
const LOST = 40; // pixels from its region, beyond which a name leaves
const EASE_SECONDS = 0.3;
const FADE_SECONDS = 0.16;
const BETWEEN = 4; // pixels between two names; a new one keeps three times as much
const AGAIN = 100; // pixels from a name to the same one, which stands once nearer; a new one keeps half as much more
const STANDS = 1.6; // times the rank of a name that stands

/** @typedef {[number, number]} Pair */
/** @typedef {readonly [number, number, number, number]} Edges left, top, right, bottom */
/** @typedef {{place: Pair, opacity: number, leaving: boolean}} Standing a name on the screen; its middle, pixels */

export class Names {
  constructor() {
    /** @type {Map<number, Standing>} by the number of their region */
    this.standing = new Map();
    /** @type {readonly Pair[] | null} */
    this.places = null;
  }

  /**
   * Let time pass; whether any still moves or fades.
   * @param {readonly Pair[]} places the middle of each region now @param {readonly number[]} ranks those of 0 never stand
   * @param {readonly Pair[]} sizes width and height of the names @param {Edges} bounds
   * @param {readonly Edges[]} obstacles @param {number} seconds
   * @param {readonly unknown[]} titles what each region is called
   */
  step(places, ranks, sizes, bounds, obstacles, seconds, titles) {
    /** @type {Map<number, Pair>} */
    const moved = new Map();
    const before = new Map([...this.standing].filter(([k]) => k < places.length));
    for (const [k, each] of before) if (!each.leaving) moved.set(k, followedPlace(each.place, places[k], seconds));
    const last = this.places?.length === places.length && this.places;
    const running = places.map((place, k) => last && away(place, last[k]) > PACE * seconds);
    this.places = places;
    const taken = [...obstacles];
    /** @type {Map<number, Pair>} */
    const kept = new Map();
    const rank = (/** @type {number} */ k) => -ranks[k] * (moved.has(k) ? STANDS : 1);
    for (const k of places.map((_, each) => each).sort((a, b) => rank(a) - rank(b))) {
      const stood = moved.get(k);
      if (ranks[k] <= 0 || (!stood && (running[k] || before.has(k)))) continue; // it waits until it has left
      const place = stood ?? places[k];
      const edges = edgesOf(place, sizes[k], stood ? BETWEEN : 3 * BETWEEN);
      if (kept.size >= MOST_NAMES || !inside(edges, bounds) || taken.some((other) => overlap(edges, other))) continue;
      if (stood && away(place, places[k]) > LOST) continue;
      if ([...kept].some(([j, at]) => titles[j] === titles[k] && away(place, at) < AGAIN * (stood ? 1 : 1.5))) continue;
      kept.set(k, place);
      taken.push(edgesOf(place, sizes[k], 0));
    }
    this.standing = new Map();
    const step = seconds / FADE_SECONDS;
    for (const [k, each] of before) {
      if (!kept.has(k) && each.opacity > step)
        this.standing.set(k, { place: moved.get(k) ?? each.place, opacity: each.opacity - step, leaving: true });
    }
    for (const [k, place] of kept)
      this.standing.set(k, { place, opacity: Math.min(1, (before.get(k)?.opacity ?? 0) + step), leaving: false });
    return [...this.standing].some(([k, each]) => each.leaving || each.opacity < 1 || away(each.place, places[k]) > 0.5);
  }
}

/**
 * On the way from a place to a goal, easing, no faster than the pace.
 * @param {Pair} place @param {Pair} goal @param {number} seconds @returns {Pair}
 */
function followedPlace(place, goal, seconds) {
  const distance = away(place, goal);
  let share = 1 - Math.exp(-seconds / EASE_SECONDS);
  if (distance * share > PACE * seconds) share = (PACE * seconds) / distance;
  return /** @type {Pair} */ (place.map((at, k) => at + share * (goal[k] - at)));
}

/** @param {Pair} a @param {Pair} b */
function away(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** @param {Pair} middle @param {Pair} size @param {number} gap @returns {Edges} */
function edgesOf([x, y], size, gap) {
  const [wide, high] = [0.5 * size[0] + gap, 0.5 * size[1] + gap];
  return [x - wide, y - high, x + wide, y + high];
}

/** @param {Edges} box @param {Edges} bounds */
function inside(box, bounds) {
  return box.every((edge, k) => (k < 2 ? edge >= bounds[k] : edge <= bounds[k]));
}

/** @param {Edges} a @param {Edges} b */
export function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
