import {
  invertPositiveDefinite,
  minimiseBoundedQuadratic,
} from "../../numeric/bounded-quadratic.ts";
import { dot } from "../../numeric/dot.ts";
import type { PhaseLibrary } from "./phase-library.ts";
import {
  nearbyProfile,
  type PhaseProfile,
  type PhaseShape,
  phaseProfile,
  type SampleShape,
} from "./phase-profile.ts";
import type { PreparedPattern } from "./prepared-pattern.ts";

/** One phase within a fit. */
export interface FittedPhase {
  readonly card: number;
  /** Net height of the card's strongest line, about. */
  readonly scale: number;
  readonly shape: PhaseShape;
}

/** A pattern as a sum of phases. */
export interface PhaseFit {
  readonly phases: readonly FittedPhase[];
  readonly sample: SampleShape;
  readonly model: Float64Array;
  readonly profiles: readonly PhaseProfile[];
  /** Weighted squares and priors. */
  readonly objective: number;
  /** -2 ln prior of shapes and sample. */
  readonly penalty: number;
}

/** What a fit needs: squares are divided by plain + (RELATIVE max(net, model))^2, so that texture is no misfit. */
export interface FitContext {
  readonly pattern: PreparedPattern;
  readonly library: PhaseLibrary;
  /** Variance of each bin without a line: noise and floor. */
  readonly plain: Float64Array;
}

/** The context of one pattern. */
export function fitContext(pattern: PreparedPattern, library: PhaseLibrary): FitContext {
  return { pattern, library, plain: pattern.sigma.map((s) => s * s + FLOOR * FLOOR) };
}

const RELATIVE = 0.2;
const FLOOR = 0.005;

/** Spreads of the parameters before a pattern is seen. */
const PRIOR = {
  displacement_deg: 0.06,
  lorentz: { mean: 0.6, spread: 0.25 },
  lnWidth: 0.7,
  /** The isotropic strain: mostly as its card says (Cauchy of this scale), sometimes a solid solution (even share). */
  isotropic: 0.003,
  solidSolution: 0.04,
  imitable: 0.004,
  /** Of the other strains, normal. */
  anisotropic: 0.003,
};
const DISPLACEMENT_MAX_DEG = 0.3;
const LN_WIDTH_MAX = 2;
const ANISOTROPIC_MAX = 0.015;
const SCALE_MAX = 5;
const DAMPING_START = 1e-3;

/** The empty set: nothing but background. */
export function emptyFit(context: FitContext): PhaseFit {
  const { pattern } = context;
  const model = new Float64Array(pattern.n);
  return {
    phases: [],
    sample: { displacement_deg: 0, lorentz: PRIOR.lorentz.mean },
    model,
    profiles: [],
    objective: squares(context, model),
    penalty: 0,
  };
}

/** The phases' sum at given parameters. `known` profiles are taken where they are given. */
export function fitAt(
  context: FitContext,
  phases: readonly FittedPhase[],
  sample: SampleShape,
  known: readonly (PhaseProfile | undefined)[] = [],
): PhaseFit {
  const { pattern, library } = context;
  const profiles = phases.map(
    (phase, k) =>
      known[k] ?? phaseProfile(pattern, library.cards[phase.card]!, phase.shape, sample),
  );
  const model = new Float64Array(pattern.n);
  profiles.forEach(({ value }, k) => {
    const { scale } = phases[k]!;
    for (let i = 0; i < model.length; i++) model[i] = model[i]! + scale * value[i]!;
  });
  const penalty = priorOf(library, phases, sample);
  const objective = penalty + squares(context, model);
  return { phases, sample, model, profiles, objective, penalty };
}

function squares({ pattern, plain }: FitContext, model: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < model.length; i++) {
    const net = pattern.net[i]!;
    sum += (net - model[i]!) ** 2 / (plain[i]! + (RELATIVE * Math.max(net, model[i]!)) ** 2);
  }
  return sum;
}

/**
 * Levenberg-Marquardt from a start: scales >= 0, displacement, profile, and per phase width and strains within their
 * limits. Ends after `steps_max` accepted or refused steps or a fall below `fall_min` of the objective.
 */
