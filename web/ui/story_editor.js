// Edits the story: captions, new scenes, their order; each edit is saved through the server that was started with --write.

import { el, iconButton, typed } from "./dom.js";
import { numberedTitle } from "../viewer/titles.js";

const [WIDTH, HEIGHT] = [120, 80]; // of a scene's picture, in pixels

/** @typedef {import("./story.js").Scene} Scene */

/** @param {import("../page.js").Page} page @param {() => void} changed shows the scenes anew */
export function editor(page, changed) {
  const { viewer } = page;
  const said = el("span", { class: "second", role: "status" }, "Edits are saved into the tour.");
  const add = el("button", { class: "wide", onclick: () => begin() }, "Add this view");
  const foot = el("footer", {}, add, said);
  let since = page.manifest.since; // which state of the story in the tour's folder this page began from
  /** @type {Promise<void>} */
  let queue = Promise.resolve();

  /** @param {Scene[]} views @param {number | null} told */
  function become(views, told) {
    viewer.tour.views = views;
    page.telling = null;
    page.told = told;
    changed();
    queue = queue.then(save);
    page.refresh();
  }

  /** Sends the story; what others saved meanwhile comes back behind it. */
  async function save() {
    const sent = viewer.tour.views;
    said.textContent = "Saving…";
    try {
      const views = sent.map(({ caption, view, beside }) => ({ caption, view, ...(beside ? { beside } : {}) }));
      const answer = await fetch("views", { method: "PUT", body: JSON.stringify({ version: 1, since, views }) });
      if (!answer.ok) throw new Error((await answer.text()).replace(/^umap-tour: /, "").trim());
      const held = await answer.json();
      since = held.since;
      const theirs = held.views.slice(sent.length);
      if (theirs.length) {
        viewer.tour.views = [...viewer.tour.views, ...theirs];
        changed();
      }
      said.textContent = theirs.length ? `Saved; ${theirs.length} more came from elsewhere.` : "Saved.";
    } catch (error) {
      said.textContent = "Not saved.";
      page.say(`The story is not saved: ${/** @type {Error} */ (error).message}`);
    }
    page.refresh();
  }

  /** The present view as a scene after the one that is told. */
  function begin() {
    const { layer } = viewer;
    const scene = { caption: numberedTitle(viewer.tour, layer), view: viewer.toJSON(), picture: picture(page) };
    const place = page.told === null ? viewer.tour.views.length : page.told + 1;
    become(viewer.tour.views.toSpliced(place, 0, scene), place);
    rename(place);
  }

  /** @param {number} k */
  function rename(k) {
    const row = foot.parentElement.querySelectorAll(".editable")[k];
    const input = el("textarea", { rows: 3, maxlength: 10000, "aria-label": `Caption of scene ${k + 1}` });
    input.value = viewer.tour.views[k].caption;
    row.classList.add("typing");
    row.append(input);
    input.select();
    typed(input, () => {
      const caption = input.value.trim().replace(/\s+/g, " ");
      const scene = viewer.tour.views[k];
      if (caption && caption !== scene.caption) become(viewer.tour.views.with(k, { ...scene, caption }), page.told);
      else changed();
      page.refresh();
    });
  }

  /** @param {number} k @param {number} to */
  function move(k, to) {
    const { views } = viewer.tour;
    if (to < 0 || to >= views.length) return;
    const told = page.told === null ? null : views[page.told];
    const moved = views.toSpliced(k, 1).toSpliced(to, 0, views[k]);
    become(moved, told === null ? null : moved.indexOf(told));
  }

  /** @param {number} k */
  function remove(k) {
    const told = page.told === null || page.told === k ? null : page.told - Number(k < page.told);
    become(viewer.tour.views.toSpliced(k, 1), told);
  }

  /** The buttons of a scene. @param {number} k */
  function tools(k) {
    const of = `scene ${k + 1}`;
    return el(
      "div",
      { class: "tools" },
      iconButton("pen", `Change the caption of ${of}`, () => rename(k)),
      iconButton("up", `Move ${of} up`, () => move(k, k - 1)),
      iconButton("down", `Move ${of} down`, () => move(k, k + 1)),
      iconButton("trash", `Delete ${of}`, () => remove(k)),
    );
  }
  return { foot, tools };
}

/** What the canvas shows, small. @param {import("../page.js").Page} page */
function picture({ painter, canvas: image }) {
  painter.draw();
  const scale = Math.max(WIDTH / image.width, HEIGHT / image.height);
  const small = el("canvas", { width: WIDTH, height: HEIGHT });
  const context = small.getContext("2d");
  context.imageSmoothingQuality = "high";
  const [width, height] = [image.width * scale, image.height * scale];
  context.drawImage(image, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  return small.toDataURL("image/png");
}
