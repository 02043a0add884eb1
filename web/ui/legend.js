// The legend: what the colours stand for; hover shows one class alone, a click keeps it; search above 12 labels.

import { css } from "../themes.js";
import { tally } from "../viewer/histogram.js";
import { counted, el, iconButton, onChange, pressed } from "./dom.js";

const LABELS = 12; // labels, above which there is a search box
const LISTED = 400; // rows in the page; a search finds the others

/** @param {import("../page.js").Page} page */
export function legend(page) {
  const { viewer } = page;
  const names = viewer.tour.attributes.filter((each) => each.kind !== /** @type {string} */ ("text")).map((each) => each.name);
  const fold = iconButton("up", "Fold the legend", () => page.unfold("legend") || ((page.folded = !page.folded), page.refresh()));
  const palette = iconButton("palette", "Palette: ten colours or one for each", () => {
    const ten = viewer.view.palette === "ten" || (viewer.view.palette === "auto" && viewer.coloring.names.length <= 10);
    page.act(viewer.colorBy(viewer.view.color_by, ten ? "large" : "ten"));
  });
  const everyone = iconButton("pin", "A handle for every class, or none", () => page.act(viewer.handlesForAll()));
  const choice = el("select", { "aria-label": "Colour by", onchange: () => page.act(viewer.colorBy(choice.value || null)) });
  choice.append(el("option", { value: "" }, "one colour"), ...names.map((name) => el("option", { value: name }, name)));
  const search = el("input", {
    type: "search",
    placeholder: "Find a group",
    "aria-label": "Find a group",
    oninput: () => (fill(), mark()),
  });
  const list = el("ul", { class: "rows" });
  const foot = el("div", { class: "foot" });
  const everything = iconButton("close", "Show all groups", () => page.act(viewer.change({ groups: [] })));
  const [title, size] = [
    el("strong", {}, page.title),
    el("span", { class: "second" }, `${counted(viewer.tour.n)} points in ${viewer.tour.dims}-D`),
  ];
  const element = el(
    "section",
    { class: "panel legend", "aria-label": "Legend" },
    el("header", {}, el("div", {}, title, size), fold),
    names.length ? el("div", { class: "line" }, choice, palette, everyone) : null,
    search,
    list,
    foot,
  );
  let counts = /** @type {number[] | null} */ (null);
  let folded = false;

  function fill() {
    const { coloring } = viewer;
    const wanted = search.value.toLowerCase();
    search.hidden = folded || coloring.names.length <= LABELS;
    list.replaceChildren();
    list.classList.toggle("folded", folded);
    if (coloring.kind === "continuous") {
      const colors = viewer.table
        .slice(0, 256)
        .filter((_, k) => k % 16 === 0 || k === 255)
        .map(css)
        .join(",");
      list.append(
        el("li", { class: "bar", style: `background:linear-gradient(90deg,${colors})` }),
        el("li", { class: "ends" }, el("span", {}, number(coloring.extent[0])), el("span", {}, number(coloring.extent[1]))),
      );
      return;
    }
    const rows = coloring.names.map((name, row) => ({ name, row })).filter(({ name }) => name.toLowerCase().includes(wanted));
    for (const { name, row } of rows.slice(0, LISTED)) {
      const swatch = el("i", { style: `background:${css(viewer.table[row])}` });
      const enter = () => ((viewer.hovered = row), page.refresh());
      const leave = () => ((viewer.hovered = null), page.refresh());
      list.append(
        el(
          "li",
          {},
          el(
            "button",
            {
              "data-row": row,
              title: folded ? name : null,
              onclick: () => page.act(viewer.toggleGroup(row)),
              onpointerenter: enter,
              onpointerleave: leave,
              onblur: leave,
            },
            swatch,
            ...(folded ? [] : [el("span", {}, name), el("span", { class: "count" })]),
          ),
        ),
      );
    }
    if (rows.length > LISTED) list.append(el("li", { class: "second" }, `and ${counted(rows.length - LISTED)} more: search`));
  }

  function mark() {
    const { groups } = viewer.view;
    for (const button of list.querySelectorAll("button")) {
      const row = Number(button.dataset.row);
      pressed(button, groups.includes(row));
      button.classList.toggle("off", groups.length > 0 && !groups.includes(row));
      const count = button.querySelector(".count");
      if (count)
        count.textContent = counts
          ? `${counted(counts[row])} / ${counted(viewer.coloring.counts[row])}`
          : counted(viewer.coloring.counts[row]);
    }
    const some = groups.reduce((sum, row) => sum + (viewer.coloring.counts[row] ?? 0), 0);
    foot.replaceChildren();
    if (groups.length) foot.append(el("span", {}, `${counted(some)} of ${counted(viewer.tour.n)} shown`), everything);
    else if (viewer.selection)
      foot.append(el("span", {}, `${counted(viewer.selected?.length ?? 0)} of ${counted(viewer.tour.n)} selected`));
    foot.hidden = !foot.childNodes.length || folded;
  }

  const filled = onChange((/** @type {any[]} */ ..._) => {
    palette.hidden = everyone.hidden = folded || !viewer.coloring.names.length;
    fold.classList.toggle("turned", folded);
    fold.setAttribute("aria-expanded", String(!folded));
    fill();
  });
  const tallied = onChange(
    (/** @type {any[]} */ ..._) =>
      (counts =
        viewer.selected &&
        tally(
          viewer.selected.map((i) => viewer.coloring.codes[i]),
          viewer.coloring.names.length,
        )),
  );
  const marked = onChange((/** @type {any[]} */ ..._) => {
    choice.value = viewer.view.color_by ?? "";
    mark();
  });

  function update() {
    const { table, coloring, selection, view } = viewer;
    folded = page.folded || page.furniture.forms.folded("legend");
    filled(table, folded);
    tallied(coloring, selection);
    marked(table, folded, selection, view);
  }
  return { element, update };
}

/** @param {number} value */
export function number(value) {
  return String(+value.toPrecision(4));
}
