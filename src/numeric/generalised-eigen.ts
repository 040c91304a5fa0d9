/** Eigenvalues in rising order; `vectors` is n x n row-major, column k belongs to value k. */
export interface Eigenpairs {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const SWEEPS_MAX = 60;

/**
 * Solves G b = lambda H b for symmetric G and positive definite H (n x n, row-major), b^T H b = 1: H = L L^T, then
 * cyclic Jacobi on L^-1 G L^-T. Returns `undefined` where H is not positive definite.
 * Each vector's largest entry is positive, so that the answer is unique. For n to about 150: cost O(n^3) a sweep.
 * Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., 8.5 and 8.7.
 */
export function solveGeneralisedEigen(
  g: Float64Array,
  h: Float64Array,
  n: number,
): Eigenpairs | undefined {
  const lower = choleskyFactor(h, n);
  if (lower === undefined) return undefined;
  const reduced = reduce(g, lower, n);
  const { values, vectors } = jacobiEigen(reduced, n);
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    // b = L^-T y, by back substitution
    for (let i = n - 1; i >= 0; i--) {
      let sum = vectors[i * n + k]!;
      for (let j = i + 1; j < n; j++) sum -= lower[j * n + i]! * out[j * n + k]!;
      out[i * n + k] = sum / lower[i * n + i]!;
    }
    orient(out, n, k);
  }
  return { values, vectors: out };
}

function choleskyFactor(h: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = h[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i !== j) lower[i * n + j] = sum / lower[j * n + j]!;
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/** L^-1 G L^-T, symmetrised. */
function reduce(g: Float64Array, lower: Float64Array, n: number): Float64Array {
  const forward = (source: Float64Array): Float64Array => {
    // L Z = source, column by column; returned transposed so that the second pass solves from the other side
    const z = new Float64Array(n * n);
    for (let c = 0; c < n; c++) {
      for (let i = 0; i < n; i++) {
        let sum = source[i * n + c]!;
        for (let k = 0; k < i; k++) sum -= lower[i * n + k]! * z[c * n + k]!;
        z[c * n + i] = sum / lower[i * n + i]!;
      }
    }
    return z;
  };
  const out = forward(forward(g));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (out[i * n + j]! + out[j * n + i]!) / 2;
      out[i * n + j] = mean;
      out[j * n + i] = mean;
    }
  }
  return out;
}

function jacobiEigen(a: Float64Array, n: number): Eigenpairs {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS_MAX && offDiagonal(a, n); sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => a[i * n + i]! - a[j * n + j]! || i - j,
  );
  const vectors = new Float64Array(n * n);
  order.forEach((from, k) => {
    for (let i = 0; i < n; i++) vectors[i * n + k] = v[i * n + from]!;
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

/** True while the off-diagonal part is larger than rounding. */
function offDiagonal(a: Float64Array, n: number): boolean {
  let off = 0;
  let all = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const square = a[i * n + j]! * a[i * n + j]!;
      all += square;
      if (i !== j) off += square;
    }
  }
  return off > 1e-32 * all;
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(1 + theta * theta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  for (let k = 0; k < n; k++) {
    const x = a[k * n + p]!;
    const y = a[k * n + q]!;
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const x = a[p * n + k]!;
    const y = a[q * n + k]!;
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
    const xv = v[k * n + p]!;
    const yv = v[k * n + q]!;
    v[k * n + p] = c * xv - s * yv;
    v[k * n + q] = s * xv + c * yv;
  }
}

function orient(vectors: Float64Array, n: number, k: number): void {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    if (Math.abs(vectors[i * n + k]!) > Math.abs(largest)) largest = vectors[i * n + k]!;
  }
  if (largest < 0) for (let i = 0; i < n; i++) vectors[i * n + k] = -vectors[i * n + k]!;
}
