// Releases the WebGL context of a page that nobody sees, since a document has 16, and leaves its last picture there.

import { settled } from "./api.js";

/** @param {import("./page.js").Page} page @returns {(on: boolean) => void} to be told whether anybody sees the page now */
export function visibility(page) {
  const { painter, canvas, viewers } = page;
  const loser = painter.gl?.getExtension("WEBGL_lose_context");
  let seen = true;
  let lost = false; // the context, as far as the canvas has been told
  /** @type {HTMLCanvasElement | null} the last picture, while it stands over the canvas */
  let still = null;

  function rest() {
    if (still || lost || !loser) return;
    painter.draw(); // or there is nothing on the canvas any more
    still = painter.copied();
    still.style.cssText = canvas.style.cssText;
    canvas.after(still);
    loser.loseContext();
  }

  function resume() {
    if (still && lost) loser?.restoreContext();
  }

  canvas.addEventListener("webglcontextlost", () => {
    lost = true;
    setTimeout(() => seen && resume()); // it may have come back meanwhile
  });
  canvas.addEventListener("webglcontextrestored", async () => {
    lost = false;
    await settled(page);
    if (lost) return;
    still?.remove();
    still = null;
    if (!seen) rest();
  });
  return (on) => {
    seen = on;
    for (const viewer of viewers) viewer.unseen = !on;
    page.refresh();
    if (seen) resume();
    else rest();
  };
}
