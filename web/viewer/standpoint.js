// From where a tour is seen: frame, place among the layers, and a camera that keeps the figure in the free area
// (engine/viewer/standpoint.py).

import { Camera } from "../motion/camera.js";
import { flight } from "../motion/flight.js";
import { Area, LAG } from "../motion/framing.js";
import { through } from "../motion/projection.js";
import { asFrame } from "../motion/rotation.js";
import { dotSize, imageSize } from "../motion/shot.js";
import { between } from "../motion/transition.js";
import { Foresight } from "./foresight.js";
import { Framer } from "./framer.js";
import { Scrub } from "./scrub.js";
import { Shown } from "./shown.js";
import { motionOf } from "./tours.js";

/** @typedef {import("../motion/linear.js").Matrix} Matrix */
/** @typedef {import("../motion/transition.js").Blend} Blend */
/**
 * @typedef {{path: (t: number) => import("../motion/flight.js").Pose, elapsed: number, seconds: number, turns:
 *   boolean, looks: boolean}} Flying turns: whether it moves the frame; looks: whether it moves the camera
 */

export const SPEED = 6; // degrees of path per second, to begin with
const RESET_SECONDS = 0.75;
export const FLIGHT_SECONDS = 0.9;
const SETTLED = 6; // times that a framing makes room for points of its own scale
const CLOSE = 2; // times closer than the whole, where the camera goes to one point

export class Standpoint extends Shown {
  /** @param {import("../tour.js").Tour} tour */
  constructor(tour) {
    super(tour);
    this.transition = between(tour.place(tour.opening.layer)); // no other layer is asked for at first
    this.camera = new Camera();
    /** @type {Camera | null} where a reset leads to; null for what shows all of the figure */
    this.home = null;
    this.fit = false; // whether framing moves the camera, once no flight does
    this.framer = new Framer(tour);
    this.area = new Area([800, 800]);
    /** @type {import("./tours.js").Motion} */
    this.motion = motionOf("grand", tour);
    this.held = false; // by a hand
    this.unseen = false; // out of sight
    this.playing = false;
    this.speed = SPEED;
    this.patience = 1; // the share of its speed at which the tour goes on in this frame
    /** @type {Flying | null} */
    this.flight = null;
    this.foresight = new Foresight(this);
    /** @type {import("./pair.js").Partner | null} by which it follows another tour, whose frame it takes */
    this.partner = null;
    /** @type {Scrub | null} while a hand holds the points between layers */
    this.scrub = null;
  }

  get frame() {
    return this.motion.frame;
  }

  get layer() {
    return this.transition.layer;
  }

  /** The place along the layers, 3.25 a quarter of the way from 3 to 4. */
  get place() {
    return this.transition.blend.reduce((sum, [layer, share]) => sum + layer * share, 0);
  }

  /** The place along the layers of the network, or along the epochs. @param {import("../tour.js").Axis} axis */
  placeOn(axis) {
    const { depth } = this.tour;
    return this.transition.blend.reduce(
      (sum, [layer, share]) => sum + share * (axis === "layers" ? layer % depth : Math.floor(layer / depth)),
      0,
    );
  }

  /** The largest norm among the points, mixed as they are. */
  get radius() {
    return this.transition.blend.reduce((sum, [layer, share]) => sum + share * (this.tour.layers[layer].radius || 1), 0);
  }

  // ------------------------------------------------------------------------------------------ layers

  /** Whether the layers of the transition are there. */
  get ready() {
    return [...this.transition.source, ...this.transition.target].map(([layer]) => this.tour.layerNow(layer)).every(Boolean);
  }

  /** @param {number} layer */
  goTo(layer) {
    this.goToBlend([[Math.min(this.tour.layers.length - 1, Math.max(0, layer)), 1]]);
  }

  /** Begin the transition to a mean of layers. @param {Blend} blend @param {number} [seconds] */
  goToBlend(blend, seconds) {
    this.scrub = null;
    this.transition = this.transition.redirected(blend, seconds);
  }

  /** Be at a place among all layers at once; between two of them it is held. @param {number} place */
  standAt(place) {
    [this.transition, this.scrub] = [between(place), place % 1 ? new Scrub([...this.tour.layers.keys()], place) : null];
  }

  /** Hold the points at a place along a line of layers. @param {number} place @param {number[]} along */
  scrubTo(place, along) {
    if (this.scrub?.along.join() !== along.join()) this.scrub = new Scrub(along);
    this.scrub?.hold(place);
  }

