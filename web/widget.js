// The page in a cell of a notebook: pieces come as messages, and what is shown goes both ways as traits (engine/web/notebook.py).

import { mount, select, show } from "./api.js";
import { visibility } from "./visibility.js";
import { unpacked } from "./source.js";

const TOLD = 250; // milliseconds between two words to the notebook

/** @param {{model: any, el: HTMLElement}} cell @param {import("./page.js").Parts} parts */
export function renderWidget({ model, el: cell }, parts) {
  const me = Math.random().toString(36).slice(2);
  const root = document.createElement("div");
  root.style.height = `${model.get("height")}px`;
  cell.append(root);
  /** @type {Map<string, {parts: DataView<ArrayBuffer>[], arrived: number, take: (packed: BlobPart[] | Promise<never>) => void}>} */
  const waiting = new Map();
  /** @type {any} */
  let page = null;

  const source = async (/** @type {string} */ name) => {
    const packed = await new Promise((take) => {
      waiting.set(name, { parts: [], arrived: 0, take });
      model.send({ from: me, piece: name });
    });
    return unpacked(/** @type {BlobPart[]} */ (packed), name);
  };

  /** @param {any} message @param {DataView<ArrayBuffer>[]} buffers */
  function receive(message, buffers) {
    if (message.to !== me) return;
    if (message.manifest) {
      manifest = message.manifest;
      return open();
    }
    const piece = waiting.get(message.piece);
    if (!piece) return;
    if (message.fault) return piece.take(Promise.reject(new Error(message.fault)));
    piece.parts[message.part] = buffers[0];
    piece.arrived += 1;
    if (piece.arrived < message.parts) return;
    waiting.delete(message.piece);
    piece.take(piece.parts);
  }

  /** Begin once somebody sees it: a notebook may have more cells than a browser gives contexts. */
  function open() {
    if (page || !manifest || !seen) return;
    const told = { read: async () => {}, changed: () => (timer ||= window.setTimeout(tell, TOLD)) };
    page = mount(root, manifest, source, () => told, parts);
    page.beside = true;
    look = visibility(page);
    page.ready.then(
      async () => {
        page.viewer.playing = Boolean(model.get("playing"));
        listening = true; // before that the page's own first view would come over what the notebook says
        await hear(["view", "selection", "layer"].filter((name) => model.get(name) !== null));
        tell();
      },
      () => {},
    );
  }

  /** @type {any} */
  let manifest = null;
  let seen = false;
  /** @type {((seen: boolean) => void) | null} */
  let look = null;
  const observer = new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting;
    look?.(seen);
    open();
  });
  observer.observe(root);

  let timer = 0;
  let listening = false;
  let again = false;
  /** How many words of the notebook are being done: meanwhile nothing is told, or an old view would come over a new one. */
  let hearing = 0;
  /** @type {Record<string, string>} what both sides know */
  const known = {};

  /** Tell the notebook what is shown, once the page has begun. */
  function tell() {
    timer = hearing ? window.setTimeout(tell, TOLD) : 0;
    if (hearing || !listening) return;
    const view = page.viewer.toJSON();
    /** @type {Record<string, any>} */
    const values = { view, selection: page.viewer.selected, layer: view.layer, playing: page.viewer.playing };
    /** @type {Record<string, any>} */
    const told = {};
    for (const [name, value] of Object.entries(values)) {
      const text = JSON.stringify(value);
      if ((known[name] === text && !again) || (name === "view" && values.playing)) continue; // a moving frame is told once it rests
      known[name] = text;
      told[name] = value;
    }
    again = false;
    if (Object.keys(told).length) model.send({ from: me, told, said: model.get("said") });
  }

  let latest = Promise.resolve();

  /** Do what the notebook says, in its order: a view that takes its time would undo what is said after it. @param {string[]} names */
  function hear(names) {
    hearing += 1;
    latest = latest.catch(() => {}).then(() => obey(names)).finally(() => (hearing -= 1));
    return latest;
  }

  /** @param {string[]} names */
  async function obey(names) {
    for (const name of names) {
      const value = model.get(name);
      const text = JSON.stringify(value);
      if (known[name] === text) continue;
      known[name] = text;
      if (name === "view") await show(page, value ?? {}).catch((/** @type {Error} */ error) => page.say(error.message));
      else if (name === "selection") select(page, value);
      else if (name === "playing") page.play(Boolean(value));
      else if (value !== null)
        page.act(Number.isInteger(value) ? page.viewer.goTo(value) : page.viewer.scrubTo(value, [...page.viewer.tour.layers.keys()]));
    }
  }

  const listeners = ["view", "selection", "layer", "playing"].map(
    (name) => /** @type {[string, () => void]} */ ([`change:${name}`, () => listening && hear([name])]),
  );
  // The notebook has said something else meanwhile, and left aside what this page told of before: it is told again.
  listeners.push([
    "change:said",
    () => {
      again = true;
      if (listening) timer ||= window.setTimeout(tell, TOLD);
    },
  ]);
  for (const [event, listener] of listeners) model.on(event, listener);
  model.on("msg:custom", receive);
  model.send({ from: me, ready: true });
  return () => {
    for (const [event, listener] of listeners) model.off(event, listener);
    model.off("msg:custom", receive);
    observer.disconnect();
    page?.close();
  };
}
