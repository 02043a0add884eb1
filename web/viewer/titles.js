// Names of layers and points as a person reads them (engine/viewer/titles.py).

/** @typedef {import("../tour.js").Tour} Tour */

/** A layer's name without the number that it may begin with and its epoch: these stand beside it anyway. @param {Tour} tour @param {number} k */
export function layerTitle(tour, k) {
  const [epoch, number] = [Math.floor(k / tour.depth), k % tour.depth];
  const { name, kind } = tour.layers[k];
  const suffix = tour.epochs.length ? `@${tour.epochs[epoch]}` : "";
  const plain = suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  return (plain.startsWith(`${number}-`) ? plain.slice(`${number}-`.length) : plain) || kind;
}

/** A layer's number in the network and its name, and its epoch where there are several: "3 conv2, epoch 8". @param {Tour} tour @param {number} k */
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

/** What to call a point: its name, or its class among the most classes; nothing where it has neither. @param {Tour} tour @param {number} point */
export function pointTitle(tour, point) {
  const taken = (/** @type {{name: string}} */ { name }) => Number(name === "prediction"); // what the network takes it for comes last
  const own = tour.attributes.find(({ name }) => name === "name" || name === "title");
  const classes = tour.attributes.filter(({ names }) => names.length).sort((a, b) => taken(a) - taken(b) || b.names.length - a.names.length);
  const attribute = own ?? classes[0];
  return attribute ? tour.text(attribute.name, point) : "";
}