  /** Let go, to the nearest layer. */
  endScrub() {
    if (this.scrub) this.goTo(this.scrub.nearest);
  }

  /** Let time pass for the points; whether they moved. @param {number} seconds */
  moveLayers(seconds) {
    if (this.scrub) {
      this.transition = this.scrub.follow(this.transition, seconds, (layer) => Boolean(this.tour.layerNow(layer)));
      return !this.scrub.there;
    }
    if (this.transition.settled || !this.ready) return false;
    this.transition = this.transition.advanced(seconds);
    return true;
  }

  // ------------------------------------------------------------------------------------------ framing

  /** Drawn on such a pane from now on; what is framed and has not moved yet is framed there at once. @param {Area} area */
  showOn(area) {
    if (this.area.isNear(area, 0)) return;
    this.area = area;
    if (this.fit && !this.framer.follower) this.camera = this.whole;
    this.framer.resting = false;
  }

  /** The camera that a reset leads to. */
  get whole() {
    return this.home ?? this.framed();
  }

  /** The camera that shows all of the figure through a frame and on layers. @param {Matrix} frame @param {Blend} blend */
  framed(frame = this.frame, blend = this.transition.blend) {
    const seen = this.seen(frame, blend);
    if (!this.framer.ready(seen)) return this.camera;
    const figure = this.framer.figure(seen);
    let { camera } = this;
    for (let k = 0; k < SETTLED; k++) camera = this.area.within(this.reach(camera.zoom)).fitted(figure); // points grow with the zoom
    return camera;
  }

  /** Framed at once, as if it had always been so. */
  frameNow() {
    const before = this.framer;
    this.framer = new Framer(this.tour);
    if (!before.alone) [this.framer.rows, this.framer.points] = [before.rows, before.points];
    this.camera = this.framed();
  }

  /** @param {Matrix} frame @param {Blend} blend @returns {import("./framer.js").Seen} */
  seen(frame = this.frame, blend = this.transition.blend) {
    return { frame, blend, area: this.area.within(this.reach(this.camera.zoom)), alone: this.alone };
  }

  /**
   * The size of an image or a dot without the cue, in pixels of the design.
   * @param {"dots" | "images"} mode @param {import("../motion/camera.js").Pair} pane @param {number} zoom
   */
  sizeOf(mode, pane, zoom) {
    const [
      side,
      {
        view,
        tour: { n },
      },
    ] = [Math.min(...pane), this];
    return mode === "images" ? imageSize(n, side, zoom) * view.image_size : dotSize(n, side, zoom) * view.dot_size;
  }

  /** Half the size of an image or a dot, by which it stands out beyond its place, in pixels. @param {number} zoom */
  reach(zoom) {
    return 0.5 * this.sizeOf(this.view.mode, this.area.size, zoom);
  }

  /** Whether the camera keeps the figure framed, and no flight moves it. */
  get framing() {
    return this.fit && !this.flight?.looks && this.framer.ready({ blend: this.transition.blend, alone: this.alone });
  }

  /**
   * Let time pass for flights, and for the camera: it flies, or follows the figure, or stands; whether it moved.
   * @param {number} seconds
   */
  moveCamera(seconds) {
    const { flight, foresight, framing } = this;
    const plan = seconds > 0 ? foresight.plan : null;
    if (flight) {
      flight.elapsed += foresight.own(seconds);
      const pose = flight.path(flight.elapsed / flight.seconds);
      if (flight.looks) this.camera = pose.camera;
      if (flight.turns) this.motion.frame = pose.frame;
      if (flight.elapsed >= flight.seconds) this.flight = null;
    }
    if (plan) this.camera = foresight.goOn(plan, seconds);
    if (plan || !framing) return plan !== null || flight !== null;
    const rested = this.framer.resting;
    const hurried = this.scrub !== null || (this.touring && this.hurried);
    const { touring } = this.partner?.leader ?? this;
    const later = touring ? foresight.frameLater(LAG, LAG * this.patience) : this.frame;
    this.camera = this.framer.follow(this.camera, this.seen(), seconds, { later, held: this.held, hurried });
    return flight !== null || (!(rested && this.framer.resting) && !this.held);
  }

  /** Whether the tour turns the frame. */
  get touring() {
    return this.playing && this.speed > 0 && !this.held && !this.unseen && !this.motion.resting;
  }

