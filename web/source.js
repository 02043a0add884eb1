// Where pieces come from: scripts that stand in the page or beside it, each of which hands over gzip as text (engine/web/page.py).

import { el } from "./ui/dom.js";

/** @param {string} where the address of the folder of those beside the page @returns {import("./tour.js").Source} */
export function scripts(where) {
  /** @type {Map<string, (packed: Uint8Array<ArrayBuffer> | Promise<never>) => void>} */
  const waiting = new Map();
  /** @type {Map<string, [number, string]>} */
  const inside = new Map();
  Object.assign(window, {
    umapTourPiece: (/** @type {string} */ name, /** @type {number} */ bytes, /** @type {string} */ text, fault = "") => {
      const take = waiting.get(name);
      if (take) take(fault ? Promise.reject(new Error(fault)) : fromText(text, bytes));
      else inside.set(name, [bytes, text]);
    },
  });
  const loaded = new Promise((resolve) =>
    document.readyState === "complete" ? resolve(null) : window.addEventListener("load", resolve, { once: true }),
  );
  return async (name) => {
    await loaded;
    const there = inside.get(name);
    const packed = there
      ? fromText(there[1], there[0])
      : await /** @type {Promise<Uint8Array<ArrayBuffer>>} */ (
          new Promise((resolve, reject) => {
            waiting.set(name, resolve);
            const script = el("script", {
              src: `${where}${name}.js`,
              onerror: () => reject(new Error(`${where}${name}.js is missing; export the tour again, or copy its whole folder`)),
            });
            script.addEventListener(
              "load",
              () => (script.remove(), reject(new Error(`${where}${name}.js is not whole; export the tour again`))),
            );
            document.head.append(script);
          })
        );
    inside.delete(name);
    waiting.delete(name);
    return unpacked([packed], name);
  };
}

/** Bytes from text of which two characters hold 13 bits. @param {string} text @param {number} bytes */
function fromText(text, bytes) {
  const values = new Uint8Array(128);
  for (let code = 33, value = 0; code < 127; code++) if (!['"', "\\", "<"].includes(String.fromCharCode(code))) values[code] = value++;
  const out = new Uint8Array(bytes);
  let [bits, held, place] = [0, 0, 0];
  for (let k = 0; k + 1 < text.length; k += 2) {
    bits |= (91 * values[text.charCodeAt(k)] + values[text.charCodeAt(k + 1)]) << held;
    for (held += 13; held >= 8; held -= 8, bits >>>= 8) if (place < bytes) out[place++] = bits & 255;
  }
  return out;
}

/** @param {BlobPart[]} packed gzip @param {string} name */
export async function unpacked(packed, name) {
  try {
    const stream = new Blob(packed).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error(`${name} is not whole; export the tour again`);
  }
}