export function improveFit(
  context: FitContext,
  start: PhaseFit,
  options: { readonly steps_max: number; readonly fall_min?: number },
): PhaseFit {
  let fit = start;
  let damping = DAMPING_START;
  for (let step = 0; step < options.steps_max; step++) {
    const next = stepFrom(context, fit, damping);
    if (next.objective < fit.objective) {
      const fall = (fit.objective - next.objective) / fit.objective;
      fit = next;
      damping = Math.max(damping / 5, 1e-6);
      if (fall < (options.fall_min ?? 1e-3)) break;
    } else damping = Math.max(damping * 20, 0.02);
  }
  return fit;
}

/**
 * Standard deviations of the scales from the curvature at the fit. The bins of a line are off together (texture, profile), so
 * each counts for a line's share of its width.
 */
export function scaleErrors(context: FitContext, fit: PhaseFit): number[] {
  if (fit.phases.length === 0) return [];
  const { columns, prior } = linearise(context, fit);
  const n = columns.length;
  const together = Math.max(1, context.pattern.width_deg / context.pattern.step_deg);
  const curvature = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) curvature[a * n + b] = dot(columns[a]!, columns[b]!) / together;
    curvature[a * n + a] = curvature[a * n + a]! * (1 + 1e-9) + prior[a]! + 1e-9;
  }
  const inverse = invertPositiveDefinite(curvature, n)?.inverse;
  let at = 2;
  return fit.phases.map(({ card }) => {
    const variance = inverse === undefined ? Number.NaN : inverse[at * n + at]!;
    at += 2 + context.library.cards[card]!.modes;
    return Math.sqrt(variance);
  });
}

function stepFrom(context: FitContext, fit: PhaseFit, damping: number): PhaseFit {
  const { columns, x, low, high, prior, centre, inverse } = linearise(context, fit);
  const n = x.length;
  const { pattern } = context;
  const residual = new Float64Array(pattern.n);
  for (let i = 0; i < pattern.n; i++) {
    residual[i] = (pattern.net[i]! - fit.model[i]!) * inverse[i]!;
  }
  const curvature = new Float64Array(n * n);
  const linear = new Float64Array(n);
  for (let a = 0; a < n; a++) {
    linear[a] = -dot(columns[a]!, residual);
    for (let b = 0; b <= a; b++) {
      const value = dot(columns[a]!, columns[b]!);
      curvature[a * n + b] = value;
      curvature[b * n + a] = value;
    }
  }
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) linear[a] = linear[a]! - curvature[a * n + b]! * x[b]!;
  }
  for (let a = 0; a < n; a++) {
    const extra = damping * (curvature[a * n + a]! + prior[a]!);
    linear[a] = linear[a]! - prior[a]! * centre[a]! - extra * x[a]!;
    curvature[a * n + a] = curvature[a * n + a]! + prior[a]! + extra + 1e-12;
  }
  const problem = { n, curvature, linear, absolute: new Float64Array(n), low, high };
  return unpack(context, fit, minimiseBoundedQuadratic(problem, x));
}

interface Linearised {
  /** Derivatives over standard deviations. */
  readonly columns: readonly Float64Array[];
  readonly x: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Inverse variances and means of the priors. */
  readonly prior: Float64Array;
  readonly centre: Float64Array;
  /** One over the standard deviation of each bin. */
  readonly inverse: Float64Array;
}

