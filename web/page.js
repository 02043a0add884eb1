// The page: a tour or two on one canvas, the panels around it, and what they ask for.

import { Clock } from "./clock.js";
import { Painter } from "./draw/painter.js";
import { Panes } from "./panes.js";
import { stage } from "./stage.js";
import { Tour } from "./tour.js";
import { el } from "./ui/dom.js";
import { keys } from "./ui/keys.js";
import { panels } from "./ui/panels.js";
import { foresee } from "./viewer/foresight.js";
import { History } from "./viewer/history.js";
import { Viewer } from "./viewer/viewer.js";

const [BEAT, CUT] = [2, 0.1]; // for who wants no motion: seconds from step to step, and on a way that is not shown
const SELDOM = 250; // milliseconds between two looks of the panels while nothing but the picture changes

/**
 * What only some pages have: two tours, a story that may be saved.
 * @typedef {{comparison?: typeof import("./ui/compare.js").comparison, editor?: typeof import("./ui/story_editor.js").editor}} Parts
 */

/** Everything that is on one page; panels read it and act through it. */
export class Page {
  /**
   * @param {HTMLElement} root @param {any} manifest @param {import("./tour.js").Source} source
   * @param {Parts} parts
   */
  constructor(root, manifest, source, { comparison, editor }) {
    root.classList.add("umap-tour"); // with it comes its size
    this.root = root;
    this.manifest = manifest;
    this.editor = editor;
    this.title = /** @type {string} */ (manifest.title);
    const [arrived, failed] = [() => this.refresh(), (/** @type {Error} */ error) => this.say(error.message)];
    /** @type {Viewer[]} */
    this.viewers = manifest.tours.map((/** @type {any} */ each) => new Viewer(new Tour(each, manifest, source, arrived, failed)));
    for (const viewer of this.viewers) viewer.interrupt = () => this.story?.stop();
    this.viewer = this.viewers[0];
    this.comparison = comparison?.(this) ?? null;
    this.partner = this.comparison && this.comparison.partner;
    this.history = new History(this.viewer);
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.owed = 0; // seconds of a tour that goes on in steps, since the last one
    /** @type {import("./ui/dock.js").Tool} */
    this.tool = "hand";
    this.folded = root.clientWidth < 1120 || this.viewers.length > 1;
    this.popover = "";
    this.storyOpen = false;
    this.drawerOpen = false;
    this.panes = new Panes(this);
    this.compareOpen = this.viewers.length > 1 && root.clientWidth >= 960;
    this.differing = false; // whether the list of what differs most stands in the place of the matrix
    /** @type {number | null} the saved view that is shown */
    this.told = null;
    /** @type {number | null} while the story is played: since when that view is told, milliseconds */
    this.telling = null;
    /** @type {number | null} */
    this.pinned = null;
    /** @type {number | null} */
    this.hoveredPoint = null;
    /** @type {Map<Viewer, import("./motion/label_placement.js").Edges[]>} where the labels of handles stand */
    this.labels = new Map();
    /** @type {number[]} of the pinned point */
    this.neighbours = [];
    this.chrome = true;
    this.beside = false; // an article or a notebook, which is scrolled and typed in
    /** @type {{read: () => Promise<void>, changed: (playing: boolean) => void} | null} */
    this.address = null;
    /** @type {Promise<void>} */
    this.ready = Promise.resolve();
    /** @type {Map<number, Promise<string>>} of pages of images */
    this.addresses = new Map();
    this.dirty = true;
    /** @type {import("./ui/panels.js").Part[]} what shows what a person has changed, and now and then what moves */
    this.parts = [];
    /** @type {import("./ui/panels.js").Part[]} what moves with the points */
    this.marks = [];
    this.updated = 0; // when the panels last were, milliseconds
    this.clock = new Clock((seconds, now) => this.step(seconds, now));
    this.canvas = /** @type {HTMLCanvasElement} */ (
      el("canvas", { hidden: true, tabindex: 0, role: "img", "aria-label": `${this.title}: a tour of ${this.viewer.tour.n} points` })
    );
    this.message = el("p", { class: "message", role: "alert", hidden: true, title: "Esc", onclick: () => (this.message.hidden = true) });
    this.furniture = panels(this);
    root.replaceChildren(this.canvas, stage(this, this.canvas).element, ...this.furniture.elements, this.message);
    this.painter = new Painter(this, this.canvas);
    keys(this);
    new ResizeObserver(() => this.resize()).observe(root);
    this.resize();
  }

