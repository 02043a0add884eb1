// An article beside the tour: scrolling flies from the saved view of one section to that of the next.

const LINE = 0.5; // of the window's height: the section that is read is the last whose top has passed it
const PICTURED = 1600; // milliseconds after a flight began, when its picture for the printer is taken

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
    page.act(viewer.flyToView(viewer.tour.views[number].view, page.still ? 0.001 : 1.2));
    setTimeout(() => read === now && keepStill(now), PICTURED);
    const next = sections[sections.indexOf(now) + 1]; // whose layer comes meanwhile
    if (next) viewer.tour.layerNow(Math.round(viewer.tour.views[Number(next.dataset.view)].view.layer));
  }

  /** A picture of the scene for the printer. @param {HTMLElement} section */
  async function keepStill(section) {
    if (section.querySelector(".still")) return;
    const still = document.createElement("img");
    still.className = "still";
    still.alt = viewer.tour.views[Number(section.dataset.view)].caption;
    section.append(still);
    still.src = URL.createObjectURL(await page.painter.picture("image/jpeg"));
  }
  window.addEventListener("scroll", follow, { passive: true });
  window.addEventListener("resize", follow);
  follow();
}
