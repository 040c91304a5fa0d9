import { twoThetaOf } from "../../src/models/diffraction/bragg.ts";
import type { Identification } from "../../src/models/diffraction/identify-phases.ts";
import type { PatternLook } from "../../src/views/pattern-look.ts";

const SETS_SHOWN = 6;
const SET_MIN = 0.005;
const LINES_SHOWN = 12;

/** What a person wants to see of an identification. */
export function lookOf(found: Identification): PatternLook {
  const { pattern, sets, presence, unexplained, unfamiliar, strangers } = found;
  const best = sets[0]!;
  const { model } = best.fit;
  const heights = (values: Float64Array): number[] => Array.from(values, (v) => round(v, 5));
  const angle = (d_A: number): number => twoThetaOf(pattern.radiation[0]!.wavelength_A / (2 * d_A));
  const curves = new Map(best.curves.map(({ name, curve }) => [name, curve]));
  return {
    twoTheta_deg: Array.from({ length: pattern.n }, (_, k) =>
      round(pattern.start_deg + k * pattern.step_deg, 4),
    ),
    measured: heights(pattern.net),
    sum: heights(model),
    residual: heights(pattern.net.map((v, k) => v - model[k]!)),
    phases: best.phases.map((name, k) => {
      const weight = best.weights[k];
      return {
        name,
        curve: heights(curves.get(name) ?? new Float64Array(pattern.n)),
        ...(weight === undefined
          ? {}
          : { weight: { share: round(weight.fraction, 4), error: round(weight.error, 4) } }),
      };
    }),
    sets: sets
      .filter(({ probability }, k) => k === 0 || probability >= SET_MIN)
      .slice(0, SETS_SHOWN)
      .map(({ phases, probability }) => ({ phases, probability: round(probability, 4) })),
    presence: Object.fromEntries([...presence].map(([name, p]) => [name, round(p, 4)])),
    unexplained: round(unexplained, 4),
    isUnfamiliar: unfamiliar,
    strangers: strangers.slice(0, LINES_SHOWN).map(({ d_A, height }) => ({
      d_A: round(d_A, 4),
      twoTheta_deg: round(angle(d_A), 3),
      height: round(height, 4),
    })),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
