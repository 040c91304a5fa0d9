import { createPrng, type Prng } from "../../../src/core/prng.ts";
import type { PhaseDiagramTruth } from "../../../src/evaluation/phase-diagram-truth.ts";
import { triangleRows, truthOf } from "./power-map.ts";

/** Class sizes of the published SiO2-Al2O3-MgO map. */
const SIZES = [77, 71, 57, 24, 21, 98, 270, 191, 10, 1];
const SIDE = 40;
const ROUNDS = 1500;
/** Sum of |size - wanted| / sqrt(wanted) that is let pass. */
const MISFIT_max = 6;

interface Surface {
  readonly x: number;
  readonly y: number;
  /** Curvatures xx, xy, yy. */
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/**
 * Primary fields of crystallisation: each phase has a liquidus that falls from its site by a quadratic of its own shape, and the highest one
 * is first. Boundaries are conics; heights are fitted to the published sizes, the phases of 10 points and of one included.
 */
export function liquidusMap(seed: number): PhaseDiagramTruth {
  const rows = triangleRows(SIDE - 1);
  for (let attempt = 0; ; attempt++) {
    const prng = createPrng(`liquidus/${seed}/${attempt}`);
    const surfaces = SIZES.map(() => drawSurface(rows[prng.integer(rows.length)]!, prng));
    const label = fitHeights(rows, surfaces);
    if (label !== undefined)
      return truthOf(
        `liquidus-${seed}`,
        rows,
        label.map((k) => `P${k}`),
      );
  }
}

function drawSurface({ x, y }: { readonly x: number; readonly y: number }, prng: Prng): Surface {
  const angle = Math.PI * prng.next();
  const [along, across] = [
    Math.exp(1.6 * (prng.next() - 0.5)),
    Math.exp(1.6 * (prng.next() - 0.5)),
  ];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return {
    x,
    y,
    xx: c * c * along + s * s * across,
    xy: c * s * (along - across),
    yy: s * s * along + c * c * across,
  };
}

function fitHeights(
  rows: readonly { readonly x: number; readonly y: number }[],
  surfaces: readonly Surface[],
): number[] | undefined {
  const heights = surfaces.map(() => 0);
  let best: number[] | undefined;
  let least = MISFIT_max;
  for (let round = 0; round < ROUNDS; round++) {
    const label = rows.map((row) => highest(row, surfaces, heights));
    const sizes = SIZES.map((_, k) => label.filter((other) => other === k).length);
    const misfit = SIZES.reduce((sum, z, k) => sum + Math.abs(z - sizes[k]!) / Math.sqrt(z), 0);
    if (misfit < least && sizes.every((size) => size > 0)) [least, best] = [misfit, label];
    const rate = round < 800 ? 0.02 : 0.004;
    for (const [k, z] of SIZES.entries()) {
      heights[k]! += (rate * (z - sizes[k]!)) / Math.sqrt(z * rows.length);
    }
  }
  return best;
}

function highest(
  { x, y }: { readonly x: number; readonly y: number },
  surfaces: readonly Surface[],
  heights: readonly number[],
): number {
  let best = 0;
  let top = Number.NEGATIVE_INFINITY;
  for (const [k, s] of surfaces.entries()) {
    const [dx, dy] = [x - s.x, y - s.y];
    const value = heights[k]! - (s.xx * dx * dx + 2 * s.xy * dx * dy + s.yy * dy * dy);
    if (value > top) [top, best] = [value, k];
  }
  return best;
}
