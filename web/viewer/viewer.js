// One tour being looked at: its state, what time does to it, and what a person can do to it; it draws nothing (engine/viewer/viewer.py).

import { Camera } from "../motion/camera.js";
import { GuidedTour, scatter } from "../motion/guided.js";
import { asFrame, firstAxes } from "../motion/rotation.js";
import { between } from "../motion/transition.js";
import { check } from "./checks.js";
import { Journey } from "./journey.js";
import { maskOf, PLAIN } from "./shown.js";
import { FLIGHT_SECONDS, Standpoint } from "./standpoint.js";
import { dragOf, motionOf } from "./tours.js";

/** @typedef {import("../motion/linear.js").Matrix} Matrix */
/** @typedef {import("./shown.js").Handle} Handle */
/** @typedef {import("./tours.js").TourKind} TourKind */
/** @typedef {import("../tour.js").Axis} Axis */

export const FASTEST = 40;
const HASTE = { grand: 1, little: 1, local: 1, guided: 2 }; // times the speed: who knows where to go does not stroll
const MANY = 20_000; // points that the guide looks at
const MOVING = ["layer", "frame", "center", "zoom", "fit"]; // of a view
export const KNOWN = new Set([...Object.keys(PLAIN), ...MOVING, "selected", "handles"]);

export class Viewer extends Standpoint {
  /** @param {import("../tour.js").Tour} tour */
  constructor(tour) {
    super(tour);
    /** @type {TourKind} */
    this.kind = "grand";
    this.journey = new Journey();
    this.interrupt = () => {}; // what else would take the points to other layers
    /**
     * @type {import("../motion/transition.js").Blend | null} of the saved view that was asked for last, unless
     *   somebody has gone to a layer since
     */
    this.asked = null;
  }

  /** Later by `seconds`, which have been foreseen; whether anything moved. @param {number} seconds */
  advance(seconds) {
    let moved = false;
    if (!this.flight?.turns && this.touring) {
      this.motion.speed = ((this.speed * Math.PI) / 180) * HASTE[this.kind];
      this.motion.advance(seconds * this.patience);
      moved = true;
    }
    const {
      layer,
      journey,
      transition: { settled },
    } = this;
    moved = this.moveLayers(this.foresight.own(seconds)) || journey.playing || moved;
    if (journey.playing) {
      const next = journey.advance(seconds, {
        layer,
        along: this.tour.line(layer, journey.axis),
        arrived: settled,
        held: this.scrub !== null,
      });
      if (next !== null) super.goTo(next);
    }
    if (!settled && this.transition.settled && this.layer === layer) this.guide();
    return this.moveCamera(seconds) || moved;
  }

  /** Begin the transition to a layer, from wherever the points are; a journey is over, and a story. @param {number} layer */
  goTo(layer) {
    this.journey.playing = false;
    this.leave();
    super.goTo(layer);
  }

  /** @param {number} place @param {number[]} along */
  scrubTo(place, along) {
    this.leave();
    super.scrubTo(place, along);
  }

  leave() {
    this.asked = null;
    this.interrupt();
  }

  /** To the next layer or epoch, or the one before; the ends are joined. @param {number} by @param {Axis} axis */
  step(by, axis = "layers") {
    const along = this.tour.line(this.layer, axis);
    this.goTo(along[(along.indexOf(this.layer) + by + along.length) % along.length]);
  }

  /** Set out through the layers or epochs, or stay where the journey is. @param {Axis} axis */
  toggleJourney(axis = "layers") {
    const layer = this.journey.setOut(this.layer, this.tour.line(this.layer, axis), axis);
    if (layer !== null) super.goTo(layer);
  }

  /** @param {TourKind} kind */
  setKind(kind) {
    const frame = this.frame;
    this.kind = kind;
    this.motion = motionOf(kind, this.tour);
    this.motion.frame = frame;
    this.guide();
  }

