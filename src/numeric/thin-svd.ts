/** X = U diag(S) V^T: S falls, U is rows x rank, V is columns x rank, both row-major. */
export interface ThinSvd {
  readonly rank: number;
  readonly singular: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

const SWEEPS_MAX = 60;
const ORTHOGONAL = 1e-15;

/**
 * Thin singular value decomposition of X (rows x columns, row-major), keeping singular values above
 * `tolerance` times the largest. Householder reduction to triangular form, then one-sided Jacobi rotations of its
 * rows, which finds small singular values to high relative accuracy; X^T X is never formed.
 * Cost O(rows columns^2 + columns^3). Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., 8.6.3.
 */
export function thinSvd(x: Float64Array, rows: number, columns: number, tolerance = 1e-7): ThinSvd {
  const size = Math.min(rows, columns);
  const triangle = triangularFactor(x, rows, columns);
  orthogonaliseRows(triangle, size, columns);
  const lengths = Float64Array.from({ length: size }, (_, i) =>
    Math.sqrt(rowProduct(triangle, columns, i, i)),
  );
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => lengths[b]! - lengths[a]! || a - b,
  );
  const largest = lengths[order[0] ?? 0] ?? 0;
  const kept = order.filter((i) => largest > 0 && lengths[i]! > tolerance * largest);
  const rank = kept.length;
  const singular = Float64Array.from(kept, (i) => lengths[i]!);
  const right = new Float64Array(columns * rank);
  kept.forEach((i, r) => {
    for (let c = 0; c < columns; c++)
      right[c * rank + r] = triangle[i * columns + c]! / lengths[i]!;
  });
  return { rank, singular, left: leftVectors(x, rows, columns, right, singular), right };
}

/** R of X = Q R by Householder reflections; min(rows, columns) x columns. */
function triangularFactor(x: Float64Array, rows: number, columns: number): Float64Array {
  const a = x.slice();
  const size = Math.min(rows, columns);
  const reflector = new Float64Array(rows);
  const products = new Float64Array(columns);
  for (let k = 0; k < size; k++) {
    let norm2 = 0;
    for (let i = k; i < rows; i++) {
      const value = a[i * columns + k]!;
      reflector[i] = value;
      norm2 += value * value;
    }
    if (norm2 === 0) continue;
    const head = reflector[k]!;
    const alpha = head > 0 ? -Math.sqrt(norm2) : Math.sqrt(norm2);
    reflector[k] = head - alpha;
    const scale = 1 / (norm2 - head * alpha);
    products.fill(0);
    for (let i = k; i < rows; i++) {
      const v = reflector[i]!;
      const at = i * columns;
      for (let c = k; c < columns; c++) products[c]! += v * a[at + c]!;
    }
    for (let i = k; i < rows; i++) {
      const v = reflector[i]! * scale;
      const at = i * columns;
      for (let c = k; c < columns; c++) a[at + c]! -= v * products[c]!;
    }
    for (let i = k + 1; i < rows; i++) a[i * columns + k] = 0;
  }
  return a.slice(0, size * columns);
}

/** Rotates pairs of rows until all are orthogonal: R -> J^T R = S V^T. */
function orthogonaliseRows(a: Float64Array, size: number, columns: number): void {
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let rotated = false;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) if (rotateRows(a, columns, p, q)) rotated = true;
    }
    if (!rotated) return;
  }
}

function rotateRows(a: Float64Array, columns: number, p: number, q: number): boolean {
  const alpha = rowProduct(a, columns, p, p);
  const beta = rowProduct(a, columns, q, q);
  const gamma = rowProduct(a, columns, p, q);
  if (gamma === 0 || Math.abs(gamma) <= ORTHOGONAL * Math.sqrt(alpha * beta)) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  const atP = p * columns;
  const atQ = q * columns;
  for (let k = 0; k < columns; k++) {
    const x = a[atP + k]!;
    const y = a[atQ + k]!;
    a[atP + k] = c * x - s * y;
    a[atQ + k] = s * x + c * y;
  }
  return true;
}

function rowProduct(a: Float64Array, columns: number, p: number, q: number): number {
  let sum = 0;
  const atP = p * columns;
  const atQ = q * columns;
  for (let k = 0; k < columns; k++) sum += a[atP + k]! * a[atQ + k]!;
  return sum;
}

function leftVectors(
  x: Float64Array,
  rows: number,
  columns: number,
  right: Float64Array,
  singular: Float64Array,
): Float64Array {
  const rank = singular.length;
  const left = new Float64Array(rows * rank);
  for (let i = 0; i < rows; i++) {
    const at = i * rank;
    for (let c = 0; c < columns; c++) {
      const value = x[i * columns + c]!;
      const row = c * rank;
      for (let r = 0; r < rank; r++) left[at + r]! += value * right[row + r]!;
    }
    for (let r = 0; r < rank; r++) left[at + r]! /= singular[r]!;
  }
  return left;
}