/** Order: displacement, lorentz, then per phase scale, lnWidth, strains. */
function linearise(context: FitContext, fit: PhaseFit): Linearised {
  const { plain, library, pattern } = context;
  const n = plain.length;
  const inverse = plain.map((v, i) => {
    return 1 / Math.sqrt(v + (RELATIVE * Math.max(pattern.net[i]!, fit.model[i]!)) ** 2);
  });
  const columns: Float64Array[] = [new Float64Array(n), new Float64Array(n)];
  const rows: [x: number, low: number, high: number, prior: number, centre: number][] = [
    [
      fit.sample.displacement_deg,
      -DISPLACEMENT_MAX_DEG,
      DISPLACEMENT_MAX_DEG,
      1 / PRIOR.displacement_deg ** 2,
      0,
    ],
    [fit.sample.lorentz, 0, 1, 1 / PRIOR.lorentz.spread ** 2, PRIOR.lorentz.mean],
  ];
  const scaled = (source: Float64Array, factor: number): Float64Array => {
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = source[i]! * factor * inverse[i]!;
    return out;
  };
  fit.phases.forEach(({ card, scale, shape }, k) => {
    const profile = fit.profiles[k]!;
    for (let i = 0; i < n; i++) {
      const weight = scale * inverse[i]!;
      columns[0]![i] = columns[0]![i]! + weight * profile.byDisplacement[i]!;
      columns[1]![i] = columns[1]![i]! + weight * profile.byLorentz[i]!;
    }
    columns.push(scaled(profile.value, 1), scaled(profile.byLnWidth, scale));
    rows.push([scale, 0, SCALE_MAX, 0, 0]);
    rows.push([shape.lnWidth, -LN_WIDTH_MAX, LN_WIDTH_MAX, 1 / PRIOR.lnWidth ** 2, 0]);
    profile.byStrain.forEach((column, m) => {
      const value = shape.strain[m]!;
      const limit = m === 0 ? library.cards[card]!.strainLimit : ANISOTROPIC_MAX;
      const weight =
        m === 0
          ? isotropicCurvature(value, solidSolutionShare(library, card))
          : 1 / PRIOR.anisotropic ** 2;
      columns.push(scaled(column, scale));
      rows.push([value, -limit, limit, weight, 0]);
    });
  });
  const pick = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!);
  return {
    columns,
    x: pick(0),
    low: pick(1),
    high: pick(2),
    prior: pick(3),
    centre: pick(4),
    inverse,
  };
}

function unpack(context: FitContext, fit: PhaseFit, x: Float64Array): PhaseFit {
  let at = 2;
  const sample = { displacement_deg: x[0]!, lorentz: x[1]! };
  const phases = fit.phases.map((phase) => {
    const { modes } = context.library.cards[phase.card]!;
    const scale = x[at]!;
    const lnWidth = x[at + 1]!;
    const strain = x.slice(at + 2, at + 2 + modes);
    at += 2 + modes;
    return { card: phase.card, scale, shape: { lnWidth, strain } };
  });
  const known = phases.map(({ shape }, k) =>
    nearbyProfile(context.pattern, fit.profiles[k]!, shape, sample),
  );
  return fitAt(context, phases, sample, known);
}

/** -2 ln of the priors, zero at their modes. */
function priorOf(
  library: PhaseLibrary,
  phases: readonly FittedPhase[],
  sample: SampleShape,
): number {
  let sum = (sample.displacement_deg / PRIOR.displacement_deg) ** 2;
  sum += ((sample.lorentz - PRIOR.lorentz.mean) / PRIOR.lorentz.spread) ** 2;
  for (const { card, shape } of phases) {
    const share = solidSolutionShare(library, card);
    sum += (shape.lnWidth / PRIOR.lnWidth) ** 2;
    shape.strain.forEach((value, m) => {
      sum +=
        m === 0 ? -2 * Math.log(isotropicPrior(value, share)) : (value / PRIOR.anisotropic) ** 2;
    });
  }
  return sum;
}

/** Density of the isotropic strain over that at zero. */
export function isotropicPrior(strain: number, share: number): number {
  return (1 / (1 + (strain / PRIOR.isotropic) ** 2) + share) / (1 + share);
}

/** Weight of a quadratic that has the slope of -ln density at this strain. */
function isotropicCurvature(strain: number, share: number): number {
  const bell = 1 / (1 + (strain / PRIOR.isotropic) ** 2);
  return ((2 / PRIOR.isotropic ** 2) * bell * bell) / (bell + share);
}

/**
 * Even share of the strain's prior. Where another phase has its lines at the same places a strain tells them apart, and
 * must be dear; elsewhere a solid solution costs little.
 */
export function solidSolutionShare(library: PhaseLibrary, card: number): number {
  return library.isImitable[card]! ? PRIOR.imitable : PRIOR.solidSolution;
}
