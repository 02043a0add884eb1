// The drawer: what is selected, found or switched on in the legend, as a list of any length; and how it is spread over the attributes.

import { arranged } from "../viewer/listing.js";
import { bestFirst } from "../viewer/search.js";
import { rowsOf } from "../viewer/shown.js";
import { pointTitle } from "../viewer/titles.js";
import { histograms } from "./histograms.js";
import { counted, el, iconButton, onChange } from "./dom.js";
import { tile } from "./tile.js";

const [THUMBNAIL, GAP_BETWEEN, ROW_HEIGHT, COLUMN_WIDTH] = [56, 4, 24, 240]; // pixels
const BEYOND = 4; // rows that are made beyond what is seen

/** @param {import("../page.js").Page} page */
export function drawer(page) {
  const { viewer } = page;
  const { tour } = viewer;
  const title = el("strong");
  const sort = el(
    "select",
    { "aria-label": "Sort by", class: "plain", onchange: () => (fill(), page.refresh()) },
    el("option", { value: "" }, "as found"),
    ...tour.attributes.map(({ name }) => el("option", { value: name }, name)),
  );
  const sheet = el("div", { class: "sheet" });
  const list = el("div", { class: "list", tabindex: 0, onscroll: () => show() }, sheet);
  const bars = histograms(page);
  const element = el(
    "section",
    { class: "panel drawer", hidden: true, "aria-label": "Points" },
    el(
      "header",
      {},
      el("div", {}, title),
      sort,
      iconButton("close", "Close the list", () => page.toggle("drawerOpen"), "w"),
    ),
    list,
    bars.element,
  );
  /** @type {number[]} */
  let points = [];

  /** What is listed, and what it is called. @returns {[string, number[]]} */
  function listed() {
    if (viewer.found) return ["found", viewer.ranks ? bestFirst(viewer.ranks) : rowsOf(viewer.found)];
    if (viewer.selection) return ["selected", rowsOf(viewer.selection)];
    const rows = viewer.view.groups;
    const all = Array.from({ length: tour.n }, (_, i) => i);
    if (!rows.length) return ["points", all];
    return [rows.length === 1 ? viewer.coloring.names[rows[0]] : "switched on", all.filter((i) => rows.includes(viewer.coloring.codes[i]))];
  }

  function fill() {
    const [name, found] = listed();
    if (sort.value) tour.values(sort.value).catch(() => {});
    points = arranged(found, tour, sort.value);
    title.textContent = `${counted(points.length)} ${name}`;
    list.scrollTop = 0;
    bars.show(points);
    show();
  }

  const step = tour.sprites ? THUMBNAIL + GAP_BETWEEN : ROW_HEIGHT; // how high a row is

  /** Make the rows that are seen, and no others. */
  function show() {
    const width = list.clientWidth;
    const across = Math.max(1, Math.floor(tour.sprites ? (width + GAP_BETWEEN) / step : width / COLUMN_WIDTH)); // beside each other
    const wide = tour.sprites ? step : width / across;
    sheet.style.height = `${Math.ceil(points.length / across) * step}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / step) - BEYOND);
    const last = Math.ceil((list.scrollTop + list.clientHeight) / step) + BEYOND;
    sheet.replaceChildren(
      ...points.slice(first * across, last * across).map((point, k) => {
        const button = entry(point);
        Object.assign(button.style, { left: `${(k % across) * wide}px`, top: `${(first + Math.floor(k / across)) * step}px` });
        if (!tour.sprites) button.style.width = `${wide}px`;
        return button;
      }),
    );
  }

  /** @param {number} point */
  function entry(point) {
    const name = pointTitle(tour, point);
    const hover = (/** @type {boolean} */ on) => () => ((page.hoveredPoint = on ? point : null), page.refresh());
    const button = el("button", {
      title: `${name} #${point}`,
      "aria-label": `${name}, point ${point}: fly there`,
      onclick: () => page.flyToPoint(point),
      onpointerenter: hover(true),
      onpointerleave: hover(false),
      onfocus: hover(true),
      onblur: hover(false),
    });
    if (tour.sprites) tile(page, button, point, THUMBNAIL);
    else
      button.append(
        el("span", {}, name || "point"),
        el(
          "span",
          { class: "second" },
          `#${point}${sort.value && sort.value !== viewer.view.color_by ? ` · ${tour.text(sort.value, point)}` : ""}`,
        ),
      );
    return button;
  }

  const filled = onChange((/** @type {any[]} */ ..._) => fill());
  function update() {
    element.hidden = !page.drawerOpen;
    if (element.hidden) return;
    for (const { name } of tour.attributes) tour.values(name).catch(() => {}); // for the bars
    const there = tour.attributes.filter(({ name }) => tour.valuesNow(name)).length;
    filled(viewer.found, viewer.selection, viewer.view.groups, viewer.coloring, list.clientWidth, there);
  }
  return { element, update };
}
