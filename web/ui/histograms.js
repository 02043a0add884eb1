// Bars of every attribute in the list of points: of all points, and of those listed; a drag across them narrows the selection.

import { binned, narrowed, within } from "../viewer/histogram.js";
import { maskOf } from "../viewer/shown.js";
import { counted, el, iconButton, pulled, svg } from "./dom.js";

const [BARS_WIDE, HIGHEST_BAR] = [288, 40];

/** @typedef {import("../viewer/histogram.js").Binned} Binned */

/** @param {import("../page.js").Page} page */
export function histograms(page) {
  const { viewer } = page;
  const { tour } = viewer;
  const element = el("div", { class: "bars" });
  /** @type {Map<string, Binned>} */
  const attributes = new Map();
  /** @type {Map<string, import("../viewer/histogram.js").Range>} what is brushed, by the attribute */
  const brushes = new Map();
  /** @type {Uint8Array | null} the selection that the brushes made: another one ends them */
  let made = null;
  let base = new Uint8Array(0); // the points that they narrow
  /** @type {Uint8Array | null} the selection before */
  let before = null;
  /** @type {number[]} */
  let listed = [];
  let rows = new Map();

  /** @param {string} name @param {Binned} of */
  function row(name, of) {
    const bins = of.counts.length;
    const wide = BARS_WIDE / bins;
    const [all, some, frame] = [
      svg("path", { class: "all" }),
      svg("path", { class: "some" }),
      svg("rect", { class: "brushed", height: HIGHEST_BAR - 1.5, y: 0.75, rx: 2 }),
    ];
    const picture = svg(
      "svg",
      {
        width: BARS_WIDE,
        height: HIGHEST_BAR,
        viewBox: `0 0 ${BARS_WIDE} ${HIGHEST_BAR}`,
        role: "img",
        "aria-label": `${name}: all points, and those listed`,
      },
      all,
      some,
      frame,
    );
    const [told, widen] = [el("span"), iconButton("close", `All of ${name} again`, () => (brush(name, null), page.act(null)))];
    const most = Math.sqrt(Math.max(1, ...of.counts)); // roots, so that few are seen beside many
    /** @type {number[]} */
    let inside = [];
    const path = (/** @type {number[]} */ counts) =>
      counts
        .map((count, k) => {
          const high = (HIGHEST_BAR * Math.sqrt(count)) / most;
          return high
            ? `M${(k * wide).toFixed(1)} ${HIGHEST_BAR}v${-high.toFixed(1)}h${(wide > 3 ? wide - 1 : wide).toFixed(1)}v${high.toFixed(1)}z`
            : "";
        })
        .join("");
    const at = (/** @type {PointerEvent} */ event) => {
      const box = picture.getBoundingClientRect();
      return Math.min(bins - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bins)));
    };
    all.setAttribute("d", path(of.counts));
    picture.onpointerdown = (/** @type {PointerEvent} */ event) => {
      event.preventDefault();
      const from = at(event);
      brush(name, [from, from]);
      pulled(
        picture,
        event,
        (next) => brush(name, [Math.min(from, at(next)), Math.max(from, at(next))]),
        () => page.act(null),
      ); // one step to take back
    };
    picture.onpointermove = (/** @type {PointerEvent} */ event) => {
      const here = at(event);
      told.textContent = `${of.names[here]}: ${listed.length < tour.n ? `${counted(inside[here])} of ` : ""}${counted(of.counts[here])}`;
    };
    picture.onpointerleave = () => (told.textContent = "");
    return {
      elements: [el("p", { class: "second" }, el("span", {}, name), told, widen), picture],
      show() {
        inside = within(of, listed);
        some.setAttribute("d", listed.length < tour.n ? path(inside) : "");
        const brushed = brushes.get(name);
        widen.hidden = !brushed;
        frame.style.display = brushed ? "" : "none";
        if (!brushed) return;
        frame.setAttribute("x", String(brushed[0] * wide + 0.75));
        frame.setAttribute("width", String((brushed[1] - brushed[0] + 1) * wide - 1.5));
      },
    };
  }

  /**
   * Narrow the selection to some bins of an attribute; null widens it again.
   * @param {string} name @param {import("../viewer/histogram.js").Range | null} bins
   */
  function brush(name, bins) {
    if (String(brushes.get(name)) === String(bins ?? undefined)) return;
    if (!brushes.size) {
      before = viewer.selection;
      base = maskOf(listed, tour.n);
    }
    if (bins) brushes.set(name, bins);
    else brushes.delete(name);
    viewer.found = null; // what was found is narrowed like what was selected
    viewer.select(brushes.size ? narrowed(base, brushes, attributes) : before);
    made = viewer.selection;
    page.refresh();
  }

  /** Show how these points are spread. @param {number[]} points */
  function show(points) {
    listed = points;
    if (brushes.size && viewer.selection !== made) brushes.clear();
    for (const { name } of tour.attributes) {
      const of = attributes.has(name) ? null : binned(tour, name);
      if (of) attributes.set(name, of);
    }
    if (rows.size < attributes.size) {
      rows = new Map(
        tour.attributes.flatMap(({ name }) =>
          attributes.has(name) ? [[name, rows.get(name) ?? row(name, /** @type {Binned} */ (attributes.get(name)))]] : [],
        ),
      );
      element.replaceChildren(...[...rows.values()].flatMap(({ elements }) => elements));
    }
    for (const each of rows.values()) each.show();
  }
  return { element, show };
}
