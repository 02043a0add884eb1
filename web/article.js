// An article beside the tour: scrolling flies from the saved view of one section to that of the next.

import { Area } from "./motion/framing.js";
import { Viewer } from "./viewer/viewer.js";

const LINE = 0.5; // of the window's height: the section that is read is the last whose top has passed it
/** @type {[number, number]} */
const PRINTED = [960, 600]; // pixels of a scene's picture for the printer

/** @param {import("./page.js").Page} page @param {HTMLElement} text */
export function article(page, text) {
  const { viewer } = page;
  const sections = /** @type {HTMLElement[]} */ ([...text.querySelectorAll("section[data-view]")]);
  /** @type {HTMLElement | null} */
  let read = null;
  page.folded = true;
  page.beside = true;
  page.firstAction();

  function follow() {
    const line = LINE * window.innerHeight;
    const now = sections.filter((each) => each.getBoundingClientRect().top < line).at(-1) ?? sections[0];
    if (!now || now === read) return;
    read?.classList.remove("read");
    read = now;
    now.classList.add("read");
    const number = Number(now.dataset.view);
    viewer.playing = false;
    page.told = number;
    page.act(viewer.flyToView(viewer.tour.views[number].view, 1.2));
    const next = sections[sections.indexOf(now) + 1]; // whose layer comes meanwhile
    if (next) viewer.tour.layerNow(Math.round(viewer.tour.views[Number(next.dataset.view)].view.layer));
  }

  const scenes = sections.map((section) => {
    const { view } = viewer.tour.views[Number(section.dataset.view)];
    const scene = new Viewer(viewer.tour);
    scene.show({ ...view, fit: false, theme: "light" }).catch(() => {});
    scene.showOn(new Area(PRINTED));
    return { still: () => section.querySelector(".still"), scene, framed: Boolean(view.fit) };
  });

  /** Draw for the printer what has arrived; of the rest, pictures come with the page (engine/web/article.py). */
  function print() {
    const there = scenes.filter(
      ({ still, scene, framed }) => still() && page.painter.drawable(scene) && (!framed || scene.framer.ready(scene.seen())),
    );
    for (const { scene, framed } of there) {
      scene.fit = framed;
      if (framed) scene.frameNow();
    }
    const drawn = page.painter.stills(
      there.map(({ scene }) => scene),
      PRINTED,
    );
    there.forEach(({ still }, k) => still()?.replaceWith(drawn[k]));
  }
  window.addEventListener("beforeprint", print);
  window.addEventListener("scroll", follow, { passive: true });
  window.addEventListener("resize", follow);
  follow();
}
