// The kinds of tour, and what a guided one looks at (engine/viewer/tours.py).

import { dragFlat, FlatTour } from "../motion/flat.js";
import { GrandTour } from "../motion/grandtour.js";
import { GuidedTour } from "../motion/guided.js";
import { drag } from "../motion/handle.js";
import { LittleTour } from "../motion/little.js";
import { LocalTour } from "../motion/local.js";

/** @typedef {"grand" | "little" | "local" | "guided"} TourKind */
/** @typedef {GrandTour | FlatTour | import("../motion/walk.js").Walk} Motion */

/**
 * A motion of that kind at the first three axes; of a figure in a plane the only one there is.
 * @param {TourKind} kind @param {import("../tour.js").Tour} tour @returns {Motion}
 */
export function motionOf(kind, { dims, flat }) {
  if (flat) return new FlatTour();
  if (kind === "grand") return new GrandTour(dims);
  if (kind === "little") return new LittleTour(dims);
  return kind === "local" ? new LocalTour(dims) : new GuidedTour(dims);
}

/** How a hand that drags a handle turns the frame: a figure in a plane within that plane alone. @param {import("../tour.js").Tour} tour */
export function dragOf({ flat }) {
  return flat ? dragFlat : drag;
}
