// Points by what their attributes say, at every letter that is typed (engine/tour/search.py).

/**
 * Points with an attribute in which all words of a text occur, (n,); null for no text. After an attribute's name, as in
 * "label 7" or "label: 7", its values are looked through: those that are the rest, or else those in which its words occur.
 * @param {import("../tour.js").Tour} tour @param {string} typed
 */
export async function matches(tour, typed) {
  const text = typed.toLowerCase().split(/\s+/).filter(Boolean).join(" ");
  if (!text) return null;
  const mask = new Uint8Array(tour.n);
  for (const { name, kind, names, numbers } of tour.attributes) {
    if (kind === "continuous") continue;
    const values = await tour.values(name);
    const texts = Array.from(names.length ? names : values, (each) => String(each).toLowerCase());
    const having = (/** @type {string} */ words) => (/** @type {string} */ each) =>
      numbers ? each === words : words.split(" ").every((word) => each.includes(word)); // every number has a 1 in it somewhere
    const rest = text.startsWith(name.toLowerCase()) ? /^[ :=]+(.+)/.exec(text.slice(name.length))?.[1] : undefined;
    const wanted = [having(text)];
    if (rest) wanted.push(texts.includes(rest) ? (each) => each === rest : having(rest));
    const hits = texts.map((each) => wanted.some((test) => test(each)));
    for (let i = 0; i < tour.n; i++) if (hits[names.length ? values[i] : i]) mask[i] = 1;
  }
  return mask;
}
