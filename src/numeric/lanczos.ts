import { dotInFour as dot } from "./dot.ts";
import { tridiagonalEigen } from "./tridiagonal-eigen.ts";

/** y = A x for a real symmetric A; must not keep either array. */
export type ApplySymmetric = (x: Float64Array, y: Float64Array) => void;

/** A Krylov space: A V = V T + residual, T tridiagonal. */
export interface KrylovSpace {
  readonly steps: number;
  readonly diagonal: Float64Array;
  /** `beside[k]` joins k and k + 1; the last is the norm of the residual. */
  readonly beside: Float64Array;
  /** The orthonormal vectors, where they were kept. */
  readonly vectors: readonly Float64Array[];
  /** Scalar products of the orthonormal vectors with those watched, steps x watched, row-major. */
  readonly watched: Float64Array;
}

/** A residual below this (relative to the size of T) ends the recursion: the space is invariant. */
const BREAKDOWN = 1e-12;
/** Overlaps below this are rounding. */
const OVERLAP_MIN = 1e-14;

/**
 * Lanczos recursion from `start` (normalised here).
 *
 * @param options `keep` stores the vectors and orthogonalises each new one against all of them, so that no copies
 * appear; `against` are vectors that the space stays orthogonal to; `watch` are
 * vectors whose components in the space are wanted
 * Cost: `steps` products, and with `keep` 2 n steps^2 operations.
 */
export function buildKrylovSpace(
  apply: ApplySymmetric,
  start: Float64Array,
  steps: number,
  options: {
    readonly keep?: boolean;
    readonly against?: readonly Float64Array[];
    readonly watch?: readonly Float64Array[];
  } = {},
): KrylovSpace {
  const n = start.length;
  const { keep = false, against = [], watch = [] } = options;
  const diagonal = new Float64Array(Math.min(steps, n));
  const beside = new Float64Array(Math.min(steps, n));
  const vectors: Float64Array[] = [];
  const watched = new Float64Array(diagonal.length * watch.length);
  let current = Float64Array.from(start);
  removeComponents(current, against);
  scale(current, 1 / norm(current));
  let previous = new Float64Array(n);
  let size = 0;
  let k = 0;
  for (; k < diagonal.length; k++) {
    for (let w = 0; w < watch.length; w++) watched[k * watch.length + w] = dot(current, watch[w]!);
    const next = new Float64Array(n);
    apply(current, next);
    const alpha = dot(current, next);
    diagonal[k] = alpha;
    addScaled(next, current, -alpha);
    if (k > 0) addScaled(next, previous, -beside[k - 1]!);
    if (keep) {
      vectors.push(current);
      orthogonalise(next, against, vectors);
    }
    const beta = norm(next);
    beside[k] = beta;
    size = Math.max(size, Math.abs(alpha), beta);
    if (beta <= BREAKDOWN * size) {
      k++;
      break;
    }
    scale(next, 1 / beta);
    previous = current;
    current = next;
  }
  return {
    steps: k,
    diagonal: diagonal.slice(0, k),
    beside: beside.slice(0, k),
    vectors,
    watched: watched.slice(0, k * watch.length),
  };
}

/** Ritz values of a Krylov space and the squared overlap of each Ritz vector with the start vector. */
export function ritzWeights(space: KrylovSpace): {
  readonly values: Float64Array;
  readonly weights: Float64Array;
} {
  const values = space.diagonal.slice();
  const first = new Float64Array(space.steps);
  first[0] = 1;
  tridiagonalEigen(values, space.beside.slice(), space.steps, first);
  return { values, weights: first.map((c) => c * c) };
}

/**
 * Ritz values, weights, and for each watched vector w = A' v_0 the ratio <ritz|w> / <ritz|v_0>: with the weight it
 * makes the estimate of a trace of A' f(A). Row-major, values x watched.
 */
