import type { RungStatistics } from "../../../numeric/exchange-sampler.ts";

/** F(sigma) = -ln p(data | sigma), the prior normalised. */
export interface FreeEnergyPoint {
  readonly beta: number;
  readonly sigma: number;
  readonly F: number;
  /** Standard error from that of the mean chi^2. */
  readonly error: number;
  readonly meanChi2: number;
}

/**
 * Thermodynamic integration along the ladder,
 *   F(beta) = sum_l ln scale_l - (L/2) ln(beta/pi) + int_0^beta <chi^2> dbeta',   beta = 1/(2 sigma^2),
 * by the Hermite rule in ln beta (d<chi^2>/dbeta = -Var chi^2 is known from the same samples), linear from 0 to the
 * first rung. The prior does not change with beta, so the integral starts at its normalised value 0.
 *
 * @param logScales sum of ln scale_l: residuals are in units of the scales
 */
export function integrateFreeEnergy(
  rungs: readonly RungStatistics[],
  pointCount: number,
  logScales: number,
): FreeEnergyPoint[] {
  const points: FreeEnergyPoint[] = [];
  let integral = 0;
  let variance = 0;
  rungs.forEach((rung, r) => {
    const before = rungs[r - 1];
    if (before === undefined) return;
    if (before.beta === 0) integral += (rung.beta * (before.meanCost + rung.meanCost)) / 2;
    else integral += hermiteStep(before, rung);
    variance += ((rung.beta - before.beta) * rung.errorOfMean) ** 2;
    points.push({
      beta: rung.beta,
      sigma: 1 / Math.sqrt(2 * rung.beta),
      F: logScales - (pointCount / 2) * Math.log(rung.beta / Math.PI) + integral,
      error: Math.sqrt(variance),
      meanChi2: rung.meanCost,
    });
  });
  return points;
}

function hermiteStep(a: RungStatistics, b: RungStatistics): number {
  const h = Math.log(b.beta / a.beta);
  const slope = (r: RungStatistics): number => r.beta * r.meanCost - r.beta ** 2 * r.varianceCost;
  const trapezium = (h / 2) * (a.beta * a.meanCost + b.beta * b.meanCost);
  const correction = ((h * h) / 12) * (slope(a) - slope(b));
  // where a transition lies between two rungs the slopes say nothing about the middle
  return Math.abs(correction) < 0.5 * trapezium ? trapezium + correction : trapezium;
}

/** The minimum of F, where beta <chi^2> = L/2 (dF/dbeta = 0), interpolated between rungs in ln beta. */
export function minimiseFreeEnergy(
  points: readonly FreeEnergyPoint[],
  pointCount: number,
): FreeEnergyPoint | undefined {
  const lowest = points.reduce<number>((k, p, i) => (p.F < (points[k]?.F ?? Infinity) ? i : k), 0);
  const excess = (p: FreeEnergyPoint): number => Math.log((p.beta * p.meanChi2) / (pointCount / 2));
  // the sign change nearest to the lowest rung
  const crossings = points.flatMap((p, k) => {
    const next = points[k + 1];
    return next !== undefined && excess(p) < 0 && excess(next) >= 0 ? [k] : [];
  });
  crossings.sort((a, b) => Math.abs(a - lowest) - Math.abs(b - lowest));
  const [k] = crossings;
  const a = points[k ?? lowest];
  const b = points[(k ?? lowest) + 1];
  if (k === undefined || a === undefined || b === undefined) return points[lowest];
  const share = -excess(a) / (excess(b) - excess(a));
  const step = share * Math.log(b.beta / a.beta);
  const beta = a.beta * Math.exp(step);
  const mix = (u: number, v: number): number => u + share * (v - u);
  const flat = (p: FreeEnergyPoint): number => p.F + (pointCount / 2) * Math.log(p.beta);
  // the integral goes on from a by the trapezium in ln beta, whose integrand at the minimum is L/2
  const integral = flat(a) + (step / 2) * (a.beta * a.meanChi2 + pointCount / 2);
  return {
    beta,
    sigma: 1 / Math.sqrt(2 * beta),
    F: integral - (pointCount / 2) * Math.log(beta),
    error: mix(a.error, b.error),
    meanChi2: pointCount / (2 * beta),
  };
}
