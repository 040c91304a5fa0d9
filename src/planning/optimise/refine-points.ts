import type { Parameters } from "../../domain/candidate.ts";
import { logProbabilityInRange } from "../../models/optimise/acquisition/target-range.ts";
import { GaussianProcess } from "../../models/optimise/gaussian-process.ts";
import { type PointPosterior, posteriorAt } from "../../models/optimise/posterior-gradient.ts";
import { minimiseLbfgs } from "../../numeric/l-bfgs.ts";
import { alongEqualities } from "./along-equalities.ts";
import type { BoxAxes } from "./box-axes.ts";
import { type CampaignModel, type Quantity, standardBound } from "./campaign-model.ts";
import { fromUnit } from "./input-encoding.ts";
import type { ResolvedSettings } from "./resolve-settings.ts";
import type { PointScore } from "./scores/score.ts";

const CALLS_max = 40;
/** Step of the score's derivative by a mean or a deviation, in standardised units. */
const STEP = 1e-5;

/**
 * Follows the score uphill from each start by L-BFGS. The gradient is analytic through the posteriors (mean and variance
 * by the point) and by differences of the scalar score (by mean and deviation). Integer and categorical axes stay as they are; a point outside an
 * input constraint is pulled back towards its start. Without an exact model or a smooth score nothing is refined.
 */
export function refinePoints(
  model: CampaignModel,
  settings: ResolvedSettings,
  axes: BoxAxes,
  starts: readonly Parameters[],
): Parameters[] {
  const models = model.quantities.map(({ surrogate }) => surrogate.gp);
  if (!models.every((gp) => gp instanceof GaussianProcess)) return [];
  const score = createPointScore(model, settings);
  if (score === undefined) return [];
  const learnt = models.map((gp) => ({ gp, alpha: gp.alpha() }));
  const { encoding } = axes;
  return starts.flatMap((start) => {
    const x = encoding.encode(start);
    if (x === undefined) return [];
    const isFree = freeColumns(axes, encoding, start);
    const along = alongEqualities(axes, encoding, isFree);
    const result = minimiseLbfgs(
      (trial, gradient) => {
        const at = along === undefined ? trial : onPlane(along, x, trial);
        const posteriors = learnt.map(({ gp, alpha }) => posteriorAt(gp, alpha, at));
        const value = -chain(score, posteriors, gradient, isFree);
        along?.(gradient);
        return value;
      },
      x,
      {
        lower: x.map((v, c) => (isFree[c] === 1 ? 0 : v)),
        upper: x.map((v, c) => (isFree[c] === 1 ? 1 : v)),
        evaluations_max: CALLS_max,
        gradient_max: 1e-5,
      },
    );
    const end = along === undefined ? result.x : onPlane(along, x, result.x);
    const found = pullBack(axes, start, decode(axes, start, end));
    return found === undefined ? [] : [found];
  });
}

/** Value of the score; writes minus its gradient by the point's columns. */
function chain(
  score: PointScore,
  posteriors: readonly PointPosterior[],
  gradient: Float64Array,
  isFree: Uint8Array,
): number {
  const means = Float64Array.from(posteriors, (p) => p.mean);
  const sds = Float64Array.from(posteriors, (p) => Math.sqrt(p.variance));
  const value = score(means, sds);
  gradient.fill(0);
  posteriors.forEach((posterior, j) => {
    const slope = (values: Float64Array, step: number): number => {
      const kept = values[j] ?? 0;
      values[j] = kept + step;
      const up = score(means, sds);
      values[j] = kept - step;
      const down = score(means, sds);
      values[j] = kept;
      return (up - down) / (2 * step);
    };
    const sd = sds[j] ?? 1;
    const byMean = slope(means, STEP);
    const bySd = slope(sds, STEP * sd);
    for (let c = 0; c < gradient.length; c++) {
      if (isFree[c] === 0) continue;
      const dSd = (posterior.varianceGradient[c] ?? 0) / (2 * sd);
      gradient[c] = (gradient[c] ?? 0) - byMean * (posterior.meanGradient[c] ?? 0) - bySd * dSd;
    }
  });
  return value;
}

/** The smooth scores at one point, built from the very functions that score pools; `undefined` for drawn ones. */
function createPointScore(
  model: CampaignModel,
  settings: ResolvedSettings,
): PointScore | undefined {
  const { quantities } = model;
  const main = settings.score.gradient?.({ model, settings });
  if (main === undefined) return undefined;
  const ranges = quantities.flatMap((quantity, j) =>
    quantity.role === "objective" ? [] : [{ j, ...standardRange(quantity) }],
  );
  return (means, sds) => {
    let total = main(means, sds);
    for (const { j, low, high } of ranges) {
      const sd = sds[j] ?? 1;
      const belief = { means: [means.subarray(j, j + 1)], variance: Float64Array.of(sd * sd) };
      total += logProbabilityInRange(belief, low, high)[0] ?? 0;
    }
    return total;
  };
}

function standardRange({ surrogate, min, max, sign }: Quantity): { low: number; high: number } {
  const gp = surrogate.gp;
  const convert = (value: number): number =>
    gp === undefined ? value : standardBound(gp, sign * value);
  return { low: convert(min), high: convert(max) };
}

/** 1 for the columns of continuous axes that the start has. */
function freeColumns(
  axes: BoxAxes,
  { groups, inputs }: BoxAxes["encoding"],
  start: Parameters,
): Uint8Array {
  return Uint8Array.from(groups, (g) => {
    const name = inputs[g]?.name ?? "";
    return axes.isContinuous[axes.names.indexOf(name)] === true && start[name] !== undefined
      ? 1
      : 0;
  });
}

/** The point's way from the start without what leaves the equalities. */
function onPlane(
  along: (way: Float64Array) => void,
  start: Float64Array,
  point: Float64Array,
): Float64Array {
  const way = point.map((v, c) => v - start[c]!);
  along(way);
  return way.map((v, c) => start[c]! + v);
}

/** The start with its continuous axes at the refined columns. */
function decode(axes: BoxAxes, start: Parameters, x: Float64Array): Parameters {
  const { encoding } = axes;
  const { inputs, groups } = encoding;
  const moved: Record<string, number | string> = { ...start };
  const free = freeColumns(axes, encoding, start);
  groups.forEach((g, c) => {
    const input = inputs[g];
    if (free[c] === 1 && input?.kind === "numeric") {
      moved[input.name] = fromUnit(input, x[c] ?? 0);
    }
  });
  return moved;
}

/** The point, or the furthest of a few points between it and its start that satisfies the constraints. */
function pullBack(axes: BoxAxes, start: Parameters, end: Parameters): Parameters | undefined {
  for (let share = 1; share > 1e-4; share *= 0.6) {
    const point = Object.fromEntries(
      Object.entries(end).map(([name, value]) => {
        const from = start[name];
        return typeof value === "number" && typeof from === "number"
          ? [name, share === 1 ? value : from + share * (value - from)]
          : [name, value];
      }),
    );
    const settable = axes.set(point);
    if (axes.isAllowed(settable)) return settable;
  }
  return undefined;
}
