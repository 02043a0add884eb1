// Undo and redo of what a person changes in a view: everything but motion (engine/viewer/history.py).

const DEEPEST = 200; // steps that can be taken back
const ONE = 500; // milliseconds within which changes are one step: a slider that is dragged

/** @typedef {Pick<import("./viewer.js").Viewer, "view" | "selection" | "handles">} Present */

export class History {
  /** @param {import("./viewer.js").Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    /** @type {Present[]} */
    this.before = [];
    /** @type {Present[]} */
    this.after = [];
    this.now = this.present;
    this.noted = 0;
  }

  /** What is undone: replaced whole at each change. @returns {Present} */
  get present() {
    const { view, selection, handles } = this.viewer;
    return { view, selection, handles };
  }

  /** From here on: what was shown before cannot be gone back to. */
  begin() {
    [this.before, this.after, this.now] = [[], [], this.present];
  }

  /** Note a change since the last time, if there is one. */
  note() {
    const { now, present } = this;
    if (present.view === now.view && present.selection === now.selection && present.handles === now.handles) return;
    const only = present.selection === now.selection && present.handles === now.handles && present.view.color_by === now.view.color_by;
    const time = performance.now();
    if (!(only && onlyNumbers(now.view, present.view) && time - this.noted < ONE && this.before.length)) this.before.push(now);
    this.noted = time;
    this.before.splice(0, this.before.length - DEEPEST);
    this.after = [];
    this.now = present;
  }

  /** Take the last change back, or do again what was taken back last. @param {boolean} back */
  async step(back) {
    this.note();
    const [source, target] = back ? [this.before, this.after] : [this.after, this.before];
    const there = source.pop();
    if (!there) return;
    target.push(this.now);
    const { viewer } = this;
    const { color_by, palette } = there.view;
    if (color_by !== viewer.view.color_by || palette !== viewer.view.palette) await viewer.colorBy(color_by, palette);
    viewer.select(there.selection);
    [viewer.view, viewer.handles] = [there.view, there.handles];
    this.now = this.present;
    this.noted = 0;
  }
}

/** Whether nothing but a number has changed. @param {Record<string, any>} a @param {Record<string, any>} b */
function onlyNumbers(a, b) {
  return Object.keys(a).every((key) => a[key] === b[key] || typeof a[key] === "number");
}
