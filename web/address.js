// The state of the view in the address after #, so that a link leads to what one saw.

import { check } from "./viewer/checks.js";
import { KNOWN } from "./viewer/viewer.js";

const [WAIT, TOURING] = [400, 8000]; // milliseconds after the last change; between two while the picture turns
const HELD = 2000; // selected points that an address holds

/** @param {import("./page.js").Page} page */
export function address(page) {
  let timer = 0;
  let written = "";
  const { viewer } = page;

  function write() {
    timer = 0;
    const view = viewer.toJSON();
    const round = (/** @type {number} */ x) => Math.round(1e5 * x) / 1e5;
    const short = {
      ...view,
      layer: round(view.layer),
      frame: view.frame.map((row) => row.map(round)),
      center: view.center.map(round),
      zoom: round(view.zoom),
      selected: view.selected && view.selected.length <= HELD ? view.selected : null,
      handles: view.handles.filter((each) => each.points.length <= HELD),
      playing: viewer.playing,
    };
    written = `#${encodeURIComponent(JSON.stringify(short)).replace(/%(?:2C|3A|5B|5D)/g, decodeURIComponent)}`;
    history.replaceState(null, "", written);
  }

  async function read() {
    if (location.hash.length < 2 || location.hash === written) return;
    try {
      const values = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      check(values, viewer.tour, new Set([...KNOWN, "playing"]));
      const { playing, ...view } = values;
      await viewer.show(view);
      viewer.playing = Boolean(playing) && !page.still;
      page.firstAction();
      page.setTheme(viewer.view.theme);
      page.refresh();
    } catch (error) {
      page.say(`The address does not lead to a view of this tour: ${/** @type {Error} */ (error).message}`);
    }
  }
  window.addEventListener("hashchange", read);
  window.addEventListener("blur", () => timer && (clearTimeout(timer), write())); // as a hand goes to the address to copy it
  return {
    read,
    /** @param {boolean} touring whether nothing but the tour moves */
    changed(touring) {
      if (timer && touring) return; // once in a while, as it never rests
      clearTimeout(timer);
      timer = window.setTimeout(write, touring ? TOURING : WAIT);
    },
  };
}
