// Opens the page of an exported tour: on its element of the document, with window.umapTour.

import { address } from "./address.js";
import { article } from "./article.js";
import { api, mount } from "./api.js";
import { scripts } from "./source.js";
import { el } from "./ui/dom.js";
import { editor } from "./ui/story_editor.js";

/** @param {any} manifest @param {string} where its pieces are */
export function openPage(manifest, where) {
  const root = /** @type {HTMLElement} */ (document.getElementById("tour"));
  const text = document.getElementById("article");
  const pictured = () => text?.classList.add("pictured"); // where nothing is drawn
  try {
    const page = mount(root, manifest, scripts(where), text ? null : address, manifest.write ? editor : null);
    Object.assign(window, { umapTour: api(page) });
    if (text) page.ready.then(() => article(page, text), pictured);
  } catch (error) {
    root.replaceChildren(el("p", { class: "message", role: "alert" }, /** @type {Error} */ (error).message));
    pictured();
    const ready = Promise.reject(error);
    ready.catch(() => {});
    Object.assign(window, { umapTour: { ready } });
  }
}
