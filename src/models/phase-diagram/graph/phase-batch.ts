import type { MapScore } from "./scores/map-score.ts";

/** How the points of one batch keep apart. */
export const PHASE_DIVERSITIES = ["local-penalty", "neighbour-exclusion", "none"] as const;
export type PhaseDiversityName = (typeof PHASE_DIVERSITIES)[number];

/** A map as the choice of the next batch sees it; flat arrays, canonical order. */
export interface PhaseBatchRequest {
  /** How many points are wanted. */
  readonly count: number;
  /** N x dimension, unit = one grid step. */
  readonly points: Float64Array;
  readonly dimension: number;
  /** Volume of a grid cell, units: 1 where all axes have equal steps. */
  readonly cellVolume: number;
  /** For each label, N probabilities. */
  readonly columns: readonly Float64Array[];
  /** Number of results of each label so far. */
  readonly labelCounts: readonly number[];
  /** Distance of each candidate to the nearest result, grid steps; Infinity where there is none. */
  readonly distance: Float64Array;
  /** 1 for candidates that may be chosen. */
  readonly free: Uint8Array;
  /** Candidates in flight. */
  readonly pending: readonly number[];
  /** Results learnt so far, M. */
  readonly measured: number;
  readonly score: MapScore;
  readonly diversity: PhaseDiversityName;
  /** A pseudo-random number for each candidate: breaks ties, and is the order of the random score. */
  readonly tie: Uint32Array;
  /** Factor on each candidate's score (1 = none): what is known besides the probabilities. */
  readonly emphasis?: Float64Array | undefined;
  /** How far each candidate follows a change at this one, for scores that ask. */
  readonly respond?: ((candidate: number) => Float64Array | undefined) | undefined;
}

export interface ChosenPoint {
  readonly candidate: number;
  readonly score: number;
  /** Distance to the nearest result, point in flight or earlier point of the batch, grid steps. */
  readonly distance: number;
}

/** Exponents of {@link chooseBatch}; a flat optimum on every map tried. */
const RARITY_POWER = 1;
const REACH_POWER = 0.75;
/** Radius of the local penalty, in mean distances between results; and at most in distances to the nearest result. */
const PENALTY_RADIUS = 0.4;
const PENALTY_RADIUS_near = 0.7;
/** Beyond this exponent 1 - exp(-x) is 1 to the last bit. */
const DAMPED_ratio = 38;
/** Neighbour exclusion: no two points of a batch closer than the fourth shell of a triangular grid, grid steps. */
const EXCLUSION_steps = 2.66;

/**
 * Chooses a batch one point at a time.
 *
 * Rarity and reach: score_i = d_i^a (sum_{c != top} F_ic / n_c^b + (1 - F_i,top) / n_top^b), with n_c the results of label c so far
 * and d_i the distance to the nearest result: what a result there would correct, each label weighing as much as it is
 * rare, and more where nothing is known around. Balanced alternates it with the plain doubt 1 - max F, which looks at junctions,
 * where phases of a single point hide.
 *
 * Local penalty: a chosen point or a point in flight j counts as a result of its expected label (n_c += F_jc, d_i shrinks) and
 * damps its surroundings by 1 - exp(-|x_i - x_j|^2 / r_j^2), r_j = min(0.4 (N v/(M+1))^(1/dimension), 0.7 d_j): where results are dense,
 * along boundaries, a batch may be dense too. No solve is needed.
 *
 * Cost O(count N labels). Equal scores (to 1e-9) are decided by `tie`. Returns fewer points only if fewer are free.
 */
export function chooseBatch(request: PhaseBatchRequest): ChosenPoint[] {
  const state = createState(request);
  for (const j of request.pending) state.condition(j);
  const chosen: ChosenPoint[] = [];
  for (let turn = 0; turn < request.count; turn++) {
    const usesRarity = usesRarityAt(request, turn);
    const best = state.best(usesRarity);
    if (best === undefined) break;
    chosen.push(best);
    state.take(best.candidate);
    if (turn + 1 < request.count) state.condition(best.candidate);
  }
  return chosen;
}

function usesRarityAt({ score, measured, pending }: PhaseBatchRequest, turn: number): boolean {
  return score.usesRarity?.(measured + pending.length + turn) ?? false;
}

