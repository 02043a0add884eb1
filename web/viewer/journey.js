// A journey into the layers, or through the epochs: one after the other with a rest at each, until somebody goes
// elsewhere (engine/viewer/journey.py).

/** @typedef {import("../tour.js").Axis} Axis */

const REST = 1.2; // seconds at a layer, once the transition to it is over

export class Journey {
  constructor() {
    this.playing = false;
    /** @type {Axis} */
    this.axis = "layers";
    this.rested = 0; // seconds
    this.layer = 0;
  }

  /**
   * Begin at the present layer, at the first one if it is the last; the layer to go to first, or null where this
   * journey was under way: then it is over.
   * @param {number} layer @param {number[]} along @param {Axis} axis
   */
  setOut(layer, along, axis) {
    this.playing = !this.on(axis) && along.length > 1;
    if (!this.playing) return null;
    this.axis = axis;
    return this.go(layer === along.at(-1) ? along[0] : along[along.indexOf(layer) + 1]);
  }

  /** Whether a journey along this axis is under way. @param {Axis} axis */
  on(axis) {
    return this.playing && this.axis === axis;
  }

  /**
   * Let time pass; the layer to go to next, if it is time. A layer that somebody else has chosen ends the journey.
   * @param {number} seconds @param {{layer: number, along: number[], arrived: boolean, held: boolean}} now
   */
  advance(seconds, { layer, along, arrived, held }) {
    if (!this.playing) return null;
    if (layer !== this.layer || held) this.playing = false;
    else if (arrived) {
      this.rested += seconds;
      if (this.rested >= REST) {
        if (layer !== along.at(-1)) return this.go(along[along.indexOf(layer) + 1]);
        this.playing = false;
      }
    }
    return null;
  }

  /** @param {number} layer */
  go(layer) {
    [this.layer, this.rested] = [layer, 0];
    return layer;
  }
}
