// Small dense matrices as arrays of rows: products, orthonormal columns, singular values. Float64 throughout.

/** @typedef {number[][]} Matrix */

const SWEEPS = 40; // of Jacobi rotations; a handful is enough for matrices of 24 columns

/** @param {number} rows @param {number} columns @returns {Matrix} */
export function eye(rows, columns = rows) {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => (i === j ? 1 : 0)));
}

/** @param {Matrix} a @returns {Matrix} */
export function transpose(a) {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

/** @param {Matrix} a @param {Matrix} b @returns {Matrix} a b */
export function times(a, b) {
  const columns = b[0].length;
  return a.map((row) => {
    const out = new Array(columns);
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k] * b[k][j];
      out[j] = sum;
    }
    return out;
  });
}

/** @param {Matrix} a @param {Matrix} b @returns {Matrix} a^T b */
export function timesTransposed(a, b) {
  return a[0].map((_, i) =>
    b[0].map((_, j) => {
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += a[k][i] * b[k][j];
      return sum;
    }),
  );
}

/** Entry by entry. @param {(...values: number[]) => number} f @param {...Matrix} matrices @returns {Matrix} */
export function entrywise(f, ...matrices) {
  return matrices[0].map((row, i) => row.map((_, j) => f(...matrices.map((each) => each[i][j]))));
}

/** @param {Matrix} a @param {Matrix} b @returns {Matrix} a - b */
export function minus(a, b) {
  return entrywise((x, y) => x - y, a, b);
}

/** What of the columns of `a` lies beyond the space of an orthonormal matrix. @param {Matrix} a @param {Matrix} space */
export function beyond(a, space) {
  return minus(a, times(space, timesTransposed(space, a)));
}

/**
 * What of a vector lies beyond the space of unit vectors that are orthogonal, at length 1; in two passes, for the last
 * digits.
 * @param {number[]} a @param {Matrix} basis rows
 */
function unitBeyond(a, basis) {
  for (let pass = 0; pass < 2; pass++) {
    for (const each of basis) {
      const share = dot(each, a);
      a = a.map((value, k) => value - share * each[k]);
    }
  }
  const size = length(a);
  return a.map((value) => value / size);
}

/** @param {number[]} a @param {number[]} b */
export function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

/** @param {number[]} a */
export function length(a) {
  return Math.sqrt(dot(a, a));
}

/** @param {Matrix} a @param {number} j */
export function column(a, j) {
  return a.map((row) => row[j]);
}

/** @param {Matrix} a @param {Matrix} b */
export function inner(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += dot(a[i], b[i]);
  return sum;
}

/** The orthonormal columns of QR with a positive diagonal of R: Gram and Schmidt. @param {Matrix} a */
export function qr(a) {
  /** @type {Matrix} */
  const done = [];
  for (const each of transpose(a)) done.push(unitBeyond(each, done));
  return transpose(done);
}

/**
 * The thin singular value decomposition of (m, k), m >= k, by one-sided Jacobi rotations: a = u diag(s) v^T, s descending.
 * Columns of u whose value is 0 are completed from the axes. Of a matrix of variances, u are its eigenvectors.
 * @param {Matrix} a @returns {{u: Matrix, s: number[], v: Matrix}}
 */
export function svd(a) {
  const k = a[0].length;
  const [u, v] = [transpose(a), eye(k)]; // columns
  for (let sweep = 0, turned = true; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < k; p++) {
      for (let q = p + 1; q < k; q++) {
        const [pp, qq, pq] = [dot(u[p], u[p]), dot(u[q], u[q]), dot(u[p], u[q])];
        if (Math.abs(pq) <= 1e-16 * Math.sqrt(pp * qq) || pq === 0) continue;
        turned = true;
        const [c, s] = jacobi(pp, pq, qq);
        rotate(u[p], u[q], c, s);
        rotate(v[p], v[q], c, s);
      }
    }
  }
  const sizes = u.map(length);
  const order = sizes.map((_, j) => j).sort((i, j) => sizes[j] - sizes[i]);
  const s = order.map((j) => sizes[j]);
  const least = 1e-300 + 1e-15 * s[0];
  /** @type {Matrix} */
  const columns = [];
  for (const j of order) {
    columns.push(sizes[j] > least ? u[j].map((value) => value / sizes[j]) : orthogonalAxis(columns, a.length));
  }
  return { u: transpose(columns), s, v: transpose(order.map((j) => v[j])) };
}

/** Cosine and sine of the rotation that makes two columns orthogonal. @returns {[number, number]} */
function jacobi(/** @type {number} */ pp, /** @type {number} */ pq, /** @type {number} */ qq) {
  const ratio = (qq - pp) / (2 * pq);
  const t = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const c = 1 / Math.hypot(1, t);
  return [c, c * t];
}

/** @param {number[]} a @param {number[]} b @param {number} c @param {number} s */
function rotate(a, b, c, s) {
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k], b[k]];
    a[k] = c * x - s * y;
    b[k] = s * x + c * y;
  }
}

/**
 * A unit vector orthogonal to unit ones: the first of the axes that they cover least, made orthogonal.
 * @param {Matrix} basis rows @param {number} dims
 */
export function orthogonalAxis(basis, dims) {
  const covered = Array.from({ length: dims }, (_, i) => basis.reduce((sum, each) => sum + each[i] ** 2, 0));
  const axis = /** @type {number[]} */ (new Array(dims).fill(0));
  axis[covered.indexOf(Math.min(...covered))] = 1;
  return unitBeyond(axis, basis);
}

/** @param {Matrix} a (2, 2) or (3, 3) */
export function determinant(a) {
  if (a.length === 2) return a[0][0] * a[1][1] - a[0][1] * a[1][0];
  const [[a0, a1, a2], [b0, b1, b2], [c0, c1, c2]] = a;
  return a0 * (b1 * c2 - b2 * c1) - a1 * (b0 * c2 - b2 * c0) + a2 * (b0 * c1 - b1 * c0);
}
