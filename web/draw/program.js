// A compiled pair of shaders in WebGL2: the desktop's text with the browser's version and precisions on its first line.

const HEADER = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp sampler2DArray;
#line 2`;

/** @typedef {number | readonly number[] | Float32Array} Value */

export class Program {
  /** @param {import("./state.js").State} state @param {string} vertex @param {string} fragment */
  constructor(state, vertex, fragment) {
    const { gl } = state;
    this.state = state;
    this.handle = /** @type {WebGLProgram} */ (gl.createProgram());
    for (const [kind, text] of /** @type {[number, string][]} */ ([
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ])) {
      const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
      gl.shaderSource(shader, text.replace("#version 330", HEADER));
      gl.compileShader(shader);
      gl.attachShader(this.handle, shader);
    }
    gl.linkProgram(this.handle);
    if (!gl.getProgramParameter(this.handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = (gl.getAttachedShaders(this.handle) ?? []).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error(`a shader was refused: ${[...logs, gl.getProgramInfoLog(this.handle)].join(" ")}`);
    }
    /** @type {Map<string, {place: WebGLUniformLocation | null, type: number}>} */
    this.uniforms = new Map();
    const count = gl.getProgramParameter(this.handle, gl.ACTIVE_UNIFORMS) ?? 0;
    for (let k = 0; k < count; k++) {
      const info = gl.getActiveUniform(this.handle, k);
      if (!info) continue;
      const place = gl.getUniformLocation(this.handle, info.name);
      this.uniforms.set(info.name.replace("[0]", ""), { place, type: info.type });
    }
    /** @type {Map<string, Value>} what they were set to last */
    this.known = new Map();
    /** @type {Map<string, number>} */
    this.attributes = new Map();
    const inputs = gl.getProgramParameter(this.handle, gl.ACTIVE_ATTRIBUTES) ?? 0;
    for (let k = 0; k < inputs; k++) {
      const name = gl.getActiveAttrib(this.handle, k)?.name ?? "";
      const place = gl.getAttribLocation(this.handle, name);
      if (place >= 0) this.attributes.set(name, place);
    }
  }

  /** Set uniforms by name; those that this variant does not have, or has already, are passed over. @param {Record<string, Value>} values */
  set(values) {
    const { gl } = this.state;
    this.state.tell("useProgram", this.handle);
    for (const name in values) {
      const [uniform, value] = [this.uniforms.get(name), values[name]];
      if (!uniform || same(value, this.known.get(name))) continue;
      this.known.set(name, value);
      if (typeof value === "number") {
        if (uniform.type === gl.FLOAT) gl.uniform1f(uniform.place, value);
        else gl.uniform1i(uniform.place, value);
      } else if (uniform.type === gl.FLOAT_MAT4) gl.uniformMatrix4fv(uniform.place, false, value);
      else if (value.length === 2)
        gl.uniform2f(uniform.place, value[0], value[1]); // lists of numbers take several times as long
      else if (value.length === 3) gl.uniform3f(uniform.place, value[0], value[1], value[2]);
      else throw new Error(`no uniform ${name} takes ${value.length} numbers`);
    }
  }
}

/** @param {Value} a @param {Value | undefined} b */
function same(a, b) {
  if (typeof a === "number" || b === undefined || typeof b === "number") return a === b;
  return a.length === b.length && a.length < 4 && a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}
