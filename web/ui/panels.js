// All panels of a page: made, laid out, and what of the page they cover.

import { card } from "./card.js";
import { dock } from "./dock.js";
import { el, iconButton } from "./dom.js";
import { drawer } from "./drawer.js";
import { epochs } from "./epochs.js";
import { forms } from "./forms.js";
import { handles } from "./handles.js";
import { layers } from "./layers.js";
import { legend } from "./legend.js";
import { opening } from "./opening.js";
import { popover } from "./popover.js";
import { regionMarks } from "./region_marks.js";
import { rings } from "./rings.js";
import { selectionBar } from "./selection.js";
import { story } from "./story.js";
import { toolbar } from "./toolbar.js";

const ABOVE_LAYERS = 64; // pixels
const BELOW_LEFT = 220; // and under the layers of the left tour: the dock, and a list across the page

/** @typedef {{update: () => void}} Part a panel; shows what is now */

/** @param {import("../page.js").Page} page */
export function panels(page) {
  const { viewers, viewer } = page;
  const two = viewers.length > 1;
  const scenes = viewer.tour.views.length || page.editor ? story(page) : null;
  const card_ = card(page);
  const legend_ = legend(page);
  const dock_ = dock(page);
  const [toolbar_, popover_, selection_] = [toolbar(page), popover(page), selectionBar(page)];
  const compare_ = page.comparison && page.comparison.card();
  const columns = viewers.map((each, k) => layers(page, each, two && k === 0));
  const trainings = viewers.map((each) => (each.tour.epochs.length ? epochs(page, each) : null));
  const sliders = trainings.filter((each) => each !== null);
  const marks = viewers.map((each) => handles(page, each));
  const [names, rings_, drawer_] = [regionMarks(page), rings(page), drawer(page)];
  const opening_ = opening(page, () => scenes?.tell(0));
  page.marks = [card_, ...columns, ...sliders, ...marks, names, rings_];
  const forms_ = forms(
    page,
    { legend: legend_.element, story: scenes?.element, card: card_.element, drawer: drawer_.element, compare: compare_?.card },
    legend_.update,
  );
  page.parts = [
    legend_,
    dock_,
    toolbar_,
    popover_,
    selection_,
    drawer_,
    ...(scenes ? [scenes] : []),
    ...(compare_ ? [compare_] : []),
    forms_,
  ];
  const reset = iconButton("reset", "Whole picture", () => page.act(viewer.resetCamera()), "r");
  reset.classList.add("reset");
  const left = el("div", { class: "left" }, legend_.element, two ? trainings[0]?.element : null, scenes?.element, card_.element);
  const bottom = el("div", { class: "bottom" }, scenes?.caption, scenes?.progress, opening_.element, selection_.element, dock_.element);
  const all = el(
    "div",
    { class: "panels" },
    left,
    toolbar_.element,
    ...columns.map((each) => each.element),
    trainings.at(-1)?.element,
    compare_?.element,
    bottom,
    drawer_.element,
    popover_.element,
    reset,
  );

  const sized = new ResizeObserver(() => page.refresh()); // what a panel gives back or takes is the figure's
  for (const each of [legend_, scenes, card_, drawer_]) if (each) sized.observe(each.element);
  sized.observe(bottom);

  /** Where a panel is on the page, or null where it is not to be seen. @param {Element | null | undefined} element */
  const seen = (element) => {
    const [{ x, y }, box] = [page.root.getBoundingClientRect(), element?.getBoundingClientRect()];
    return box?.width && box.height ? new DOMRect(box.x - x, box.y - y, box.width, box.height) : null;
  };

  return {
    elements: [rings_.element, names.element, ...marks.map((each) => each.element), all],
    story: scenes,
    opening: opening_,
    names,
    forms: forms_,
    /** Give the layers their height. @param {number[][]} covered of each pane */
    layOut(covered) {
      const {
        all,
        stacked,
        size: [width],
      } = page.panes;
      for (const [k, { height }] of all.entries()) {
        const [, top, , bottom] = covered[k];
        const left = two && !stacked && k === 0; // they begin under the panels there
        const taken = stacked ? top + bottom : width < 960 ? (left ? top : ABOVE_LAYERS) + bottom + 24 : left ? top + BELOW_LEFT : 260;
        columns[k].layOut(height - taken);
      }
    },
    /** The panels on the left; a card beside its point is none. */
    column: () =>
      [...left.children]
        .filter((each) => each !== card_.element || page.pinned !== null)
        .map(seen)
        .filter((each) => each !== null),
    standing: () => ({
      thread: seen(columns[columns.length - 1].thread),
      bottom: seen(bottom),
      drawer: seen(drawer_.element),
      between: seen(compare_?.card),
      epochs: seen(trainings.at(-1)?.element),
    }),
  };
}
