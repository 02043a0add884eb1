// The page: a tour or two on one canvas, the panels around it, time, keys, the address; and window.umapTour.

import { Scene } from "./draw/scene.js";
import { stage } from "./stage.js";
import { Tour } from "./tour.js";
import { card } from "./ui/card.js";
import { compare, Partner } from "./ui/compare.js";
import { dock } from "./ui/dock.js";
import { el, iconButton } from "./ui/dom.js";
import { handles } from "./ui/handles.js";
import { keys } from "./ui/keys.js";
import { layers } from "./ui/layers.js";
import { legend } from "./ui/legend.js";
import { opening, story } from "./ui/story.js";
import { popover, selectionBar, toolbar } from "./ui/toolbar.js";
import { address } from "./address.js";
import { article } from "./article.js";
import { maskOf, Viewer } from "./viewer.js";

/** @typedef {{x: number, y: number, width: number, height: number, viewer: Viewer}} Pane in pixels of the page */

const LONGEST = 0.1; // seconds that a frame may take before time stands still

/** Everything that is on one page; panels read it and act through it. */
export class Page {
  /** @param {HTMLElement} root @param {any} manifest @param {import("./tour.js").Source} source */
  constructor(root, manifest, source) {
    this.root = root;
    this.manifest = manifest;
    this.title = /** @type {string} */ (manifest.title);
    const arrived = () => this.refresh();
    this.viewers = manifest.tours.map((/** @type {any} */ each) => new Viewer(new Tour(each, manifest, source, arrived)));
    this.viewer = /** @type {Viewer} */ (this.viewers[0]);
    this.partner = this.viewers.length > 1 ? new Partner(this.viewer, this.viewers[1]) : null;
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.room = new Float32Array(3 * this.viewer.tour.n);
    /** @type {import("./ui/dock.js").Tool} */
    this.tool = "hand";
    this.folded = root.clientWidth < 1120 || this.viewers.length > 1;
    this.wide = true;
    this.popover = "";
    this.storyOpen = false;
    this.compareOpen = this.viewers.length > 1;
    /** @type {number | null} the saved view that was shown last */
    this.told = null;
    /** @type {{at: number, since: number} | null} */
    this.telling = null;
    /** @type {number | null} */
    this.pinned = null;
    /** @type {number | null} */
    this.hoveredPoint = null;
    /** @type {number[]} */
    this.neighbours = [];
    /** @type {[number, number] | null} a size that was asked for */
    this.fixed = null;
    this.chrome = true;
    /** @type {[number, number]} */
    this.size = [1, 1];
    this.scale = 1;
    /** @type {any[]} */
    this.parts = [];
    /** @type {{read: () => Promise<void>, changed: (playing: boolean) => void} | null} */
    this.address = null;
    /** @type {Promise<void>} */
    this.ready = Promise.resolve();
    this.beside = false; // an article or a notebook, which is scrolled and typed in
    /** @type {symbol | null} a journey through all layers that is under way */
    this.journey = null;
    /** @type {Map<number, Promise<string>>} of pages of images */
    this.addresses = new Map();
    /** @type {WebGL2RenderingContext | null} */
    this.gl = null;
    /** @type {Scene[]} */
    this.scenes = [];
    this.layerColumns = /** @type {any[]} */ ([]);
    /** @type {any} */
    this.opening = null;
    this.wanted = 0;
    this.dirty = true;
    this.last = 0;
    /** @type {number[]} */
    this.times = [];
    this.build();
  }