  /** Whether a hand has asked the tour for haste. */
  get hurried() {
    return this.speed > SPEED;
  }

  /** The flight that moves the frame, that of the tour beside where it leads. @returns {Flying | null} */
  get turnedBy() {
    return this.flight?.turns ? this.flight : (this.partner?.leader.turnedBy ?? null);
  }

  /** Whether the points are on their way between layers. */
  get crossing() {
    return !this.transition.settled && this.scrub === null && this.ready;
  }

  // ------------------------------------------------------------------------------------------ the camera

  /**
   * Where the camera is, as a view says it. What says a frame or a camera and not that it is framed, is not.
   * @param {Record<string, any>} view
   */
  aim({ frame, center, zoom, fit }) {
    const aimed = center !== undefined || zoom !== undefined;
    fit ??= aimed || frame !== undefined ? false : this.fit;
    const [at, scale] = this.fit ? [/** @type {import("../motion/camera.js").Pair} */ ([0, 0]), 1] : [this.camera.center, this.camera.zoom];
    if (!fit && (aimed || this.fit)) this.camera = new Camera(center ?? at, zoom ?? scale);
    this.fit = fit;
  }

  /** Whether framing moves the camera from now on, once no flight does. @param {boolean} on */
  keepFramed(on) {
    this.fit = on;
  }

  /** A hand moves the camera from now on, until a reset. */
  takeOver() {
    [this.flight, this.fit] = [null, false];
  }

  /** Fly to the whole figure and keep it framed, or back to where the camera was at first; the frame stays. */
  resetCamera() {
    this.look(this.whole, RESET_SECONDS);
    this.fit = this.home === null;
  }

  /** Fly the camera somewhere else; the frame stays. @param {Camera} camera */
  look(camera, seconds = FLIGHT_SECONDS) {
    this.fit = false;
    this.flyTo(this.frame, camera, seconds, { turns: false });
  }

  /** Fly to a point in the middle of the free area, close enough to tell it from others. @param {number} point */
  lookAt(point) {
    const at = this.projectedPoint(point);
    if (!at) return;
    this.look(this.area.centered([at[0] / this.radius, at[1] / this.radius], Math.max(this.camera.zoom, CLOSE * this.whole.zoom)));
  }

  /** What moves on the way: the frame where it turns, the camera where it looks. @param {Matrix} frame @param {Camera} camera */
  flyTo(frame, camera, seconds = FLIGHT_SECONDS, { turns = true, looks = true } = {}) {
    this.flight = {
      path: flight({ frame: this.frame, camera: this.camera }, { frame: asFrame(frame, this.tour.dims), camera }),
      elapsed: 0,
      seconds,
      turns,
      looks,
    };
  }

  // ------------------------------------------------------------------------------------------ where points are

  /** Screen x, screen y and depth of one point, data units; null while its layers are on their way. @param {number} point */
  projectedPoint(point) {
    const { stride } = this.tour;
    const at = [0, 0, 0];
    for (const [layer, share] of this.transition.blend) {
      const points = this.tour.layerNow(layer);
      if (!points) return null;
      through(points.subarray(point * stride), this.frame).forEach((value, j) => (at[j] += share * value));
    }
    return at;
  }

  /**
   * The centroid (d,) of a handle's points on what is shown now; null while the layers are on their way.
   * @param {import("./shown.js").Handle} handle
   */
  centroid(handle) {
    const sum = new Array(this.tour.dims).fill(0);
    for (const [layer, share] of this.transition.blend) {
      const each = this.centroidOn(handle, layer);
      if (!each) return null;
      for (let k = 0; k < sum.length; k++) sum[k] += share * each[k];
    }
    return sum;
  }

  /** @param {import("./shown.js").Handle} handle @param {number} layer */
  centroidOn(handle, layer) {
    /** @type {WeakMap<number[], Map<number, number[]>>} */
    const known = (this.cache.centroids ??= new WeakMap());
    if (!known.has(handle.points)) known.set(handle.points, new Map());
    const layers = /** @type {Map<number, number[]>} */ (known.get(handle.points));
    const [points, { dims, stride }] = [this.tour.layerNow(layer), this.tour];
    if (!layers.has(layer) && points) {
      const sum = new Array(dims).fill(0);
      for (const i of handle.points) for (let k = 0; k < dims; k++) sum[k] += points[i * stride + k];
      layers.set(
        layer,
        sum.map((value) => value / handle.points.length),
      );
    }
    return layers.get(layer);
  }
}
