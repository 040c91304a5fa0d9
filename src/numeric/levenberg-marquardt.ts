import { minimiseBoundedQuadratic } from "./bounded-quadratic.ts";

/** Residuals r (length m) and their derivatives (m x n, row-major) at one point. */
export interface Residuals {
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

/** sum r^2 + sum_k (square_k x_k^2 + absolute_k |x_k|) within bounds. */
export interface PenalisedLeastSquares {
  readonly n: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly square: Float64Array;
  readonly absolute: Float64Array;
  evaluate(x: Float64Array): Residuals;
}

export interface DescentOptions {
  readonly evaluations_max: number;
  /** Ends where the objective's relative fall in an accepted step is below this. Default 1e-9. */
  readonly fall_min?: number;
}

export interface Descent {
  readonly x: Float64Array;
  /** sum of r^2. */
  readonly chi2: number;
  /** With the penalties. */
  readonly objective: number;
  /** 2 J^T J + penalties' curvature, halved: the Gauss-Newton curvature of objective/2 at x. */
  readonly curvature: Float64Array;
  readonly evaluations: number;
  readonly converged: boolean;
}

const DAMPING_START = 1e-2;
const DAMPING_MAX = 1e10;

/** A descent that is asked for one step at a time, so that several can be raced. */
export interface DescentProcess {
  /** One evaluation; false once it has converged. */
  step(): boolean;
  state(): Descent;
}

/**
 * Levenberg-Marquardt with bounds and L1/L2 penalties: each step minimises the damped Gauss-Newton model exactly
 * within the bounds, zeros of an L1 penalty included. Damping after H. B. Nielsen (IMM-REP-1999-05).
 */
export function startDescent(
  problem: PenalisedLeastSquares,
  start: Float64Array,
  fall_min = 1e-9,
): DescentProcess {
  const { n } = problem;
  let x: Float64Array = start.map((v, k) =>
    Math.min(problem.high[k]!, Math.max(problem.low[k]!, v)),
  );
  let model = linearise(problem, x, problem.evaluate(x));
  let evaluations = 1;
  let damping = DAMPING_START;
  let growth = 2;
  let converged = false;
  const step = (): boolean => {
    if (converged) return false;
    const trial = dampedMinimum(problem, x, model, damping);
    const shift = trial.reduce((max, v, k) => Math.max(max, Math.abs(v - x[k]!)), 0);
    const expected = model.objective - modelValue(problem, x, model, trial);
    if (!(expected > 1e-15 * model.objective) || shift === 0) {
      converged = true;
      return false;
    }
    evaluations++;
    const next = linearise(problem, trial, problem.evaluate(trial));
    const gain = (model.objective - next.objective) / expected;
    if (gain > 0) {
      const fall = (model.objective - next.objective) / model.objective;
      x = trial;
      model = next;
      damping *= Math.max(1 / 5, 1 - (2 * gain - 1) ** 3);
      growth = 2;
      if (fall < fall_min) converged = true;
    } else {
      damping *= growth;
      growth *= 2;
      if (damping > DAMPING_MAX) converged = true;
    }
    return !converged;
  };
  const state = (): Descent => ({
    x: x.slice(),
    chi2: model.chi2,
    objective: model.objective,
    curvature: withPenalties(problem, model.normal, n),
    evaluations,
    converged,
  });
  return { step, state };
}

/** Descends until converged or out of evaluations. */
export function descend(
  problem: PenalisedLeastSquares,
  start: Float64Array,
  options: DescentOptions,
): Descent {
  const process = startDescent(problem, start, options.fall_min);
  while (process.state().evaluations < options.evaluations_max && process.step()) {}
  return process.state();
}

interface LinearModel {
  readonly chi2: number;
  readonly objective: number;
  /** J^T J and J^T r. */
  readonly normal: Float64Array;
  readonly gradient: Float64Array;
}

function linearise(
  problem: PenalisedLeastSquares,
  x: Float64Array,
  { values, slopes }: Residuals,
): LinearModel {
  const { n } = problem;
  const normal = new Float64Array(n * n);
  const gradient = new Float64Array(n);
  let chi2 = 0;
  for (let l = 0; l < values.length; l++) {
    const r = values[l]!;
    chi2 += r * r;
    for (let a = 0; a < n; a++) {
      const s = slopes[l * n + a]!;
      gradient[a] = gradient[a]! + s * r;
      for (let b = 0; b <= a; b++) normal[a * n + b] = normal[a * n + b]! + s * slopes[l * n + b]!;
    }
  }
  for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) normal[b * n + a] = normal[a * n + b]!;
  return { chi2, objective: chi2 + penalty(problem, x), normal, gradient };
}

/** sum_k (square_k x_k^2 + absolute_k |x_k|). */
function penalty(
  problem: Pick<PenalisedLeastSquares, "square" | "absolute">,
  x: Float64Array,
): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) {
    sum += problem.square[k]! * x[k]! ** 2 + problem.absolute[k]! * Math.abs(x[k]!);
  }
  return sum;
}

function withPenalties(
  problem: PenalisedLeastSquares,
  normal: Float64Array,
  n: number,
): Float64Array {
  const out = normal.slice();
  for (let k = 0; k < n; k++) out[k * n + k] = out[k * n + k]! + problem.square[k]!;
  return out;
}

/** Damping is scaled by the diagonal, with a floor so that a coupling the data don't feel yet can't run away. */
function dampedMinimum(
  problem: PenalisedLeastSquares,
  x: Float64Array,
  model: LinearModel,
  damping: number,
): Float64Array {
  const { n } = problem;
  const curvature = withPenalties(problem, model.normal, n);
  const linear = model.gradient.slice();
  for (let a = 0; a < n; a++) {
    for (let b = 0; b < n; b++) linear[a] = linear[a]! - model.normal[a * n + b]! * x[b]!;
  }
  let largest = 0;
  for (let k = 0; k < n; k++) largest = Math.max(largest, curvature[k * n + k]!);
  const floor = Math.max(largest * 1e-4, 1e-300);
  for (let k = 0; k < n; k++) {
    const extra = damping * Math.max(curvature[k * n + k]!, floor);
    curvature[k * n + k] = curvature[k * n + k]! + extra;
    linear[k] = linear[k]! - extra * x[k]!;
  }
  const absolute = problem.absolute.map((weight) => weight / 2);
  const { low, high } = problem;
  return minimiseBoundedQuadratic({ n, curvature, linear, absolute, low, high }, x);
}

/** The undamped Gauss-Newton model's objective at a trial point. */
function modelValue(
  problem: PenalisedLeastSquares,
  x: Float64Array,
  model: LinearModel,
  trial: Float64Array,
): number {
  const { n } = problem;
  let value = model.chi2 + penalty(problem, trial);
  for (let a = 0; a < n; a++) {
    const da = trial[a]! - x[a]!;
    let row = 2 * model.gradient[a]!;
    for (let b = 0; b < n; b++) row += model.normal[a * n + b]! * (trial[b]! - x[b]!);
    value += row * da;
  }
  return value;
}
