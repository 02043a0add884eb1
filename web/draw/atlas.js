// The images on the GPU: pages of tiles in one array texture, whose mipmaps are the smaller copies of the tiles.
//
// Tiles are powers of two and lie on a grid of their own size, so averaging four texels never mixes two tiles. A small
// sprite is drawn from the copy that suits it, as on the desktop (engine/render/atlas.py), by the texture's base level.

const SMALLEST = 8; // pixels

export class Atlas {
  /** @param {WebGL2RenderingContext} gl @param {import("../tour.js").Tour} tour @param {() => void} arrived */
  constructor(gl, tour, arrived) {
    this.gl = gl;
    this.grid = /** @type {import("../tour.js").SpriteGrid} */ (tour.sprites);
    this.texture = /** @type {WebGLTexture} */ (gl.createTexture());
    this.there = 0;
    this.fault = "";
    this.opaque = true; // whether no image lets anything through
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    const levels = Math.log2(this.grid.tile) + 1;
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, levels, gl.RGBA8, this.grid.width, this.grid.height, this.grid.pages.length);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D_ARRAY, wrap, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    this.loading = this.load(tour).then(arrived, (error) => {
      this.fault = error.message;
      arrived();
    });
  }

  /** @param {import("../tour.js").Tour} tour */
  async load(tour) {
    const { gl } = this;
    for (let page = 0; page < this.grid.pages.length; page++) {
      const picture = await createImageBitmap(await tour.page(page), { premultiplyAlpha: "premultiply", colorSpaceConversion: "none" });
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, page, picture.width, picture.height, 1, gl.RGBA, gl.UNSIGNED_BYTE, picture);
      this.opaque &&= opaque(picture, Math.min(this.grid.columns, Math.floor((this.grid.n - page * this.grid.per_page) / this.grid.columns)) * this.grid.tile);
      picture.close();
      this.there += 1;
    }
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_BASE_LEVEL, 0);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAX_LEVEL, Math.log2(this.grid.tile));
    gl.generateMipmap(gl.TEXTURE_2D_ARRAY);
  }

  get complete() {
    return this.there === this.grid.pages.length;
  }

  /** Bind the level for sprites of `size` pixels, and what the shaders want to know of it. @param {number} size */
  level(size) {
    const { gl, grid } = this;
    const wanted = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, 0.85 * size))));
    const tile = Math.min(grid.tile, Math.max(SMALLEST, wanted));
    const level = Math.log2(grid.tile / tile);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.texture);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_BASE_LEVEL, level);
    gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MAX_LEVEL, level);
    gl.activeTexture(gl.TEXTURE0);
    const shrink = grid.tile / tile;
    return { u_pages: 1, u_tile: tile, u_columns: grid.columns, u_texel: [shrink / grid.width, shrink / grid.height], u_first: 0 };
  }
}

/** Whether nothing shows through the upper rows of a picture, which are full. @param {ImageBitmap} picture @param {number} rows */
function opaque(picture, rows) {
  const small = new OffscreenCanvas(256, 256);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
  if (rows <= 0) return true;
  context.drawImage(picture, 0, 0, picture.width, rows, 0, 0, 256, 256);
  return context.getImageData(0, 0, 256, 256).data.every((value, k) => k % 4 !== 3 || value > 250);
}
