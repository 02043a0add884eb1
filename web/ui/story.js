// The story: saved views in order, each flown to; playing, its caption stands above the dock.

import { Camera } from "../motion/camera.js";
import { planeOf } from "../motion/grandtour.js";
import { inner, timesTransposed } from "../motion/linear.js";
import { firstAxes } from "../motion/rotation.js";
import { el, iconButton, pressed } from "./dom.js";
import { numberedTitle } from "../viewer/titles.js";

const FLIGHT = 2; // seconds from one view to the next, when the story is played
const STRAYED = 0.6; // from where on a view is left: radians, half panes, or the logarithm of the zoom

/**
 * @typedef {{caption: string, view: any, thumbnail?: string, picture?: string, beside?: any}} Scene thumbnail: a piece, picture: an address
 */

/** How long a caption stands, in seconds. @param {string} caption */
export function readingTime(caption) {
  return Math.max(4, 2 + 0.07 * caption.length);
}

/** @param {import("../page.js").Page} page */
export function story(page) {
  const { viewer } = page;
  const counter = el("span", { class: "second" });
  const play = iconButton("play", "Play the story", () => (page.telling === null ? tell(next()) : stop()));
  const list = el("div", { class: "scenes" });
  const caption = el("p", { class: "told", hidden: true, "aria-live": "polite" });
  const progress = el("div", { class: "progress", hidden: true });
  const edit = page.editor?.(page, () => build());
  const foot = edit?.foot ?? el("p", { class: "second note" }, "This page shows the story; umap-tour serve --write edits it.");
  const element = el(
    "section",
    { class: "panel story", hidden: true, "aria-label": "Story" },
    el("header", {}, el("div", {}, el("strong", {}, "Story"), " ", counter), play),
    list,
    foot,
  );
  const views = () => /** @type {Scene[]} */ (viewer.tour.views);
  /** @type {HTMLElement[]} */
  let rows = [];
  /** @type {any[] | null} of the view that is told, once the flight there has begun */
  let shown = null;
  let went = 0; // how often to a view

  function build() {
    rows = views().map((saved, k) => {
      const layer = Math.round(viewer.tour.place(saved.view.layer));
      const picture = el("span", { class: "thumbnail" });
      pictureOf(saved).then(
        (address) => address && (picture.style.backgroundImage = `url(${address})`),
        () => {},
      );
      const scene = el(
        "button",
        { class: "scene", "aria-label": `Scene ${k + 1}: ${saved.caption}`, onclick: () => go(k) },
        picture,
        el("span", {}, el("span", { class: "caption" }, saved.caption), el("span", { class: "second" }, numberedTitle(viewer.tour, layer))),
      );
      return edit ? el("div", { class: "editable" }, scene, edit.tools(k)) : scene;
    });
    list.replaceChildren(...rows);
    progress.replaceChildren(...rows.map(() => el("i", {}, el("b"))));
  }

  /** The address of a scene's picture. @param {Scene} saved */
  async function pictureOf(saved) {
    if (!saved.picture && saved.thumbnail)
      saved.picture = URL.createObjectURL(await viewer.tour.fetch(saved.thumbnail, (bytes) => new Blob([bytes], { type: "image/png" })));
    return saved.picture;
  }

  /** The view to begin with: the one that is told, the first after the last. */
  const next = () => (page.told === null || page.told === rows.length - 1 ? 0 : page.told);

  /** @param {number} k */
  function go(k, seconds = 0.9) {
    page.told = k;
    if (page.telling !== null) page.telling = performance.now();
    update();
    for (const box of [list, element]) box.scrollTop = rows[k].offsetTop - list.offsetTop; // where few have room
    page.panes.place(); // the caption has its room: the flight leads to what it leaves
    shown = null;
    const own = (went += 1);
    page.act(viewer.flyToView(views()[k].view, seconds).then(() => own === went && (shown = present())));
  }

  /** @param {number} k */
  function tell(k) {
    if (!views().length) return;
    page.openStory();
    page.telling = performance.now();
    viewer.playing = false;
    go(k, FLIGHT);
  }

  function stop() {
    page.telling = null;
    page.refresh();
  }

  /** What a person changes to leave a view: the layer and what is shown of it, but not the motion. @returns {any[]} */
  function present() {
    const {
      asked,
      view: { mode, color_by, groups },
      selection,
    } = viewer;
    return [asked, mode, color_by, groups, selection, viewer.handles];
  }

  /** Whether the caption no longer speaks of what is seen. */
  function left() {
    const { view } = views()[/** @type {number} */ (page.told)];
    return present().some((each, k) => each !== shown?.[k]) || (!viewer.flight && strayed(viewer, view));
  }

  /**
   * Go on with the story where it is time; whether it is being told.
   * @param {number} now @param {number} lost seconds by which the flight there goes slowly for the sake of the scale
   */
  function advance(now, lost) {
    const { told } = page;
    if (told === null) return false;
    if (page.telling === null) {
      if (shown && left()) ((page.told = null), page.refresh());
      return false;
    }
    page.telling += 1000 * lost;
    const share = (now - page.telling) / 1000 / (FLIGHT + readingTime(views()[told].caption));
    bar(told).style.width = `${100 * Math.min(1, share)}%`;
    if (share >= 1) told + 1 < rows.length ? tell(told + 1) : stop();
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
    if (told !== null && caption.title !== views()[told].caption) caption.title = caption.textContent = views()[told].caption;
    [...progress.children].forEach((each, k) => {
      each.classList.toggle("done", told !== null && k < told);
      each.classList.toggle("now", k === told);
      if (page.telling === null || k !== told) bar(k).style.width = "";
    });
  }
  return { element, caption, progress, update, advance, go, tell, stop };
}

/**
 * Whether frame or camera are so far from those of a view that its caption no longer speaks of what is seen (engine/viewer/saved_views.py).
 * @param {import("../viewer/viewer.js").Viewer} viewer @param {Record<string, any>} view
 */
function strayed(viewer, { frame, fit, center = [0, 0], zoom = 1 }) {
  const { camera } = viewer;
  const whole = viewer.fit ? camera : fit ? viewer.framed() : new Camera(center, zoom);
  const overlap = timesTransposed(planeOf(frame ?? firstAxes(viewer.tour.dims)), planeOf(viewer.frame));
  const aside = Math.hypot(...camera.center.map((value, k) => (value - whole.center[k]) * whole.zoom));
  const turned = 2 - inner(overlap, overlap); // the squared sines of the angles between the planes
  return turned > Math.sin(STRAYED) ** 2 || Math.max(aside, Math.abs(Math.log(camera.zoom / whole.zoom))) > STRAYED;
}
