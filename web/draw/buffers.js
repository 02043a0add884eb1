// The layers' points on the GPU, in vec4 groups; and means of layers, which a redirected transition goes on from.

/** @typedef {import("../motion/transition.js").Blend} Blend */
/** @typedef {{buffer: WebGLBuffer, size: number}} Held */

const BUDGET = 384 * 2 ** 20; // bytes of points kept on the GPU

export class LayerBuffers {
  /** @param {WebGL2RenderingContext} gl @param {import("../tour.js").Tour} tour */
  constructor(gl, tour) {
    this.gl = gl;
    this.tour = tour;
    /** @type {Map<string, Held>} those drawn last at the end */
    this.held = new Map();
    /** @type {WeakMap<Blend, string>} under which each is held */
    this.keys = new WeakMap();
  }

  /** Whether a layer or a mean of layers can be drawn; what is missing is asked for. @param {Blend} blend */
  ready(blend) {
    return blend.map(([layer]) => this.tour.layerNow(layer)).every(Boolean);
  }

  /** The buffer of one side. @param {Blend} blend */
  side(blend) {
    let key = this.keys.get(blend);
    if (!key) this.keys.set(blend, (key = blend.map((pair) => pair.join(":")).join(" ")));
    const known = this.held.get(key);
    this.held.delete(key);
    const held = known ?? this.sent(this.mixed(blend));
    this.held.set(key, held);
    if (!known) this.trim();
    return held.buffer;
  }

  /** @param {Float32Array} points @returns {Held} */
  sent(points) {
    const buffer = /** @type {WebGLBuffer} */ (this.gl.createBuffer());
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, points, this.gl.STATIC_DRAW);
    return { buffer, size: points.byteLength };
  }

  /** @param {Blend} blend @returns {Float32Array} */
  mixed(blend) {
    const layers = blend.map(([layer]) => /** @type {Float32Array} */ (this.tour.layerNow(layer)));
    if (layers.length === 1) return layers[0];
    const out = new Float32Array(layers[0].length);
    blend.forEach(([, share], k) => {
      const points = layers[k];
      for (let i = 0; i < out.length; i++) out[i] += share * points[i];
    });
    return out;
  }

  trim() {
    let total = [...this.held.values()].reduce((sum, each) => sum + each.size, 0);
    for (const [key, each] of this.held) {
      if (total <= BUDGET || this.held.size <= 4) return;
      this.gl.deleteBuffer(each.buffer);
      this.held.delete(key);
      total -= each.size;
    }
  }
}
