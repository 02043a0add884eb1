// Which panels stand whole where not all have room: the latest that was asked for; the others fold one at a time, the oldest first.

const ROOM = 300; // pixels of each figure's limiting side that panels leave it

/** @typedef {"legend" | "story" | "card" | "drawer" | "compare"} Name */

/**
 * Folded once a panel is a line (a list nothing, a legend its swatches), twice nothing (a legend a line):
 * .short and .shorter in small.css.
 * @param {import("../page.js").Page} page @param {Record<Name, HTMLElement | undefined>} elements @param {() => void} drawn the legend anew
 */
export function forms(page, elements, drawn) {
  /** @type {Record<Name, () => any>} what is asked for of each: another value is asked for anew */
  const wanted = {
    legend: () => !page.folded,
    story: () => page.storyOpen,
    card: () => String(page.pinned ?? ""),
    drawer: () => page.drawerOpen,
    compare: () => page.partner && (page.differing ? "list" : page.compareOpen),
  };
  const names = /** @type {Name[]} */ (Object.keys(elements));
  /** @type {Map<Name, any>} */
  const asked = new Map(); // the latest last
  /** @type {Partial<Record<Name, number>>} how often each is folded */
  const folds = {};

  /** @param {Name} name @param {number} times */
  function fold(name, times) {
    folds[name] = times;
    elements[name]?.classList.toggle("short", times > 0);
    elements[name]?.classList.toggle("shorter", times > 1);
    if (name === "legend") drawn();
  }

  /** Have a panel that is folded stand whole; whether it was. @param {Name} name */
  function unfold(name) {
    if (!folds[name] || !asked.delete(name)) return false; // asked for anew, it is the latest
    page.refresh();
    return true;
  }
  for (const name of names) {
    elements[name]?.addEventListener(
      "click",
      ({ target }) => !(/** @type {Element} */ (target).closest("button, select, input")) && unfold(name),
    );
  }

  let shown = "";
  /** Fold what has to be. */
  function update() {
    for (const name of names) {
      const value = wanted[name]();
      if (asked.get(name) === value) continue;
      asked.delete(name);
      if (value) asked.set(name, value);
    }
    const order = [...asked.keys()];
    const latest = order.at(-1);
    if (!asked.has("legend")) order.unshift("legend"); // its swatches
    const state = () => `${latest} of ${order} ${page.panes.room}`;
    if (shown === state()) return; // what is folded leaves what it left
    for (const name of names) fold(name, 0);
    const lying = order.filter((name) => name === "drawer" || name === "compare"); // in one place, the latest
    if (page.panes.narrow && lying.length > 1) fold(lying[0], 1);
    for (const times of [1, 2]) {
      for (const name of order) if (name !== latest && page.panes.room < ROOM) fold(name, times);
    }
    shown = state();
  }
  return { update, unfold, folded: (/** @type {Name} */ name) => Boolean(folds[name]) };
}
