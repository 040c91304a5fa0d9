import type { FitContext, PhaseFit } from "./fit-phases.ts";
import type { Identification } from "./identify-phases.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import { type PhaseProfile, phaseProfile } from "./phase-profile.ts";

/** What a pattern says of one phase's fraction of the atoms, whether it names the phase or not. */
export interface PhaseEstimate {
  readonly name: string;
  /** Most likely value; below 0 where noise points that way. */
  readonly fraction: number;
  /** Standard deviation: how little of it could have been seen. */
  readonly error: number;
}

/** A column that others explain to this share of its length says nothing of its own. */
const OWN_MIN = 1e-3;

/**
 * Fraction of every card of the library beside the most probable set: for a phase of the set its fitted scale, for another
 * the scale a = c.r/c.c that its lines c (at the card's own cell, the usual width) have in the residual r, both freed of
 * what the set's scales, widths and strains can explain. Errors are 1/|c|, each bin weighed by noise^2 + m (floor^2 + (relative
 * model)^2), m the bins of a line's width, which are off together. Fractions are of atoms; of line heights where a card of
 * the set has no structure. Of twins the first card stands. Empty where lines are left that no card explains: they would be
 * taken for what they are not. O(cards x bins x phases).
 */
export function estimatePhases(found: Identification, library: PhaseLibrary): PhaseEstimate[] {
  const best = found.sets[0];
  if (best === undefined || best.fit.phases.length === 0 || found.unfamiliar) return [];
  const { fit } = best;
  const { pattern } = found;
  const weight = binWeights(found, fit);
  const weighed = (column: Float64Array): Float64Array => column.map((v, i) => v * weight[i]!);
  const explained = new Subspace();
  for (const profile of fit.profiles) {
    for (const column of [profile.value, profile.byLnWidth, ...profile.byStrain]) {
      explained.add(weighed(column));
    }
  }
  const residual = weighed(pattern.net.map((v, i) => v - fit.model[i]!));
  explained.free(residual);
  const amount = amountOf({ pattern, library, plain: weight }, fit);
  const total = fit.phases.reduce((sum, { card, scale }) => sum + amount(card) * scale, 0);
  if (!(total > 0)) return [];
  const members = fit.phases.map(({ card, scale }, k) => ({
    name: best.curves[k]!.name,
    fraction: (amount(card) * scale) / total,
    error: amount(card) / lengthBeside(fit.profiles, k, weighed) / total,
  }));
  const taken = new Set(fit.phases.map(({ card }) => library.twins[card]));
  const others = library.cards.flatMap((card, k): PhaseEstimate[] => {
    if (library.twins[k] !== k || taken.has(k)) return [];
    const shape = { lnWidth: 0, strain: new Float64Array(card.modes) };
    const column = weighed(phaseProfile(pattern, card, shape, fit.sample).value);
    const whole = dot(column, column);
    explained.free(column);
    const own = dot(column, column);
    if (!(own > OWN_MIN * whole)) return [];
    const unit = amount(k) / total;
    return [
      {
        name: card.name,
        fraction: (unit * dot(column, residual)) / own,
        error: unit / Math.sqrt(own),
      },
    ];
  });
  return [...members, ...others];
}

/** One over the standard deviation of each bin. */
function binWeights({ pattern, misfit }: Identification, { model }: PhaseFit): Float64Array {
  const together = Math.max(1, pattern.width_deg / pattern.step_deg);
  return pattern.sigma.map((sigma, i) => {
    const off2 = misfit.floorSeen ** 2 + (misfit.relative * model[i]!) ** 2;
    return 1 / Math.sqrt(sigma * sigma + together * off2);
  });
}

/** Atoms that a scale of 1 stands for; heights where a member of the set has no structure. */
function amountOf({ library }: FitContext, fit: PhaseFit): (card: number) => number {
  const atoms = (card: number): number => {
    const { weightOfScale, atomsPerWeight } = library.cards[card]!;
    return (weightOfScale ?? Number.NaN) * (atomsPerWeight ?? Number.NaN);
  };
  const isKnown = library.cards.every((_, k) => Number.isFinite(atoms(k)));
  return isKnown && fit.phases.length > 0 ? atoms : () => 1;
}

/** Length of a member's column freed of the other members' scales. */
function lengthBeside(
  profiles: readonly PhaseProfile[],
  member: number,
  weighed: (column: Float64Array) => Float64Array,
): number {
  const others = new Subspace();
  profiles.forEach(({ value }, k) => {
    if (k !== member) others.add(weighed(value));
  });
  const column = weighed(profiles[member]!.value);
  others.free(column);
  return Math.sqrt(dot(column, column));
}

/** An orthonormal basis that grows (modified Gram-Schmidt). */
class Subspace {
  readonly #basis: Float64Array[] = [];

  add(column: Float64Array): void {
    const whole = Math.sqrt(dot(column, column));
    this.free(column);
    const own = Math.sqrt(dot(column, column));
    if (own > OWN_MIN * whole) this.#basis.push(column.map((v) => v / own));
  }

  /** Takes from the column, in place, what the basis holds of it. */
  free(column: Float64Array): void {
    for (const unit of this.#basis) {
      const part = dot(column, unit);
      for (let i = 0; i < column.length; i++) column[i] = column[i]! - part * unit[i]!;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
