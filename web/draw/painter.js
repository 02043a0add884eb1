// The canvas and its context, and what is drawn on it: the scene of each pane.

import { Scene } from "./scene.js";
import { State } from "./state.js";

const NONE = "This browser has no WebGL2, which the tour is drawn with. Switch on hardware acceleration, or open it in another browser.";
const [LEAST_DOT, LARGEST_DOT] = [3, 20 / 1.22]; // pixels, of a picture's

export class Painter {
  /** @param {import("../page.js").Page} page @param {HTMLCanvasElement} canvas */
  constructor(page, canvas) {
    this.page = page;
    this.canvas = canvas;
    /** @type {WebGL2RenderingContext | null} */
    this.gl = null;
    /** @type {Scene[]} */
    this.scenes = [];
    canvas.addEventListener("webglcontextlost", (/** @type {Event} */ event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.setUp());
    this.setUp();
  }

  /** Begin to draw, now or after the context was lost. */
  setUp() {
    const gl = (this.gl = this.canvas.getContext("webgl2", {
      antialias: false,
      alpha: false,
      depth: true,
      powerPreference: "high-performance",
    }));
    if (!gl) return this.page.say(NONE);
    const state = new State(gl);
    this.scenes = this.page.viewers.map((each) => new Scene(state, each.tour, () => this.page.refresh()));
    this.page.refresh();
  }

  /** Draw every pane as it is now. */
  draw() {
    const { page, gl } = this;
    if (!gl || gl.isContextLost() || !this.scenes.length) return;
    page.partner?.follow();
    const { fixed, scale, all } = page.panes;
    const picture = fixed !== null || !page.chrome; // dots as in a snapshot
    const pixels = { scale, minDot: picture ? LEAST_DOT : 1, maxDot: picture ? LARGEST_DOT : Infinity };
    all.forEach((pane, k) => {
      const below = page.panes.size[1] - pane.y - pane.height;
      const [x, y, width, height] = [pane.x, below, pane.width, pane.height].map((each) => Math.round(each * scale));
      const scene = this.scenes[k];
      scene.hovered = page.hoveredPoint ?? page.pinned;
      try {
        scene.draw(pane.viewer, [x, y, width, height], pixels);
        if (scene.atlas?.fault) page.say(scene.atlas.fault);
      } catch (error) {
        if (!gl.isContextLost()) page.say(/** @type {Error} */ (error).message);
      }
    });
  }

  /** Whether everything is there to draw a viewer of the first tour. @param {import("../viewer/viewer.js").Viewer} viewer */
  drawable(viewer) {
    return Boolean(this.gl && !this.gl.isContextLost() && viewer.ready && (viewer.view.mode === "dots" || this.scenes[0].images()));
  }

  /** The canvas as it was drawn just now, without a context like its own. @returns {HTMLCanvasElement} */
  copied() {
    const { width, height } = this.canvas;
    const copy = Object.assign(document.createElement("canvas"), { width, height, className: "still" });
    copy.getContext("2d")?.drawImage(this.canvas, 0, 0);
    return copy;
  }

  /**
   * What such viewers show, each as a canvas of its own; then the page's own picture is drawn again.
   * @param {import("../viewer/viewer.js").Viewer[]} viewers @param {[number, number]} size in pixels of the page
   * @returns {HTMLCanvasElement[]}
   */
  stills(viewers, [width, height]) {
    const { canvas } = this;
    const before = [canvas.width, canvas.height];
    [canvas.width, canvas.height] = [2 * width, 2 * height]; // paper has more dots to the inch
    const copies = viewers.map((viewer) => {
      this.scenes[0].draw(viewer, [0, 0, canvas.width, canvas.height], { scale: 2, minDot: 1, maxDot: Infinity });
      return this.copied();
    });
    [canvas.width, canvas.height] = before;
    this.draw();
    return copies;
  }

  /** Let go of the context. */
  close() {
    this.gl?.getExtension("WEBGL_lose_context")?.loseContext();
    this.gl = null;
  }
}
