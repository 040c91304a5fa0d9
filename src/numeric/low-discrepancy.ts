import type { Prng } from "../core/prng.ts";

/**
 * Primitive polynomials and initial direction numbers, dimensions 2 to 21: S. Joe, F. Y. Kuo, SIAM J. Sci. Comput.
 * 30, 2635 (2008). One entry: degree, coefficients, m_1 .. m_degree.
 */
const DIRECTIONS: readonly (readonly number[])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
];

/** Dimensions for which direction numbers are listed; beyond it Latin hypercubes are drawn. */
export const SOBOL_DIMENSIONS_MAX = DIRECTIONS.length + 1;
const BITS = 32;

/**
 * `count` points of the Sobol sequence in [0, 1)^dimensions with a random digital shift, row-major
 * (count x dimensions). More dimensions than {@link SOBOL_DIMENSIONS_MAX} give a Latin hypercube.
 */
export function sobolPoints(count: number, dimensions: number, prng: Prng): Float64Array {
  if (dimensions > SOBOL_DIMENSIONS_MAX) return latinHypercube(count, dimensions, prng);
  const points = new Float64Array(count * dimensions);
  for (let d = 0; d < dimensions; d++) {
    const v = directionNumbers(d);
    const shift = Math.floor(prng.next() * 4294967296) >>> 0;
    let x = 0;
    for (let i = 0; i < count; i++) {
      points[i * dimensions + d] = ((x ^ shift) >>> 0) / 4294967296;
      // Gray code: point i + 1 differs from point i in the direction of the lowest zero bit of i.
      x ^= v[BITS - 1 - Math.clz32(~i & (i + 1))]!;
    }
  }
  return points;
}

function directionNumbers(d: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (d === 0) {
    for (let k = 0; k < BITS; k++) v[k] = 2 ** (BITS - 1 - k);
    return v;
  }
  const [degree = 0, a = 0, ...m] = DIRECTIONS[d - 1]!;
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = m[k]! * 2 ** (BITS - 1 - k);
      continue;
    }
    let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
    for (let j = 1; j < degree; j++) {
      if ((a >> (degree - 1 - j)) & 1) next ^= v[k - j]!;
    }
    v[k] = next >>> 0;
  }
  return v;
}

/** Latin hypercube in [0, 1)^dimensions: each of `count` equal slices of each axis holds one point. Row-major. */
export function latinHypercube(count: number, dimensions: number, prng: Prng): Float64Array {
  const points = new Float64Array(count * dimensions);
  const order = new Int32Array(count);
  for (let d = 0; d < dimensions; d++) {
    for (let i = 0; i < count; i++) order[i] = i;
    for (let i = count - 1; i > 0; i--) {
      const j = prng.integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    for (let i = 0; i < count; i++) {
      points[i * dimensions + d] = (order[i]! + prng.next()) / count;
    }
  }
  return points;
}

/**
 * Maps points of the unit cube (count x (components - 1), row-major) onto the simplex of `components` fractions that
 * sum to 1, keeping volumes: the k-th stick is broken at 1 - (1 - u)^(1/(components - 1 - k)). Row-major,
 * count x components. Sobol and Latin hypercube designs stay even on the simplex.
 */
export function cubeToSimplex(cube: Float64Array, components: number): Float64Array {
  const free = components - 1;
  const count = free === 0 ? cube.length : cube.length / free;
  const out = new Float64Array(count * components);
  for (let i = 0; i < count; i++) {
    let left = 1;
    for (let k = 0; k < free; k++) {
      const share = 1 - (1 - cube[i * free + k]!) ** (1 / (free - k));
      out[i * components + k] = left * share;
      left *= 1 - share;
    }
    out[i * components + free] = left;
  }
  return out;
}
