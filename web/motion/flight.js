// A flight: from one place to look from to another, along geodesics, eased at both ends (engine/motion/flight.py).

import { Camera } from "./camera.js";
import { geodesic } from "./rotation.js";

/** @typedef {{frame: import("./linear.js").Matrix, camera: Camera}} Pose */

/** 3 t^2 - 2 t^3 on [0, 1], constant outside. @param {number} t */
export function smoothstep(t) {
  t = Math.min(1, Math.max(0, t));
  return t * t * (3 - 2 * t);
}

/** The poses on the way from `start` (t = 0) to `end` (t = 1). @param {Pose} start @param {Pose} end @returns {(t: number) => Pose} */
export function flight(start, end) {
  const frames = geodesic(start.frame, end.frame);
  const [a, b] = [start.camera, end.camera];
  return (t) => {
    if (t <= 0 || t >= 1) return t <= 0 ? start : end;
    const e = smoothstep(t);
    const zoom = a.zoom ** (1 - e) * b.zoom ** e;
    const share = Math.abs(b.zoom / a.zoom - 1) < 1e-6 ? e : (1 / a.zoom - 1 / zoom) / (1 / a.zoom - 1 / b.zoom);
    const [x, y] = a.center.map((p, k) => p + (b.center[k] - p) * share);
    return { frame: frames(e), camera: new Camera([x, y], zoom) };
  };
}
