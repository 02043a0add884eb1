// The toolbar, top right: frames per second, and what opens other panels.

import { el, iconButton, onChange, pressed } from "./dom.js";

/** @param {import("../page.js").Page} page */
export function toolbar(page) {
  const { viewer } = page;
  const fps = el("span", { class: "fps second" });
  const buttons = {
    find: iconButton("search", "Find points", () => page.open("find"), "/"),
    picture: iconButton("camera", "Save a picture", () => page.savePicture(), "s"),
    story: viewer.tour.views.length || page.editor ? iconButton("story", "Story", () => page.toggleStory(), "b") : null,
    compare: page.viewers.length > 1 ? iconButton("compare", "Compare: align and matrix", () => page.toggle("compareOpen"), "m") : null,
    list: iconButton("more", "List of points", () => page.toggle("drawerOpen"), "w"),
    look: iconButton("sliders", "Look", () => page.open("look")),
    theme: iconButton("theme", "Light or dark", () => page.toggleTheme(), "t"),
    help: iconButton("help", "Help", () => page.open("help"), "?"),
  };
  const element = el("section", { class: "panel toolbar", "aria-label": "Tools" }, fps, ...Object.values(buttons));

  const speed = onChange((/** @type {string} */ text) => ((fps.hidden = !text), (fps.textContent = text)));
  const open = onChange(
    (/** @type {boolean} */ list, /** @type {boolean} */ story, /** @type {boolean} */ compare, /** @type {string} */ popover) => {
      pressed(buttons.list, list);
      if (buttons.story) pressed(buttons.story, story);
      if (buttons.compare) pressed(buttons.compare, compare);
      for (const name of /** @type {("find" | "look" | "help")[]} */ (["find", "look", "help"])) pressed(buttons[name], popover === name);
    },
  );

  function update() {
    speed(viewer.playing ? `${Math.round(page.clock.fps)} fps` : "");
    open(page.drawerOpen, page.storyOpen, page.compareOpen, page.popover);
  }
  return { element, update };
}
