// The story: saved views in order, each flown to; playing, its caption stands above the dock.

import { el, iconButton, pressed } from "./dom.js";
import { numberedTitle } from "../viewer/titles.js";

const FLIGHT = 2; // seconds from one view to the next, when the story is played

/** @typedef {{caption: string, view: any, thumbnail?: string, picture?: string, beside?: any}} Scene thumbnail: a piece, picture: an address */

/** How long a caption stands, in seconds. @param {string} caption */
export function readingTime(caption) {
  return Math.max(4, 2 + 0.07 * caption.length);
}

/** @param {import("../page.js").Page} page */
export function story(page) {
  const { viewer } = page;
  const counter = el("span", { class: "small second" });
  const play = iconButton("play", "Play the story", () => (page.telling === null ? tell(page.told ?? 0) : stop()));
  const list = el("div", { class: "scenes" });
  const caption = el("p", { class: "told", hidden: true, "aria-live": "polite" });
  const progress = el("div", { class: "progress", hidden: true });
  const edit = page.editor?.(page, () => build());
  const foot = edit?.foot ?? el("p", { class: "small second note" }, "This page shows the story; umap-tour serve --write edits it.");
  const element = el("section", { class: "panel story", hidden: true, "aria-label": "Story" },
    el("header", {}, el("div", {}, el("strong", {}, "Story"), " ", counter), play), list, foot);
  const views = () => /** @type {Scene[]} */ (viewer.tour.views);
  /** @type {HTMLElement[]} */
  let rows = [];

  function build() {
    rows = views().map((saved, k) => {
      const layer = Math.round(viewer.tour.place(saved.view.layer));
      const picture = el("span", { class: "thumbnail" });
      pictureOf(saved).then((address) => address && (picture.style.backgroundImage = `url(${address})`), () => {});
      const scene = el("button", { type: "button", class: "scene", "aria-label": `Scene ${k + 1}: ${saved.caption}`, onclick: () => go(k) }, picture,
        el("span", {}, el("span", { class: "caption" }, saved.caption), el("span", { class: "small second" }, numberedTitle(viewer.tour, layer))));
      return edit ? el("div", { class: "editable" }, scene, edit.tools(k)) : scene;
    });
    list.replaceChildren(...rows);
    progress.replaceChildren(...rows.map(() => el("i", {}, el("b"))));
  }

  /** The address of a scene's picture. @param {Scene} saved */
  async function pictureOf(saved) {
    if (!saved.picture && saved.thumbnail) saved.picture = URL.createObjectURL(await viewer.tour.fetch(saved.thumbnail, (bytes) => new Blob([bytes], { type: "image/png" })));
    return saved.picture;
  }

  /** @param {number} k */
  function go(k, seconds = 0.9) {
    page.told = k;
    page.act(viewer.flyToView(views()[k].view, page.still ? 0.01 : seconds));
  }

  /** @param {number} k */
  function tell(k) {
    if (!views().length) return;
    if (!rows.length) build();
    page.openStory();
    page.telling = { at: k, since: performance.now() };
    viewer.playing = false;
    go(k, FLIGHT);
  }

  function stop() {
    page.telling = null;
    page.refresh();
  }

  /** Go on with the story where it is time; whether it is being told. @param {number} now @param {number} lost seconds by which the flight there goes slowly for the sake of the scale */
  function advance(now, lost) {
    if (!page.telling) return false;
    page.telling.since += 1000 * lost;
    const { at, since } = page.telling;
    const share = (now - since) / 1000 / (FLIGHT + readingTime(views()[at].caption));
    bar(at).style.width = `${100 * Math.min(1, share)}%`;
    if (share >= 1) at + 1 < rows.length ? tell(at + 1) : stop();
    return true;
  }

  const bar = (/** @type {number} */ k) => /** @type {HTMLElement} */ (progress.children[k].firstChild);

  function update() {
    element.hidden = !page.storyOpen;
    page.root.classList.toggle("telling", page.telling !== null);
    if (element.hidden) return void (caption.hidden = progress.hidden = true);
    if (!rows.length && views().length) build(); // pictures are fetched once somebody looks
    const { told } = page;
    counter.textContent = told !== null ? `${told + 1} of ${rows.length}` : rows.length === 1 ? "1 view" : `${rows.length} views`;
    play.hidden = !rows.length;
    pressed(play, page.telling !== null);
    rows.forEach((row, k) => (edit ? row.firstElementChild : row)?.classList.toggle("on", k === told));
    caption.hidden = progress.hidden = told === null;
    if (told !== null && caption.textContent !== views()[told].caption) caption.textContent = views()[told].caption;
    [...progress.children].forEach((each, k) => {
      each.classList.toggle("done", told !== null && k < told);
      each.classList.toggle("now", k === told);
      if (!page.telling) bar(k).style.width = "";
    });
  }
  return { element, caption, progress, update, advance, go, tell, stop };
}
