// What will be seen in the next seconds, where a flight or a transition leads there, and the camera's way through it
// (engine/viewer/foresight.py).

import { agreed, patience } from "../motion/framing.js";
import { GrandTour } from "../motion/grandtour.js";
import { slowest } from "../motion/pace.js";
import { KNOTS, Path, Trajectory } from "../motion/trajectory.js";

/** @typedef {import("../motion/linear.js").Matrix} Matrix */
/** @typedef {import("./standpoint.js").Standpoint} Standpoint */
/**
 * @typedef {{of: unknown[], camera: import("../motion/camera.js").Camera, trajectory: Trajectory, pace:
 *   import("../motion/pace.js").Pace, elapsed: number}} Plan the camera's way and the pace of what it sees; what they
 *   were planned for, and how long ago
 */

const TRIES_AT_TIME = 8; // at a path, at most, where a tour turns the frame meanwhile that keeps its own time
const UNDAMPED = 2; // of them: a pace that is not settled by then may go to and fro, and is taken halfway
const ENOUGH = 0.05; // seconds: a pace that differs less is the same
const SLOWEST = 0.1; // of a tour's speed: where it has waited longer, a path begins at this
const SETTLING = 2; // times that a moment of a path makes room for points of its own scale, from the moment before on

export class Foresight {
  /** @param {Standpoint} standpoint */
  constructor(standpoint) {
    this.standpoint = standpoint;
    /** @type {Plan | null} */
    this.plan = null;
    this.waits = false; // whether the tour goes on only as fast as the scale can follow
  }

  /** Whether something leads where it is known, and the camera is to keep that in sight. */
  get seesAhead() {
    const { standpoint } = this;
    return standpoint.framing && !standpoint.held && Boolean(standpoint.turnedBy || standpoint.crossing || standpoint.partner?.left);
  }

  /** Whether the plan still holds. */
  get planned() {
    const { known, plan } = this;
    return plan !== null && plan.camera === this.standpoint.camera && plan.of.every((each, k) => each === known[k]);
  }

  /** How long that is for what moves on a known path: less, where it goes slowly for the sake of the scale. @param {number} seconds */
  own(seconds) {
    const { plan } = this;
    return plan ? plan.pace.clock(plan.elapsed + seconds) - plan.pace.clock(plan.elapsed) : seconds;
  }

  get slowness() {
    return this.plan ? this.plan.pace.at(this.plan.elapsed) : 1 / Math.max(this.standpoint.patience, SLOWEST);
  }

  /** Whether the tour is to wait for the scale: a Grand Tour before a line or a plane, none that a hand hurries. */
  get mayWait() {
    const { standpoint } = this;
    if (!standpoint.framing || !standpoint.touring || standpoint.hurried) return false;
    return !(standpoint.motion instanceof GrandTour) || standpoint.framer.isThin(standpoint.seen());
  }

  /** The share of these seconds for which the tour can go on without losing its figure. @param {number} seconds */
  spared(seconds) {
    const { standpoint } = this;
    const { camera, framer, framing } = standpoint;
    const allowed = (/** @type {number} */ share) => {
      const seen = standpoint.seen(this.frameLater(0, share * seconds));
      return patience(Math.log(camera.zoom / seen.area.fitted(framer.figure(seen)).zoom));
    };
    return framing ? agreed(allowed, patience(framer.off)) : 1;
  }

  /** Seconds of its own clock until nothing known moves any more. */
  get left() {
    const { turnedBy, crossing, transition, partner } = this.standpoint;
    return Math.max(
      partner?.left ?? 0,
      ...[turnedBy, crossing ? transition : null].map((each) => (each ? each.seconds - each.elapsed : 0)),
    );
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
    return [
      by,
      this.waits,
      standpoint.partner?.from,
      standpoint.crossing,
      String(source),
      String(target),
      start,
      seconds,
      standpoint.area,
      standpoint.alone,
    ];
  }

