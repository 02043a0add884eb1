// The toolbar, top right: frames per second, and what opens other panels.

import { el, iconButton, pressed } from "./dom.js";

/** @param {import("../page.js").Page} page */
export function toolbar(page) {
  const { viewer } = page;
  const fps = el("span", { class: "fps small second" });
  const buttons = {
    find: iconButton("search", "Find points", () => page.open("find"), "/"),
    picture: iconButton("camera", "Save a picture", () => page.savePicture(), "s"),
    story: viewer.tour.views.length || page.manifest.write ? iconButton("story", "Story", () => page.toggleStory(), "b") : null,
    compare: page.viewers.length > 1 ? iconButton("compare", "Compare: align and matrix", () => page.toggle("compareOpen"), "m") : null,
    list: iconButton("more", "List of points", () => page.toggle("drawerOpen"), "w"),
    look: iconButton("sliders", "Look", () => page.open("look")),
    theme: iconButton("theme", "Light or dark", () => page.toggleTheme(), "t"),
    help: iconButton("help", "Help", () => page.open("help"), "?"),
  };
  const element = el("section", { class: "panel toolbar", "aria-label": "Tools" }, fps, ...Object.values(buttons));

  function update() {
    fps.hidden = !viewer.playing;
    fps.textContent = viewer.playing ? `${Math.round(page.clock.fps)} fps` : "";
    pressed(buttons.list, page.drawerOpen);
    if (buttons.story) pressed(buttons.story, page.storyOpen);
    if (buttons.compare) pressed(buttons.compare, page.compareOpen);
    for (const name of /** @type {("find" | "look" | "help")[]} */ (["find", "look", "help"])) pressed(buttons[name], page.popover === name);
  }
  return { element, update };
}