  /** Tell the guided tour what to separate: the coloured classes on the layer shown. */
  guide() {
    if (!(this.motion instanceof GuidedTour)) return;
    const points = this.tour.layerNow(this.layer);
    const { kind, codes } = this.coloring;
    if (!points || kind === "none") return;
    const every = Math.ceil(this.tour.n / MANY);
    const shown = this.shownRows;
    const groups = Int32Array.from(codes, (code, i) => {
      if (i % every || (shown && !shown[code]) || (this.selection && !this.selection[i])) return -1;
      return kind === "continuous" ? Math.floor(code / 32) : code;
    });
    this.motion.separate(scatter(points, groups, this.tour.dims, this.tour.stride));
  }

  /** @param {string | null} name */
  async colorBy(name, palette = this.view.palette) {
    await super.colorBy(name, palette);
    this.guide();
  }

  /** @param {number} row */
  toggleGroup(row) {
    super.toggleGroup(row);
    this.guide();
  }

  /** @param {Uint8Array | null} mask */
  select(mask) {
    super.select(mask);
    this.guide();
  }

  /** @param {Matrix} from the frame at the press @param {number[]} point @param {number[]} target in data units */
  drag(from, point, target) {
    this.flight = null;
    this.motion.frame = dragOf(this.tour)(from, point, target);
  }

  // ------------------------------------------------------------------------------------------ as plain values

  /** The present as views.json has it. */
  toJSON() {
    const { blend } = this.transition;
    return {
      layer: blend.length === 1 ? blend[0][0] : this.place,
      frame: this.frame.map((row) => [...row]),
      center: [...this.camera.center],
      zoom: this.camera.zoom,
      ...this.view,
      fit: this.fit,
      selected: this.selected,
      handles: this.handles,
    };
  }

  /**
   * Show what a view says, all of it at once; keys that it lacks stay as they are. Where it says a frame or a camera and
   * not that it is framed, it is not, as a View is.
   * @param {Record<string, any>} view
   */
  async show(view) {
    check(view, this.tour, KNOWN);
    if (view.frame === null) view = { ...view, frame: firstAxes(this.tour.dims) };
    const frame = view.frame ? asFrame(view.frame, this.tour.dims) : null;
    const place = view.layer === undefined ? null : this.tour.place(view.layer);
    const handles = view.handles && (await this.withPoints(view.handles));
    if (view.color_by !== undefined || view.palette !== undefined) {
      await this.colorBy(view.color_by === undefined ? this.view.color_by : view.color_by, view.palette ?? this.view.palette);
    }
    if (frame) {
      this.flight = null;
      this.motion.frame = frame;
    }
    if (place !== null) this.standAt(place);
    const looks = Object.fromEntries(Object.entries(view).filter(([key]) => key in PLAIN && !["color_by", "palette"].includes(key)));
    this.change(looks);
    if (handles) [this.handles, this.handle] = [handles, null];
    if (view.selected !== undefined) this.select(view.selected === null ? null : maskOf(view.selected, this.tour.n));
    if (view.fit) await this.begin();
    this.aim(view);
  }

  /** Framed at once, as soon as what is shown is there. */
  async begin() {
    await this.measurable(this.transition.blend);
    this.frameNow();
  }

  /** Once what a figure is measured by is there. @param {import("../motion/transition.js").Blend} blend */
  measurable(blend) {
    return Promise.all([this.alone ? this.tour.order() : this.tour.support(), ...blend.map(([layer]) => this.tour.layer(layer))]);
  }

  /** Fly to a saved view: frame and camera by a flight, layer by a transition, the rest at once. @param {Record<string, any>} view */
  async flyToView(view, seconds = FLIGHT_SECONDS) {
    const { layer, frame, center, zoom, fit, ...rest } = view;
    const { blend } = between(this.tour.place(layer ?? 0));
    this.asked = blend;
    await this.show({ ...PLAIN, selected: null, handles: [], ...rest, theme: this.view.theme });
    if (fit) await this.measurable(blend);
    const goal = frame ?? firstAxes(this.tour.dims);
    const follows = Boolean(fit) && this.fit && !this.flight?.looks;
    this.keepFramed(Boolean(fit));
    this.flyTo(goal, fit ? this.framed(asFrame(goal, this.tour.dims), blend) : new Camera(center ?? [0, 0], zoom ?? 1), seconds, {
      looks: !follows,
    });
    if (this.asked === blend) this.goToBlend(blend, Math.max(0.7, 0.8 * seconds)); // nobody has gone elsewhere meanwhile
  }
}
