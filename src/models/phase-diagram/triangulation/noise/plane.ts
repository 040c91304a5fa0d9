import { type Fractions, planeX, planeY } from "../barycentric.ts";

/** A point of the equilateral plane (side 1). */
export type Vec = readonly [number, number];

const HALF_SQRT3 = Math.sqrt(3) / 2;

export function toPlane(x: Fractions): Vec {
  return [planeX(x), planeY(x)];
}

/** Back to mole fractions; what lies outside the section is clipped to its edge. */
export function fromPlane([x, y]: Vec): Fractions {
  const c = y / HALF_SQRT3;
  const b = x - c / 2;
  const clipped = [Math.max(0, 1 - b - c), Math.max(0, b), Math.max(0, c)];
  const sum = clipped[0]! + clipped[1]! + clipped[2]!;
  return [clipped[0]! / sum, clipped[1]! / sum, clipped[2]! / sum];
}

export function add(a: Vec, b: Vec, factor = 1): Vec {
  return [a[0] + factor * b[0], a[1] + factor * b[1]];
}

export function subtract(a: Vec, b: Vec): Vec {
  return [a[0] - b[0], a[1] - b[1]];
}

export function dot(a: Vec, b: Vec): number {
  return a[0] * b[0] + a[1] * b[1];
}

export function distance(a: Vec, b: Vec): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Shortens a vector to at most `most`. */
export function limited(a: Vec, most: number): Vec {
  const length = Math.hypot(a[0], a[1]);
  return length <= most ? a : [(a[0] * most) / length, (a[1] * most) / length];
}

/** Weighted mean; weights default to 1. */
export function mean(points: readonly Vec[], weights?: readonly number[]): Vec {
  let [x, y, sum] = [0, 0, 0];
  points.forEach((p, k) => {
    const w = weights?.[k] ?? 1;
    x += w * p[0];
    y += w * p[1];
    sum += w;
  });
  return [x / sum, y / sum];
}

/** Centre, unit direction of largest spread, and the spread (variance) along and across it. */
export interface PrincipalAxis {
  readonly centre: Vec;
  readonly direction: Vec;
  readonly along: number;
  readonly across: number;
}

export function principalAxis(points: readonly Vec[], weights?: readonly number[]): PrincipalAxis {
  const centre = mean(points, weights);
  let [xx, xy, yy, sum] = [0, 0, 0, 0];
  points.forEach((p, k) => {
    const w = weights?.[k] ?? 1;
    const d = subtract(p, centre);
    xx += w * d[0] * d[0];
    xy += w * d[0] * d[1];
    yy += w * d[1] * d[1];
    sum += w;
  });
  const half = (xx + yy) / 2;
  const root = Math.hypot((xx - yy) / 2, xy);
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  return {
    centre,
    direction: [Math.cos(angle), Math.sin(angle)],
    along: (half + root) / sum,
    across: Math.max(0, half - root) / sum,
  };
}

/** Foot of `p` on the line through `centre` along the unit vector `direction`. */
export function projected(p: Vec, centre: Vec, direction: Vec): Vec {
  return add(centre, direction, dot(subtract(p, centre), direction));
}
