import { invertPositiveDefinite } from "../../numeric/bounded-quadratic.ts";
import { normalEquations } from "./normal-equations.ts";
import type { FitContext, PhaseFit } from "./phase-fit.ts";

/**
 * Standard deviations of the scales from the curvature at the fit. The bins of a line are off together (texture, profile), so
 * each counts for a line's share of its width.
 */
export function scaleErrors(context: FitContext, fit: PhaseFit): number[] {
  if (fit.phases.length === 0) return [];
  const { n, curvature, prior } = normalEquations(context, fit);
  const together = Math.max(1, context.pattern.width_deg / context.pattern.step_deg);
  const own = curvature.map((value) => value / together);
  for (let a = 0; a < n; a++) {
    own[a * n + a] = own[a * n + a]! * (1 + 1e-9) + prior[a]! + 1e-9;
  }
  const inverse = invertPositiveDefinite(own, n)?.inverse;
  let at = 2;
  return fit.phases.map(({ card }) => {
    const variance = inverse === undefined ? Number.NaN : inverse[at * n + at]!;
    at += 2 + context.library.cards[card]!.modes;
    return Math.sqrt(variance);
  });
}
