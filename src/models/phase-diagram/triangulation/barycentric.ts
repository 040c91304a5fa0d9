/**
 * Mole fractions of the three components; sums to 1. Distances are taken in the equilateral plane
 * X = xB + xC/2, Y = sqrt(3)/2 xC, where the side of the section is 1.
 */
export type Fractions = readonly [number, number, number];

/** Compositions are kept on this lattice, so that 1 - xB - xC is exact and a binary edge is exactly straight. */
const LATTICE = 2 ** 40;
/** A fraction below this is an absent component: half of the last digit that such data carry. */
const ABSENT_BELOW = 5e-5;

const HALF_SQRT3 = Math.sqrt(3) / 2;

/**
 * Brings a composition onto the lattice: fractions below `absentBelow` become exactly 0, the rest is renormalised.
 *
 * @param x three fractions, dimensionless, not all below `absentBelow`
 * @returns fractions that are multiples of 2^-40 and sum exactly to 1
 */
export function snapComposition(x: readonly number[], absentBelow = ABSENT_BELOW): Fractions {
  const [a, b, c] = [kept(x[0], absentBelow), kept(x[1], absentBelow), kept(x[2], absentBelow)];
  const sum = a + b + c;
  const [u, v, w] = [onLattice(a / sum), onLattice(b / sum), onLattice(c / sum)];
  if (u >= v && u >= w) return [1 - v - w, v, w];
  return v >= w ? [u, 1 - w - u, w] : [u, v, 1 - u - v];
}

function kept(x: number | undefined, absentBelow: number): number {
  return x === undefined || x < absentBelow ? 0 : x;
}

function onLattice(x: number): number {
  return Math.round(x * LATTICE) / LATTICE;
}

/** Horizontal coordinate in the equilateral plane. */
export function planeX(x: Fractions): number {
  return x[1] + x[2] / 2;
}

/** Vertical coordinate in the equilateral plane. */
export function planeY(x: Fractions): number {
  return HALF_SQRT3 * x[2];
}

/** Bit k is set where component k is absent: one bit on a binary edge, two at a corner. */
export function edgeMask(x: readonly number[]): number {
  return (x[0] === 0 ? 1 : 0) | (x[1] === 0 ? 2 : 0) | (x[2] === 0 ? 4 : 0);
}

/** Distance in the equilateral plane, side 1. */
export function distanceBetween(a: Fractions, b: Fractions): number {
  const u = a[1] - b[1];
  const v = a[2] - b[2];
  return Math.sqrt(u * u + u * v + v * v);
}

/**
 * Weights of `p` on the corners of a triangle: p = w0 a + w1 b + w2 c, sum 1; all within 0..1 inside.
 * Written to `out` (length 3). A flat triangle gives NaN.
 */
export function barycentricIn(
  p: Fractions,
  corners: readonly [Fractions, Fractions, Fractions],
  out: Float64Array,
): void {
  const [a, b, c] = corners;
  const area = (b[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (b[2] - a[2]);
  out[1] = ((p[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (p[2] - a[2])) / area;
  out[2] = ((b[1] - a[1]) * (p[2] - a[2]) - (p[1] - a[1]) * (b[2] - a[2])) / area;
  out[0] = 1 - out[1] - out[2];
}

/** Distance of a point of the plane to the segment from (ax, ay) to (bx, by). */
export function distanceToSegment(
  px: number,
  py: number,
  [ax, ay, bx, by]: readonly [number, number, number, number],
): number {
  const dx = bx - ax;
  const dy = by - ay;
  const squared = dx * dx + dy * dy;
  const t = squared > 0 ? ((px - ax) * dx + (py - ay) * dy) / squared : 0;
  const s = t < 0 ? 0 : t > 1 ? 1 : t;
  const [ox, oy] = [px - ax - s * dx, py - ay - s * dy];
  return Math.sqrt(ox * ox + oy * oy);
}
