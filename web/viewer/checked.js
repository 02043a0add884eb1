// What a view may say: checked before anything of it is shown, as whoever writes one is told what is wrong (engine/tour/view.py).

/** @type {Record<string, string[]>} */
const CHOICES = { mode: ["dots", "images"], palette: ["auto", "ten", "large"], theme: ["dark", "light"] };
const FLAGS = ["isolate", "class_frames", "density", "fit"];
/** @type {Record<string, [number, number]>} */
const RANGES = { zoom: [0, 1e9], dot_size: [0, 1e6], image_size: [0, 1e6], opacity: [0.02, 1], depth_cue: [0, 1], background: [-1, 1] };

/** Throws where a view says what none may say of a tour. @param {Record<string, any>} view @param {import("../tour.js").Tour} tour @param {ReadonlySet<string>} known keys */
export function check(view, tour, known) {
  if (view === null || typeof view !== "object" || Array.isArray(view)) throw new Error(`a view is a table of values, not ${told(view)}`);
  for (const [key, value] of Object.entries(view)) {
    if (!known.has(key)) throw new Error(`a view has no ${told(key)}`);
    if (key in CHOICES && !CHOICES[key].includes(value)) throw new Error(`${key} is one of ${CHOICES[key].join(", ")}, not ${told(value)}`);
    if (FLAGS.includes(key) && typeof value !== "boolean") throw new Error(`${key} is true or false, not ${told(value)}`);
    if (key in RANGES) checkNumber(key, value, ...RANGES[key]);
  }
  const { layer, frame, center, zoom, color_by, groups, selected, handles, mode } = view;
  if (layer !== undefined) tour.place(layer);
  if (frame !== undefined && frame !== null && !(Array.isArray(frame) && frame.every(Array.isArray))) throw new Error(`a frame is rows of numbers, not ${told(frame)}`);
  if (center !== undefined && !(Array.isArray(center) && center.length === 2 && center.every(Number.isFinite))) throw new Error(`center is two numbers, not ${told(center)}`);
  if (zoom === 0) throw new Error("zoom is above 0, not 0");
  if (color_by !== undefined && color_by !== null) tour.attribute(color_by);
  if (groups !== undefined && !(Array.isArray(groups) && groups.every((each) => Number.isInteger(each) && each >= 0))) throw new Error(`groups is a list of class numbers, not ${told(groups)}`);
  if (mode === "images" && !tour.sprites) throw new Error(`${tour.name} has no images`);
  if (selected !== undefined && selected !== null) checkRows(selected, tour);
  if (handles !== undefined) checkHandles(handles, tour);
}

/** Throws where these are no points of a tour. @param {any} rows @param {import("../tour.js").Tour} tour */
export function checkRows(rows, { name, n }) {
  if (!Array.isArray(rows)) throw new Error(`points are a list of row numbers, not ${told(rows)}`);
  const wrong = rows.find((row) => !(Number.isInteger(row) && row >= 0 && row < n));
  if (wrong !== undefined) throw new Error(`${name} has points 0 to ${n - 1}, not ${told(wrong)}`);
}

/** @param {any} handles @param {import("../tour.js").Tour} tour */
function checkHandles(handles, tour) {
  if (!Array.isArray(handles)) throw new Error(`handles is a list of handles, not ${told(handles)}`);
  for (const each of handles) {
    const ofClass = typeof each?.attribute === "string" && Number.isInteger(each.row); // its points are found then
    if (typeof each?.name !== "string" || (!each.points && !ofClass)) throw new Error(`a handle has a name and points, or a row of an attribute; not ${told(each)}`);
    if (each.points) checkRows(each.points, tour);
    else tour.attribute(each.attribute);
  }
}

/** Throws where a value is no number within these ends. @param {string} name @param {any} value @param {number} low @param {number} high */
export function checkNumber(name, value, low, high) {
  if (!(typeof value === "number" && value >= low && value <= high)) throw new Error(`${name} is a number from ${low} to ${high}, not ${told(value)}`);
}

/** A value as an error tells of it. @param {any} value */
export function told(value) {
  return (typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))).slice(0, 80);
}
