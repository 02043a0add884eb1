// Points by what their attributes say, at every letter that is typed, and how well each is hit (engine/tour/search.py).

/** Where a point has what is looked for: as whole words, at the beginning of words, inside of them, nowhere. */
const [WHOLE, BEGINNING, INSIDE, NOWHERE] = [0, 1, 2, 3];
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/gu;

/**
 * How well each point has a text, (n,), by the attribute that has it best and the word that it has worst; null for no
 * text. After an attribute's name, as in "label 7" or "label: 7", its values are looked through: those that are the rest,
 * or else those in which its words occur.
 * @param {import("../tour.js").Tour} tour @param {string} typed
 */
export async function ranks(tour, typed) {
  const text = typed.toLowerCase().split(/\s+/).filter(Boolean).join(" ");
  if (!text) return null;
  const found = new Uint8Array(tour.n).fill(NOWHERE);
  for (const { name, kind, names, numbers } of tour.attributes) {
    if (kind === "continuous") continue;
    const values = await tour.values(name);
    const texts = Array.from(names.length ? names : values, (each) => String(each).toLowerCase());
    const equal = (/** @type {string} */ wanted) => (/** @type {string} */ each) => (each === wanted ? WHOLE : NOWHERE);
    const having = numbers ? equal : occurring; // every number has a 1 in it somewhere
    const rest = text.startsWith(name.toLowerCase()) && /^[ :=]+(.+)/.exec(text.slice(name.length))?.[1];
    const tests = [having(text)];
    if (rest) tests.push(texts.includes(rest) ? equal(rest) : having(rest));
    const hits = texts.map((each) => Math.min(...tests.map((test) => test(each))));
    for (let i = 0; i < tour.n; i++) found[i] = Math.min(found[i], hits[names.length ? values[i] : i] ?? NOWHERE);
  }
  return found;
}

/** How well a text has all of the words. @param {string} words */
function occurring(words) {
  const wanted = words.split(" ");
  return (/** @type {string} */ text) => {
    if (!wanted.every((word) => text.includes(word))) return NOWHERE;
    const among = spaced(text);
    return Math.max(
      ...wanted.map(spaced).map((word) => (among.includes(word) ? WHOLE : among.includes(word.slice(0, -1)) ? BEGINNING : INSIDE)),
    );
  };
}

/** With a blank before and after each word. @param {string} text */
function spaced(text) {
  return ` ${text.replace(BETWEEN_WORDS, " ").trim()} `;
}

/** The points that are hit, each once. @param {Uint8Array} found */
export function hit(found) {
  return found.map((rank) => Number(rank < NOWHERE));
}

/** Their numbers, best hits first. @param {Uint8Array} found */
export function bestFirst(found) {
  return [WHOLE, BEGINNING, INSIDE].flatMap((rank) => [...found.keys()].filter((point) => found[point] === rank));
}
