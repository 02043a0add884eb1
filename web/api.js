// The page's API, for window.umapTour and notebooks: show a view, say what is shown; and how a page begins.

import { Page } from "./page.js";
import { all, check, checkNumber, checkRows, must } from "./viewer/checks.js";
import { maskOf } from "./viewer/shown.js";
import { FASTEST, KNOWN } from "./viewer/viewer.js";

const MORE = new Set([...KNOWN, "playing", "speed", "size", "chrome"]);
const LARGEST = 8192; // pixels to a side that a page may be asked for

/** Show a view, and resolve once it is drawn. @param {Page} page @param {Record<string, any>} values */
export async function show(page, values) {
  const { viewer, partner } = page;
  check(values, viewer.tour, MORE);
  const { playing, speed, size, chrome, ...view } = values;
  if (speed !== undefined) checkNumber("speed", speed, 0, FASTEST);
  for (const [name, flag] of Object.entries({ playing, chrome }))
    must([undefined, true, false].includes(flag), `${name} is true or false,`, flag);
  const sides = size ?? [1, 1];
  must(
    all(sides, (side) => Number.isInteger(side) && side > 0 && side <= LARGEST) && sides.length === 2,
    `size is two whole numbers of pixels from 1 to ${LARGEST}, or null;`,
    size,
  );
  page.telling = null;
  page.firstAction();
  if (speed !== undefined) viewer.speed = speed;
  if (playing !== undefined) viewer.playing = playing;
  if (chrome !== undefined) {
    page.chrome = chrome;
    page.root.classList.toggle("bare", !chrome);
  }
  if (size !== undefined) {
    page.panes.fixed = size;
    page.root.classList.toggle("fixed", size !== null);
  }
  await viewer.show(view);
  if (view.layer !== undefined && partner) await partner.follower.show({ layer: page.manifest.alike[viewer.layer] });
  if (["fit", "frame", "center", "zoom"].some((key) => view[key] !== undefined)) {
    viewer.home = viewer.fit ? null : viewer.camera;
    if (partner) partner.linkedAt = null;
  }
  page.resize();
  page.setTheme(viewer.view.theme);
  await settled(page);
}

/** Once everything that the present needs is there, framed where it is to be, and drawn. @param {Page} page */
export async function settled(page) {
  const {
    viewers,
    viewer: { view },
    painter,
  } = page;
  for (const viewer of viewers) {
    const { source, target } = viewer.transition;
    await Promise.all([...source, ...target].map(([layer]) => viewer.tour.layer(layer)));
  }
  page.partner?.follow(true);
  page.update();
  page.panes.place(); // now that panels are as large as they will be
  for (const viewer of viewers) if (viewer.fit && !viewer.flight) await viewer.begin();
  page.canvas.hidden = false; // what it has shown until now was not looked for
  if (view.mode === "images") for (const scene of painter.scenes) (scene.images(), await scene.atlas?.loading);
  if (view.density || view.opacity < 1) await Promise.all(viewers.map((each) => each.tour.order()));
  painter.draw();
  await new Promise((resolve) => requestAnimationFrame(resolve));
  painter.draw();
  page.update();
}

/**
 * Make a page on an element.
 * @param {HTMLElement} root @param {any} manifest @param {import("./tour.js").Source} source
 * @param {((page: Page) => NonNullable<Page["address"]>) | null} addressed who keeps what is shown elsewhere too
 * @param {import("./page.js").Parts} parts what only some pages have
 */
export function mount(root, manifest, source, addressed, parts) {
  if (manifest.version !== 1) throw new Error(`this page reads tours of version 1, not ${manifest.version}; export the tour again`);
  const page = new Page(root, manifest, source, parts);
  page.address = addressed && addressed(page);
  page.ready = start(page);
  page.ready.catch((/** @type {Error} */ error) => ((page.canvas.hidden = false), page.say(error.message)));
  return page;
}

/** Begin: what the address says, or what says most, moving. @param {Page} page */
async function start(page) {
  const { viewer } = page;
  if (!page.painter.gl) throw new Error(page.message.textContent ?? "");
  const theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  for (const { tour } of page.viewers) {
    tour.supportNow(); // on its way together with the layer and the colours
    tour.layerNow(Math.floor(tour.place(tour.opening.layer)));
  }
  await Promise.all(page.viewers.map((each) => each.show({ ...each.tour.opening, theme })));
  viewer.playing = !page.still;
  await page.address?.read();
  page.setTheme(viewer.view.theme);
  await settled(page);
  page.history.begin();
  page.refresh();
}

/** Select rows, or none. @param {Page} page @param {number[] | null} rows */
export function select(page, rows) {
  const { viewer } = page;
  if (rows !== null) checkRows(rows, viewer.tour);
  page.act(viewer.select(rows && maskOf(rows, viewer.tour.n)));
}

/** What a page hands out as window.umapTour. @param {Page} page */
export function api(page) {
  return {
    ready: page.ready,
    set: (/** @type {any} */ values) => show(page, values),
    view: () => page.viewer.toJSON(),
    select: (/** @type {number[] | null} */ rows) => select(page, rows),
    selection: () => page.viewer.selected,
    fps: () => page.clock.fps,
  };
}
