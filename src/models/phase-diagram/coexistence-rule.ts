import type { PhaseEnd } from "./map-model.ts";

/** A label that a coexistence result implies somewhere else. */
export interface ImpliedLabel {
  /** Mole fractions. */
  readonly composition: readonly number[];
  readonly phases: readonly string[];
}

/**
 * The published rule for isothermal sections (Terayama et al., Scripta Mater. 208, 114335 (2022)): a two-phase result
 * teaches the single phases at the ends of its tie-line and the pair at the midpoint; a three-phase result its three single-phase
 * corners and the pairs at the midpoints of its sides. (The whole triangle is {@link isInside}'s part.)
 *
 * @param ends compositions of the coexisting phases, measured
 */
export function impliedLabels(ends: readonly PhaseEnd[]): ImpliedLabel[] {
  if (ends.length < 2) return [];
  const corners = ends.map(({ phase, composition }) => ({ composition, phases: [phase] }));
  const middles = ends.flatMap((a, k) =>
    ends.slice(k + 1).map((b) => ({
      composition: a.composition.map((x, c) => (x + b.composition[c]!) / 2),
      phases: [a.phase, b.phase].sort(),
    })),
  );
  return [...corners, ...middles];
}

/**
 * Whether a ternary composition lies in the triangle of three others, sides included within `tolerance` (barycentric).
 * A flat triangle holds nothing.
 */
export function isInside(
  composition: readonly number[],
  corners: readonly (readonly number[])[],
  tolerance = 1e-6,
): boolean {
  const [a, b, c] = corners;
  if (a === undefined || b === undefined || c === undefined) return false;
  const whole = determinant(a, b, c);
  if (Math.abs(whole) < 1e-9) return false;
  return [
    determinant(composition, b, c),
    determinant(a, composition, c),
    determinant(a, b, composition),
  ].every((part) => part / whole >= -tolerance);
}

function determinant(a: readonly number[], b: readonly number[], c: readonly number[]): number {
  return (
    a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
    a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
    a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)
  );
}
