import type { HalfMatrix } from "./eisenstat-solver.ts";

/** Right-hand sides that go through the matrix together: what one waits for, another uses. */
export const TOGETHER = 4;

/**
 * The passes over a half matrix that conjugate gradients on (P + L)^-1 A (P + U)^-1 need, for four vectors at once: entry k of
 * row i stands at 4 i + k. Both kinds of passes, of JavaScript and of WebAssembly, do the same operations in the same order.
 */
export interface FourPasses {
  /** The residuals. */
  readonly r: Float64Array;
  /** r becomes (P + L)^-1 r. */
  begin(): void;
  /** p = P r + beta p; q = (P + L)^-1 A (P + U)^-1 p; returns p.q of each. p is 0 before the first call. */
  multiply(beta: Float64Array): Float64Array;
  /** sum += alpha p, r -= alpha q; returns the new r' P r of each. */
  advance(alpha: Float64Array): Float64Array;
  /** (P + U)^-1 sum. */
  finish(): Float64Array;
}

/** The passes in plain JavaScript. */
export function plainPasses(matrix: HalfMatrix, pivot: Float64Array): FourPasses {
  const create = (): Float64Array => new Float64Array(TOGETHER * matrix.count);
  const [r, p, q, t, sum] = [create(), create(), create(), create(), create()];
  return {
    r,
    begin: () => divideLower(matrix, pivot, r),
    multiply: (beta) => {
      turn({ p, r, pivot }, beta);
      return applyOperator(matrix, pivot, p, t, q);
    },
    advance: (alpha) => advance({ p, q, r, sum, pivot }, alpha),
    finish: () => {
      divideUpper(matrix, pivot, sum, t);
      return t;
    },
  };
}

interface Vectors {
  readonly p: Float64Array;
  readonly q: Float64Array;
  readonly r: Float64Array;
  readonly sum: Float64Array;
  readonly pivot: Float64Array;
}

/** sum += alpha p, r -= alpha q; returns the new r' P r of each. */
function advance({ p, q, r, sum, pivot }: Vectors, alpha: Float64Array): Float64Array {
  const [a0, a1, a2, a3] = [alpha[0]!, alpha[1]!, alpha[2]!, alpha[3]!];
  let [f0, f1, f2, f3] = [0, 0, 0, 0];
  for (let i = 0; i < pivot.length; i++) {
    const at = 4 * i;
    const own = pivot[i]!;
    sum[at]! += a0 * p[at]!;
    sum[at + 1]! += a1 * p[at + 1]!;
    sum[at + 2]! += a2 * p[at + 2]!;
    sum[at + 3]! += a3 * p[at + 3]!;
    const l0 = r[at]! - a0 * q[at]!;
    const l1 = r[at + 1]! - a1 * q[at + 1]!;
    const l2 = r[at + 2]! - a2 * q[at + 2]!;
    const l3 = r[at + 3]! - a3 * q[at + 3]!;
    r[at] = l0;
    r[at + 1] = l1;
    r[at + 2] = l2;
    r[at + 3] = l3;
    f0 += l0 * l0 * own;
    f1 += l1 * l1 * own;
    f2 += l2 * l2 * own;
    f3 += l3 * l3 * own;
  }
  return Float64Array.of(f0, f1, f2, f3);
}

/** p = P r + beta p. */
function turn({ p, r, pivot }: Pick<Vectors, "p" | "r" | "pivot">, beta: Float64Array): void {
  const [b0, b1, b2, b3] = [beta[0]!, beta[1]!, beta[2]!, beta[3]!];
  for (let i = 0; i < pivot.length; i++) {
    const at = 4 * i;
    const own = pivot[i]!;
    p[at] = own * r[at]! + b0 * p[at]!;
    p[at + 1] = own * r[at + 1]! + b1 * p[at + 1]!;
    p[at + 2] = own * r[at + 2]! + b2 * p[at + 2]!;
    p[at + 3] = own * r[at + 3]! + b3 * p[at + 3]!;
  }
}

/** As in `solveHalf`: q = (P + L)^-1 A (P + U)^-1 p, t = (P + U)^-1 p on the way; returns p.q of each. */
function applyOperator(
  matrix: HalfMatrix,
  pivot: Float64Array,
  p: Float64Array,
  t: Float64Array,
  q: Float64Array,
): Float64Array {
  const { count, start, column, value, diagonal } = matrix;
  divideUpper(matrix, pivot, p, t);
  q.fill(0);
  let [d0, d1, d2, d3] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const at = 4 * i;
    const own = pivot[i]!;
    const more = diagonal[i]! - 2 * own;
    const k0 = (q[at]! + p[at]! + more * t[at]!) / own;
    const k1 = (q[at + 1]! + p[at + 1]! + more * t[at + 1]!) / own;
    const k2 = (q[at + 2]! + p[at + 2]! + more * t[at + 2]!) / own;
    const k3 = (q[at + 3]! + p[at + 3]! + more * t[at + 3]!) / own;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      const j = 4 * column[e]!;
      const v = value[e]!;
      q[j] = q[j]! - v * k0;
      q[j + 1] = q[j + 1]! - v * k1;
      q[j + 2] = q[j + 2]! - v * k2;
      q[j + 3] = q[j + 3]! - v * k3;
    }
    q[at] = k0 + t[at]!;
    q[at + 1] = k1 + t[at + 1]!;
    q[at + 2] = k2 + t[at + 2]!;
    q[at + 3] = k3 + t[at + 3]!;
    d0 += q[at]! * p[at]!;
    d1 += q[at + 1]! * p[at + 1]!;
    d2 += q[at + 2]! * p[at + 2]!;
    d3 += q[at + 3]! * p[at + 3]!;
  }
  return Float64Array.of(d0, d1, d2, d3);
}

/** y becomes (P + L)^-1 y. */
function divideLower(matrix: HalfMatrix, pivot: Float64Array, y: Float64Array): void {
  const { count, start, column, value } = matrix;
  for (let i = 0; i < count; i++) {
    const end = start[i + 1]!;
    for (let k = 0; k < TOGETHER; k++) {
      const known = y[4 * i + k]! / pivot[i]!;
      y[4 * i + k] = known;
      if (known === 0) continue;
      for (let e = start[i]!; e < end; e++) {
        const j = 4 * column[e]! + k;
        y[j] = y[j]! - value[e]! * known;
      }
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
    const at = 4 * i;
    let s0 = y[at]!;
    let s1 = y[at + 1]!;
    let s2 = y[at + 2]!;
    let s3 = y[at + 3]!;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) {
      const j = 4 * column[e]!;
      const v = value[e]!;
      s0 -= v * out[j]!;
      s1 -= v * out[j + 1]!;
      s2 -= v * out[j + 2]!;
      s3 -= v * out[j + 3]!;
    }
    const own = pivot[i]!;
    out[at] = s0 / own;
    out[at + 1] = s1 / own;
    out[at + 2] = s2 / own;
    out[at + 3] = s3 / own;
  }
}
