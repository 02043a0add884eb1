// Elements made from text, never from markup: what a label or a caption says can never become part of the page.

import { DRAWN, ICONS } from "./icons.js";

/**
 * @param {string} tag @param {Record<string, any>} [properties] on…: listeners; the rest attributes
 * @param {...(Node | string | null | undefined)} children @returns {any}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  if (tag === "button") element.setAttribute("type", "button"); // or it sends the form that a page may stand in
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(.../** @type {Node[]} */ (children.filter((child) => child != null)));
  return element;
}

/** @param {string} tag @param {Record<string, any>} attributes @param {...Node} children @returns {any} */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** @param {string} name */
export function icon(name) {
  const path = /** @type {Record<string, any>} */ (DRAWN)[name] ?? { d: ICONS[name] };
  return svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, svg("path", { fill: "currentColor", ...path }));
}

/**
 * A button of one icon, named for those who cannot see it and on hover.
 * @param {string} name @param {string} tip @param {() => void} press @param {string} [key]
 */
export function iconButton(name, tip, press, key = "") {
  return el("button", { class: "icon", "aria-label": tip, title: key ? `${tip} (${key})` : tip, onclick: press }, icon(name));
}

/** Say of a button whether what it stands for is on. @param {any} button @param {boolean} on */
export function pressed(button, on) {
  button.classList.toggle("on", on);
  button.setAttribute("aria-pressed", String(on));
}

/**
 * Hide an element or show it; what is so already is not written again, which costs time in every frame.
 * @param {HTMLElement} element @param {boolean} on
 */
export function hide(element, on) {
  if (element.hidden !== on) element.hidden = on;
}

/**
 * Let a hand that presses an element pull at it until it lets go, wherever it goes.
 * @param {HTMLElement} element @param {PointerEvent} event the press @param {(next: PointerEvent) => void} move
 * @param {() => void} end
 */
export function pulled(element, event, move, end) {
  element.setPointerCapture(event.pointerId);
  element.addEventListener("pointermove", move);
  element.addEventListener("lostpointercapture", () => (element.removeEventListener("pointermove", move), end()), { once: true });
}

/** Have a field be left by Enter, and by Escape without what was typed. @param {any} input @param {() => void} done */
export function typed(input, done) {
  input.onblur = () => ((input.onblur = null), done()); // once: what is done takes it away
  input.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") input.value = "";
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    input.blur();
  };
}

/** Bring a slider to a value. @param {any} slider @param {number} value */
export function slid(slider, value) {
  slider.value = String(value);
  slider.style.setProperty("--share", `${(100 * (value - slider.min)) / (slider.max - slider.min || 1)}%`);
}

/** @param {number} n */
export function counted(n) {
  return n.toLocaleString("en-US");
}

/**
 * A function that shows its values where any of them is another than when it last did: what is the same is not written again.
 * @template {any[]} T @param {(...values: T) => void} show @returns {(...values: T) => void}
 */
export function onChange(show) {
  /** @type {any[] | null} */
  let shown = null;
  return (...values) => {
    if (shown && values.every((each, k) => each === shown?.[k])) return;
    shown = values;
    show(...values);
  };
}
