import { dot } from "./dot.ts";

/** A function to make small: returns the value at `x` and writes the gradient there. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Bounds of each variable; steps are projected onto them. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Function evaluations that may be spent. */
  readonly evaluations_max: number;
  /** Largest projected gradient component at which the point counts as a minimum. */
  readonly gradient_max: number;
  /** Curvature of a similar function to begin with, oldest first. */
  readonly curvature?: readonly CurvaturePair[] | undefined;
  /** The search ends where the next full step promises less than this (half of slope times step). */
  readonly gain_min?: number | undefined;
  /** The search ends before the next step where this is true. */
  readonly isEnough?: ((x: Float64Array, value: number) => boolean) | undefined;
}

/** A step s and the change y of the gradient along it; rho = 1 / s'y. */
export interface CurvaturePair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

export interface LbfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
  /** True where the projected gradient or the decrease became negligible; false where the evaluations ran out. */
  readonly converged: boolean;
  /** The curvature that was met last. */
  readonly curvature: readonly CurvaturePair[];
}

const MEMORY = 8;
const ARMIJO = 1e-4;
const DECREASE_min = 1e-9;
/** No variable moves further than this in one step: they are logarithms or scaled to the unit range. */
const STEP_max = 2;

/**
 * Minimises a smooth function in a box by limited-memory BFGS (J. Nocedal, Math. Comp. 35, 773 (1980)) with projected
 * backtracking steps. A value that is not finite counts as too large, so a failed factorisation only shortens the
 * step. Deterministic.
 */
export function minimiseLbfgs(
  objective: Objective,
  start: Float64Array,
  options: LbfgsOptions,
): LbfgsResult {
  const n = start.length;
  let x = project(start, options);
  let gradient = new Float64Array(n);
  let value = objective(x, gradient);
  let evaluations = 1;
  const pairs = [...(options.curvature ?? [])];
  const ended = (converged: boolean): LbfgsResult => ({
    ...{ x, value, evaluations, converged },
    curvature: pairs,
  });
  if (!Number.isFinite(value)) return ended(false);

  while (evaluations < options.evaluations_max) {
    if (options.isEnough?.(x, value) === true) return ended(false);
    if (projectedGradientMax(x, gradient, options) <= options.gradient_max) return ended(true);
    const direction = descend(x, gradient, pairs, options);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) return ended(true);
    if (pairs.length > 0 && -slope < 2 * (options.gain_min ?? 0)) return ended(true);
    let step = Math.min(1, STEP_max / Math.max(...direction.map(Math.abs)));
    if (pairs.length === 0) step = Math.min(step, 1 / Math.max(1e-300, Math.sqrt(-slope)));
    let trial = x;
    let trialValue = Number.POSITIVE_INFINITY;
    const trialGradient = new Float64Array(n);
    while (evaluations < options.evaluations_max && step > 1e-12) {
      trial = project(
        x.map((v, i) => v + step * direction[i]!),
        options,
      );
      trialValue = objective(trial, trialGradient);
      evaluations++;
      if (trialValue <= value + ARMIJO * step * slope) break;
      // Minimum of the parabola through value, slope and trial, kept within a tenth and a half of the step.
      const parabola = (-slope * step * step) / (2 * (trialValue - value - slope * step));
      step = Number.isFinite(parabola)
        ? Math.min(0.5 * step, Math.max(0.1 * step, parabola))
        : 0.25 * step;
    }
    if (!(trialValue < value)) return ended(pairs.length > 0);
    remember(pairs, x, trial, gradient, trialGradient);
    const decrease = value - trialValue;
    x = trial;
    gradient = trialGradient;
    value = trialValue;
    if (decrease <= DECREASE_min * (1 + Math.abs(value))) return ended(true);
  }
  return ended(false);
}

function project(x: Float64Array, { lower, upper }: LbfgsOptions): Float64Array {
  return x.map((v, i) => Math.min(upper[i]!, Math.max(lower[i]!, v)));
}

/** True where the variable sits on a bound and the gradient pushes it outwards. */
function isBlocked(x: number, g: number, lower: number, upper: number): boolean {
  return (x <= lower && g > 0) || (x >= upper && g < 0);
}

function projectedGradientMax(x: Float64Array, g: Float64Array, o: LbfgsOptions): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    if (!isBlocked(x[i]!, g[i]!, o.lower[i]!, o.upper[i]!)) most = Math.max(most, Math.abs(g[i]!));
  }
  return most;
}

/** Two-loop recursion on the free variables. */
function descend(
  x: Float64Array,
  gradient: Float64Array,
  pairs: readonly CurvaturePair[],
  o: LbfgsOptions,
): Float64Array {
  const free = x.map((v, i) => (isBlocked(v, gradient[i]!, o.lower[i]!, o.upper[i]!) ? 0 : 1));
  const q = gradient.map((g, i) => -g * free[i]!);
  const alphas: number[] = [];
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const last = pairs.at(-1);
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  for (let k = 0; k < pairs.length; k++) {
    const { s, y, rho } = pairs[k]!;
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i]! += (alphas[k]! - beta) * s[i]!;
  }
  for (let i = 0; i < q.length; i++) q[i]! *= free[i]!;
  if (dot(q, gradient) < 0) return q;
  return gradient.map((g, i) => -g * free[i]!);
}

function remember(
  pairs: CurvaturePair[],
  x: Float64Array,
  next: Float64Array,
  g: Float64Array,
  nextG: Float64Array,
): void {
  const s = next.map((v, i) => v - x[i]!);
  const y = nextG.map((v, i) => v - g[i]!);
  const sy = dot(s, y);
  if (sy <= 1e-12 * dot(y, y)) return; // a pair without curvature would spoil the approximation
  pairs.push({ s, y, rho: 1 / sy });
  if (pairs.length > MEMORY) pairs.shift();
}
