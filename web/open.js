// Opens the page of an exported tour: on its element of the document, with window.umapTour.

import { address } from "./address.js";
import { api, mount } from "./api.js";
import { scripts } from "./source.js";
import { el } from "./ui/dom.js";

/**
 * @param {any} manifest @param {string} where its pieces are
 * @param {import("./page.js").Parts & {article?: typeof import("./article.js").article}} parts what only some pages have
 */
export function openPage(manifest, where, { article, ...parts }) {
  const root = /** @type {HTMLElement} */ (document.getElementById("tour"));
  const text = document.getElementById("article");
  const pictured = () => text?.classList.add("pictured"); // where nothing is drawn
  try {
    const page = mount(root, manifest, scripts(where), text ? null : address, parts);
    Object.assign(window, { umapTour: api(page) });
    if (text && article) page.ready.then(() => article(page, text), pictured);
  } catch (error) {
    root.replaceChildren(el("p", { class: "message", role: "alert" }, /** @type {Error} */ (error).message));
    pictured();
    const ready = Promise.reject(error);
    ready.catch(() => {});
    Object.assign(window, { umapTour: { ready } });
  }
}
