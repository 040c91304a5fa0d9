import { invertSmall } from "../../../numeric/small-inverse.ts";

/**
 * Parameters of a field of m phases of m components: for each phase the first m - 1 mole fractions of its composition,
 * then ln w of all phases but the first, w the factor by which a phase's fractions are overrated.
 */
export function parameterCount(m: number): number {
  return m * (m - 1) + (m - 1);
}

/** Those before this are compositions, those from it on factors. */
export function firstFactor(m: number): number {
  return m * (m - 1);
}

export function factorsOf(x: Float64Array, m: number): Float64Array {
  return Float64Array.from({ length: m }, (_, k) =>
    k === 0 ? 1 : Math.exp(x[firstFactor(m) + k - 1]!),
  );
}

/** All m mole fractions of a phase. */
export function cornerOf(x: Float64Array, phase: number, m: number): Float64Array {
  const corner = new Float64Array(m);
  let rest = 1;
  for (let a = 0; a < m - 1; a++) {
    corner[a] = x[phase * (m - 1) + a]!;
    rest -= corner[a]!;
  }
  corner[m - 1] = rest;
  return corner;
}

/** What does not depend on the composition asked for: the inverse of the matrix of corners. */
export function leverMatrix(x: Float64Array, m: number): Float64Array {
  const columns = new Float64Array(m * m);
  for (let k = 0; k < m; k++) {
    for (const [row, value] of cornerOf(x, k, m).entries()) columns[row * m + k] = value;
  }
  return invertSmall(columns, m);
}

/** Lever rule: amounts lambda = C^-1 x of each phase, below 0 outside of the field. */
export function leversAt(inverse: Float64Array, at: Float64Array): Float64Array {
  const lambda = new Float64Array(at.length);
  leversInto(lambda, inverse, at);
  return lambda;
}

/** The same into a given array. */
export function leversInto(lambda: Float64Array, inverse: Float64Array, at: Float64Array): void {
  const m = at.length;
  for (let k = 0; k < m; k++) {
    let sum = 0;
    for (let a = 0; a < m; a++) sum += inverse[k * m + a]! * at[a]!;
    lambda[k] = sum;
  }
}

/** Slopes of the amounts by the compositions, m x m(m - 1): d lambda = -C^-1 dC lambda. */
export function leverSlopes(inverse: Float64Array, lambda: Float64Array): Float64Array {
  const m = lambda.length;
  const width = firstFactor(m);
  const slopes = new Float64Array(m * width);
  for (let k = 0; k < m; k++) {
    const last = inverse[k * m + m - 1]!;
    for (let j = 0; j < m; j++) {
      for (let a = 0; a < m - 1; a++) {
        slopes[k * width + j * (m - 1) + a] = (last - inverse[k * m + a]!) * lambda[j]!;
      }
    }
  }
  return slopes;
}
