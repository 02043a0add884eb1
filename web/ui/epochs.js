// The epochs of a training, above the layers: a slider with a bead for each, and the way through all of them.

import { el, iconButton, onChange, slid } from "./dom.js";

const [TRACK, BEADED] = [152, 9]; // pixels: the slider's, and from epoch to epoch, at least, to have a bead for each

/** @param {import("../page.js").Page} page @param {import("../viewer/viewer.js").Viewer} viewer */
export function epochs(page, viewer) {
  const { tour } = viewer;
  const last = tour.epochs.length - 1;
  const [play, stop] = [
    ["play", "Through the epochs"],
    ["pause", "Stop here"],
  ].map(([name, tip]) => iconButton(name, tip, () => page.travel("epochs", viewer), "e"));
  const [name, count] = [el("strong"), el("span", { class: "second" })];
  const slider = el("input", {
    type: "range",
    min: 0,
    max: last,
    step: "any",
    "aria-label": `Epoch of ${tour.name}`,
    title: "Epoch ([ ])",
    oninput: () => page.act(viewer.scrubTo(Number(slider.value), tour.line(viewer.layer, "epochs"))),
    onchange: () => page.act(viewer.endScrub()),
  });
  slider.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault(); // a step of the slider's own is a part of an epoch
    page.act(viewer.step(by, "epochs"));
  };
  const beads =
    TRACK / Math.max(1, last) < BEADED ? [] : tour.epochs.map((_, k) => el("i", { style: `left:${(100 * k) / Math.max(1, last)}%` }));
  const element = el(
    "section",
    { class: "panel epochs", "aria-label": `Epochs of ${tour.name}` },
    play,
    stop,
    el(
      "div",
      {},
      el("p", {}, el("span", { class: "second" }, "Epoch"), name, count),
      el("div", { class: "track" }, el("div", { class: "beads" }, ...beads), slider),
    ),
  );

  const at = onChange((/** @type {number} */ place) => {
    slid(slider, place);
    beads.forEach((bead, k) => bead.classList.toggle("passed", k <= place));
  });
  const named = onChange((/** @type {number} */ here) => {
    name.textContent = tour.epochs[here];
    count.textContent = `${here + 1} of ${last + 1}`;
    slider.setAttribute("aria-valuetext", tour.epochs[here]);
  });
  const under = onChange((/** @type {boolean} */ way) => ((play.hidden = way), (stop.hidden = !way)));

  function update() {
    const place = viewer.placeOn("epochs");
    if (!slider.matches(":active")) at(place); // or the hand would be pulled back
    named(Math.round(place));
    under(viewer.journey.on("epochs"));
  }
  return { element, update };
}
