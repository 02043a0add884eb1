// A scrub: a hand holds the points at a place along a line of layers, and they follow it (engine/viewer/scrub.py).

import { between } from "../motion/transition.js";

const CATCHING_UP = 0.08; // in which the points catch up with the hand by a factor of e

export class Scrub {
  /** @param {number[]} along the line @param {number | null} place where the points are already */
  constructor(along, place = null) {
    this.along = along;
    this.goal = place ?? 0; // where the hand is along the line, in layers of it
    this.place = place; // where the points are; null until they are on the line: a transition that leads there is over first
  }

  /** The hand is at `place`, or at the end of the line nearest to it. @param {number} place */
  hold(place) {
    this.goal = Math.min(Math.max(place, 0), this.along.length - 1);
  }

  /** The layer that the hand is nearest to. */
  get nearest() {
    return this.along[Math.round(this.goal)];
  }

  /** Whether the points are where the hand is. */
  get there() {
    return this.place === this.goal;
  }

  /**
   * Where the points are `seconds` later; they wait for layers that are not ready.
   * @param {import("../motion/transition.js").Transition} transition @param {number} seconds
   * @param {(layer: number) => boolean} ready
   */
  follow(transition, seconds, ready) {
    const { along } = this;
    if (this.there) return transition;
    if (this.place === null) {
      if (!transition.settled && transition.blend.some(([layer]) => !along.includes(layer))) return transition.advanced(seconds);
      const step = along.length > 1 ? along[1] - along[0] : 1;
      const start = transition.blend.reduce((sum, [layer, share]) => sum + (share * (layer - along[0])) / step, 0);
      this.place = Math.min(Math.max(start, 0), along.length - 1);
    }
    const rest = (this.goal - this.place) * Math.exp(-seconds / CATCHING_UP);
    const place = Math.abs(rest) < 1e-3 ? this.goal : this.goal - rest;
    const layers = [...new Set([Math.floor(place), Math.ceil(place)])].map((k) => along[k]);
    const there = layers.filter(ready);
    if (!there.length) return transition;
    this.place = there.length === layers.length ? place : along.indexOf(there[0]); // that one of them meanwhile
    return between(this.place, along);
  }
}
