// The layers of an epoch: a column of dots on a thread as thick as neighbours are alike; a click goes there, dragging scrubs.

import { layerTitle } from "../viewer/titles.js";
import { el, onChange, pulled, svg } from "./dom.js";

const [DOT, PITCH, LEAST, RING] = [8, 24, 6, 8];

/** @param {import("../page.js").Page} page @param {import("../viewer/viewer.js").Viewer} viewer @param {boolean} left */
export function layers(page, viewer, left = false) {
  const { tour } = viewer;
  const last = tour.layers.length - tour.depth; // the similarities shown are those of the last epoch
  const entries = tour.layers.slice(last);
  const thread = svg("svg", { class: "thread", width: 24, "aria-hidden": "true" }); // for a hand; its buttons stand beside it
  const list = el("div", { class: "names" });
  const heading = el("div", { class: "layer head second" }, el("span", {}, "Layer"), el("span", {}, "similar to previous"));
  const rows = entries.map((layer, k) => {
    const title = layerTitle(tour, last + k);
    const button = el(
      "button",
      { class: "layer", "aria-label": `Layer ${k}, ${title}`, onclick: () => go(k) },
      el("span", { class: "number" }, String(k)),
      el("span", { class: "name" }, title),
      el("span", { class: "value" }, k ? layer.similarity.toFixed(2) : ""),
    );
    return button;
  });
  list.append(heading, ...rows);
  const element = el("nav", { class: left ? "layers first" : "layers", "aria-label": `Layers of ${viewer.tour.name}` }, list, thread);
  const dots = entries.map(() => svg("circle", { cx: 12, r: DOT / 2 - 1 }));
  const lines = entries
    .slice(1)
    .map((layer) => svg("line", { x1: 12, x2: 12, "stroke-width": 1 + 3 * Math.min(1, Math.max(0, (layer.similarity - 0.4) / 0.6)) }));
  const ring = svg("circle", { cx: 12, r: RING, class: "ring" });
  const core = svg("circle", { cx: 12, r: 4, class: "core" });
  thread.append(...lines, ...dots, ring, core);
  let pitch = PITCH;

  /** @param {number} k */
  function go(k) {
    page.act(viewer.goTo(tour.line(viewer.layer)[Math.min(tour.depth - 1, Math.max(0, k))]));
  }

  /** @param {number} y */
  function placeAt(y) {
    return (y - thread.getBoundingClientRect().top - PITCH / 2) / pitch;
  }

  let scrubbing = false;
  thread.onpointerdown = (/** @type {PointerEvent} */ event) => {
    scrubbing = false;
    const [start, along] = [event.clientY, tour.line(viewer.layer)];
    pulled(
      thread,
      event,
      (next) => {
        scrubbing ||= Math.abs(next.clientY - start) > 3;
        if (scrubbing) page.act(viewer.scrubTo(placeAt(next.clientY), along));
      },
      () => {
        if (scrubbing) page.act(viewer.endScrub());
        else go(Math.round(placeAt(start)));
      },
    );
  };

  const layOut = onChange((/** @type {number} */ room) => {
    // pixels from top to bottom
    pitch = Math.max(LEAST, Math.min(PITCH, (room - 2 * PITCH) / Math.max(1, entries.length)));
    const height = pitch * (entries.length - 1) + PITCH;
    thread.setAttribute("height", String(height));
    const y = (/** @type {number} */ k) => PITCH / 2 + k * pitch;
    dots.forEach((dot, k) => dot.setAttribute("cy", String(y(k))));
    lines.forEach((line, k) => (line.setAttribute("y1", String(y(k) + 4)), line.setAttribute("y2", String(y(k + 1) - 4))));
    element.style.setProperty("--pitch", `${pitch}px`);
    element.classList.toggle("dense", pitch < 18);
  });

  const at = onChange((/** @type {number} */ y) => [ring, core].forEach((each) => each.setAttribute("cy", String(y))));
  const named = onChange((/** @type {number} */ current) =>
    rows.forEach((row, k) => {
      row.classList.toggle("on", k === current);
      row.setAttribute("aria-current", String(k === current));
    }),
  );

  function update() {
    const place = viewer.placeOn("layers");
    at(PITCH / 2 + place * pitch);
    named(viewer.scrub ? Math.round(place) : viewer.layer % tour.depth);
  }
  return { element, thread, update, layOut };
}
