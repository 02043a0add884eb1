// Random numbers that are the same as in Python: Philox 4x64-10, normal ones by Box and Muller (engine/motion/random.py).

const MASK = (1n << 64n) - 1n;
const MULTIPLIERS = [0xd2e7470ee14c6c93n, 0xca5a826395121157n];
const WEYL = [0x9e3779b97f4a7c15n, 0xbb67ae8584caa73bn];

/** @param {bigint[]} counter four of 64 bits @param {bigint[]} key two of 64 bits */
export function philox(counter, key) {
  let [a, b, c, d] = counter;
  let [k, l] = key;
  for (let round = 0; round < 10; round++) {
    const first = MULTIPLIERS[0] * a;
    const second = MULTIPLIERS[1] * c;
    [a, b, c, d] = [(second >> 64n) ^ b ^ k, second & MASK, (first >> 64n) ^ d ^ l, first & MASK];
    [k, l] = [(k + WEYL[0]) & MASK, (l + WEYL[1]) & MASK];
  }
  return [a, b, c, d];
}

/** One stream of random numbers; null for a different one each time. */
export class Random {
  /** @param {number | bigint | null} seed */
  constructor(seed = 0) {
    this.key = [BigInt(seed ?? Math.floor(Math.random() * 2 ** 53)), 0n];
    this.block = 0n;
    /** @type {bigint[]} */
    this.left = [];
  }

  /** Another one that goes on from here as this one will. @returns {Random} */
  twin() {
    return Object.assign(Object.create(Random.prototype), this, { left: [...this.left] });
  }

  /** In [0, 1): the upper 53 of 64 bits. @param {number} count */
  uniform(count) {
    return Array.from({ length: count }, () => {
      if (!this.left.length) this.left = philox([++this.block, 0n, 0n, 0n], this.key); // as NumPy: counted up before
      return Number(/** @type {bigint} */ (this.left.shift()) >> 11n) * 2 ** -53;
    });
  }

  /** Normal numbers (rows, columns), row by row; drawn in pairs. @param {number} rows @param {number} columns */
  standardNormal(rows, columns) {
    const count = rows * columns;
    const u = this.uniform(count + (count % 2));
    /** @type {number[]} */
    const flat = [];
    for (let k = 0; k < u.length; k += 2) {
      const size = Math.sqrt(-2 * Math.log(1 - u[k]));
      flat.push(size * Math.cos(2 * Math.PI * u[k + 1]), size * Math.sin(2 * Math.PI * u[k + 1]));
    }
    return Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
  }

  /** 0 to n - 1 in random order (Fisher and Yates). @param {number} n */
  permutation(n) {
    const order = Array.from({ length: n }, (_, k) => k);
    const shares = this.uniform(Math.max(0, n - 1));
    for (let k = n - 1; k > 0; k--) {
      const other = Math.floor(shares[n - 1 - k] * (k + 1));
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order;
  }
}
