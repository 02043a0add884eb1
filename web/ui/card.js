// The card of a point: its image, what is known of it, and pinned its six nearest.

import { neighboursOf } from "../viewer/picking.js";
import { pointTitle, titling } from "../viewer/titles.js";
import { el, iconButton } from "./dom.js";
import { tile } from "./tile.js";

/** @param {import("../page.js").Page} page */
export function card(page) {
  const { viewer } = page;
  const { tour } = viewer;
  const image = tour.sprites || page.manifest.originals ? el("div", { class: "image" }) : null;
  const title = el("strong");
  const number = el("span", { class: "second" });
  const facts = el("dl");
  const near = el("div", { class: "near" });
  const heading = el("p", { class: "second" });
  const close = iconButton("thumbtack", "Let go of this card", () => page.pin(null));
  const element = el(
    "section",
    { class: "panel card", hidden: true, "aria-live": "polite" },
    image,
    el("header", {}, el("div", {}, title, " ", number), close),
    facts,
    heading,
    near,
  );
  let shown = "";

  function update() {
    const point = page.pinned ?? page.hoveredPoint;
    if (element.hidden !== (point === null)) element.hidden = point === null;
    if (point === null) return void (shown = "");
    const pinned = page.pinned !== null;
    const key = `${point} ${pinned} ${pinned ? viewer.layer : ""} ${tour.there.size}`;
    if (key !== shown) {
      shown = key;
      fill(point, pinned);
    }
    element.classList.toggle("pinned", pinned);
    if (!pinned) beside(page.panes.positionOf(point) ?? [0, 0]);
    else element.style.left = element.style.top = "";
  }

  /** @param {number} point @param {boolean} pinned */
  function fill(point, pinned) {
    for (const { name } of tour.attributes) tour.values(name).catch(() => {}); // those of the card are on their way
    if (image) image.style.cssText = "";
    if (tour.sprites) tile(page, image, point, pinned ? 112 : 56);
    if (image && pinned && page.manifest.originals) whole(image, point);
    const first = titling(tour, point);
    title.textContent = pointTitle(tour, point) || "Point";
    number.textContent = `#${point}`;
    close.hidden = !pinned;
    const rest = tour.attributes.filter((each) => each !== first).slice(0, pinned ? 12 : 2);
    facts.replaceChildren(...rest.flatMap(({ name }) => [el("dt", {}, name), el("dd", {}, tour.text(name, point))]));
    heading.textContent = pinned ? `Nearest in layer ${viewer.layer}` : "";
    near.replaceChildren(...(pinned ? nearest(point) : []));
  }

  /** @param {number} point */
  function nearest(point) {
    const points = tour.layerNow(viewer.layer);
    if (!points) return [];
    page.neighbours = neighboursOf(points, point, tour.stride);
    return page.neighbours.map((other) => {
      const name = pointTitle(tour, other) || `#${other}`;
      const button = el("button", { title: `${name} #${other}`, "aria-label": `${name}, point ${other}`, onclick: () => page.pin(other) });
      if (tour.sprites) tile(page, button, other, 28);
      else button.append(name);
      return button;
    });
  }

  /** The file that the point's image came from, once it is there. @param {HTMLElement} place @param {number} point */
  function whole(place, point) {
    const file = new Image();
    file.onload = () => {
      if (page.pinned === point) place.style.cssText = `width:112px;height:112px;background:url(${file.src}) center / contain no-repeat`;
    };
    file.src = `original/${point}`;
  }

  /** @param {[number, number]} place on the page */
  function beside([x, y]) {
    const [width, height] = page.panes.size;
    const right = x < width / 2 ? x - 168 - 20 : x + 20; // on the side away from the centre
    element.style.left = `${Math.min(width - 168 - 16, Math.max(16, right))}px`;
    element.style.top = `${Math.min(height - element.offsetHeight - 80, Math.max(16, y - 40))}px`;
  }
  return { element, update };
}
