// What will be seen in the next seconds, where a flight or a transition leads there, and the camera's way through it (engine/viewer/steering.py).

import { ahead } from "../motion/framing.js";
import { KNOTS, LONGEST_PATH, Path, Trajectory } from "../motion/trajectory.js";

/** @typedef {import("../motion/linear.js").Matrix} Matrix */
/** @typedef {import("./standpoint.js").Standpoint} Standpoint */
/** @typedef {{of: unknown[], camera: import("../motion/camera.js").Camera, trajectory: Trajectory, elapsed: number}} Plan the camera's way, and what it was planned for */

const TRIES_AT_TIME = 3; // at a path, at most, each time it is given more time
const ENOUGH = 1.02; // times its seconds: nearer than that to what it needs, it has enough
const SETTLING = 2; // times that a moment of a path makes room for points of its own scale, from the moment before on

export class Foresight {
  /** @param {Standpoint} standpoint */
  constructor(standpoint) {
    this.standpoint = standpoint;
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {{frame: Matrix, seconds: number} | null} the frame before, and how long ago that was */
    this.past = null;
  }

  /** A frame has been shown, for so many seconds. @param {Matrix} frame @param {number} seconds */
  saw(frame, seconds) {
    if (seconds > 0) this.past = { frame, seconds };
  }

  /** The camera's way through what is known to come, null where nothing is; what begins now gets the time that it needs. @param {number} seconds of this frame */
  planned(seconds) {
    const { standpoint, plan } = this;
    if (!standpoint.turnedBy && !standpoint.crossing) return (this.plan = null);
    const { known } = this;
    if (plan && plan.camera === standpoint.camera && plan.of.every((each, k) => each === known[k])) return plan;
    const start = standpoint.framer.now(standpoint.camera);
    let path = this.path();
    for (let k = 0; k < TRIES_AT_TIME; k++) {
      const factor = Math.min(path.needed(start), Math.max(LONGEST_PATH, path.seconds)) / path.seconds;
      if (factor < ENOUGH || !standpoint.lengthen(factor, seconds)) break;
      path = this.path();
    }
    return (this.plan = { of: this.known, camera: standpoint.camera, trajectory: new Trajectory(path, start, standpoint.area), elapsed: 0 });
  }

  /** Go on along a plan. @param {Plan} plan @param {number} seconds */
  goOn(plan, seconds) {
    plan.elapsed += seconds;
    return (plan.camera = this.standpoint.framer.lead(plan.trajectory.at(plan.elapsed)));
  }

  /** What a plan holds for: another one is needed where this is not what it was. @returns {unknown[]} */
  get known() {
    const { standpoint } = this;
    const { source, target, start, seconds } = standpoint.transition;
    const by = standpoint.turnedBy ?? (standpoint.touring ? standpoint.speed : null);
    return [by, standpoint.crossing, String(source), String(target), start, seconds, standpoint.area, standpoint.seen().alone];
  }

  /** What will be seen from now on, until nothing known moves any more. */
  path() {
    const { standpoint } = this;
    const { turnedBy, crossing, transition, area } = standpoint;
    const seconds = Math.max(...[turnedBy, crossing ? transition : null].map((each) => (each ? each.seconds - each.elapsed : 0)));
    const figures = Array.from({ length: KNOTS }, (_, k) => {
      const later = (k * seconds) / (KNOTS - 1);
      const { blend } = crossing ? transition.advanced(later) : transition;
      return standpoint.framer.figure(standpoint.seen(this.frameLater(later), blend), true);
    });
    let { zoom } = standpoint.camera;
    const zooms = figures.map((figure) => {
      for (let k = 0; k < SETTLING; k++) ({ zoom } = area.within(standpoint.reach(zoom)).fitted(figure));
      return zoom;
    });
    return new Path(figures, zooms, seconds);
  }

  /** The frame later: on its flight, where the tour beside leads it, or about where the tour takes it. @param {number} seconds @returns {Matrix} */
  frameLater(seconds) {
    const { past, standpoint } = this;
    const { turnedBy, frame } = standpoint;
    if (standpoint.partner) return standpoint.partner.frameLater(seconds);
    if (turnedBy) return turnedBy.path(Math.min(1, (turnedBy.elapsed + seconds) / turnedBy.seconds)).frame;
    return past && standpoint.touring && seconds > 0 ? ahead(frame, past.frame, past.seconds, seconds) : frame;
  }
}
