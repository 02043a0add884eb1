// The layers: a column of dots on a thread as thick as neighbours are alike; a click goes there, dragging scrubs.

import { el, svg } from "./dom.js";

const [DOT, PITCH, LEAST, RING] = [8, 24, 6, 8];

/** @param {import("../page.js").Page} page @param {import("../viewer/viewer.js").Viewer} viewer @param {boolean} left */
export function layers(page, viewer, left = false) {
  const entries = viewer.tour.layers;
  const thread = svg("svg", { class: "thread", width: 24 });
  const list = el("div", { class: "names" });
  const heading = el("div", { class: "layer head small second" }, el("span", {}, "Layer"), el("span", {}, "similar to previous"));
  const rows = entries.map((layer, k) => {
    const button = el("button", { type: "button", class: "layer", "aria-label": `Layer ${k}, ${label(layer)}`, onclick: () => go(k) },
      el("span", { class: "number" }, String(k)), el("span", { class: "name" }, label(layer)),
      el("span", { class: "value" }, k ? layer.similarity.toFixed(2) : ""));
    return button;
  });
  list.append(heading, ...rows);
  const element = el("nav", { class: `layers ${left ? "left" : ""}`, "aria-label": `Layers of ${viewer.tour.name}` }, list, thread);
  const dots = entries.map(() => svg("circle", { cx: 12, r: DOT / 2 - 1 }));
  const lines = entries.slice(1).map((layer) => svg("line", { x1: 12, x2: 12, "stroke-width": 1 + 3 * Math.min(1, Math.max(0, (layer.similarity - 0.4) / 0.6)) }));
  const ring = svg("circle", { cx: 12, r: RING, class: "ring" });
  const core = svg("circle", { cx: 12, r: 4, class: "core" });
  thread.append(...lines, ...dots, ring, core);
  let pitch = PITCH;

  /** @param {number} k */
  function go(k) {
    page.act(viewer.goTo(k));
  }

  /** @param {number} y */
  function placeAt(y) {
    return (y - thread.getBoundingClientRect().top - PITCH / 2) / pitch;
  }

  let scrubbing = false;
  thread.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    thread.setPointerCapture(event.pointerId);
    scrubbing = false;
    const start = event.clientY;
    const move = (/** @type {PointerEvent} */ next) => {
      scrubbing ||= Math.abs(next.clientY - start) > 3;
      if (scrubbing) page.act(viewer.scrubTo(placeAt(next.clientY)));
    };
    const up = (/** @type {PointerEvent} */ next) => {
      thread.removeEventListener("pointermove", move);
      if (scrubbing) page.act(viewer.endScrub());
      else go(Math.round(placeAt(next.clientY)));
    };
    thread.addEventListener("pointermove", move);
    thread.addEventListener("pointerup", up, { once: true });
  });

  /** @param {number} room pixels from top to bottom */
  function layOut(room) {
    pitch = Math.max(LEAST, Math.min(PITCH, (room - 2 * PITCH) / Math.max(1, entries.length)));
    const height = pitch * (entries.length - 1) + PITCH;
    thread.setAttribute("height", String(height));
    const y = (/** @type {number} */ k) => PITCH / 2 + k * pitch;
    dots.forEach((dot, k) => dot.setAttribute("cy", String(y(k))));
    lines.forEach((line, k) => (line.setAttribute("y1", String(y(k) + 4)), line.setAttribute("y2", String(y(k + 1) - 4))));
    element.style.setProperty("--pitch", `${pitch}px`);
    element.classList.toggle("dense", pitch < 18);
  }

  let shown = "";
  function update() {
    const y = PITCH / 2 + viewer.place * pitch;
    const now = `${y} ${viewer.layer} ${viewer.scrub}`;
    if (now === shown) return;
    shown = now;
    for (const each of [ring, core]) each.setAttribute("cy", String(y));
    const current = viewer.scrub === null ? viewer.layer : Math.round(viewer.place);
    rows.forEach((row, k) => {
      row.classList.toggle("on", k === current);
      if (k === current) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }
  return { element, thread, update, layOut };
}

/** What a layer is called beside its number. @param {{name: string, kind: string}} layer */
export function label(layer) {
  return layer.name.replace(/^\d+-/, "") || layer.kind;
}
