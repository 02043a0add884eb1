// The images on the GPU: pages of tiles in one array texture, whose mipmaps are the smaller copies of the tiles.
//
// Tiles are powers of two and lie on a grid of their own size, so averaging four texels never mixes two tiles. A small
// sprite is drawn from the copy that suits it, as on the desktop (engine/render/atlas.py), by the texture's base level.

import { matte } from "./matte.js";
import { pixels } from "./readback.js";

const SMALLEST = 8; // pixels
const BUSY = 8; // milliseconds of work until a frame gets its turn

export class Atlas {
  /** @param {WebGL2RenderingContext} gl @param {import("../tour.js").Tour} tour @param {() => void} arrived */
  constructor(gl, tour, arrived) {
    this.gl = gl;
    this.grid = /** @type {import("../tour.js").SpriteGrid} */ (tour.sprites);
    this.texture = /** @type {WebGLTexture} */ (gl.createTexture());
    this.complete = false;
    this.fault = "";
    this.opaque = true; // whether no image lets anything through
    this.bind();
    const levels = Math.log2(this.grid.tile) + 1;
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, levels, gl.RGBA8, this.grid.width, this.grid.height, this.grid.pages.length);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, wrap, gl.CLAMP_TO_EDGE);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, filter, gl.LINEAR);
    this.loading = this.load(tour)
      .catch((error) => (this.fault = error.message))
      .then(arrived);
  }

  bind() {
    this.gl.bindTexture(this.gl.TEXTURE_2D_ARRAY, this.texture);
  }

  /** @param {import("../tour.js").Tour} tour */
  async load(tour) {
    const { gl, grid } = this;
    for (const [page, name] of grid.pages.entries()) {
      const picture = await createImageBitmap(await tour.page(page), { premultiplyAlpha: "premultiply", colorSpaceConversion: "none" });
      this.bind();
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, page, picture.width, picture.height, 1, gl.RGBA, gl.UNSIGNED_BYTE, picture);
      picture.close();
      this.opaque &&= opaque(await this.texels(page, 0));
    }
    this.bind();
    gl.generateMipmap(gl.TEXTURE_2D_ARRAY);
    for (let level = 0; !this.opaque && grid.tile >> level >= SMALLEST; level++) {
      for (const page of grid.pages.keys()) await this.matte(page, level);
    }
    this.complete = true;
  }

  /** The texels of a page at a level. @param {number} page @param {number} level */
  texels(page, level) {
    const { gl, grid } = this;
    const target = gl.createFramebuffer();
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, target);
    gl.framebufferTextureLayer(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, this.texture, level, page);
    const read = pixels(gl, grid.width >> level, grid.height >> level);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
    gl.deleteFramebuffer(target);
    return read;
  }

  /** Give a page its matte at a level, a row of tiles at a time. @param {number} page @param {number} level */
  async matte(page, level) {
    const { gl, grid } = this;
    const [tile, width, height] = [grid.tile, grid.width, grid.height].map((side) => side >> level);
    const texels = await this.texels(page, level);
    let begun = performance.now();
    for (let row = 0; row < height; row += tile) {
      matte(texels.subarray(4 * width * row, 4 * width * (row + tile)), width, tile);
      if (performance.now() - begun < BUSY) continue;
      await new Promise((resolve) => setTimeout(resolve));
      begun = performance.now();
    }
    this.bind();
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, level, 0, 0, page, width, height, 1, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  /** Bind the level for sprites of `size` pixels, and what the shaders want to know of it. @param {number} size */
  level(size) {
    const { gl, grid } = this;
    const wanted = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, 0.85 * size))));
    const tile = Math.min(grid.tile, Math.max(SMALLEST, wanted));
    const level = Math.log2(grid.tile / tile);
    gl.activeTexture(gl.TEXTURE1);
    this.bind();
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_BASE_LEVEL, level);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAX_LEVEL, level);
    gl.activeTexture(gl.TEXTURE0);
    const shrink = grid.tile / tile;
    return { u_pages: 1, u_tile: tile, u_columns: grid.columns, u_texel: [shrink / grid.width, shrink / grid.height], u_first: 0 };
  }
}

/** Whether nothing shows through. @param {Uint8Array} texels */
function opaque(texels) {
  for (let at = 3; at < texels.length; at += 4) if (texels[at] < 255) return false;
  return true;
}
