// Histograms of attributes, of a choice of points against all, and brushes on them that narrow the selection (engine/viewer/histogram.py).

const BINS = 32; // of a number
const MOST_CLASSES = 48; // that are told apart

/**
 * @typedef {{of: Int16Array, counts: number[], names: string[]}} Binned of: the bin of each point, -1 where it has no
 *   value; counts: of all points, one for each bin
 */
/** @typedef {[number, number]} Range bins, the first and the last */

/**
 * An attribute cut into bins: classes in their order, numbers in equal steps; null where neither suits.
 * @param {import("../tour.js").Tour} tour @param {string} name @returns {Binned | null}
 */
export function binned(tour, name) {
  const { kind, extent, names } = tour.attribute(name);
  const values = tour.valuesNow(name);
  if (!values || kind === "text") return null;
  if (kind !== "continuous")
    return names.length > 1 && names.length <= MOST_CLASSES
      ? { of: Int16Array.from(values), counts: tally(values, names.length), names }
      : null;
  const [low, high] = extent;
  if (!(high > low)) return null;
  const of = Int16Array.from(values, (value) =>
    Number.isFinite(value) ? Math.min(BINS - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * BINS))) : -1,
  );
  const edge = (/** @type {number} */ k) => String(+(low + ((high - low) * k) / BINS).toPrecision(4));
  return { of, counts: tally(of, BINS), names: Array.from({ length: BINS }, (_, k) => `${edge(k)} to ${edge(k + 1)}`) };
}

/** How many of some points are in each bin. @param {Binned} bins @param {readonly number[]} points */
export function within({ of, counts }, points) {
  return tally(
    points.map((point) => of[point]),
    counts.length,
  );
}

/**
 * The points of `base` that are in the brushed bins of every attribute.
 * @param {Uint8Array} base @param {Map<string, Range>} brushes @param {Map<string, Binned>} attributes
 */
export function narrowed(base, brushes, attributes) {
  const mask = base.slice();
  for (const [name, [first, last]] of brushes) {
    const { of } = /** @type {Binned} */ (attributes.get(name));
    for (let i = 0; i < mask.length; i++) if (of[i] < first || of[i] > last) mask[i] = 0;
  }
  return mask;
}

/** How many are in each bin; below 0 is none. @param {ArrayLike<number>} bins @param {number} count */
export function tally(bins, count) {
  const counts = new Array(count).fill(0);
  for (let k = 0; k < bins.length; k++) if (bins[k] >= 0) counts[bins[k]]++;
  return counts;
}