  /**
   * What will be seen at some moments: of the clock of what is known, and when they come, in seconds from now.
   * @param {number[]} own @param {number[]} taken @param {Path} [seen] at some of them
   */
  path(own, taken, seen) {
    const { standpoint } = this;
    const { area, crossing, transition } = standpoint;
    const figures = own.map((known, k) => {
      const { blend } = crossing ? transition.advanced(known) : transition;
      return (
        seen?.figures[seen.times.indexOf(known)] ??
        standpoint.framer.figure(standpoint.seen(this.frameLater(known, this.waits ? known : taken[k]), blend))
      );
    });
    let { zoom } = standpoint.camera;
    const zooms = figures.map((figure) => {
      for (let k = 0; k < SETTLING; k++) ({ zoom } = area.within(standpoint.reach(zoom)).fitted(figure));
      return zoom;
    });
    return new Path(figures, zooms, own);
  }

  /**
   * The frame later: on its flight, where the tour beside leads it, or where the tour takes it.
   * @param {number} known seconds of the clock of what is known @param {number} later seconds @returns {Matrix}
   */
  frameLater(known, later) {
    const { standpoint } = this;
    const { turnedBy, motion } = standpoint;
    if (standpoint.partner) return standpoint.partner.frameLater(known, later);
    if (turnedBy) return turnedBy.path(Math.min(1, (turnedBy.elapsed + known) / turnedBy.seconds)).frame;
    return standpoint.touring ? motion.later(later) : motion.frame;
  }
}

/**
 * Plan the ways of cameras through what is known to come, at one pace that lets each of them follow. A tour that waits
 * keeps to that pace; without a plan it goes on as far as each of the figures stays in sight.
 * @param {Standpoint[]} standpoints @param {number} seconds how long the frame lasts that begins now
 */
export function foresee(standpoints, seconds) {
  const every = standpoints.map(({ foresight }) => foresight);
  const waits = every.some(({ mayWait }) => mayWait);
  for (const each of every) each.waits = waits;
  const seeing = every.filter(({ seesAhead }) => seesAhead);
  if (seconds > 0 && !seeing.every(({ planned }) => planned)) plan(seeing);
  for (const each of every) {
    if (!each.seesAhead) each.plan = null;
  }
  let share = 1;
  if (waits && seconds > 0) {
    share = seeing.length ? seeing[0].own(seconds) / seconds : Math.min(...every.map((each) => each.spared(seconds)));
  }
  for (const each of standpoints) each.patience = share;
}

/** @param {Foresight[]} seeing */
function plan(seeing) {
  const left = Math.max(...seeing.map((each) => each.left));
  let own = Array.from({ length: KNOTS }, (_, k) => (k * left) / (KNOTS - 1));
  const starts = seeing.map(({ standpoint }) => standpoint.framer.now(standpoint.camera));
  const before = Math.max(...seeing.map(({ slowness }) => slowness));
  /** @type {Path[]} */
  let paths = [];
  for (let more = own; more.length; own = [...new Set(own.concat(more))].sort((a, b) => a - b)) {
    paths = seeing.map((each, k) => each.path(own, own, paths[k]));
    more = paths.flatMap((path) => path.closer());
  }
  const itself = seeing.some(({ standpoint, waits }) => !standpoint.turnedBy && standpoint.touring && !waits);
  /** @type {import("../motion/pace.js").Pace | undefined} */
  let pace;
  for (let [k, taken] = [1, own]; ; k++) {
    const last = pace;
    pace = slowest(paths.map((path, j) => path.pace(starts[j]))).after(before);
    if (last && k > UNDAMPED) pace = pace.halfway(last);
    if (!itself || pace.taken.every((each, j) => Math.abs(each - taken[j]) < ENOUGH)) break;
    ({ taken } = pace);
    paths = seeing.map((each) => each.path(own, taken));
    if (k === TRIES_AT_TIME) break; // what is seen then, at least
  }
  seeing.forEach((each, k) => {
    const { camera, area } = each.standpoint;
    each.plan = { of: each.known, camera, trajectory: new Trajectory(paths[k], pace.taken, starts[k], area), pace, elapsed: 0 };
  });
}