function createState(request: PhaseBatchRequest) {
  const { points, dimension, columns, score } = request;
  const count = points.length / dimension;
  const free = request.free.slice();
  const distance = request.distance.slice();
  const penalty = new Float64Array(count).fill(1);
  const labelCounts = columns.map((_, k) => request.labelCounts[k] ?? 0);
  const doubt = score.doubt({ ...request, count });
  const widest =
    PENALTY_RADIUS * ((count * request.cellVolume) / (request.measured + 1)) ** (1 / dimension);
  const near = new Uint8Array(count);
  const usesPenalty = request.diversity === "local-penalty" && score.isBlind !== true;
  // Powers are dear: each is worked out again only where the distance has become another.
  const reach = new Float64Array(count);
  for (let i = 0; i < count; i++) reach[i] = reachOf(distance[i]!);
  return {
    take: (j: number) => {
      free[j] = 0;
    },
    condition: (j: number) => {
      if (usesPenalty) for (const [k, column] of columns.entries()) labelCounts[k]! += column[j]!;
      // A repeat has no distance of its own: its surroundings are as well known as its result is near.
      const radius = Math.max(1e-6, Math.min(widest, PENALTY_RADIUS_near * distance[j]!));
      const excludes = request.diversity === "neighbour-exclusion";
      for (let i = 0; i < count; i++) {
        let d2 = 0;
        for (let k = 0; k < dimension; k++) {
          const d = points[i * dimension + k]! - points[j * dimension + k]!;
          d2 += d * d;
        }
        if (usesPenalty) {
          const apart = Math.sqrt(d2);
          if (apart < distance[i]!) {
            distance[i] = apart;
            reach[i] = reachOf(apart);
          }
          const ratio = d2 / (radius * radius);
          if (ratio < DAMPED_ratio) penalty[i]! *= 1 - Math.exp(-ratio);
        } else if (excludes && d2 < EXCLUSION_steps ** 2) near[i] = 1;
      }
    },
    best: (usesRarity: boolean): ChosenPoint | undefined => {
      const value = usesRarity
        ? rarityAndReach(columns, labelCounts, reach, penalty)
        : productOf(doubt, penalty);
      if (request.emphasis !== undefined) {
        for (let i = 0; i < count; i++) value[i]! *= request.emphasis[i]!;
      }
      const allowed = free.slice();
      for (let i = 0; i < count; i++) if (near[i] === 1) allowed[i] = 0;
      const candidate = argmax(value, allowed, request.tie) ?? argmax(value, free, request.tie);
      if (candidate === undefined) return undefined;
      return { candidate, score: value[candidate]!, distance: distance[candidate]! };
    },
  };
}

function productOf(a: Float64Array, b: Float64Array): Float64Array {
  const product = new Float64Array(a.length);
  for (let i = 0; i < product.length; i++) product[i] = a[i]! * b[i]!;
  return product;
}

function reachOf(distance: number): number {
  return Number.isFinite(distance) ? distance ** REACH_POWER : 1;
}

function rarityAndReach(
  columns: readonly Float64Array[],
  labelCounts: readonly number[],
  reach: Float64Array,
  penalty: Float64Array,
): Float64Array {
  const weight = Float64Array.from(labelCounts, (n) => 1 / Math.max(1, n) ** RARITY_POWER);
  const value = new Float64Array(reach.length);
  for (let i = 0; i < value.length; i++) {
    let [all, top, topWeight] = [0, 0, 0];
    for (let k = 0; k < columns.length; k++) {
      const p = columns[k]![i]!;
      all += p * weight[k]!;
      if (p > top) {
        top = p;
        topWeight = weight[k]!;
      }
    }
    // No label reaches the candidate: it is as doubtful as can be, and its label as rare.
    const gain = top === 0 ? 1 : all + (1 - 2 * top) * topWeight;
    value[i] = Math.max(0, gain) * reach[i]! * penalty[i]!;
  }
  return value;
}

/** The largest allowed value; values equal to 1e-9 of the largest are decided by the larger `tie`. */
export function argmax(
  value: Float64Array,
  allowed: Uint8Array,
  tie: Uint32Array,
): number | undefined {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < value.length; i++) {
    if (allowed[i] === 1 && value[i]! > top) top = value[i]!;
  }
  const threshold = top - Math.abs(top) * 1e-9 - 1e-15;
  let best: number | undefined;
  for (let i = 0; i < value.length; i++) {
    if (allowed[i] !== 1 || value[i]! < threshold) continue;
    if (best === undefined || tie[i]! > tie[best]!) best = i;
  }
  return best;
}
