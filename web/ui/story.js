// The story: saved views in order, each flown to; playing, its caption stands above the dock. And the opening card.

import { el, iconButton, pressed } from "./dom.js";
import { label } from "./layers.js";

const FLIGHT = 2; // seconds from one view to the next, when the story is played

/** How long a caption stands, in seconds. @param {string} caption */
export function readingTime(caption) {
  return Math.max(4, 2 + 0.07 * caption.length);
}

/** @param {import("../page.js").Page} page */
export function story(page) {
  const { viewer } = page;
  const { views } = viewer.tour;
  const counter = el("span", { class: "small second" });
  const play = iconButton("play", "Play the story", () => (page.telling === null ? tell(page.told ?? 0) : stop()));
  const rows = views.map((saved, k) => {
    const layer = Math.round(saved.view.layer);
    return el("button", { type: "button", class: "scene", onclick: () => go(k) },
      el("span", { class: "number" }, String(k + 1)),
      el("span", {}, el("span", { class: "caption" }, saved.caption), el("span", { class: "small second" }, `${layer} ${label(viewer.tour.layers[layer])}`)));
  });
  const element = el("section", { class: "panel story", hidden: true, "aria-label": "Story" },
    el("header", {}, el("div", {}, el("strong", {}, "Story"), " ", counter), play), el("div", { class: "scenes" }, ...rows));
  const caption = el("p", { class: "told", hidden: true, "aria-live": "polite" });
  const progress = el("div", { class: "progress", hidden: true }, ...views.map(() => el("i", {}, el("b"))));

  /** @param {number} k */
  function go(k, seconds = 0.9) {
    page.told = k;
    page.act(viewer.flyToView(views[k].view, page.still ? 0.01 : seconds));
  }

  /** @param {number} k */
  function tell(k) {
    page.storyOpen = true;
    page.telling = { at: k, since: performance.now() };
    viewer.playing = false;
    go(k, FLIGHT);
  }

  function stop() {
    page.telling = null;
    page.refresh();
  }

  /** Go on with the story where it is time; whether it is being told. @param {number} now */
  function advance(now) {
    if (!page.telling) return false;
    const { at, since } = page.telling;
    const share = (now - since) / 1000 / (FLIGHT + readingTime(views[at].caption));
    progress.children[at].firstChild.style.width = `${100 * Math.min(1, share)}%`;
    if (share >= 1) at + 1 < views.length ? tell(at + 1) : stop();
    return true;
  }

  function update() {
    element.hidden = !page.storyOpen;
    counter.textContent = page.told === null ? `${views.length} views` : `${page.told + 1} of ${views.length}`;
    pressed(play, page.telling !== null);
    rows.forEach((row, k) => row.classList.toggle("on", k === page.told));
    caption.hidden = progress.hidden = !page.storyOpen || page.told === null;
    if (page.told !== null) caption.textContent = views[page.told].caption;
    [...progress.children].forEach((bar, k) => bar.classList.toggle("done", page.told !== null && k < page.told));
    [...progress.children].forEach((bar, k) => bar.classList.toggle("now", k === page.told));
    if (!page.telling) for (const bar of progress.children) bar.firstChild.style.width = "";
  }
  return { element, caption, progress, update, advance, go, tell, stop };
}
