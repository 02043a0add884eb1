// Framing: the scale and the centre that keep the figure in the free area of a pane, and how they follow it (engine/motion/framing.py).

import { Camera } from "./camera.js";
import { smoothstep } from "./flight.js";
import { svd, timesTransposed } from "./linear.js";

/** @typedef {import("./linear.js").Matrix} Matrix */
/** @typedef {import("./camera.js").Pair} Pair */
/** @typedef {{center: Pair, half: Pair}} Box its middle and half its sides, in units of the layer's radius */
/** @typedef {{points: ArrayLike<number>, share: number}} Side support points (m, stride) in a row, and how much of them */

export const SUPPORT = 4000; // rows that stand for all points
const STRAYS = 0.0025; // of the support points, beyond each side
export const FILL = 0.88; // of the free area's limiting side, at rest
const ROUND = 20; // a power: how smoothly one side takes over from the other as the one that limits
export const LAG = 0.8; // seconds that the camera is behind what it follows, and looks ahead
const PULL = 0.5; // of the scale's logarithm, at most, towards what it follows: so its speed does not jump
export const FASTEST_SCALE = 1 / 3; // relative speed of the scale, per second, while the figure stays within:
const SMALL = [0.2, 0.36]; // by how much it may be too small, as a logarithm
const LARGE = [0.04, 0.12]; // by how much too large
const WAITING = [
  [0.28, 0.375],
  [0.08, 0.125],
]; // from where to where a tour waits for the scale, too small and too large
const ASIDE = [0.03, 0.12]; // and how far its middle may be off, in half panes
const [NEARLY_ALLOWED, HALVINGS, CLOSER] = [0.9, 20, 3]; // of the share that it goes on at, and how that is looked for
const [THIN, FLAT] = [0.04, 0.01]; // of a figure's length: a thinner line, or a flatter plane, a Grand Tour may lose
const LOOK = 1 / 120; // seconds, at most, between two looks at the bound on speed
const ENDS = 1e-4; // of the scale, and of the speed: below it the camera rests
const ZOOMS = [0.5, 150];
const PAINTED = 2; // pixels, at least, that a free area keeps on each side

// ------------------------------------------------------------------------------------------ the figure

/** The box of 99 in 100 of projected points, (m, 2) in a row. @param {ArrayLike<number>} shown @returns {Box} */
export function box(shown) {
  const kept = [0, 1, 2, 3].map(() => new Float64Array(Math.floor((STRAYS * shown.length) / 2) + 1).fill(Infinity));
  let left = Infinity;
  let right = Infinity; // this one and the top with the other sign
  let bottom = Infinity;
  let top = Infinity;
  for (let i = 0; i < shown.length; i += 2) {
    const x = shown[i];
    const y = shown[i + 1];
    if (x < left) left = lastOf(kept[0], x);
    if (-x < right) right = lastOf(kept[1], -x);
    if (y < bottom) bottom = lastOf(kept[2], y);
    if (-y < top) top = lastOf(kept[3], -y);
  }
  return { center: [(left - right) / 2, (bottom - top) / 2], half: [(-right - left) / 2, (-top - bottom) / 2] };
}

/** The last of the smallest values, ascending, with one more among them. @param {Float64Array} kept @param {number} value below the last */
function lastOf(kept, value) {
  let place = kept.length - 1;
  for (; place > 0 && kept[place - 1] > value; place--) kept[place] = kept[place - 1];
  kept[place] = value;
  return kept[kept.length - 1];
}

/**
 * The box of support points mixed from `sides`, through a frame (d, 3).
 * @param {readonly Side[]} sides @param {Matrix} frame @param {number} stride a multiple of 4, with zeros beyond d
 * @param {number} radius
 */
export function measured(sides, frame, stride, radius) {
  const shown = new Float64Array(2 * (sides[0].points.length / stride));
  for (const { points, share } of sides) {
    const factor = share / radius;
    for (let k = 0; k < frame.length; k += 4) addFour(shown, points, stride, k, frame, factor);
  }
  return box(shown);
}

/**
 * Add to projections what four dimensions from `k` on give: four at a time takes half as long.
 * @param {Float64Array} shown @param {ArrayLike<number>} points @param {number} stride @param {number} k
 * @param {Matrix} frame @param {number} factor
 */