export function ritzRatios(
  space: KrylovSpace,
  watchedCount: number,
): {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly ratios: Float64Array;
} {
  const { steps, watched } = space;
  const values = space.diagonal.slice();
  const rows = new Float64Array(steps * steps);
  for (let k = 0; k < steps; k++) rows[k * steps + k] = 1;
  tridiagonalEigen(values, space.beside.slice(), steps, rows);
  const ratios = new Float64Array(steps * watchedCount);
  const weights = Float64Array.from({ length: steps }, (_, j) => rows[j * steps]! ** 2);
  for (let j = 0; j < steps; j++) {
    const first = rows[j * steps]!;
    // a Ritz vector that the start does not contain has no weight either
    if (Math.abs(first) < OVERLAP_MIN) continue;
    for (let w = 0; w < watchedCount; w++) {
      let sum = 0;
      for (let k = 0; k < steps; k++) sum += rows[j * steps + k]! * watched[k * watchedCount + w]!;
      ratios[j * watchedCount + w] = sum / first;
    }
  }
  return { values, weights, ratios };
}

/** An eigenvalue with its vector and the norm of A v - value v. */
export interface RitzPair {
  readonly value: number;
  readonly vector: Float64Array;
  readonly residual: number;
}

/** The lowest Ritz pairs (needs kept vectors) whose residual is below `tolerance`, ascending, at most `count`. */
export function lowestRitzPairs(space: KrylovSpace, count: number, tolerance: number): RitzPair[] {
  const { steps, vectors } = space;
  const values = space.diagonal.slice();
  const rows = new Float64Array(steps * steps);
  for (let k = 0; k < steps; k++) rows[k * steps + k] = 1;
  tridiagonalEigen(values, space.beside.slice(), steps, rows);
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const last = space.beside.at(-1) ?? 0;
  const pairs: RitzPair[] = [];
  for (const k of order.slice(0, count)) {
    const residual = Math.abs(last * rows[k * steps + steps - 1]!);
    if (residual > tolerance) break;
    const vector = new Float64Array(vectors[0]?.length ?? 0);
    vectors.forEach((basis, j) => {
      addScaled(vector, basis, rows[k * steps + j]!);
    });
    pairs.push({ value: values[k]!, vector, residual });
  }
  return pairs;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function scale(a: Float64Array, factor: number): void {
  for (let k = 0; k < a.length; k++) a[k] = a[k]! * factor;
}

function addScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let k = 0; k < a.length; k++) a[k] = a[k]! + factor * b[k]!;
}

/** The square of the norm that must be left for one pass to have done: else cancellation has left its rounding. */
const KEPT_MIN = 0.5;

/**
 * Gram and Schmidt's orthogonalisation, repeated where it took much away (W. Hoffmann, Computing 41, 335 (1989); B. N.
 * Parlett: twice is enough).
 */
function orthogonalise(
  a: Float64Array,
  against: readonly Float64Array[],
  vectors: readonly Float64Array[],
): void {
  for (let pass = 0; pass < 2; pass++) {
    const before = dot(a, a);
    removeComponents(a, against);
    removeComponents(a, vectors);
    if (dot(a, a) >= KEPT_MIN * before) return;
  }
}

/** Takes the components along orthonormal vectors out of `a`, four vectors a pass. */
function removeComponents(a: Float64Array, orthonormal: readonly Float64Array[]): void {
  let v = 0;
  for (; v + 4 <= orthonormal.length; v += 4)
    removeFour(a, orthonormal[v]!, orthonormal[v + 1]!, orthonormal[v + 2]!, orthonormal[v + 3]!);
  for (; v < orthonormal.length; v++) addScaled(a, orthonormal[v]!, -dot(a, orthonormal[v]!));
}

function removeFour(
  a: Float64Array,
  b0: Float64Array,
  b1: Float64Array,
  b2: Float64Array,
  b3: Float64Array,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < a.length; k++) {
    const x = a[k]!;
    s0 += x * b0[k]!;
    s1 += x * b1[k]!;
    s2 += x * b2[k]!;
    s3 += x * b3[k]!;
  }
  for (let k = 0; k < a.length; k++)
    a[k] = a[k]! - s0 * b0[k]! - s1 * b1[k]! - s2 * b2[k]! - s3 * b3[k]!;
}
