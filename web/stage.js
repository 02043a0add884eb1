// What a hand does on the canvas: pan, zoom, pinch, hover, click, long press, rectangle and lasso.

import { inPolygon, inRectangle } from "./motion/selection.js";
import { svg } from "./ui/dom.js";
import { pointAt } from "./viewer/picking.js";
import { projected } from "./viewer/screen.js";

const [STILL, LONG] = [4, 500]; // pixels that are no drag; milliseconds of a long press

/** @typedef {[number, number]} Pair */

/** @param {import("./page.js").Page} page @param {HTMLCanvasElement} canvas */
export function stage(page, canvas) {
  const { viewer } = page;
  const outline = svg("polygon", { class: "lasso" });
  const element = svg("svg", { class: "overlay", "aria-hidden": "true" }, outline);
  /** @type {Map<number, Pair>} fingers and hands that are down */
  const down = new Map();
  /**
   * @type {{start: Pair, last: Pair, path: Pair[], moved: boolean, how: "replace" | "add" | "subtract", pane:
   *   import("./panes.js").Pane, timer: number} | null}
   */
  let gesture = null;
  let hovering = 0;
  const room = new Float32Array(3 * viewer.tour.n);

  /** @param {PointerEvent | WheelEvent} event @returns {Pair} */
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.onblur = () => canvas.classList.remove("touched");
  canvas.onkeydown = ({ key }) => void (key === "Escape" && drop());
  canvas.onpointerdown = (event) => {
    if (event.button > 0) return; // the others are the browser's
    canvas.classList.add("touched"); // no ring then, which is for who comes by the keyboard
    page.firstAction();
    canvas.setPointerCapture(event.pointerId);
    const at = place(event);
    down.set(event.pointerId, at);
    page.hoveredPoint = null;
    if (down.size > 1) return drop(); // a pinch
    const timer = event.pointerType === "touch" ? window.setTimeout(() => pinAt(at), LONG) : 0;
    gesture = {
      start: at,
      last: at,
      path: [at],
      moved: false,
      how: event.shiftKey ? "add" : event.altKey ? "subtract" : "replace",
      pane: page.panes.at(at),
      timer,
    };
  };

  canvas.onpointermove = (event) => {
    const at = place(event);
    const before = down.get(event.pointerId);
    if (!before) return hover(at);
    if (down.size === 2) pinch(event.pointerId, at);
    down.set(event.pointerId, at);
    if (!gesture) return;
    if (!gesture.moved && Math.hypot(at[0] - gesture.start[0], at[1] - gesture.start[1]) < STILL) return;
    clearTimeout(gesture.timer);
    gesture.moved = true;
    if (page.tool === "hand") {
      const { pane, last } = gesture;
      page.moveCamera(pane.viewer, (camera) => camera.panned([at[0] - last[0], at[1] - last[1]], pane.size));
    } else {
      gesture.path.push(at);
      draw(gesture.path);
    }
    gesture.last = at;
  };

  const end = (/** @type {PointerEvent} */ event) => {
    down.delete(event.pointerId);
    if (!gesture) return;
    const { moved, path, how, pane, last: at } = gesture;
    drop();
    if (event.type === "pointercancel") return;
    if (!moved) {
      if (page.tool === "hand") pinAt(at);
      else if (how === "replace" && page.tool !== "handle") page.act(viewer.select(null));
    } else if (page.tool !== "hand") enclose(path, how, pane);
  };
  canvas.onpointerup = end;
  canvas.onpointercancel = end;
  canvas.onpointerleave = () => {
    page.hoveredPoint = null;
    page.refresh();
  };

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      page.firstAction();
      const lines = event.deltaMode === 1 ? 16 : 1;
      zoom(Math.exp(-0.0015 * event.deltaY * lines * (event.ctrlKey ? 4 : 1)), place(event));
    },
    { passive: false },
  );

  /** Leave what a hand has begun. */
  function drop() {
    if (gesture) clearTimeout(gesture.timer);
    gesture = null;
    draw([]);
  }

  /** @param {number} factor @param {Pair} at */
  function zoom(factor, at) {
    const pane = page.panes.at(at);
    page.moveCamera(pane.viewer, (camera) => camera.zoomed(factor, [at[0] - pane.x, at[1] - pane.y], pane.size));
  }

  /** @param {number} id @param {Pair} at */
  function pinch(id, at) {
    const [other] = [...down].filter(([each]) => each !== id).map(([, each]) => each);
    const before = /** @type {Pair} */ (down.get(id));
    const apart = (/** @type {Pair} */ a) => Math.max(1, Math.hypot(a[0] - other[0], a[1] - other[1]));
    const middle = (/** @type {Pair} */ a) => /** @type {Pair} */ ([(a[0] + other[0]) / 2, (a[1] + other[1]) / 2]);
    const [from, to] = [middle(before), middle(at)];
    const pane = page.panes.at(to);
    page.moveCamera(pane.viewer, (camera) => camera.panned([to[0] - from[0], to[1] - from[1]], pane.size));
    zoom(apart(at) / apart(before), to);
  }

  /** @param {Pair} at */
  function hover(at) {
    if (hovering || page.tool !== "hand" || viewer.held) return;
    hovering = requestAnimationFrame(() => {
      hovering = 0;
      const found = met(at);
      if (found === page.hoveredPoint) return;
      page.hoveredPoint = found;
      canvas.style.cursor = found === null ? "" : "pointer";
      page.refresh();
    });
  }

  /** The point that a hand meets. @param {Pair} at */
  function met(at) {
    const pane = page.panes.at(at);
    return pointAt(page.shownOn(pane), [at[0] - pane.x, at[1] - pane.y], pane.size, room);
  }

  /** @param {Pair} at */
  function pinAt(at) {
    page.pin(met(at));
  }

  /** @param {Pair[]} path */
  function draw(path) {
    const [a, b] = [path[0], path.at(-1)];
    const corners = a && b && page.tool === "rectangle" ? [a, [b[0], a[1]], b, [a[0], b[1]]] : path;
    outline.setAttribute("points", corners.map((pair) => pair.join(",")).join(" "));
  }

  /** @param {Pair[]} path @param {"replace" | "add" | "subtract"} how @param {import("./panes.js").Pane} pane */
  function enclose(path, how, pane) {
    const shown = page.shownOn(pane);
    const xyz = projected(shown, room);
    const { camera, radius, tour } = shown;
    const corners = path.map(([x, y]) => camera.fromPixels([x - pane.x, y - pane.y], pane.size, radius));
    const xy = new Float32Array(2 * tour.n);
    for (let i = 0; i < tour.n; i++) [xy[2 * i], xy[2 * i + 1]] = [xyz[3 * i], xyz[3 * i + 1]];
    const caught = page.tool === "rectangle" ? inRectangle(xy, corners[0], /** @type {Pair} */ (corners.at(-1))) : inPolygon(xy, corners);
    if (page.tool !== "handle") return page.act(viewer.brush(caught, how));
    /** @type {number[]} */
    const points = [];
    caught.forEach((on, i) => on && viewer.isShown(i) && points.push(i));
    viewer.addHandle(`handle ${viewer.handles.length + 1}`, points);
    page.pick("hand");
  }
  return { element };
}
