// What was drawn, read back without making the GPU wait.

/**
 * The pixels of what is bound to be drawn to, from the lower left, once the GPU is done with them.
 * @param {WebGL2RenderingContext} gl @param {number} width @param {number} height
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function pixels(gl, width, height) {
  const buffer = gl.createBuffer();
  const bound = (/** @type {() => void} */ work) => {
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
    work();
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  };
  bound(() => {
    gl.bufferData(gl.PIXEL_PACK_BUFFER, 4 * width * height, gl.STREAM_READ);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, 0);
  });
  const done = /** @type {WebGLSync} */ (gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0));
  gl.flush();
  while (gl.clientWaitSync(done, 0, 0) === gl.TIMEOUT_EXPIRED) await new Promise((resolve) => setTimeout(resolve, 4));
  gl.deleteSync(done);
  const out = new Uint8Array(4 * width * height);
  bound(() => gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, out));
  gl.deleteBuffer(buffer);
  return out;
}
