// What a visitor sees first: what this is, and a way in; it leaves with the first thing that is done.

import { el } from "./dom.js";

const HINT = "j and k change the layer · space plays · ? for more";
const SHORT = "pinch to zoom · hold a point";

/** @param {import("../page.js").Page} page @param {() => void} tell plays the story */
export function opening(page, tell) {
  const {
    opening: { handles },
    views,
  } = page.viewer.tour;
  const leave = () => element.classList.add("gone");
  const element = views.length
    ? el(
        "section",
        { class: "panel opening" },
        el("h1", {}, page.title),
        el("p", {}, views[0].caption),
        el(
          "div",
          {},
          el("button", { class: "accent", onclick: () => (leave(), tell()) }, "Play the story"),
          el("button", { class: "quiet", onclick: leave }, "Look around"),
        ),
      )
    : el(
        "p",
        { class: "hint" },
        handles.length ? "Drag a name · " : "",
        matchMedia("(pointer: coarse)").matches || page.root.clientWidth < 640 ? SHORT : HINT,
      );
  return { element, leave };
}
