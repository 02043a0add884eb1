// Points in a list and in what order (engine/viewer/listing.py).

/** @typedef {import("../tour.js").Tour} Tour */

/**
 * The same points sorted by an attribute; what has no value stands last, equal ones keep their order.
 * @param {number[]} points @param {Tour} tour @param {string} by
 */
export function arranged(points, tour, by) {
  const attribute = tour.attributes.find(({ name }) => name === by);
  const values = attribute && tour.valuesNow(by);
  if (!attribute || !values) return points;
  const classes = attribute.kind !== "continuous" && attribute.names.length > 0;
  const missing = (/** @type {number} */ point) =>
    classes ? values[point] < 0 : typeof values[point] === "number" && !Number.isFinite(values[point]);
  const order = (/** @type {number} */ a, /** @type {number} */ b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0);
  return [...points].sort((a, b) => Number(missing(a)) - Number(missing(b)) || order(a, b));
}
