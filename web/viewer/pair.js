// How the second of two tours follows the first: through the rotation that lays it best upon it (engine/viewer/pair.py).

import { smoothstep } from "../motion/flight.js";
import { carried } from "../motion/framing.js";
import { svd, times, transpose } from "../motion/linear.js";
import { asFrame, geodesic } from "../motion/rotation.js";
import { dragOf } from "./tours.js";

/** @typedef {import("../motion/linear.js").Matrix} Matrix */
/** @typedef {import("./viewer.js").Viewer} Viewer */

const ALIGN_SECONDS = 0.4;

/** Keeps the follower where the leader is; each keeps its own figure in view where framing moves the camera. */
export class Partner {
  /** @param {Viewer} leader @param {Viewer} follower */
  constructor(leader, follower) {
    this.leader = leader;
    this.follower = follower;
    this.aligned = true;
    this.linked = true; // whether a wheel or a pull moves both cameras
    /** @type {Map<string, Matrix>} rotations of the follower's layers onto the leader's, by the pair */
    this.rotations = new Map();
    /** @type {Matrix | null} the frame from which it turns into place, and how long since */
    this.from = null;
    this.elapsed = 0;
    /** @type {import("../motion/camera.js").Camera | null} the leader's when the follower's last did the same; null: they become one */
    this.linkedAt = null;
    /** @type {Matrix | null} the rotation through which it follows */
    this.turned = null;
    this.coloring = "";
    this.frame = leader.frame;
    follower.partner = this;
    follower.motion = /** @type {any} */ ({ frame: this.frame, resting: true, speed: 0, advance: () => this.frame });
  }

  toggleAlign() {
    this.aligned = !this.aligned;
  }

  /** The rotation of the follower's layer onto the leader's, the last one until both are there; null without align. */
  get rotation() {
    const [i, j] = [this.leader.layer, this.follower.layer];
    const key = `${i} ${j}`;
    const [a, b] = [this.leader.tour.layerNow(i), this.follower.tour.layerNow(j)];
    if (!this.aligned) return null;
    if (!a || !b) return this.turned;
    if (!this.rotations.has(key)) this.rotations.set(key, procrustes(b, a, this.leader.tour));
    return /** @type {Matrix} */ (this.rotations.get(key));
  }

  /** Bring the follower to where the leader is. @param {boolean} atOnce rather than by a turn into place */
  follow(atOnce = false) {
    const { leader, follower, rotation } = this;
    const goal = rotation ? times(rotation, leader.frame) : leader.frame;
    if (rotation !== this.turned) [this.turned, this.from, this.elapsed] = [rotation, this.frame, 0];
    const share = smoothstep(this.elapsed / ALIGN_SECONDS);
    if (atOnce || share >= 1) this.from = null;
    this.frame = this.from ? geodesic(this.from, goal)(share) : goal;
    follower.motion.frame = this.frame;
    this.linkCameras();
    follower.held = leader.held;
    follower.selection = leader.selection;
    [follower.found, follower.singled] = [leader.found, leader.singled];
    follower.hovered = leader.hovered;
    [follower.handles, follower.handle] = [leader.handles, leader.handle];
    const { view } = leader;
    const coloring = `${view.color_by} ${view.palette}`;
    if (coloring !== this.coloring) {
      this.coloring = coloring;
      follower.colorBy(view.color_by, view.palette);
    }
    follower.view = view;
  }

  /** Seconds until it has turned into place. */
  get left() {
    return this.from ? ALIGN_SECONDS - this.elapsed : 0;
  }

  /** Where the follower's frame will be. @param {number} known seconds of the clock of what is known @param {number} later seconds */
  frameLater(known, later) {
    const { from, rotation, leader } = this;
    const there = leader.foresight.frameLater(known, later);
    const goal = rotation ? times(rotation, there) : there;
    return from ? geodesic(from, goal)(smoothstep((this.elapsed + known) / ALIGN_SECONDS)) : goal;
  }

  /** Framed, each keeps its own figure in view; else what the leader's camera does is done by the follower's. */
  linkCameras() {
    const { leader, follower, linkedAt: before } = this;
    this.linkedAt = this.linked ? leader.camera : null;
    if (!this.linked) return;
    follower.home = leader.home;
    if (leader.fit && !follower.fit) follower.resetCamera();
    follower.fit = leader.fit;
    if (leader.fit) return;
    follower.flight = null;
    follower.camera = before ? carried(follower.camera, before, leader.camera) : leader.camera;
  }

  /**
   * What a hand has done to the camera of a pane is done in the other one.
   * @param {Viewer} viewer @param {import("../motion/camera.js").Camera} before
   */
  moved(viewer, before) {
    if (viewer === this.leader || !this.linked) return;
    this.leader.takeOver();
    this.linkedAt = this.leader.camera = carried(this.leader.camera, before, viewer.camera);
  }

  /** Whether it is still turning into place. @param {number} seconds */
  advance(seconds) {
    if (this.from) this.elapsed += seconds;
    return this.from !== null;
  }

  /** A handle dragged in the follower's pane. @param {Matrix} from @param {number[]} point @param {number[]} target */
  drag(from, point, target) {
    const frame = dragOf(this.leader.tour)(from, point, target);
    const { rotation } = this;
    this.leader.flight = null;
    this.leader.motion.frame = asFrame(rotation ? times(transpose(rotation), frame) : frame, frame.length);
  }
}

/**
 * The rotation (d, d) that lays `source` best upon `target`, both centred.
 * @param {ArrayLike<number>} source (n, stride) in a row @param {ArrayLike<number>} target
 * @param {{n: number, dims: number, stride: number}} shape
 */
export function procrustes(source, target, { n, dims, stride }) {
  const cross = Array.from({ length: dims }, () => new Array(dims).fill(0));
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < dims; k++) {
      const value = source[i * stride + k];
      const row = cross[k];
      for (let l = 0; l < dims; l++) row[l] += value * target[i * stride + l];
    }
  }
  const { u, v } = svd(cross);
  return times(u, transpose(v));
}
