// The dock: play, speed, which tour, dots or images, and what the hand does.

import { FASTEST } from "../viewer/viewer.js";
import { el, iconButton, onChange, pressed, slid } from "./dom.js";

/** @typedef {"hand" | "rectangle" | "lasso" | "handle"} Tool */

const TOURS = { grand: "Grand tour", little: "Little tour", local: "Local tour", guided: "Guided tour" };
/** @type {[Tool, string, string, string][]} */
const TOOLS = [
  ["hand", "hand", "Hand: pan, drag handles, click points", "v"],
  ["rectangle", "rectangle", "Rectangle; shift adds, alt takes away", "f"],
  ["lasso", "lasso", "Lasso; shift adds, alt takes away", "g"],
  ["handle", "pin", "Handle: draw around its points", "d"],
];

/** @param {import("../page.js").Page} page */
export function dock(page) {
  const { viewer } = page;
  const [play, pause] = [
    iconButton("play", "Play", () => page.play(true), "space"),
    iconButton("pause", "Pause", () => page.play(false), "space"),
  ];
  const speed = el("input", {
    type: "range",
    min: 0,
    max: FASTEST,
    step: 0.5,
    "aria-label": "Speed in degrees per second",
    title: "Speed",
    oninput: () => page.act((viewer.speed = Number(speed.value))),
  });
  const degrees = el("span", { class: "degrees second" });
  const kind = el(
    "select",
    { "aria-label": "Which tour", class: "plain", onchange: () => page.act(viewer.setKind(kind.value)) },
    ...Object.entries(TOURS).map(([value, name]) => el("option", { value }, name)),
  );
  const dots = iconButton("dots", "Dots", () => page.act(viewer.change({ mode: "dots" })), "i");
  const images = iconButton("image", "Images", () => page.act(viewer.change({ mode: "images" })), "i");
  const tools = TOOLS.map(([tool, name, tip, key]) => ({ tool, button: iconButton(name, tip, () => page.pick(tool), key) }));
  const pair = viewer.tour.sprites ? el("div", { class: "pair" }, dots, images) : null;
  const element = el(
    "section",
    { class: "panel dock", "aria-label": "Motion and tools" },
    el("div", { class: "fill" }, play, pause),
    speed,
    degrees,
    el("hr"),
    kind,
    pair && el("hr", { class: "tours" }),
    pair,
    el("hr"),
    ...tools.map(({ button }) => button),
  );

  const playing = onChange((/** @type {boolean} */ on) => ((play.hidden = on), (pause.hidden = !on)));
  const fast = onChange((/** @type {number} */ now) => {
    slid(speed, now);
    degrees.textContent = `${now.toFixed(1)}°/s`;
  });
  const which = onChange((/** @type {string} */ now) => (kind.value = now));
  const mode = onChange((/** @type {string} */ now) => (pressed(dots, now === "dots"), pressed(images, now === "images")));
  const inHand = onChange((/** @type {Tool} */ now) => tools.forEach(({ tool, button }) => pressed(button, now === tool)));

  function update() {
    playing(viewer.playing);
    fast(viewer.speed);
    which(viewer.kind);
    mode(viewer.view.mode);
    inHand(page.tool);
  }
  return { element, update };
}
