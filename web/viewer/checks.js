// What a view may say: checked before anything of it is shown, as whoever writes one is told what is wrong (engine/tour/view.py).

/** @type {Record<string, string[]>} */
const CHOICES = { mode: ["dots", "images"], palette: ["auto", "ten", "large"], theme: ["dark", "light"] };
const FLAGS = ["isolate", "class_frames", "density", "fit"];
/** @type {Record<string, [number, number]>} */
const RANGES = { zoom: [0, 1e9], dot_size: [0, 1e6], image_size: [0, 1e6], opacity: [0.02, 1], depth_cue: [0, 1], background: [-1, 1] };

/**
 * Throws where a view says what none may say of a tour.
 * @param {Record<string, any>} view @param {import("../tour.js").Tour} tour @param {ReadonlySet<string>} known keys
 */
export function check(view, tour, known) {
  must(view && typeof view === "object" && !Array.isArray(view), "a view is a table of values,", view);
  for (const [key, value] of Object.entries(view)) {
    if (!known.has(key)) throw new Error(`a view has no ${told(key)}`);
    if (key in CHOICES) must(CHOICES[key].includes(value), `${key} is one of ${CHOICES[key].join(", ")},`, value);
    if (FLAGS.includes(key)) must(typeof value === "boolean", `${key} is true or false,`, value);
    if (key in RANGES) checkNumber(key, value, ...RANGES[key]);
  }
  const { layer, frame, center, zoom, color_by, groups, selected, handles, mode } = view;
  if (layer !== undefined) tour.place(layer);
  must((frame ?? null) === null || all(frame, Array.isArray), "a frame is rows of numbers,", frame);
  must(center === undefined || (all(center, Number.isFinite) && center.length === 2), "center is two numbers,", center);
  must(zoom !== 0, "zoom is above 0,", zoom);
  if ((color_by ?? null) !== null) tour.attribute(color_by);
  must(groups === undefined || all(groups, (each) => Number.isInteger(each) && each >= 0), "groups is a list of class numbers,", groups);
  if (mode === "images" && !tour.sprites) throw new Error(`${tour.name} has no images`);
  if ((selected ?? null) !== null) checkRows(selected, tour);
  if (handles !== undefined) checkHandles(handles, tour);
}

/** Throws where these are no points of a tour. @param {any} rows @param {import("../tour.js").Tour} tour */
export function checkRows(rows, { name, n }) {
  must(Array.isArray(rows), "points are a list of row numbers,", rows);
  const wrong = rows.find((/** @type {any} */ row) => !(Number.isInteger(row) && row >= 0 && row < n));
  must(wrong === undefined, `${name} has points 0 to ${n - 1},`, wrong);
}

/** @param {any} handles @param {import("../tour.js").Tour} tour */
function checkHandles(handles, tour) {
  must(Array.isArray(handles), "handles is a list of handles,", handles);
  for (const each of handles) {
    const ofClass = typeof each?.attribute === "string" && Number.isInteger(each.row); // its points are found then
    must(typeof each?.name === "string" && (each.points || ofClass), "a handle has a name and points, or a row of an attribute;", each);
    if (each.points) checkRows(each.points, tour);
    else tour.attribute(each.attribute);
  }
}

/** Throws where a value is no number within these ends. @param {string} name @param {any} value @param {number} low @param {number} high */
export function checkNumber(name, value, low, high) {
  must(typeof value === "number" && value >= low && value <= high, `${name} is a number from ${low} to ${high},`, value);
}

/** Whether a value is a list of values that are all of a kind. @param {any} value @param {(each: any) => boolean} kind */
export function all(value, kind) {
  return Array.isArray(value) && value.every(kind);
}

/** @param {any} holds @param {string} wanted up to its comma @param {any} value what there is instead */
export function must(holds, wanted, value) {
  if (!holds) throw new Error(`${wanted} not ${told(value)}`);
}

/** A value as an error tells of it. @param {any} value */
export function told(value) {
  return (typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))).slice(0, 80);
}
