// One tour on the GPU, and the order in which its passes draw it (engine/render/scene.py).

import { sameBlend } from "../motion/transition.js";
import { background, GREYED_ALPHA, RECEDING_IMAGE_ALPHA, RECEDING_IMAGE_DRAINED, RECEDING_IMAGE_PALE, THEMES } from "../themes.js";
import { Atlas } from "./atlas.js";
import { LayerBuffers } from "./buffers.js";
import { Density } from "./density.js";
import { Program } from "./program.js";

/** @typedef {[number, number, number, number]} Rect x, y, width, height in pixels, y from the bottom */
/** @typedef {{name: string, buffer: WebGLBuffer}} Side */
/** @typedef {{scale: number, minDot: number, maxDot: number}} Pixels scale: device pixels to a pixel of the design */

const NEAREST_CUE = 1.22; // times the size, of what is in front (place.glsl)
const [MOST_DOT, MOST_IMAGE] = [800, 2400]; // pixels of the design, however close: more is more than hands can ask for, and than GPUs take
const TABLE_ROW = 256; // entries to a row of the colour table (style.glsl)

export class Scene {
  /** @param {import("./state.js").State} state of the context @param {import("../tour.js").Tour} tour @param {() => void} arrived */
  constructor(state, tour, arrived) {
    const { gl } = state;
    this.gl = gl;
    this.state = state;
    this.tour = tour;
    this.arrived = arrived;
    this.buffers = new LayerBuffers(gl, tour);
    /** @type {Map<string, Program>} */
    this.programs = new Map();
    /** @type {Atlas | null} */
    this.atlas = null;
    /** @type {Density | null} */
    this.density = null;
    /** @type {WebGLBuffer | null} */
    this.order = null;
    /** @type {number | null} the point under the cursor */
    this.hovered = null;
    this.maxPoint = gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE)?.[1] ?? 64;
    /** @type {{program: Program | null, sides: WebGLBuffer[]}} whose attributes are bound */
    this.bound = { program: null, sides: [] };
    /** @type {Set<number>} the places of attributes that are on */
    this.enabled = new Set();
    this.codes = gl.createBuffer();
    this.selected = gl.createBuffer();
    this.table = gl.createTexture();
    /** @type {Record<string, any>} what was sent last */
    this.sent = {};
    this.bindings = gl.createVertexArray();
    this.blocks = [0, 1].map(() => new Float32Array(4 * tour.stride)); // the matrices of the sides
  }

  /** Send what changed of how the points look. @param {import("../viewer/viewer.js").Viewer} viewer */
  dress(viewer) {
    const { gl, sent } = this;
    const { coloring, table: colors, shownRows, shownPoints } = viewer;
    if (sent.coloring !== coloring) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.codes);
      gl.bufferData(gl.ARRAY_BUFFER, coloring.codes, gl.STATIC_DRAW);
    }
    if (sent.points !== shownPoints) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.selected);
      gl.bufferData(gl.ARRAY_BUFFER, shownPoints ? Float32Array.from(shownPoints) : new Float32Array(this.tour.n).fill(1), gl.STATIC_DRAW);
    }
    if (sent.colors !== colors || sent.rows !== shownRows || sent.theme !== viewer.view.theme) {
      const rows = Math.ceil(colors.length / TABLE_ROW);
      const table = new Uint8Array(4 * rows * TABLE_ROW);
      colors.forEach((color, k) => table.set([...color, !shownRows || shownRows[k] ? 255 : 0], 4 * k));
      if (coloring.kind === "none")
        table.set(
          THEMES[viewer.view.theme].single.map((x) => Math.round(255 * x)),
          0,
        );
      gl.bindTexture(gl.TEXTURE_2D, this.table);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, TABLE_ROW, rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
      for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    }
    this.sent = { coloring, colors, points: shownPoints, rows: shownRows, theme: viewer.view.theme };
  }

  /**
   * Draw the viewer's present into `rect`.
   * @param {import("../viewer/viewer.js").Viewer} viewer @param {Rect} rect @param {Pixels} pixels
   */
  draw(viewer, rect, pixels) {
    const { gl, state } = this;
    const { view } = viewer;
    state.tell("bindVertexArray", this.bindings);
    this.dress(viewer);
    const images = (view.mode === "images" && this.images()) || null;
    const plain = this.sizeOf(images ? "images" : "dots", viewer, rect, pixels);
    const size = viewer.growth * plain;
    const frame = images && view.class_frames && viewer.coloring.kind !== "none" ? frameOf(plain, pixels.scale, images.opaque) : null;
    const padding = Math.ceil(0.5 * size * NEAREST_CUE + (frame?.margin ?? 0)) + 1;
    const theme = { ...THEMES[view.theme], canvas: background(view.theme, view.background) };
    const shown = this.sides(viewer);
    const shared = { ...shown?.uniforms, ...this.placing(viewer, rect, padding), u_canvas: theme.canvas, u_fade: theme.fade, u_palette: 0 };
    gl.bindTexture(gl.TEXTURE_2D, this.table);
    const field = shown && view.density ? this.field(viewer, shown.sides, shared, rect, { padding, pixels, canvas: theme.canvas }) : null;
    this.clear(theme.canvas, rect, padding);
    if (field) this.density?.ground(field);
    if (shown) {
      const passes = !viewer.someGreyed ? [null] : viewer.alone ? [false] : [true, false];
      for (const greyed of passes) {
        const sized = greyed ? plain : size;
        state.switch(gl.DEPTH_TEST, !greyed && view.opacity >= 1);
        if (images)
          this.drawImages(
            images,
            shown.sides,
            { ...shared, u_size: sized },
            { view, plain, greyed, frame, rect, padding, scale: pixels.scale },
          );
        else this.drawDots(shown.sides, { ...shared, u_size: sized, u_min_size: pixels.minDot }, { view, greyed, field, theme });
      }
    }
  }

  /**
   * The diameter of a dot that is not greyed, without cue and growth, or the side of an image, in pixels.
   * @param {"dots" | "images"} mode @param {import("../viewer/viewer.js").Viewer} viewer @param {Rect} rect
   * @param {Pixels} pixels
   */
  sizeOf(mode, viewer, [, , width, height], { scale, maxDot }) {
    const size = viewer.sizeOf(mode, [width / scale, height / scale], viewer.camera.zoom);
    return mode === "images" ? Math.min(MOST_IMAGE, size) * scale : Math.min(maxDot, Math.min(MOST_DOT, size) * scale);
  }

  /**
   * What dots are told of the field of density, once it can be drawn.
   * @param {import("../viewer/viewer.js").Viewer} viewer @param {Side[]} sides @param {any} shared @param {Rect} rect
   * @param {{padding: number, pixels: Pixels, canvas: readonly number[]}} frame
   */
  field(viewer, sides, shared, rect, { padding, pixels, canvas }) {
    this.density ??= new Density(this.state, this.tour, (key) => this.program(key));
    if (!this.density.ready()) return null;
    const prepare = (/** @type {Program} */ program) => {
      this.attributes(program, sides);
      program.set(shared);
    };
    const variant = `${sides.length},${viewer.someGreyed ? 1 : 0}`;
    return this.density.draw(prepare, {
      variant,
      pane: [rect[2], rect[3]],
      padding,
      dot: this.sizeOf("dots", viewer, rect, pixels),
      canvas,
    });
  }

  /**
   * @param {Side[]} sides @param {any} shared
   * @param {{view: import("../viewer/viewer.js").Viewer["view"], greyed: boolean | null, field: any, theme: {grey:
   *   readonly number[], rim: number}}} how
   */
  drawDots(sides, shared, { view, greyed, field, theme }) {
    const { gl } = this;
    const crowded = field && !greyed;
    const program = this.program(`points,${sides.length},${greyed === null ? 0 : 1},0,${crowded ? 1 : 0}`);
    this.attributes(program, sides);
    program.set({
      ...shared,
      ...(crowded ? field : null),
      u_greyed: greyed ? 1 : 0,
      u_grey: theme.grey,
      u_rim: greyed ? 0 : theme.rim,
      u_opacity: greyed ? GREYED_ALPHA : view.opacity,
    });
    if (view.opacity < 1 && this.shuffled()) {
      gl.drawElements(gl.POINTS, this.tour.n, gl.UNSIGNED_INT, 0);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, null);
    } else gl.drawArrays(gl.POINTS, 0, this.tour.n);
  }

  /** Bind the random order in which see-through dots are drawn; whether it is there. */
  shuffled() {
    const { gl } = this;
    const order = this.order ? null : this.tour.orderNow();
    if (!this.order && !order) return false;
    this.order ??= gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    if (order) gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from(order), gl.STATIC_DRAW);
    return true;
  }

  /**
   * @param {Atlas} images @param {Side[]} sides @param {any} shared
   * @param {{view: import("../viewer/viewer.js").Viewer["view"], plain: number, greyed: boolean | null, frame:
   *   ReturnType<typeof frameOf> | null, rect: Rect, padding: number, scale: number}} how plain: the size of those that
   *   are greyed
   */
  drawImages(images, sides, shared, { view, plain, greyed, frame, rect, padding, scale }) {
    const framed = greyed ? null : frame;
    const kind = !images.opaque ? 3 : framed ? 2 : 0; // no other program knows texels with a matte
    const program = this.program(`sprites,${sides.length},${greyed === null ? 0 : 1},${kind},0`);
    this.attributes(program, sides);
    program.set({
      ...shared,
      u_greyed: greyed ? 1 : 0,
      u_drained: RECEDING_IMAGE_DRAINED,
      u_pale: RECEDING_IMAGE_PALE,
      u_pixel: [2 / (rect[2] + 2 * padding), 2 / (rect[3] + 2 * padding)],
      u_opacity: greyed ? RECEDING_IMAGE_ALPHA : view.opacity,
    });
    program.set({
      u_rim: framed?.rim ?? 0,
      u_frame: framed?.width ?? -1,
      u_hovered_frame: framed ? 4 * scale : -1,
      u_hovered: this.hovered ?? -1,
    });
    program.set(images.level(plain)); // one for all, as on the desktop
    this.sprites(program, shared.u_size, framed?.margin ?? 0);
  }

  /** @param {Program} program @param {number} size @param {number} margin pixels beyond the image */
  sprites(program, size, margin) {
    const { gl } = this;
    const parts = Math.max(1, Math.ceil((size * NEAREST_CUE + 2 * margin) / this.maxPoint));
    program.set({ u_parts: parts });
    for (let part = 0; part < parts * parts; part++) {
      program.set({ u_part: [part % parts, Math.floor(part / parts)] });
      gl.drawArrays(gl.POINTS, 0, this.tour.n);
    }
  }

  /** The images, once they are there. */
  images() {
    if (!this.tour.sprites) return null;
    this.atlas ??= new Atlas(this.gl, this.tour, this.arrived);
    return this.atlas.complete ? this.atlas : null;
  }

  /** The sides to draw and their matrices; null while they are on their way. @param {import("../viewer/viewer.js").Viewer} viewer */
  sides(viewer) {
    const { source, target, mix } = viewer.transition;
    const settled = sameBlend(source, target) || mix <= 0 || mix >= 1;
    const sides = settled
      ? [[mix >= 1 ? target : source, 1]]
      : [
          [source, 1 - mix],
          [target, mix],
        ];
    /** @type {Record<string, Float32Array>} */
    const uniforms = {};
    const names = ["source", "target"];
    const buffers = [];
    const { frame } = viewer;
    for (const [k, [blend, share]] of /** @type {[import("../motion/transition.js").Blend, number][]} */ (sides).entries()) {
      if (!this.buffers.ready(blend)) return null;
      const blocks = this.blocks[k];
      for (let i = 0; i < frame.length; i++) for (let j = 0; j < 3; j++) blocks[4 * i + j] = share * frame[i][j];
      uniforms[`u_${names[k]}`] = blocks;
      buffers.push({ name: names[k], buffer: this.buffers.side(blend) });
    }
    return { sides: buffers, uniforms };
  }

  /** @param {import("../viewer/viewer.js").Viewer} viewer @param {Rect} rect @param {number} padding */
  placing(viewer, rect, padding) {
    const [, , width, height] = rect;
    const { camera, radius } = viewer;
    const pixels = camera.pixelsPerRadius([width, height]);
    const scale = [(2 * pixels) / (width + 2 * padding), (2 * pixels) / (height + 2 * padding)];
    return {
      u_scale: [scale[0] / radius, scale[1] / radius],
      u_shift: [-camera.center[0] * scale[0], -camera.center[1] * scale[1]],
      u_depth: 1 / radius,
      u_cue: viewer.view.depth_cue,
    };
  }

  /** @param {string} key as in the manifest: what it draws; then sides, whether something is greyed, which frame, whether dots thin out */
  program(key) {
    let program = this.programs.get(key);
    if (!program) {
      const { vert, frag } = this.tour.shaders[key];
      this.programs.set(key, (program = new Program(this.state, vert, frag)));
    }
    return program;
  }

  /** @param {Program} program @param {Side[]} sides */
  attributes(program, sides) {
    const { gl, bound } = this;
    if (bound.program === program && bound.sides.length === sides.length && sides.every(({ buffer }, k) => buffer === bound.sides[k]))
      return;
    this.bound = { program, sides: sides.map(({ buffer }) => buffer) };
    const stride = 4 * this.tour.stride;
    const used = new Set(program.attributes.values());
    for (const place of this.enabled) if (!used.has(place)) gl.disableVertexAttribArray(place);
    this.enabled = used;
    const point = (
      /** @type {string} */ name,
      /** @type {WebGLBuffer | null} */ buffer,
      /** @type {number} */ size,
      /** @type {number} */ step,
      /** @type {number} */ from,
    ) => {
      const place = program.attributes.get(name);
      if (place === undefined) return;
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, size, gl.FLOAT, false, step, from);
    };
    for (const { name, buffer } of sides) {
      for (let g = 0; g < this.tour.stride / 4; g++) point(`a_${name}${g}`, buffer, 4, stride, 16 * g);
    }
    point("a_code", this.codes, 1, 4, 0);
    point("a_selected", this.selected, 1, 4, 0);
  }

  /**
   * Clear the pane and set a viewport that reaches beyond it.
   * @param {readonly number[]} canvas @param {Rect} rect @param {number} padding
   */
  clear(canvas, rect, padding) {
    const { gl, state } = this;
    const [x, y, width, height] = rect;
    state.switch(gl.SCISSOR_TEST, true);
    state.tell("scissor", x, y, width, height);
    state.tell("clearColor", canvas[0], canvas[1], canvas[2], 1);
    state.switch(gl.DEPTH_TEST, true);
    state.tell("depthFunc", gl.LEQUAL);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    state.tell("viewport", x - padding, y - padding, width + 2 * padding, height + 2 * padding);
    state.switch(gl.BLEND, true);
    state.tell("blendFunc", gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }
}

/**
 * The colour of a point's class round its image: as render/sprites.py.
 * @param {number} size @param {number} scale @param {boolean} opaque
 */
function frameOf(size, scale, opaque) {
  const rim = scale * Math.min(1, Math.max(0, (size / scale - 12) / 8));
  return { rim, width: scale * (size <= 48 * scale ? 2 : 3), margin: opaque ? rim : 4 * scale + 1 };
}
