import type { ProductSpace } from "./product-basis.ts";

/** Orthonormal vectors over the product states of one sector, as sparse rows. */
export interface BasisRows {
  readonly count: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Amplitudes below this are rounding of zero; the rows are normalised. */
const AMPLITUDE_MIN = 1e-14;

export function fromDenseRows(rows: Float64Array, count: number, width: number): BasisRows {
  const starts = new Int32Array(count + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (let k = 0; k < count; k++) {
    for (let x = 0; x < width; x++) {
      const value = rows[k * width + x]!;
      if (Math.abs(value) < AMPLITUDE_MIN) continue;
      columns.push(x);
      values.push(value);
    }
    starts[k + 1] = columns.length;
  }
  return { count, starts, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

/** Where a permutation of the sites sends each state: image digit at map[i] = digit at i. */
export function permuteState(space: ProductSpace, map: Int32Array, state: number): number {
  let rest = state;
  let image = 0;
  for (let site = 0; site < space.levels.length; site++) {
    const digits = space.levels[site]!;
    const digit = rest % digits;
    rest = (rest - digit) / digits;
    image += digit * space.strides[map[site]!]!;
  }
  return image;
}

/**
 * Splits dense orthonormal rows (count x width) into the even and the odd ones under an involution of the sector's
 * states. The projectors (1 +- P)/2, written in the rows, are factorised by pivoted Cholesky: for a projector
 * Q = L L^T the columns of L are orthonormal, so L^T times the rows is the new basis.
 */
export function splitByParity(
  rows: Float64Array,
  count: number,
  images: Int32Array,
): { readonly rows: Float64Array; readonly count: number }[] {
  const width = images.length;
  const parity = new Float64Array(count * count);
  for (let k = 0; k < count; k++) {
    for (let l = 0; l <= k; l++) {
      let sum = 0;
      for (let x = 0; x < width; x++) sum += rows[k * width + x]! * rows[l * width + images[x]!]!;
      parity[k * count + l] = sum;
      parity[l * count + k] = sum;
    }
  }
  return [1, -1].flatMap((sign) => {
    const projector = parity.map((value) => (sign * value) / 2);
    for (let k = 0; k < count; k++) projector[k * count + k] = projector[k * count + k]! + 0.5;
    const factors = factoriseProjector(projector, count);
    if (factors.length === 0) return [];
    const out = new Float64Array(factors.length * width);
    factors.forEach((factor, r) => {
      for (let k = 0; k < count; k++) {
        const f = factor[k]!;
        if (f === 0) continue;
        for (let x = 0; x < width; x++) {
          out[r * width + x] = out[r * width + x]! + f * rows[k * width + x]!;
        }
      }
    });
    return [{ rows: out, count: factors.length }];
  });
}

/** Columns L of Q = L L^T for an orthogonal projector Q (n x n, overwritten); their number is the rank. */
function factoriseProjector(q: Float64Array, n: number): Float64Array[] {
  let rank = 0;
  for (let k = 0; k < n; k++) rank += q[k * n + k]!;
  const factors: Float64Array[] = [];
  for (let r = 0; r < Math.round(rank); r++) {
    let pivot = 0;
    for (let k = 1; k < n; k++) if (q[k * n + k]! > q[pivot * n + pivot]!) pivot = k;
    const root = Math.sqrt(q[pivot * n + pivot]!);
    const column = new Float64Array(n);
    for (let k = 0; k < n; k++) column[k] = q[k * n + pivot]! / root;
    for (let k = 0; k < n; k++) {
      const f = column[k]!;
      if (f === 0) continue;
      for (let l = 0; l < n; l++) q[k * n + l] = q[k * n + l]! - f * column[l]!;
    }
    factors.push(column);
  }
  return factors;
}

/**
 * Product states symmetrised under commuting involutions, one basis for each set of parities:
 * sum_g chi(g) |g x>, normalised, one for each orbit that the character chi does not cancel.
 *
 * @param images for each involution, the position that each state of the sector is sent to
 */
export function symmetriseProductStates(width: number, images: readonly Int32Array[]): BasisRows[] {
  const bases: BasisRows[] = [];
  for (let character = 0; character < 1 << images.length; character++) {
    const starts = [0];
    const columns: number[] = [];
    const values: number[] = [];
    for (let x = 0; x < width; x++) {
      const orbit = collectOrbit(x, images, character);
      if (orbit === undefined) continue;
      for (const [state, value] of orbit) {
        columns.push(state);
        values.push(value);
      }
      starts.push(columns.length);
    }
    if (starts.length === 1) continue;
    bases.push({
      count: starts.length - 1,
      starts: Int32Array.from(starts),
      columns: Int32Array.from(columns),
      values: Float64Array.from(values),
    });
  }
  return bases;
}

/** Normalised amplitudes of the orbit that x represents; undefined where another state does or where they cancel. */
function collectOrbit(
  x: number,
  images: readonly Int32Array[],
  character: number,
): Map<number, number> | undefined {
  const orbit = new Map<number, number>();
  for (let element = 0; element < 1 << images.length; element++) {
    let at = x;
    let sign = 1;
    images.forEach((image, k) => {
      if ((element & (1 << k)) === 0) return;
      at = image[at]!;
      if ((character & (1 << k)) !== 0) sign = -sign;
    });
    if (at < x) return undefined;
    orbit.set(at, (orbit.get(at) ?? 0) + sign);
  }
  const norm = Math.hypot(...orbit.values());
  if (norm < 0.5) return undefined;
  for (const [state, value] of orbit) orbit.set(state, value / norm);
  return orbit;
}