  build() {
    const { root } = this;
    root.classList.add("umap-tour");
    this.canvas = el("canvas", { tabindex: 0, role: "img", "aria-label": `${this.title}: a tour of ${this.viewer.tour.n} points` });
    this.message = el("p", { class: "message", role: "alert", hidden: true });
    this.stage = stage(this, this.canvas);
    this.story = this.viewer.tour.views.length ? story(this) : null;
    this.opening = opening(this, () => this.story?.tell(0));
    this.layerColumns = this.viewers.map((/** @type {Viewer} */ each, /** @type {number} */ k) => layers(this, each, this.viewers.length > 1 && k === 0));
    const marks = this.viewers.map((/** @type {Viewer} */ each) => handles(this, each));
    const [card_, compare_] = [card(this), this.partner ? compare(this, this.partner) : null];
    this.parts = [legend(this), dock(this), toolbar(this), popover(this), selectionBar(this), card_, ...this.layerColumns, ...marks, ...(this.story ? [this.story] : []), ...(compare_ ? [compare_] : [])];
    const [legend_, dock_, toolbar_, popover_, selection_] = this.parts.map((part) => part.element);
    const reset = iconButton("reset", "Whole picture", () => this.act(this.viewer.whole()), "r");
    reset.classList.add("reset");
    this.left = el("div", { class: "left" }, legend_, this.story?.element, card_.element);
    this.panels = el("div", { class: "panels" }, this.left, toolbar_, ...this.layerColumns.map((/** @type {any} */ each) => each.element), compare_?.element,
      el("div", { class: "bottom" }, this.story?.caption, this.story?.progress, this.opening.element, selection_, dock_), popover_, reset);
    root.replaceChildren(this.canvas, this.stage.element, ...marks.map((/** @type {any} */ each) => each.element), this.panels, this.message);
    keys(this);
    new ResizeObserver(() => this.resize()).observe(root);
    this.canvas.addEventListener("webglcontextlost", (/** @type {Event} */ event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => this.setUp());
    this.setUp();
    this.resize();
  }

  /** Begin to draw, now or after the context was lost. */
  setUp() {
    const gl = (this.gl = this.canvas.getContext("webgl2", { antialias: false, alpha: false, depth: true, powerPreference: "high-performance" }));
    if (!gl) return this.say("This browser has no WebGL2, which the tour is drawn with. Switch on hardware acceleration, or open it in another browser.");
    this.scenes = this.viewers.map((/** @type {Viewer} */ each) => new Scene(gl, each.tour, () => this.refresh()));
    this.refresh();
  }

  resize() {
    const [width, height] = (this.size = this.fixed ?? [this.root.clientWidth, this.root.clientHeight]);
    this.scale = this.fixed ? 1 : window.devicePixelRatio || 1;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.max(1, Math.round(width * this.scale));
    this.canvas.height = Math.max(1, Math.round(height * this.scale));
    this.root.classList.toggle("narrow", width < 960);
    this.root.classList.toggle("phone", width < 640 || height < 480);
    if (width < 1120 && this.wide) this.folded = true;
    this.wide = width >= 1120;
    for (const [k, column] of this.layerColumns.entries()) column.layOut(height - (this.partner && k === 0 ? 440 : 260));
    this.draw(); // at once, or the canvas is black until the next frame
    this.refresh();
  }

  // ------------------------------------------------------------------------------------------ panes

  /** @returns {Pane[]} */
  get panes() {
    const [width, height] = this.size;
    const count = this.viewers.length;
    return this.viewers.map((/** @type {Viewer} */ viewer, /** @type {number} */ k) => ({ x: Math.round((k * width) / count), y: 0, width: Math.round(width / count), height, viewer }));
  }

  /** @param {Viewer} viewer */
  paneOf(viewer) {
    return this.panes[this.viewers.indexOf(viewer)];
  }

  /** @param {[number, number]} at */
  paneAt([x]) {
    return this.panes.find((pane) => x < pane.x + pane.width) ?? this.panes[this.panes.length - 1];
  }

  /** The frame through which a viewer's points are seen. @param {Viewer} viewer */
  frameOf(viewer) {
    return viewer === this.viewer ? viewer.frame : /** @type {Partner} */ (this.partner).frame;
  }

  /** A pane's viewer as it is shown: the second one follows the first. @param {Pane} pane */
  shownOn(pane) {
    if (pane.viewer !== this.viewer) this.partner?.follow();
    return pane.viewer;
  }

  /** @param {PointerEvent} event @param {Pane} pane @returns {[number, number]} */
  onPane(event, pane) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left - pane.x, event.clientY - box.top - pane.y];
  }

  /** @param {Viewer} viewer @param {import("./motion/linear.js").Matrix} from @param {number[]} point @param {[number, number]} target */
  dragFrame(viewer, from, point, target) {
    if (viewer === this.viewer) viewer.drag(from, point, target);
    else this.partner?.drag(from, point, target);
  }

  /** Where a point is on the page. @param {number} point @returns {[number, number]} */
  positionOf(point) {
    const { viewer } = this;
    const [x, y] = [0, 0];
    const at = [x, y];
    for (const [layer, share] of viewer.transition.blend) {
      const points = viewer.tour.layerNow(layer);
      if (points) viewer.frame.forEach((row, k) => [0, 1].forEach((j) => (at[j] += share * points[point * viewer.tour.stride + k] * row[j])));
    }
    const pane = this.paneOf(viewer);
    const place = viewer.camera.toPixels(at, [pane.width, pane.height], viewer.radius);
    return [place[0] + pane.x, place[1] + pane.y];
  }

  // ------------------------------------------------------------------------------------------ time

  /** Something was done: show it, and let the opening card go. @param {unknown} done a promise, where it takes time */
  act(done) {
    this.firstAction();
    this.refresh();
    if (done instanceof Promise) done.then(() => this.refresh(), (error) => this.say(error.message));
  }

  firstAction() {
    this.opening.leave();
  }

  refresh() {
    this.dirty = true;
    this.redraw();
  }

  redraw() {
    this.dirty = true;
    this.wanted ||= requestAnimationFrame((now) => this.tick(now));
  }

  /** @param {number} now milliseconds */
  tick(now) {
    this.wanted = 0;
    const seconds = this.last ? Math.min(LONGEST, (now - this.last) / 1000) : 0;
    this.last = now;
    let moving = this.story?.advance(now) ?? false;
    for (const viewer of this.viewers) moving = viewer.advance(seconds) || moving;
    moving = (this.partner?.advance(seconds) ?? false) || moving;
    if (moving || this.dirty) {
      this.dirty = false;
      this.draw();
      for (const part of this.parts) part.update();
      this.address?.changed(this.viewer.playing);
    }
    this.times.push(now);
    while (this.times.length > 1 && now - this.times[0] > 1000) this.times.shift();
    if (moving) this.wanted ||= requestAnimationFrame((later) => this.tick(later));
    else this.last = 0;
  }

  draw() {
    if (!this.gl || this.gl.isContextLost() || !this.scenes.length) return;
    this.partner?.follow();
    const picture = this.fixed !== null || !this.chrome; // dots as in a snapshot
    const pixels = { scale: this.scale, minDot: picture ? 3 : 1, maxDot: picture ? 20 / 1.22 : Infinity };
    for (const [k, pane] of this.panes.entries()) {
      const [x, y, width, height] = [pane.x, 0, pane.width, pane.height].map((each) => Math.round(each * this.scale));
      this.scenes[k].hovered = this.hoveredPoint ?? this.pinned;
      try {
        this.scenes[k].draw(pane.viewer, [x, y, width, height], pixels);
        if (this.scenes[k].atlas?.fault) this.say(this.scenes[k].atlas.fault);
      } catch (error) {
        if (!this.gl.isContextLost()) this.say(/** @type {Error} */ (error).message);
      }
    }
  }

  fps() {
    const { times } = this;
    return times.length > 1 ? (1000 * (times.length - 1)) / (times[times.length - 1] - times[0]) : 0;
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
  }

  toggleStory() {
    this.storyOpen = !this.storyOpen;
    if (!this.storyOpen) this.story?.stop();
    this.act(null);
  }

  toggleCompare() {
    this.compareOpen = !this.compareOpen;
    this.act(null);
  }

  toggleTheme() {
    this.setTheme(this.viewer.view.theme === "dark" ? "light" : "dark");
    this.act(null);
  }

  /** @param {"dark" | "light"} theme */
  setTheme(theme) {
    for (const viewer of this.viewers) viewer.change({ theme });
    this.root.dataset.theme = theme;
  }

  savePicture() {
    this.draw();
    this.canvas.toBlob((/** @type {Blob | null} */ blob) => blob && this.download(blob, `${this.title}.png`));
  }

  /** @param {Blob} blob @param {string} name */
  download(blob, name) {
    const link = el("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** The address of a page of images. @param {number} page @returns {Promise<string>} */
  pageAddress(page) {
    if (!this.addresses.has(page)) this.addresses.set(page, this.viewer.tour.page(page).then((blob) => URL.createObjectURL(blob)));
    return /** @type {Promise<string>} */ (this.addresses.get(page));
  }

  /** A line about what went wrong. @param {string} text */
  say(text) {
    this.message.textContent = text;
    this.message.hidden = false;
  }

  /** Let go of the canvas and of the keys. */
  close() {
    cancelAnimationFrame(this.wanted);
    this.wanted = -1; // nothing is drawn again
    this.gl?.getExtension("WEBGL_lose_context")?.loseContext();
    for (const url of this.addresses.values()) url.then((each) => URL.revokeObjectURL(each), () => {});
    this.root.remove();
  }

  // ------------------------------------------------------------------------------------------ from outside

  /** Show a view, and resolve once it is drawn. @param {Record<string, any>} values */
  async set(values) {
    const { playing, speed, size, chrome, ...view } = values;
    this.telling = null;
    this.opening.leave();
    if (speed !== undefined) this.viewer.speed = Number(speed);
    if (playing !== undefined) this.viewer.playing = Boolean(playing);
    if (chrome !== undefined) {
      this.chrome = Boolean(chrome);
      this.root.classList.toggle("bare", !chrome);
    }
    if (size !== undefined) {
      this.fixed = size;
      this.root.classList.toggle("fixed", size !== null);
      this.resize();
    }
    await this.viewer.show(view);
    this.setTheme(this.viewer.view.theme);
    await this.settled();
  }

  /** Once everything that the present needs is there and drawn. */
  async settled() {
    for (const viewer of this.viewers) {
      const { source, target } = viewer.transition;
      await Promise.all([...source, ...target].map(([layer]) => viewer.tour.layer(layer)));
    }
    if (this.viewer.view.mode === "images") for (const scene of this.scenes) (scene.images(), await scene.atlas?.loading);
    this.draw();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    this.draw();
    for (const part of this.parts) part.update();
  }

  /** @returns {any} what others may use */
  get api() {
    return {
      ready: this.ready,
      set: (/** @type {any} */ values) => this.set(values),
      view: () => this.viewer.toJSON(),
      select: (/** @type {number[] | null} */ rows) => {
        if (rows) this.viewer.checkRows(rows);
        this.act(this.viewer.select(rows && maskOf(rows, this.viewer.tour.n)));
      },
      selection: () => this.viewer.selected,
      fps: () => this.fps(),
    };
  }

  /** The first view: what the address says, or the first saved one's colours and theme, moving. */
  async start() {
    if (!this.gl) throw new Error(this.message.textContent ?? "");
    const { viewer } = this;
    const first = viewer.tour.views[0]?.view;
    const color = first?.color_by ?? viewer.tour.attributes.find((each) => each.kind === "categorical")?.name ?? null;
    const theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
    await viewer.show({ color_by: color, mode: viewer.tour.sprites ? "images" : "dots", class_frames: true });
    viewer.playing = !this.still;
    await this.address?.read();
    this.setTheme(viewer.view.theme === "light" ? "light" : theme);
    await this.settled();
    this.refresh();
  }
}

/** @param {HTMLElement} root @param {any} manifest @param {import("./tour.js").Source} source */
export function mount(root, manifest, source, withAddress = true) {
  if (manifest.version !== 1) throw new Error(`this page reads tours of version 1, not ${manifest.version}; export the tour again`);
  const page = new Page(root, manifest, source);
  if (withAddress) page.address = address(page);
  page.ready = page.start();
  page.ready.catch((/** @type {Error} */ error) => page.say(error.message));
  return page;
}

/** Open the page of an exported tour. @param {any} manifest @param {string} where its pieces are */
export function openPage(manifest, where) {
  const root = /** @type {HTMLElement} */ (document.getElementById("tour"));
  try {
    const page = mount(root, manifest, scripts(where), !document.getElementById("article"));
    Object.assign(window, { umapTour: page.api });
    const text = document.getElementById("article");
    if (text) page.ready.then(() => article(page, text), () => {});
  } catch (error) {
    root.replaceChildren(el("p", { class: "message", role: "alert" }, /** @type {Error} */ (error).message));
    const ready = Promise.reject(error);
    ready.catch(() => {});
    Object.assign(window, { umapTour: { ready } });
  }
}

/** Pieces from scripts that hand over gzip as text: those that stand in the page, and those beside it. @param {string} where */
function scripts(where) {
  /** @type {Map<string, (packed: Uint8Array<ArrayBuffer>) => void>} */
  const waiting = new Map();
  /** @type {Map<string, [number, string]>} */
  const inside = new Map();
  Object.assign(window, {
    umapTourPiece: (/** @type {string} */ name, /** @type {number} */ bytes, /** @type {string} */ text) => {
      const take = waiting.get(name);
      if (take) take(fromText(text, bytes));
      else inside.set(name, [bytes, text]);
    },
  });
  const loaded = new Promise((resolve) => (document.readyState === "complete" ? resolve(null) : window.addEventListener("load", resolve, { once: true })));
  return async (/** @type {string} */ name) => {
    await loaded;
    const there = inside.get(name);
    const packed = there ? fromText(there[1], there[0]) : await /** @type {Promise<Uint8Array<ArrayBuffer>>} */ (new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      const script = el("script", { src: `${where}${name}.js`, onerror: () => reject(new Error(`${where}${name}.js is missing; export the tour again, or copy its whole folder`)) });
      script.addEventListener("load", () => (script.remove(), reject(new Error(`${where}${name}.js is not whole; export the tour again`))));
      document.head.append(script);
    }));
    inside.delete(name);
    waiting.delete(name);
    return unpacked(packed, name);
  };
}

/** Bytes from text of which two characters hold 13 bits (engine/web/page.py). @param {string} text @param {number} bytes */
export function fromText(text, bytes) {
  const values = new Uint8Array(128);
  for (let code = 33, value = 0; code < 127; code++) if (!['"', "\\", "<"].includes(String.fromCharCode(code))) values[code] = value++;
  const out = new Uint8Array(bytes);
  let [bits, held, place] = [0, 0, 0];
  for (let k = 0; k + 1 < text.length; k += 2) {
    bits |= (91 * values[text.charCodeAt(k)] + values[text.charCodeAt(k + 1)]) << held;
    for (held += 13; held >= 8; held -= 8, bits >>>= 8) if (place < bytes) out[place++] = bits & 255;
  }
  return out;
}

/** @param {Uint8Array<ArrayBuffer>} packed gzip @param {string} name */
export async function unpacked(packed, name) {
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error(`${name} is not whole; export the tour again`);
  }
}
