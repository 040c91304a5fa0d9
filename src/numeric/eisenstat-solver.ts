/** A symmetric matrix of which only the diagonal and what lies above it is kept, in compressed rows. */
export interface HalfMatrix {
  readonly count: number;
  readonly start: Int32Array;
  /** Columns of the entries above the diagonal, ascending in each row. */
  readonly column: Int32Array;
  /** Off-diagonal values, not positive. */
  readonly value: Float64Array;
  readonly diagonal: Float64Array;
}

export interface HalfSolution {
  readonly x: Float64Array;
  readonly iterations: number;
  /** Residual reached over the first one, in the norm of M^-1. */
  readonly residual: number;
}

/** How much of the dropped fill the pivots make up for: all of it would make the last pivots of a closed system vanish. */
const RELAXATION = 0.99;

/**
 * Pivots of a modified incomplete factor M = (P + L) P^-1 (P + U) in which all fill is dropped and, but for 1 %, taken from
 * the diagonal, so that smooth vectors are nearly kept (I. Gustafsson, BIT 18, 142 (1978)). For a symmetric M-matrix with
 * non-negative row sums all pivots are positive.
 */
export function incompletePivots(matrix: HalfMatrix): Float64Array {
  const { count, start, column, value, diagonal } = matrix;
  const pivot = diagonal.slice();
  for (let i = 0; i < count; i++) {
    const end = start[i + 1]!;
    let above = 0;
    for (let e = start[i]!; e < end; e++) above -= value[e]!;
    const scale = 1 / pivot[i]!;
    const shared = RELAXATION * above;
    for (let e = start[i]!; e < end; e++) {
      const w = -value[e]!;
      const j = column[e]!;
      pivot[j] = pivot[j]! - w * scale * ((1 - RELAXATION) * w + shared);
    }
  }
  return pivot;
}

/**
 * Solves A x = b by conjugate gradients, preconditioned by {@link incompletePivots}. S. C. Eisenstat's form (SIAM J. Sci. Stat.
 * Comput. 2, 1 (1981)) iterates on (P + L)^-1 A (P + U)^-1, whose product costs one pass up and one pass down the half
 * matrix: as much as A x alone. Stops at a residual of `tolerance` times the first.
 *
 * @param pivot of this matrix or of one that differs in a few rows
 */
export function solveHalf(
  matrix: HalfMatrix,
  pivot: Float64Array,
  b: Float64Array,
  tolerance: number,
  iterations_max: number,
): HalfSolution {
  const n = matrix.count;
  const r = b.slice();
  divideLower(matrix, pivot, r);
  const p = new Float64Array(n);
  let rho = 0;
  for (let i = 0; i < n; i++) {
    p[i] = pivot[i]! * r[i]!;
    rho += p[i]! * r[i]!;
  }
  const first = rho;
  const sum = new Float64Array(n);
  const t = new Float64Array(n);
  const q = new Float64Array(n);
  let iterations = 0;
  while (rho > tolerance * tolerance * first && iterations < iterations_max) {
    iterations++;
    const alpha = rho / applyOperator(matrix, pivot, p, t, q);
    let following = 0;
    for (let i = 0; i < n; i++) {
      sum[i] = sum[i]! + alpha * p[i]!;
      const left = r[i]! - alpha * q[i]!;
      r[i] = left;
      following += left * left * pivot[i]!;
    }
    const beta = following / rho;
    rho = following;
    for (let i = 0; i < n; i++) p[i] = pivot[i]! * r[i]! + beta * p[i]!;
  }
  divideUpper(matrix, pivot, sum, t);
  return { x: t, iterations, residual: first > 0 ? Math.sqrt(rho / first) : 0 };
}

/** q = (P + L)^-1 A (P + U)^-1 p, with t = (P + U)^-1 p on the way: q = t + (P + L)^-1 (p + (D - 2 P) t). Returns p.q. */
function applyOperator(
  matrix: HalfMatrix,
  pivot: Float64Array,
  p: Float64Array,
  t: Float64Array,
  q: Float64Array,
): number {
  const { count, start, column, value, diagonal } = matrix;
  divideUpper(matrix, pivot, p, t);
  // One pass: q collects what earlier rows hand on, before its own row is reached.
  q.fill(0);
  let product = 0;
  for (let i = 0; i < count; i++) {
    const known = (q[i]! + p[i]! + (diagonal[i]! - 2 * pivot[i]!) * t[i]!) / pivot[i]!;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      const j = column[e]!;
      q[j] = q[j]! - value[e]! * known;
    }
    const whole = known + t[i]!;
    q[i] = whole;
    product += whole * p[i]!;
  }
  return product;
}

/** y becomes (P + L)^-1 y: rows above the diagonal are columns below it, so that each result is handed on at once. */
function divideLower(matrix: HalfMatrix, pivot: Float64Array, y: Float64Array): void {
  const { count, start, column, value } = matrix;
  for (let i = 0; i < count; i++) {
    const known = y[i]! / pivot[i]!;
    y[i] = known;
    if (known === 0) continue;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      const j = column[e]!;
      y[j] = y[j]! - value[e]! * known;
    }
  }
}

/** out = (P + U)^-1 y. */
function divideUpper(
  matrix: HalfMatrix,
  pivot: Float64Array,
  y: Float64Array,
  out: Float64Array,
): void {
  const { count, start, column, value } = matrix;
  for (let i = count - 1; i >= 0; i--) {
    let sum = y[i]!;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) sum -= value[e]! * out[column[e]!]!;
    out[i] = sum / pivot[i]!;
  }
}
