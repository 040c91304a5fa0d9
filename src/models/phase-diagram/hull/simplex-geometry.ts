/** A composition of any number of components. Distances are taken in the regular simplex of side 1: d^2 = 1/2 sum (x - y)^2. */
export type Mix = Float64Array;

export function distanceBetween(a: Mix, b: Mix): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return Math.sqrt(sum / 2);
}

/** Bit k: component k is absent. */
export function absentIn(x: Mix): number {
  let bits = 0;
  for (let k = 0; k < x.length; k++) if (x[k] === 0) bits |= 1 << k;
  return bits;
}

/** A fraction below this is an absent component: half of the last digit that such data carry. */
const ABSENT_BELOW = 5e-5;

/** Fractions below 5e-5, and those of components in `absent`, become exactly 0; the rest sums to 1. */
export function snapMix(x: ArrayLike<number>, absent = 0): Mix {
  const kept = Float64Array.from(x, (v, k) => (v < ABSENT_BELOW || (absent >> k) & 1 ? 0 : v));
  const sum = kept.reduce((total, v) => total + v, 0);
  return kept.map((v) => v / sum);
}

/**
 * Shares of `corners` (affinely independent) that come nearest to x, sum 1, of any sign: least squares by the normal equations of
 * at most C - 1 unknowns. `undefined` where the corners are (nearly) dependent.
 */
export function sharesOf(x: Mix, corners: readonly Mix[]): number[] | undefined {
  const [base, ...rest] = corners;
  if (base === undefined) return undefined;
  const n = rest.length;
  const rows = rest.map((p) => {
    const row = rest.map((q) => inner(p, q, base));
    row.push(inner(p, x, base));
    return row;
  });
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let r = k + 1; r < n; r++)
      if (Math.abs(rows[r]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = r;
    if (Math.abs(rows[pivot]![k]!) < 1e-12) return undefined;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let r = 0; r < n; r++) {
      if (r === k) continue;
      const factor = rows[r]![k]! / rows[k]![k]!;
      for (let c = k; c <= n; c++) rows[r]![c]! -= factor * rows[k]![c]!;
    }
  }
  const shares = rows.map((row, k) => row[n]! / row[k]!);
  return [1 - shares.reduce((sum, v) => sum + v, 0), ...shares];
}

function inner(p: Mix, q: Mix, base: Mix): number {
  let sum = 0;
  for (let k = 0; k < base.length; k++) sum += (p[k]! - base[k]!) * (q[k]! - base[k]!);
  return sum;
}

/** The mixture of corners with these shares. */
export function mixOf(corners: readonly Mix[], shares: readonly number[]): Mix {
  return corners[0]!.map((_, k) =>
    corners.reduce((sum, corner, j) => sum + shares[j]! * corner[k]!, 0),
  );
}

/** Distance of x to the convex hull of up to C corners: a point, a tie-line, a triangle, a tetrahedron. */
export function distanceToSimplex(x: Mix, corners: readonly Mix[]): number {
  if (corners.length === 1) return distanceBetween(x, corners[0]!);
  const shares = sharesOf(x, corners);
  if (shares?.every((w) => w >= 0)) return distanceBetween(x, mixOf(corners, shares));
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < corners.length; k++) {
    // The nearest point lies in a facet that leaves out a corner of negative share.
    if (shares !== undefined && shares[k]! >= 0) continue;
    const facet = corners.filter((_, j) => j !== k);
    least = Math.min(least, distanceToSimplex(x, facet));
  }
  return least;
}
