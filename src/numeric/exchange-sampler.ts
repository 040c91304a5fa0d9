import type { Prng } from "../core/prng.ts";

/** A density prior(x) exp(-beta cost(x)) on a ladder of beta, the first of which is 0. */
export interface TemperedDensity {
  readonly dimension: number;
  cost(x: Float64Array): number;
  /** ln prior; -Infinity where x is not allowed (the cost is not asked there). */
  logPrior(x: Float64Array): number;
  drawPrior(prng: Prng): Float64Array;
}

export interface ExchangeOptions {
  /** Ascending, the first 0. */
  readonly ladder: Float64Array;
  readonly sweeps: number;
  /** Sweeps at the start that are not counted. */
  readonly burnIn: number;
  /** For each rung, points that resemble its distribution: the first is where it starts, all feed its proposals. */
  readonly seeds: readonly (readonly Float64Array[])[];
  readonly onSweep?: (sweep: number) => void;
}

/** What one rung of the ladder gave. */
export interface RungStatistics {
  readonly beta: number;
  readonly meanCost: number;
  readonly varianceCost: number;
  /** Standard error of the mean cost, by blocks. */
  readonly errorOfMean: number;
  readonly acceptance: number;
  /** Share of swaps with the next rung that were taken. */
  readonly swapRate: number;
  /** One point a sweep after the burn-in. */
  readonly samples: readonly Float64Array[];
}

interface Rung {
  readonly beta: number;
  x: Float64Array;
  cost: number;
  logPrior: number;
  readonly archive: Float64Array[];
  readonly costs: number[];
  readonly samples: Float64Array[];
  accepted: number;
  swapped: number;
}

const BLOCKS = 12;

/**
 * Exchange Monte Carlo (K. Hukushima, K. Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996)): one chain for each beta, swaps
 * of neighbours with the Metropolis rule. Moves are differences of two earlier points of the same rung (C. ter Braak,
 * J. Vrugt, Stat. Comput. 18, 435 (2008)), so that strong correlations and distant modes set their own step; the rung
 * at beta = 0 draws from the prior anew.
 * Cost: one evaluation of the cost for each rung and sweep.
 */
export function sampleByExchange(
  density: TemperedDensity,
  options: ExchangeOptions,
  prng: Prng,
): RungStatistics[] {
  const { ladder, sweeps, burnIn, seeds } = options;
  const rungs = Array.from(ladder, (beta, r) => createRung(density, beta, seeds[r] ?? [], prng));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const rung of rungs) {
      if (rung.beta === 0) renew(density, rung, prng);
      else if (proposeMove(density, rung, prng)) rung.accepted++;
    }
    for (let r = sweep % 2; r + 1 < rungs.length; r += 2) swap(rungs[r]!, rungs[r + 1]!, prng);
    for (const rung of rungs) {
      rung.archive.push(rung.x);
      if (sweep < burnIn) continue;
      rung.costs.push(rung.cost);
      rung.samples.push(rung.x);
    }
    options.onSweep?.(sweep + 1);
  }
  return rungs.map((rung) => summarise(rung, sweeps));
}

function createRung(
  density: TemperedDensity,
  beta: number,
  seeds: readonly Float64Array[],
  prng: Prng,
): Rung {
  const archive = seeds.filter((x) => Number.isFinite(density.logPrior(x)));
  while (archive.length < 8) archive.push(density.drawPrior(prng));
  const x = archive[0]!;
  return {
    ...{ beta, x, cost: density.cost(x), logPrior: density.logPrior(x), archive },
    ...{ costs: [], samples: [], accepted: 0, swapped: 0 },
  };
}

function renew(density: TemperedDensity, rung: Rung, prng: Prng): void {
  rung.x = density.drawPrior(prng);
  rung.cost = density.cost(rung.x);
  rung.logPrior = density.logPrior(rung.x);
  rung.accepted++;
}

function proposeMove(density: TemperedDensity, rung: Rung, prng: Prng): boolean {
  const x = differenceMove(rung.x, rung.archive, prng);
  const logPrior = density.logPrior(x);
  if (logPrior === -Infinity) return false;
  const cost = density.cost(x);
  const logRatio = logPrior - rung.logPrior - rung.beta * (cost - rung.cost);
  if (Math.log(1 - prng.next()) >= logRatio) return false;
  rung.x = x;
  rung.cost = cost;
  rung.logPrior = logPrior;
  return true;
}

/** x + gamma (a - b) with a, b from the archive; now and then gamma = 1, which jumps between modes. */
export function differenceMove(
  x: Float64Array,
  archive: readonly Float64Array[],
  prng: Prng,
): Float64Array {
  const n = x.length;
  const a = archive[prng.integer(archive.length)]!;
  const b = archive[prng.integer(archive.length)]!;
  const kind = prng.next();
  const spread = 2.38 / Math.sqrt(2 * n);
  let gamma = spread;
  if (kind < 0.1) gamma = 1;
  else if (kind < 0.4) gamma = 0.35 * spread;
  // part of the moves change some coordinates only: the others may be at odds with them
  const partly = n > 1 && kind > 0.8;
  return x.map((value, k) => {
    if (partly && prng.next() < 0.5) return value;
    return value + gamma * (a[k]! - b[k]!) + 1e-6 * (a[k]! - b[k]!) * prng.normal();
  });
}

function swap(low: Rung, high: Rung, prng: Prng): void {
  const logRatio = (high.beta - low.beta) * (high.cost - low.cost);
  if (Math.log(1 - prng.next()) >= logRatio) return;
  low.swapped++;
  [low.x, high.x] = [high.x, low.x];
  [low.cost, high.cost] = [high.cost, low.cost];
  [low.logPrior, high.logPrior] = [high.logPrior, low.logPrior];
}

function summarise(rung: Rung, sweeps: number): RungStatistics {
  const { costs } = rung;
  const mean = average(costs);
  const variance = average(costs.map((cost) => (cost - mean) ** 2));
  const size = Math.max(1, Math.floor(costs.length / BLOCKS));
  const blocks = Array.from({ length: BLOCKS }, (_, b) =>
    average(costs.slice(b * size, (b + 1) * size)),
  );
  const spread = average(blocks.map((block) => (block - mean) ** 2));
  return {
    beta: rung.beta,
    meanCost: mean,
    varianceCost: variance,
    errorOfMean: Math.sqrt(spread / (BLOCKS - 1)),
    acceptance: rung.accepted / sweeps,
    swapRate: rung.swapped / (sweeps / 2),
    samples: rung.samples,
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
