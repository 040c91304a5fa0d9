import { minimiseBoundedQuadratic } from "../../numeric/bounded-quadratic.ts";
import { type NormalEquations, normalEquations } from "./normal-equations.ts";
import { type FitContext, type FittedPhase, type PhaseFit, RELATIVE } from "./phase-fit.ts";
import {
  nearbyProfile,
  type PhaseProfile,
  phaseProfile,
  type SampleShape,
} from "./phase-profile.ts";
import { PRIOR, priorOf } from "./shape-priors.ts";

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

/**
 * The phases' sum at given parameters. `known` profiles are taken where they are given; without `hasSlopes` derivatives wait until
 * somebody asks for them.
 */
export function fitAt(
  context: FitContext,
  phases: readonly FittedPhase[],
  sample: SampleShape,
  options: {
    readonly known?: readonly (PhaseProfile | undefined)[];
    readonly hasSlopes?: boolean;
  } = {},
): PhaseFit {
  const { pattern, library } = context;
  const { known = [], hasSlopes = true } = options;
  const profiles = phases.map(({ card, shape }, k) => {
    return known[k] ?? phaseProfile(pattern, library.cards[card]!, shape, sample, hasSlopes);
  });
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
  let equations: NormalEquations | undefined;
  let damping = DAMPING_START;
  for (let step = 0; step < options.steps_max; step++) {
    equations ??= normalEquations(context, fit);
    const isLast = step === options.steps_max - 1;
    const next = stepFrom(context, { fit, equations }, damping, !isLast);
    if (next.objective < fit.objective) {
      const fall = (fit.objective - next.objective) / fit.objective;
      fit = next;
      equations = undefined;
      damping = Math.max(damping / 5, 1e-6);
      if (fall < (options.fall_min ?? 1e-3)) break;
    } else damping = Math.max(damping * 20, 0.02);
  }
  return fit;
}

function stepFrom(
  context: FitContext,
  { fit, equations }: { readonly fit: PhaseFit; readonly equations: NormalEquations },
  damping: number,
  hasSlopes: boolean,
): PhaseFit {
  const { n, x, low, high, prior, centre } = equations;
  const curvature = equations.curvature.slice();
  const linear = equations.linear.slice();
  for (let a = 0; a < n; a++) {
    const extra = damping * (curvature[a * n + a]! + prior[a]!);
    linear[a] = linear[a]! - prior[a]! * centre[a]! - extra * x[a]!;
    curvature[a * n + a] = curvature[a * n + a]! + prior[a]! + extra + 1e-12;
  }
  const problem = { n, curvature, linear, absolute: new Float64Array(n), low, high };
  return unpack(context, fit, minimiseBoundedQuadratic(problem, x), hasSlopes);
}

function unpack(context: FitContext, fit: PhaseFit, x: Float64Array, hasSlopes: boolean): PhaseFit {
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
  return fitAt(context, phases, sample, { known, hasSlopes });
}