function addFour(shown, points, stride, k, frame, factor) {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = [0, 1, 2, 3].map((j) => (frame[k + j] ?? [0, 0]).map((value) => factor * value));
  for (let i = k, at = 0; at < shown.length; at += 2, i += stride) {
    const a = points[i];
    const b = points[i + 1];
    const c = points[i + 2];
    const d = points[i + 3];
    shown[at] += a * x0 + b * x1 + c * x2 + d * x3;
    shown[at + 1] += a * y0 + b * y1 + c * y2 + d * y3;
  }
}

/**
 * Whether points lie in a plane, or so near to a line, that they all but vanish from some sides.
 * @param {Float32Array} points (m, stride) in a row @param {number} dims @param {number} stride
 */
export function isThin(points, dims, stride) {
  const rows = Array.from({ length: points.length / stride }, (_, i) => [...points.subarray(i * stride, i * stride + dims)]);
  const mean = rows[0].map((_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
  const centred = rows.map((row) => row.map((value, k) => value - mean[k]));
  const [first, second, third] = svd(timesTransposed(centred, centred)).s;
  return second <= THIN ** 2 * first || third <= FLAT ** 2 * first;
}

// ------------------------------------------------------------------------------------------ into the free area

/** A pane and how much of it is covered at each side, in pixels. */
export class Area {
  /** @param {Pair} size @param {readonly number[]} covered left, top, right, bottom */
  constructor(size, covered = [0, 0, 0, 0]) {
    this.size = size;
    this.covered = covered;
  }

  /** Width and height of the free area; panels never take all of it. @returns {Pair} */
  get free() {
    const [left, top, right, bottom] = this.covered;
    const [width, height] = this.size;
    return [Math.max(width - left - right, 0.2 * width, PAINTED), Math.max(height - top - bottom, 0.2 * height, PAINTED)];
  }

  /** With so many pixels less on each side. @param {number} margin */
  within(margin) {
    return new Area(
      this.size,
      this.covered.map((each) => each + margin),
    );
  }

  /** Whether another one is of the same size, and as free but for some pixels. @param {Area} other @param {number} within */
  isNear(other, within = 1) {
    return (
      this.size.every((side, k) => side === other.size[k]) && this.covered.every((side, k) => Math.abs(side - other.covered[k]) <= within)
    );
  }

  /** The camera that shows a figure in the middle of the free area, as large as goes. @param {Box} figure */
  fitted({ center: [x, y], half }) {
    const unit = new Camera().pixelsPerRadius(this.size);
    const sides = this.free.map((side, k) => (half[k] > 0 ? (FILL * side) / (2 * half[k] * unit) : Infinity));
    const [least, some] = [Math.min(...sides), sides.filter(Number.isFinite)];
    const even = some.reduce((sum, side) => sum + (least / side) ** ROUND, 0) || 1; // 1 where one side limits, 2 where both do
    const zoom = Math.min(ZOOMS[1], Math.max(ZOOMS[0], (some.length ? least : 1) / even ** (1 / ROUND)));
    return this.centered([x, y], zoom);
  }

  /** The camera of that zoom that has a place, in radii, in the middle of the free area. @param {Pair} place @param {number} zoom */
  centered(place, zoom) {
    const [left, top, right, bottom] = this.covered;
    return new Camera(place, zoom).panned([(left - right) / 2, (top - bottom) / 2], this.size);
  }
}

// ------------------------------------------------------------------------------------------ in time

/** A camera that follows others: its centre in pixels of the scale, its scale by its logarithm, and their speeds. */
export class Follower {
  /** @param {Camera} camera @param {readonly number[]} speed */
  constructor(camera, speed = [0, 0, 0]) {
    this.camera = camera;
    this.speed = speed;
  }

  /**
   * Carried along at once: what took `before` to `after` on the screen is done to this camera.
   * @param {Camera} before @param {Camera} after
   */
  moved(before, after) {
    return new Follower(carried(this.camera, before, after), this.speed);
  }

  /**
   * Carried along as the camera that would fit goes from `before` to `after`, as far as the figure needs it: by a smooth
   * share, so that the speed does not jump.
   * @param {Camera} before @param {Camera} after
   */
  swept(before, after) {
    const { camera } = this;
    const [away, step] = [Math.log(camera.zoom / before.zoom), Math.log(after.zoom / before.zoom)];
    const share = step > 0 ? ramped(step - away, SMALL) : ramped(away - step, LARGE);
    const zoom = camera.zoom * Math.exp(share * step);
    const [x, y] = camera.center.map((value, k) => {
      const [old, now] = [before.center[k], after.center[k]];
      return now + keptWithin((value - old) * camera.zoom, (now - old) * camera.zoom) / zoom;
    });
    return new Follower(new Camera([x, y], zoom), this.speed);
  }

  /** Later by `seconds`, on the way to `goal`. @param {Camera} goal @param {number} seconds */
  followed(goal, seconds) {
    const count = Math.max(1, Math.ceil(seconds / LOOK));
    const [step, spring] = [seconds / count, 2 / LAG];
    const decay = Math.exp(-spring * step);
    let [[x, y], scale, [u, v, w]] = [this.camera.center, Math.log(this.camera.zoom), this.speed];
    const [end, { center }] = [Math.log(goal.zoom), goal];
    for (let k = 0; k < count; k++) {
      const [zoom, before] = [Math.exp(scale), scale];
      const pulled = Math.min(Math.max(end, scale - PULL), scale + PULL);
      const along = sprung(scale - pulled, w, spring, step, decay);
      scale = pulled + along[0];
      w = along[1];
      if (Math.abs(w) > FASTEST_SCALE || Math.abs(scale - before) > FASTEST_SCALE * step) {
        w = Math.sign(w) * Math.min(Math.abs(w), FASTEST_SCALE);
        scale = before + Math.sign(scale - before) * Math.min(Math.abs(scale - before), FASTEST_SCALE * step);
      }
      const [across, up] = [sprung((x - center[0]) * zoom, u, spring, step, decay), sprung((y - center[1]) * zoom, v, spring, step, decay)];
      x = center[0] + across[0] / zoom;
      y = center[1] + up[0] / zoom;
      u = across[1];
      v = up[1];
    }
    return new Follower(new Camera([x, y], Math.exp(scale)), [u, v, w]);
  }

  /** Whether it stands where it is going, as far as can be seen. @param {Camera} goal */
  restsAt(goal) {
    const { zoom, center } = this.camera;
    const away = center.map((value, k) => Math.abs(value - goal.center[k]) * zoom);
    return Math.max(...away, Math.abs(Math.log(zoom / goal.zoom)), ...this.speed.map(Math.abs)) < ENDS;
  }
}

/** The share of its speed at which a tour goes on while its figure is too large by a logarithm, or too small. @param {number} off */
export function patience(off) {
  return 1 - Math.max(ramped(-off, WAITING[0]), ramped(off, WAITING[1]));
}

/**
 * The share of its speed at which what a tour comes to allows it as much, at most the given one. A line that is seen end
 * on is many times as long in the next frame, so what that allows is asked before.
 * @param {(share: number) => number} allowed the share that the figure allows to which a share of the speed leads
 * @param {number} share
 */
export function agreed(allowed, share) {
  let [least, most] = [share, share];
  for (let k = 0; k < HALVINGS && allowed(least) < NEARLY_ALLOWED * least; k++) [least, most] = [0.5 * least, least];
  for (let k = 0; k < CLOSER && least < most; k++) {
    const middle = 0.5 * (least + most);
    [least, most] = allowed(middle) >= middle ? [middle, most] : [least, middle];
  }
  return least;
}

/** From 0 to 1 as a value goes from one end to the other, smoothly. @param {number} value @param {readonly number[]} ends */
function ramped(value, [low, high]) {
  return smoothstep((value - low) / (high - low));
}

/**
 * How far from the middle something is that was `away`, where the middle moves by `step` and carries it along.
 * @param {number} away @param {number} step
 */
function keptWithin(away, step) {
  const left = away - step;
  return Math.abs(left) > Math.abs(away) ? left + ramped(Math.abs(left), ASIDE) * step : left;
}

/**
 * How far from its end a critically damped spring is after a step, and how fast.
 * @param {number} away @param {number} speed @param {number} spring @param {number} step @param {number} decay
 * @returns {Pair}
 */
export function sprung(away, speed, spring, step, decay) {
  const push = speed + spring * away;
  return [(away + push * step) * decay, (speed - spring * push * step) * decay];
}

/** Another camera after what took `before` to `after`. @param {Camera} camera @param {Camera} before @param {Camera} after */
export function carried(camera, before, after) {
  if (camera.equals(before)) return after;
  if (before.equals(after)) return camera;
  const zoom = (camera.zoom * after.zoom) / before.zoom;
  const [x, y] = camera.center.map((value, k) => value + ((after.center[k] - before.center[k]) * after.zoom) / zoom);
  return new Camera([x, y], zoom);
}
