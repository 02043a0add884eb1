// Begins a page: on an element of a document or a notebook's cell, and with window.umapTour where it has a document of its own.

import { address } from "./address.js";
import { article } from "./article.js";
import { outside, start } from "./outside.js";
import { Page } from "./page.js";
import { scripts } from "./source.js";
import { el } from "./ui/dom.js";

/** @param {HTMLElement} root @param {any} manifest @param {import("./tour.js").Source} source @param {boolean} withAddress whether what is shown stands after # */
export function mount(root, manifest, source, withAddress = true) {
  if (manifest.version !== 1) throw new Error(`this page reads tours of version 1, not ${manifest.version}; export the tour again`);
  const page = new Page(root, manifest, source);
  if (withAddress) page.address = address(page);
  page.ready = start(page);
  page.ready.catch((/** @type {Error} */ error) => page.say(error.message));
  return page;
}

/** Open the page of an exported tour. @param {any} manifest @param {string} where its pieces are */
export function openPage(manifest, where) {
  const root = /** @type {HTMLElement} */ (document.getElementById("tour"));
  const text = document.getElementById("article");
  const pictured = () => text?.classList.add("pictured"); // where nothing is drawn
  try {
    const page = mount(root, manifest, scripts(where), !text);
    Object.assign(window, { umapTour: outside(page) });
    if (text) page.ready.then(() => article(page, text), pictured);
  } catch (error) {
    root.replaceChildren(el("p", { class: "message", role: "alert" }, /** @type {Error} */ (error).message));
    pictured();
    const ready = Promise.reject(error);
    ready.catch(() => {});
    Object.assign(window, { umapTour: { ready } });
  }
}
