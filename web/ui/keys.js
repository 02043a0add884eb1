// Keys: as in the window; none fires while text is typed or a control that uses it has the focus.

/** @param {import("../page.js").Page} page */
export function keys(page) {
  const { viewer } = page;
  /** @type {Record<string, () => void>} */
  const ACTIONS = {
    " ": () => page.play(!viewer.playing),
    p: () => page.play(!viewer.playing),
    i: () => viewer.tour.sprites && viewer.change({ mode: viewer.view.mode === "dots" ? "images" : "dots" }),
    o: () => viewer.tour.sprites && viewer.change({ class_frames: !viewer.view.class_frames }),
    h: () => viewer.change({ density: !viewer.view.density }),
    j: () => viewer.step(1),
    k: () => viewer.step(-1),
    l: () => page.travel("layers"),
    e: () => viewer.tour.epochs.length && page.travel("epochs"),
    "]": () => viewer.tour.epochs.length && viewer.step(1, "epochs"),
    "[": () => viewer.tour.epochs.length && viewer.step(-1, "epochs"),
    r: () => viewer.resetCamera(),
    v: () => page.pick("hand"),
    f: () => page.pick("rectangle"),
    g: () => page.pick("lasso"),
    d: () => page.pick("handle"),
    c: () => viewer.select(null),
    x: () => viewer.handle !== null && viewer.removeHandle(viewer.handle),
    w: () => page.toggle("drawerOpen"),
    b: () => page.story && page.toggleStory(),
    t: () => page.toggleTheme(),
    s: () => page.savePicture(),
    a: () => page.partner?.toggleAlign(),
    m: () => page.partner && page.toggle("compareOpen"),
    n: () => page.partner && page.toggle("differing"),
    "/": () => page.open("find"),
    "?": () => page.open("help"),
    Escape: () => {
      page.story?.stop();
      page.popover = "";
      page.pinned = viewer.handle = null;
      page.differing = false;
      page.message.hidden = true;
    },
  };

  /** Undo, redo. @param {KeyboardEvent} event */
  function command(event) {
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    page.stepBack(key === "z" && !event.shiftKey);
  }

  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.closest?.("input:not([type=range]), textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) target.blur();
    else if (typing || (event.altKey && event.key !== "Alt")) return;
    if (page.beside && !page.root.contains(document.activeElement)) return;
    if (event.ctrlKey || event.metaKey) return command(event);
    if (event.key === " " && target.closest?.("button")) return; // which it presses
    if (!page.root.isConnected || !ACTIONS[event.key]) return;
    event.preventDefault();
    ACTIONS[event.key]();
    page.act(null);
  });
}
