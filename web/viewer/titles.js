// Names of layers and points as a person reads them (engine/viewer/titles.py).

/** @typedef {import("../tour.js").Tour} Tour */

/**
 * A layer's name without the number that it may begin with and its epoch: these stand beside it anyway.
 * @param {Tour} tour @param {number} k
 */
export function layerTitle(tour, k) {
  const [epoch, number] = [Math.floor(k / tour.depth), k % tour.depth];
  const { name, kind } = tour.layers[k];
  const suffix = tour.epochs.length ? `@${tour.epochs[epoch]}` : "";
  const plain = suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  return (plain.startsWith(`${number}-`) ? plain.slice(`${number}-`.length) : plain) || kind;
}

/**
 * A layer's number in the network and its name, and its epoch where there are several: "3 conv2, epoch 8".
 * @param {Tour} tour @param {number} k
 */
export function numberedTitle(tour, k) {
  return `${k % tour.depth} ${layerTitle(tour, k)}${ofEpoch(tour, k)}`;
}

/** A layer's number in the network, and its epoch where there are several: "3, epoch 8". @param {Tour} tour @param {number} k */
export function layerNumber(tour, k) {
  return `${k % tour.depth}${ofEpoch(tour, k)}`;
}

/** @param {Tour} tour @param {number} k */
function ofEpoch(tour, k) {
  return tour.epochs.length ? `, epoch ${tour.epochs[Math.floor(k / tour.depth)]}` : "";
}

/**
 * The attribute that says what to call a point: its name, or its class among the most classes in which it has one.
 * @param {Tour} tour @param {number} point
 */
export function titling({ attributes, there }, point) {
  const taken = (/** @type {{name: string}} */ { name }) => Number(name === "prediction"); // what the network takes it for comes last
  const classes = attributes.filter(({ piece, names }) => names.length && !(there.get(piece)?.[point] < 0));
  classes.sort((a, b) => taken(a) - taken(b) || b.names.length - a.names.length);
  return attributes.find(({ name }) => name === "name" || name === "title") ?? classes[0];
}

/** What to call a point; nothing where nothing does. @param {Tour} tour @param {number} point */
export function pointTitle(tour, point) {
  const attribute = titling(tour, point);
  return attribute ? tour.text(attribute.name, point) : "";
}