  /** The story's panel, where there is a story. */
  get story() {
    return this.furniture.story;
  }

  resize() {
    this.panes.resize(this.root, this.canvas);
    const { narrow, low, phone, stacked, across, tight } = this.panes;
    const shapes = { narrow, phone, low, stacked, across, tight };
    for (const [name, on] of Object.entries(shapes)) this.root.classList.toggle(name, on);
    this.update();
    this.panes.place();
    this.painter.draw(); // at once, or the canvas is black until the next frame
    this.refresh();
  }

  /** A pane's viewer as it is shown: the second one follows the first. @param {import("./panes.js").Pane} pane */
  shownOn(pane) {
    if (pane.viewer !== this.viewer) this.partner?.follow();
    return pane.viewer;
  }

  // ------------------------------------------------------------------------------------------ time

  /** Something was done: show it, and let the opening card go. @param {unknown} done a promise, where it takes time */
  act(done) {
    this.firstAction();
    this.history.note();
    this.refresh();
    if (done instanceof Promise)
      done.then(
        () => (this.history.note(), this.refresh()),
        (error) => this.say(error.message),
      );
  }

  firstAction() {
    this.furniture.opening.leave();
  }

  /** Something is new, and may have another place: draw it. */
  refresh() {
    this.dirty = true;
    this.clock.wake();
  }

  /** @param {number} seconds @param {number} now milliseconds */
  step(seconds, now) {
    if (this.dirty) {
      this.panes.place();
      for (const viewer of this.viewers) viewer.framer.resting = false;
    }
    if (this.still) {
      this.owed += seconds;
      seconds = this.owed < BEAT ? 0 : this.owed;
      this.owed -= seconds;
    }
    foresee(this.viewers, seconds);
    if (this.still) for (const viewer of this.viewers) viewer.patience = 1; // the camera is cut to wherever it comes
    const [own, turned] = [this.viewers[0], this.viewers[this.viewers.length - 1]].map(({ foresight }) => foresight.own(seconds));
    let moving = this.story?.advance(now, seconds - own) ?? false;
    for (const viewer of this.viewers) moving = viewer.advance(seconds) || moving;
    moving = (this.partner?.advance(turned) ?? false) || moving;
    moving = this.furniture.names.advance(seconds) || moving;
    if (this.still) this.cut();
    if (moving || this.dirty) {
      this.painter.draw();
      if (this.dirty || now - this.updated > SELDOM) this.update(now);
      else for (const mark of this.marks) mark.update();
      this.address?.changed(this.viewer.playing && !this.dirty);
      this.dirty = false;
    }
    if (!moving && this.updated !== now) this.update(now); // as it came to rest
    return moving;
  }

  /** Be where everything leads: for who wants no motion. */
  cut() {
    for (let k = 0, on = true; on && k < 200; k++) {
      // no way is longer
      this.partner?.follow(true);
      foresee(this.viewers, CUT);
      on = this.furniture.names.advance(CUT);
      for (const viewer of this.viewers) {
        on = viewer.moveLayers(viewer.foresight.own(CUT)) || on;
        on = viewer.moveCamera(CUT) || on;
      }
    }
  }

  /** Let every panel show what is now. */
  update(now = performance.now()) {
    this.updated = now;
    for (const part of [...this.parts, ...this.marks]) part.update();
  }

  // ------------------------------------------------------------------------------------------ the camera

  /**
   * What a hand does to the camera of a pane, and with it to that of the other.
   * @param {Viewer} viewer
   * @param {(camera: import("./motion/camera.js").Camera) => import("./motion/camera.js").Camera} change
   */
  moveCamera(viewer, change) {
    const before = viewer.camera;
    viewer.takeOver();
    viewer.camera = change(before);
    this.partner?.moved(viewer, before);
    this.refresh();
  }

