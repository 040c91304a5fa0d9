import type { Parameters } from "../../domain/candidate.ts";
import { logProbabilityInRange } from "../../models/optimise/acquisition/target-range.ts";
import { GaussianProcess } from "../../models/optimise/gaussian-process.ts";
import { type PointPosterior, posteriorAt } from "../../models/optimise/posterior-gradient.ts";
import { minimiseLbfgs } from "../../numeric/l-bfgs.ts";
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
    const isFree = freeColumns(axes, encoding.groups, encoding.inputs);
    const result = minimiseLbfgs(
      (trial, gradient) => {
        const posteriors = learnt.map(({ gp, alpha }) => posteriorAt(gp, alpha, trial));
        return -chain(score, posteriors, gradient, isFree);
      },
      x,
      {
        lower: x.map((v, c) => (isFree[c] === 1 ? 0 : v)),
        upper: x.map((v, c) => (isFree[c] === 1 ? 1 : v)),
        evaluations_max: CALLS_max,
        gradient_max: 1e-5,
      },
    );
    const found = pullBack(axes, start, decode(axes, start, result.x));
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

function freeColumns(
  axes: BoxAxes,
  groups: Int32Array,
  inputs: BoxAxes["encoding"]["inputs"],
): Uint8Array {
  const names = Object.keys(axes.toParameters(new Float64Array(axes.dimensions)));
  return Uint8Array.from(groups, (g) => {
    const axis = names.indexOf(inputs[g]?.name ?? "");
    return axes.isContinuous[axis] === true ? 1 : 0;
  });
}

/** The start with its continuous axes at the refined columns. */
function decode(axes: BoxAxes, start: Parameters, x: Float64Array): Parameters {
  const { inputs, groups } = axes.encoding;
  const moved: Record<string, number | string> = { ...start };
  const free = freeColumns(axes, groups, inputs);
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
    const between = Object.fromEntries(
      Object.entries(end).map(([name, value]) => {
        const from = start[name];
        return typeof value === "number" && typeof from === "number"
          ? [name, share === 1 ? value : from + share * (value - from)]
          : [name, value];
      }),
    );
    const point = axes.toSetPoints(between);
    if (axes.isAllowed(point)) return point;
  }
  return undefined;
}
