// How many points lie where: a small field drawn from the points' own buffers, shown under them and read by them
// (engine/render/density.py).

const CELLS = 160; // of the field along the longer side of the pane
const LEAST_CELL = 4; // pixels
const REACH = 4; // cells
const COUNTED = 16_384; // points, chosen at random: shading asks for no more
const MOST_SHADED = 0.22; // of the points' colour in the shading, at most

/** @typedef {import("./program.js").Program} Program */
/** @typedef {{texture: WebGLTexture, target: WebGLFramebuffer}} Field */

export class Density {
  /**
   * @param {import("./state.js").State} state @param {import("../tour.js").Tour} tour
   * @param {(key: string) => Program} program hands them out
   */
  constructor(state, tour, program) {
    const { gl } = state;
    this.gl = gl;
    this.state = state;
    this.tour = tour;
    const wide = gl.getExtension("EXT_color_buffer_float") && gl.getExtension("EXT_float_blend");
    this.format = wide ? gl.RGBA32F : gl.RGBA16F;
    this.able = Boolean(wide || gl.getExtension("EXT_color_buffer_half_float") || gl.getExtension("EXT_color_buffer_float"));
    this.program = program;
    this.some = gl.createBuffer();
    this.count = 0;
    this.size = [0, 0];
    /** @type {Field[]} of sums, of sums made smooth along one axis, and of shades */
    this.fields = [];
  }

  /** Whether it can be drawn: the order of the points has to be there where there are many. */
  ready() {
    if (!this.able) return false;
    if (this.count) return true;
    const { gl, tour } = this;
    if (tour.n <= COUNTED) return Boolean((this.count = tour.n));
    const order = tour.orderNow();
    if (!order) return false;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.some);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, Uint32Array.from(order.subarray(0, COUNTED)), gl.STATIC_DRAW);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, null);
    return Boolean((this.count = COUNTED));
  }

  /**
   * Draw the field of a frame; returns what the dots' program is to be told of it.
   * @param {(program: Program) => void} prepare binds the points and sets where they are
   * @param {{variant: string, pane: [number, number], padding: number, dot: number, canvas: readonly number[]}} frame sizes in pixels
   */
  draw(prepare, { variant, pane, padding, dot, canvas }) {
    const { gl, state } = this;
    const cell = Math.max(LEAST_CELL, Math.max(...pane) / CELLS);
    const cells = pane.map((side) => Math.ceil(side / cell) + 2 * REACH);
    const within = pane.map((side, k) => (side + 2 * padding) / (cells[k] * cell)); // of the viewport, in fields
    this.fitTo(cells);
    const [summed, smooth, shaded] = this.fields;
    state.switch(gl.SCISSOR_TEST, false);
    state.switch(gl.DEPTH_TEST, false);
    state.tell("viewport", 0, 0, cells[0], cells[1]);
    gl.bindFramebuffer(gl.FRAMEBUFFER, summed.target);
    state.tell("clearColor", 0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    state.switch(gl.BLEND, true);
    state.tell("blendFunc", gl.ONE, gl.ONE);
    const program = this.program(`density,${variant},0,0`);
    prepare(program);
    program.set({ u_field: within, u_greyed: 0 });
    if (this.count === this.tour.n) gl.drawArrays(gl.POINTS, 0, this.count);
    else {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.some);
      gl.drawElements(gl.POINTS, this.count, gl.UNSIGNED_INT, 0);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, null);
    }
    state.switch(gl.BLEND, false);
    const overlap = (this.tour.n / this.count) * (Math.PI / 4) * (dot / cell) ** 2;
    gl.activeTexture(gl.TEXTURE2);
    for (const [k, source, target] of /** @type {[number, Field, Field][]} */ ([
      [0, summed, smooth],
      [1, smooth, shaded],
    ])) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.target);
      gl.bindTexture(gl.TEXTURE_2D, source.texture);
      const blur = this.program(`density_blur,${k}`);
      blur.set({ u_sums: 2, u_along: [1 - k, k], u_cells: cells, u_overlap: overlap, u_most: MOST_SHADED, u_canvas: canvas });
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.bindTexture(gl.TEXTURE_2D, shaded.texture);
    gl.activeTexture(gl.TEXTURE0);
    return { u_shades: 2, u_field: within };
  }

  /** Draw the shading on the pane. @param {Record<string, any>} told */
  ground(told) {
    const { gl, state } = this;
    state.switch(gl.DEPTH_TEST, false);
    state.switch(gl.BLEND, false);
    this.program("density_ground").set(told);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    state.switch(gl.DEPTH_TEST, true);
    state.switch(gl.BLEND, true);
  }

  /** Have fields of that size. @param {number[]} size */
  fitTo([width, height]) {
    const { gl } = this;
    if (width === this.size[0] && height === this.size[1]) return;
    for (const { texture, target } of this.fields) (gl.deleteTexture(texture), gl.deleteFramebuffer(target));
    this.size = [width, height];
    gl.activeTexture(gl.TEXTURE2); // where they are read: the table of colours stays where it is
    this.fields = [this.format, this.format, gl.RGBA8].map((format) => {
      const texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
      const filter = format === gl.RGBA8 ? gl.LINEAR : gl.NEAREST;
      for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, filter);
      for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
      const target = gl.createFramebuffer();
      gl.bindFramebuffer(gl.FRAMEBUFFER, target);
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
      return { texture, target };
    });
    gl.activeTexture(gl.TEXTURE0);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  }
}
