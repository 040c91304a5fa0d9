import type { FitContext, PhaseFit } from "./phase-fit.ts";
import { scaleErrors } from "./scale-errors.ts";

/** A phase's share of the weight. */
export interface WeightFraction {
  readonly card: number;
  readonly fraction: number;
  /** Standard deviation from the fit; texture and absorption are not in it. */
  readonly error: number;
  /** Moles of atoms in a gram; undefined without a structure. */
  readonly atomsPerWeight: number | undefined;
}

/**
 * Weight fractions of a fit: w_i = s_i m_i/sum s m, m = weight that a scale of 1 stands for (m |F|^2 LP/V^2 against the
 * density), at the given scales. Where a card has no structure all are taken by the heights of their strongest lines. Errors by
 * propagation: dw_i^2 = a_i^2 (1 - 2 w_i) + w_i^2 sum_j a_j^2, a_i the error of s_i m_i over the sum; a phase of weight 0 has one too.
 */
export function weightFractions(
  context: FitContext,
  fit: PhaseFit,
  scales: readonly number[],
): WeightFraction[] {
  const cards = fit.phases.map(({ card }) => context.library.cards[card]!);
  const isKnown = cards.every(({ weightOfScale }) => weightOfScale !== undefined);
  const unit = cards.map(({ weightOfScale }) => (isKnown ? weightOfScale! : 1));
  const amounts = scales.map((scale, k) => scale * unit[k]!);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const atomsPerWeight = cards.map((card) => card.atomsPerWeight);
  if (!(total > 0)) {
    return fit.phases.map(({ card }, k) => {
      return { card, fraction: 0, error: 0, atomsPerWeight: atomsPerWeight[k] };
    });
  }
  const fractions = amounts.map((amount) => amount / total);
  const own = scaleErrors(context, fit).map((error, k) => (error * unit[k]!) / total);
  const common = own.reduce((sum, a) => sum + a * a, 0);
  return fit.phases.map(({ card }, k) => {
    const w = fractions[k]!;
    const square = own[k]! ** 2 * (1 - 2 * w) + w * w * common;
    const error = Math.sqrt(Math.max(0, square));
    return { card, fraction: w, error, atomsPerWeight: atomsPerWeight[k] };
  });
}
