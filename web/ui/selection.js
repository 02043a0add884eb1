// The bar above the dock while something is selected; and the selected rows as a table.

import { rowsOf } from "../viewer/shown.js";
import { counted, el, iconButton, onChange, pressed } from "./dom.js";

/** The bar above the dock while something is selected. @param {import("../page.js").Page} page */
export function selectionBar(page) {
  const { viewer } = page;
  const count = el("strong");
  const isolate = iconButton("eye", "Only these", () => page.act(viewer.change({ isolate: !viewer.view.isolate })));
  const element = el(
    "section",
    { class: "panel selection", hidden: true, "aria-label": "Selection" },
    count,
    isolate,
    iconButton("swap", "The others instead", () => page.act(viewer.select(viewer.selection && viewer.selection.map((on) => 1 - on)))),
    iconButton("pin", "A handle of them", () =>
      page.act(viewer.addHandle(`${counted(viewer.selected?.length ?? 0)} points`, viewer.selected ?? [])),
    ),
    iconButton("copy", "Copy their rows", () => navigator.clipboard?.writeText(table(viewer)).catch(() => {}), "Ctrl+C"),
    iconButton("download", "Save their rows", () => page.download(new Blob([table(viewer)], { type: "text/csv" }), "selection.csv")),
    iconButton("close", "Select none", () => page.act(viewer.select(null)), "c"),
  );
  const alone = onChange((/** @type {boolean} */ on) => pressed(isolate, on));
  const selected = onChange((/** @type {Uint8Array | null} */ mask) => {
    element.hidden = !mask;
    if (mask) count.textContent = `${counted(rowsOf(mask).length)} selected`;
  });

  function update() {
    alone(viewer.view.isolate);
    selected(viewer.selection);
  }
  return { element, update };
}

/** The selected rows as a table. @param {import("../viewer/viewer.js").Viewer} viewer */
function table(viewer) {
  const { tour } = viewer;
  const quoted = (/** @type {string} */ text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = tour.attributes.filter((each) => tour.valuesNow(each.name)).map((each) => each.name);
  const rows = (viewer.selected ?? []).map((row) => [String(row), ...names.map((name) => tour.text(name, row))]);
  return [["point", ...names], ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
}
