import { expect, test } from "vitest";
import { tileLoss } from "../../../src/models/diffraction/evidence.ts";
import type { PreparedPattern } from "../../../src/models/diffraction/prepared-pattern.ts";

const N = 400;
const MISFIT = { relative: 0.2, floor: 0.009 };

/** A strong line and, where it is there, a weak one of this height; every fourth of a width a bin. */
function lines(weak: number): Float64Array {
  const line = (i: number, at: number): number => Math.exp(-4 * Math.LN2 * ((i - at) / 4) ** 2);
  return Float64Array.from({ length: N }, (_, i) => line(i, 80.3) + weak * line(i, 251.6));
}

function pattern(net: Float64Array, sigma: number): PreparedPattern {
  return {
    ...{ n: N, start_deg: 20, step_deg: 0.08, width_deg: 0.32, d_min_A: 1.2, d_max_A: 6, scale: 1 },
    ...{ net, background: new Float64Array(N), sigma: new Float64Array(N).fill(sigma) },
    radiation: [{ wavelength_A: 1.5406, share: 1 }],
  };
}

/** By how much the loss falls when the weak line is put into the model, over the squares that it takes off all bins. */
function heard(weak: number, sigma: number): number {
  const there = pattern(lines(weak), sigma);
  const [without, withIt] = [0, weak].map((w) => tileLoss(there, lines(w), MISFIT, 1));
  const squares = lines(weak).reduce((sum, v, i) => sum + ((v - lines(0)[i]!) / sigma) ** 2, 0);
  return (without! - withIt!) / squares;
}

test("in noise a weak line counts with nearly all that its bins hold of it", () => {
  const height = 0.15;
  expect(heard(height, 0.06)).toBeGreaterThan(0.75);
  expect(heard(height, 0.06)).toBeLessThan(1.2);
});

test("in a clean pattern a line of the same clarity counts for little: it may be a trace or a wrong shape", () => {
  expect(heard(0.06, 0.003)).toBeLessThan(0.0125);
});
