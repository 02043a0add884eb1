// The drawer: what is selected, found or switched on in the legend, as a list of any length; and how it is spread over the attributes.

import { arranged, binned, spread } from "../viewer/listing.js";
import { rowsOf } from "../viewer/shown.js";
import { counted, el, iconButton, svg } from "./dom.js";
import { tile } from "./tile.js";

const [THUMBNAIL, GAP_BETWEEN, ROW_HEIGHT, BEYOND] = [56, 4, 24, 4]; // pixels, and rows that are made beyond what is seen
const [WIDE, HIGH_BARS] = [288, 40];

/** @param {import("../page.js").Page} page */
export function drawer(page) {
  const { viewer } = page;
  const { tour } = viewer;
  const title = el("strong");
  const sort = el("select", { "aria-label": "Sort by", class: "plain", onchange: () => (fill(), page.refresh()) }, el("option", { value: "" }, "as found"), ...tour.attributes.map(({ name }) => el("option", { value: name }, name)));
  const sheet = el("div", { class: "sheet" });
  const list = el("div", { class: "list", tabindex: 0, onscroll: () => show() }, sheet);
  const bars = el("div", { class: "bars" });
  const empty = el("p", { class: "small second" }, "Select points with the rectangle or the lasso, search, or switch classes on in the legend.");
  const element = el("section", { class: "panel drawer", hidden: true, "aria-label": "Points" },
    el("header", {}, el("div", {}, title), sort, iconButton("close", "Close the list", () => page.toggle("drawerOpen"), "w")), empty, list, bars);
  /** @type {number[]} */
  let points = [];
  /** @type {any[]} what the list was made of */
  let made = [];

  /** What is listed, and what it is called. @returns {[string, number[]]} */
  function listed() {
    if (viewer.found) return ["found", rowsOf(viewer.found)];
    if (viewer.selection) return ["selected", rowsOf(viewer.selection)];
    const rows = viewer.view.groups;
    if (!rows.length) return ["", []];
    const all = Array.from({ length: tour.n }, (_, i) => i).filter((i) => rows.includes(viewer.coloring.codes[i]));
    return [rows.length === 1 ? viewer.coloring.names[rows[0]] : "switched on", all];
  }

  function fill() {
    const [name, found] = listed();
    if (sort.value) tour.values(sort.value).catch(() => {});
    points = arranged(found, tour, sort.value);
    title.textContent = points.length ? `${counted(points.length)} ${name}` : "Points";
    empty.hidden = points.length > 0;
    list.hidden = bars.hidden = !points.length;
    list.scrollTop = 0;
    sheet.replaceChildren();
    fillBars();
    show();
  }

  /** How many stand beside each other, and how high a row is. */
  const grid = () => (tour.sprites ? { across: 5, step: THUMBNAIL + GAP_BETWEEN } : { across: 1, step: ROW_HEIGHT });

  /** Make the rows that are seen, and no others. */
  function show() {
    const { across, step } = grid();
    sheet.style.height = `${Math.ceil(points.length / across) * step}px`;
    const first = Math.max(0, Math.floor(list.scrollTop / step) - BEYOND);
    const last = Math.ceil((list.scrollTop + list.clientHeight) / step) + BEYOND;
    sheet.replaceChildren(...points.slice(first * across, last * across).map((point, k) => entry(point, k % across, first + Math.floor(k / across))));
  }

  /** @param {number} point @param {number} column @param {number} row */
  function entry(point, column, row) {
    const { step } = grid();
    const name = naming(point);
    const hover = (/** @type {boolean} */ on) => () => ((page.hoveredPoint = on ? point : null), page.refresh());
    const button = el("button", { type: "button", title: `${name} #${point}`, "aria-label": `${name}, point ${point}: fly there`, style: `left:${column * step}px;top:${row * step}px`,
      onclick: () => page.flyToPoint(point), onpointerenter: hover(true), onpointerleave: hover(false), onfocus: hover(true), onblur: hover(false) });
    if (tour.sprites) tile(page, button, point, THUMBNAIL);
    else button.append(el("span", {}, name || "point"), el("span", { class: "small second" }, `#${point}${sort.value && sort.value !== viewer.view.color_by ? ` · ${tour.text(sort.value, point)}` : ""}`));
    return button;
  }

  /** What a point is called: by the finest classes there are. @param {number} point */
  function naming(point) {
    const classes = tour.attributes.filter(({ kind }) => kind !== "continuous");
    const finest = classes.sort((a, b) => b.names.length - a.names.length)[0]?.name ?? viewer.view.color_by;
    return finest ? tour.text(finest, point) : "";
  }

  /** Bars of every attribute: of all points, and of those listed. */
  function fillBars() {
    const everyone = Array.from({ length: tour.n }, (_, i) => i);
    bars.replaceChildren(...tour.attributes.flatMap(({ name }) => {
      const bins = binned(tour, name);
      if (!bins) return [];
      const [all, some] = [spread(bins, everyone), spread(bins, points)];
      const [most, mostOf] = [Math.max(1, ...all), Math.max(1, ...some)];
      const path = (/** @type {number[]} */ counts, /** @type {number} */ highest) => counts.map((count, k) => {
        const [x, width, height] = [(k * WIDE) / counts.length, WIDE / counts.length - 1, (HIGH_BARS * count) / highest];
        return height ? `M${x.toFixed(1)} ${HIGH_BARS}v${-height.toFixed(1)}h${Math.max(1, width).toFixed(1)}v${height.toFixed(1)}z` : "";
      }).join("");
      const picture = svg("svg", { width: WIDE, height: HIGH_BARS, role: "img", "aria-label": `${name}: all points, and those listed` },
        svg("path", { d: path(all, most), class: "all" }), svg("path", { d: path(some, mostOf), class: "some" }));
      return [el("p", { class: "small second" }, name), picture];
    }));
  }

  function update() {
    element.hidden = !page.drawerOpen;
    if (element.hidden) return void (made = []);
    for (const { name } of tour.attributes) tour.values(name).catch(() => {}); // for the bars
    const now = [viewer.found, viewer.selection, viewer.view.groups, viewer.coloring, tour.attributes.filter(({ name }) => tour.valuesNow(name)).length];
    if (now.some((each, k) => each !== made[k])) {
      made = now;
      fill();
    }
  }
  return { element, update };
}
