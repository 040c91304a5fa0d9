import { choleskyInPlace, solveLower, solveLowerTransposed } from "../../numeric/cholesky.ts";
import { dot } from "../../numeric/dot.ts";
import type { Identification } from "./identify-phases.ts";
import { LineSignals, type MovedSignals } from "./line-signals.ts";
import type { PhaseFit } from "./phase-fit.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import { type PhaseProfile, phaseProfile } from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";
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
  /** Of a phase of the set: its scale beside a free background, over the fitted one. */
  readonly rescaled?: number;
  /** Of another phase: how clearly it would be seen if its cell were off the card's. */
  readonly moved?: MovedSignals;
}

/** The background under crowded lines is taken too high; it is free in steps of this. */
const BACKGROUND_STEP_deg = 30;
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
  const weight = binWeights(found, fit);
  const weighed = (column: Float64Array): Float64Array => column.map((v, i) => v * weight[i]!);
  const explained = new Subspace();
  for (const profile of fit.profiles) {
    const { byLnWidth, byStrain } = profile.slopes();
    for (const column of [profile.value, byLnWidth, ...byStrain]) {
      explained.add(weighed(column));
    }
  }
  const background = backgroundColumns(pattern).map(weighed);
  for (const column of background) explained.add(column.slice());
  const residual = weighed(pattern.net.map((v, i) => v - fit.model[i]!));
  explained.free(residual);
  const amount = amountOf(library);
  const scales = scalesBesideBackground(
    fit,
    fit.profiles.map(({ value }) => weighed(value)),
    background,
    weighed(pattern.net.map((v, i) => v - fit.model[i]!)),
  );
  const total = fit.phases.reduce((sum, { card }, k) => sum + amount(card) * scales[k]!, 0);
  if (!(total > 0)) return [];
  const members = fit.phases.map(({ card, scale, shape }, k) => ({
    name: best.curves[k]!.name,
    fraction: (amount(card) * scales[k]!) / total,
    error: amount(card) / lengthBeside(fit.profiles, k, weighed) / total,
    strain: shape.strain[0] ?? 0,
    rescaled: scales[k]! / Math.max(scale, 1e-9),
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

/** Hat functions a sixth of the range apart or so: what a background that is a little too high or too low looks like. */
function backgroundColumns({ n, step_deg }: PreparedPattern): Float64Array[] {
  const gaps = Math.max(1, Math.round((n * step_deg) / BACKGROUND_STEP_deg));
  return Array.from({ length: gaps + 1 }, (_, k) =>
    Float64Array.from({ length: n }, (_, i) => Math.max(0, 1 - Math.abs((i * gaps) / (n - 1) - k))),
  );
}

/** One over the standard deviation of each bin. */
function binWeights({ pattern, misfit }: Identification, { model }: PhaseFit): Float64Array {
  const together = Math.max(1, pattern.width_deg / pattern.step_deg);
  return pattern.sigma.map((sigma, i) => {
    const off2 = misfit.floorSeen ** 2 + (misfit.relative * model[i]!) ** 2;
    return 1 / Math.sqrt(sigma * sigma + together * off2);
  });
}

/**
 * The set's scales beside a background that is free in its steps, by linear least squares: crowded weak lines lift the level that
 * was taken for background, and are fitted too low by as much.
 */
function scalesBesideBackground(
  { phases }: PhaseFit,
  own: readonly Float64Array[],
  background: readonly Float64Array[],
  residual: Float64Array,
): number[] {
  const columns = [...own, ...background];
  const n = columns.length;
  const curvature = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      curvature[a * n + b] = dot(columns[a]!, columns[b]!);
      curvature[b * n + a] = curvature[a * n + b]!;
    }
    curvature[a * n + a]! *= 1 + 1e-9;
  }
  const change = Float64Array.from(columns, (column) => dot(column, residual));
  if (choleskyInPlace(curvature, n, n) !== 0) return phases.map(({ scale }) => scale);
  solveLower(curvature, n, n, change);
  solveLowerTransposed(curvature, n, n, change);
  return phases.map(({ scale }, k) => Math.max(0, scale + change[k]!));
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
