import { dot } from "../../numeric/dot.ts";
import { backgroundColumns, binWeights, scalesBesideBackground } from "./free-background.ts";
import type { Identification } from "./identify-phases.ts";
import { LineSignals, type MovedSignals } from "./line-signals.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import { type PhaseProfile, phaseProfile } from "./phase-profile.ts";
import { Subspace } from "./subspace.ts";

/** What a pattern says of one phase's fraction of the atoms, whether it names the phase or not. */
export interface PhaseEstimate {
  readonly name: string;
  /** Most likely value; below 0 where noise points that way. */
  readonly fraction: number;
  /** Standard deviation: how little of it could have been seen. */
  readonly error: number;
  /** Isotropic strain of a phase of the set. */
  readonly strain?: number;
  /** Of another phase: how clearly it would be seen if its cell were off the card's. */
  readonly moved?: MovedSignals;
}

/** A column that others explain to this share of its length says nothing of its own. */
const OWN_MIN = 1e-3;

/**
 * Fraction of every card of the library beside the most probable set: for a phase of the set its scale, solved for once more beside
 * a free background, as a share of the set's atoms; for another the scale a = c.r/c.c that its lines c (at the card's own cell,
 * the usual width) have in the residual r, both freed of what the set's scales, widths and strains and the background can
 * explain; with r its ratio to the set's atoms the fraction is r/(1 + r), and so is the error
 * scaled: how clearly it stands out stays as it is. Errors are 1/|c|, each bin weighed by noise^2 + m (floor^2 + (relative
 * model)^2), m the bins of a line's width, which are off together. A cell may be off its card, and only the samples around can
 * tell by how much: c.r/|c| is told for every strain within the card's limit ({@link LineSignals}). Fractions are of atoms; of line
 * heights where a card has no structure. Of twins the first card stands. Empty where lines are left that no card explains:
 * they would be taken for what they are not. O(cards x (bins x phases + strains x lines x phases)).
 */
export function estimatePhases(found: Identification, library: PhaseLibrary): PhaseEstimate[] {
  const best = found.sets[0];
  if (best === undefined || best.fit.phases.length === 0 || found.unfamiliar) return [];
  const { fit } = best;
  const { pattern } = found;
  const weight = binWeights(pattern, fit.model, found.misfit);
  const weighed = (column: Float64Array): Float64Array => column.map((v, i) => v * weight[i]!);
  const explained = new Subspace();
  for (const profile of fit.profiles) {
    const { byLnWidth, byStrain } = profile.slopes();
    for (const column of [profile.value, byLnWidth, ...byStrain]) {
      explained.add(weighed(column));
    }
  }
  for (const column of backgroundColumns(pattern)) explained.add(weighed(column));
  const residual = weighed(pattern.net.map((v, i) => v - fit.model[i]!));
  explained.free(residual);
  const amount = amountOf(library);
  const scales = scalesBesideBackground(pattern, fit, found.misfit);
  const total = fit.phases.reduce((sum, { card }, k) => sum + amount(card) * scales[k]!, 0);
  if (!(total > 0)) return [];
  const members = fit.phases.map(({ card, shape }, k) => ({
    name: best.curves[k]!.name,
    fraction: (amount(card) * scales[k]!) / total,
    error: amount(card) / lengthBeside(fit.profiles, k, weighed) / total,
    strain: shape.strain[0] ?? 0,
  }));
  const signals = new LineSignals(pattern, fit.sample, { weight, residual, explained });
  const taken = new Set(fit.phases.map(({ card }) => library.twins[card]));
  const others = library.cards.flatMap((card, k): PhaseEstimate[] => {
    if (library.twins[k] !== k || taken.has(k)) return [];
    const shape = { lnWidth: 0, strain: new Float64Array(card.modes) };
    const column = weighed(phaseProfile(pattern, card, shape, fit.sample, false).value);
    const whole = dot(column, column);
    explained.free(column);
    const own = dot(column, column);
    if (!(own > OWN_MIN * whole)) return [];
    const unit = amount(k) / total;
    const ratio = (unit * dot(column, residual)) / own;
    const moved = signals.of(card, whole);
    // Beside the set, not of it: a light phase that is missed may hold most of the atoms.
    const all = 1 + Math.max(0, ratio);
    return [{ name: card.name, fraction: ratio / all, error: unit / Math.sqrt(own) / all, moved }];
  });
  return [...members, ...others];
}

/** Atoms that a scale of 1 stands for; heights where a card has no structure. */
function amountOf({ cards }: PhaseLibrary): (card: number) => number {
  const atoms = cards.map(
    ({ weightOfScale, atomsPerWeight }) =>
      (weightOfScale ?? Number.NaN) * (atomsPerWeight ?? Number.NaN),
  );
  return atoms.every(Number.isFinite) ? (card) => atoms[card]! : () => 1;
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
