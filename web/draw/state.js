// WebGL's state, remembered: calls that would change nothing are left out.

/** @typedef {"viewport" | "scissor" | "clearColor" | "depthFunc" | "blendFunc" | "useProgram" | "bindVertexArray"} Call */

export class State {
  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    /** @type {Map<number, boolean>} */
    this.switches = new Map();
    /** @type {Partial<Record<Call, any[]>>} what each was called with last */
    this.told = {};
  }

  /** Switch on or off, as gl.enable and gl.disable do. @param {number} what @param {boolean} on */
  switch(what, on) {
    if (this.switches.get(what) === on) return;
    this.switches.set(what, on);
    if (on) this.gl.enable(what);
    else this.gl.disable(what);
  }

  /** @param {Call} call @param {...any} values */
  tell(call, ...values) {
    const last = this.told[call];
    if (last && values.every((value, k) => value === last[k])) return;
    this.told[call] = values;
    /** @type {any} */ (this.gl)[call](...values);
  }
}