  /** Fly to a point, and keep its card. @param {number} point */
  flyToPoint(point) {
    this.viewer.playing = false;
    this.pin(point);
    this.update();
    this.panes.place(); // the card has its room: the flight leads to what it leaves
    this.viewer.lookAt(point);
  }

  /** @param {Viewer} viewer @param {import("./motion/linear.js").Matrix} from @param {number[]} point @param {[number, number]} target */
  dragFrame(viewer, from, point, target) {
    if (viewer === this.viewer) viewer.drag(from, point, target);
    else this.partner?.drag(from, point, target);
  }

  // ------------------------------------------------------------------------------------------ what panels ask for

  /** @param {boolean} on */
  play(on) {
    this.viewer.playing = on;
    if (on) this.story?.stop();
    this.act(null);
  }

  /** @param {import("./ui/dock.js").Tool} tool */
  pick(tool) {
    this.tool = tool;
    this.canvas.style.cursor = "";
    this.root.dataset.tool = tool;
    this.act(null);
  }

  /** @param {number | null} point */
  pin(point) {
    this.pinned = point;
    this.hoveredPoint = null;
    this.act(null);
  }

  /** @param {string} name */
  open(name) {
    this.popover = this.popover === name ? "" : name;
    this.act(null);
    this.update(); // at once, for who types on
  }

  /** Have a panel that is folded for want of room stand whole; whether it was. @param {import("./ui/forms.js").Name} name */
  unfold(name) {
    return this.furniture.forms.unfold(name);
  }

  toggleStory() {
    if (this.unfold("story")) return;
    if (!this.storyOpen) this.openStory();
    else {
      this.storyOpen = false;
      this.story?.stop();
    }
    this.act(null);
  }

  /** In the place of the legend, as in the window: both want the height. */
  openStory() {
    this.storyOpen = this.folded = true;
  }

  /** Through all layers or epochs, one by one, or stop there. @param {import("./tour.js").Axis} axis @param {Viewer} viewer */
  travel(axis, viewer = this.viewer) {
    this.story?.stop();
    viewer.toggleJourney(axis);
    this.act(null);
  }

  /** @param {"compareOpen" | "drawerOpen" | "differing"} which */
  toggle(which) {
    if (this[which] && this.unfold(which === "drawerOpen" ? "drawer" : "compare")) return;
    const on = !this[which];
    if (which !== "compareOpen") this.drawerOpen = this.differing = false; // they have one place
    this[which] = on;
    this.act(null);
  }

  toggleTheme() {
    this.setTheme(this.viewer.view.theme === "dark" ? "light" : "dark");
    this.act(null);
  }

  /** @param {"dark" | "light"} theme */
  setTheme(theme) {
    for (const viewer of this.viewers) if (viewer.view.theme !== theme) viewer.change({ theme });
    this.root.dataset.theme = theme;
  }

  /** Take the last change of what is shown back, or do it again. @param {boolean} back */
  async stepBack(back) {
    await this.history.step(back);
    this.setTheme(this.viewer.view.theme);
    this.refresh();
  }

  savePicture() {
    this.painter.draw(); // or there is nothing on the canvas any more
    this.canvas.toBlob((blob) => (blob ? this.download(blob, `${this.title}.png`) : this.say("The picture could not be made.")));
  }

  /** @param {Blob} blob @param {string} name */
  download(blob, name) {
    const link = el("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** The address of a page of images. @param {number} page @returns {Promise<string>} */
  pageAddress(page) {
    if (!this.addresses.has(page))
      this.addresses.set(
        page,
        this.viewer.tour.page(page).then((blob) => URL.createObjectURL(blob)),
      );
    return /** @type {Promise<string>} */ (this.addresses.get(page));
  }

  /** A line about what went wrong. @param {string} text */
  say(text) {
    this.message.textContent = text;
    this.message.hidden = false;
  }

  /** Let go of the canvas and of the keys. */
  close() {
    this.clock.close();
    this.painter.close();
    for (const url of this.addresses.values())
      url.then(
        (each) => URL.revokeObjectURL(each),
        () => {},
      );
    this.root.remove();
  }
}
