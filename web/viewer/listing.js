// Points in a list and in what order (engine/viewer/listing.py); and how a choice of points is spread over an attribute (histogram.py).

const BINS = 32; // of a number
const MOST_CLASSES = 48; // that are told apart

/** @typedef {import("../tour.js").Tour} Tour */

/** The same points sorted by an attribute; what has no value stands last, equal ones keep their order. @param {number[]} points @param {Tour} tour @param {string} by */
export function arranged(points, tour, by) {
  const attribute = tour.attributes.find(({ name }) => name === by);
  const values = attribute && tour.valuesNow(by);
  if (!attribute || !values) return points;
  const classes = attribute.kind !== "continuous" && attribute.names.length > 0;
  const missing = (/** @type {number} */ point) => (classes ? values[point] < 0 : typeof values[point] === "number" && !Number.isFinite(values[point]));
  const order = (/** @type {number} */ a, /** @type {number} */ b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0);
  return [...points].sort((a, b) => Number(missing(a)) - Number(missing(b)) || order(a, b));
}

/** The bin of each point and their count: classes in their order, numbers in equal steps; null where neither suits. @param {Tour} tour @param {string} name */
export function binned(tour, name) {
  const attribute = tour.attribute(name);
  const values = tour.valuesNow(name);
  if (!values) return null;
  if (attribute.kind === "continuous") {
    const [low, high] = attribute.extent;
    if (!(high > low)) return null;
    return { count: BINS, of: (/** @type {number} */ point) => (Number.isFinite(values[point]) ? Math.min(BINS - 1, Math.max(0, Math.floor(((values[point] - low) / (high - low)) * BINS))) : -1) };
  }
  const count = attribute.names.length;
  return count > 1 && count <= MOST_CLASSES ? { count, of: (/** @type {number} */ point) => values[point] } : null;
}

/** How many points are in each bin. @param {{count: number, of: (point: number) => number}} bins @param {Iterable<number>} points */
export function spread(bins, points) {
  const counts = new Array(bins.count).fill(0);
  for (const point of points) {
    const bin = bins.of(point);
    if (bin >= 0) counts[bin]++;
  }
  return counts;
}
