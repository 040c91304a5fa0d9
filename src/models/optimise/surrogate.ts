import { createPrng } from "../../core/prng.ts";
import { chooseWarp } from "./choose-warp.ts";
import { type FitRequest, fitHyperparameters } from "./fit-hyperparameters.ts";
import { GaussianProcess } from "./gaussian-process.ts";
import { type HyperPrior, type Hyperparameters, usualHyperparameters } from "./hyperparameters.ts";
import type { Inputs, KernelKind } from "./kernel.ts";
import { type LeaveOneOut, leaveOneOut } from "./leave-one-out.ts";
import { NO_WARP, type OutputWarp } from "./output-scale.ts";
import { settleBounds } from "./settle-bounds.ts";
import { SparseGaussianProcess } from "./sparse-gaussian-process.ts";
import type { PoolBelief, SurrogateModel } from "./surrogate-model.ts";
import { createTrainingSet, type TrainingRow, type TrainingSet } from "./training-set.ts";

const ANCHOR_first = 6;
const ANCHOR_GROWTH = 1.5;
/** With more results than these the model answers with the hyperparameters of the step before. */
const LAG_from = 100;
/** Beyond this the last choice of the values' bend stays. */
const WARP_ROWS_max = 110;
/** From here on a fit sees a sub-sample anyway, so the chain of warm starts ends. */
const ANCHOR_max = 256;
/** More rows, or more rows times candidates (8 bytes each), are learnt by the sparse model. */
const EXACT_ROWS_max = 2000;
const EXACT_CELLS_max = 6e7;
/** With more rows than these bounds are left aside: settling them costs the cube of all rows, some ten times. */
const BOUNDS_ROWS_max = 500;
/** The sparse model is rebuilt each time so many results have been appended. */
const SPARSE_APPENDED_max = 16;
const NOTHING_LEARNT: LeaveOneOut = {
  residuals: new Float64Array(0),
  zScores: new Float64Array(0),
  r2: Number.NaN,
  calibration: Number.NaN,
};

/** What the results up to some count have taught. */
interface Learnt {
  readonly theta: Hyperparameters;
  readonly warp: OutputWarp;
}

export interface SurrogateOptions {
  readonly groups: Int32Array;
  readonly kind: KernelKind;
  /** Names the random stream of the fits; equal results and equal seed give equal models. */
  readonly seed: string;
  readonly prior?: HyperPrior | undefined;
  /** True where values may be bent to suit the model; not where distances between values matter to the score (a hypervolume). */
  readonly mayBend?: boolean | undefined;
  /** Candidates over which the posterior will be kept; decides when the sparse model takes over. */
  readonly poolCount?: number | undefined;
}

/**
 * One quantity's Gaussian process through a campaign. What it is depends on the ordered results only, never on when or
 * in which portions they came: hyperparameters are learnt at the scheduled counts (see {@link scheduledCount}), from the results up to
 * there, starting from the optimum at a coarser sequence of counts (so a restart repeats a handful of fits, not all);
 * results since then are appended to the factor.
 */
export class Surrogate {
  readonly options: SurrogateOptions;
  private rows: readonly TrainingRow[] = [];
  private learnt = new Map<number, Learnt>();
  private model: SurrogateModel | undefined;
  private pool: { inputs: Inputs; belief: PoolBelief } | undefined;
  private factored = 0;
  private fitOf: { gp: SurrogateModel; fit: LeaveOneOut } | undefined;

  constructor(options: SurrogateOptions) {
    this.options = options;
  }

  get gp(): SurrogateModel | undefined {
    return this.model;
  }

  /** Brings the model to exactly `rows`: appends where they continue what is known, rebuilds otherwise. */
  update(rows: readonly TrainingRow[]): void {
    const same = commonPrefix(this.rows, rows);
    for (const count of [...this.learnt.keys()]) if (count > same) this.learnt.delete(count);
    const hasBounds = rows.some(({ bound }) => bound !== undefined);
    const base = hasBounds
      ? rows.length
      : this.isSparse(rows.length)
        ? rows.length - (rows.length % SPARSE_APPENDED_max)
        : scheduledCount(rows.length);
    const isContinuation =
      this.model !== undefined && base === this.factored && same === this.rows.length;
    if (!isContinuation) this.rebuild(rows, base);
    const { model } = this;
    if (model !== undefined) {
      for (const row of rows.slice(isContinuation ? same : base))
        model.append(row.x, row.value, row.uncertainty);
    }
    this.rows = rows;
  }

  /** The posterior over a pool; kept up to date row by row while the pool is the same object. */
  posterior(inputs: Inputs): PoolBelief | undefined {
    const gp = this.model;
    if (gp === undefined) return undefined;
    if (this.pool?.inputs === inputs && this.pool.belief.gp === gp) this.pool.belief.update();
    else this.pool = { inputs, belief: gp.over(inputs) };
    return this.pool.belief;
  }

  /** Learns, while nobody waits, what the results so far will be asked for after the next step of the schedule. */
  learnAhead(): void {
    const next = scheduledCount(this.rows.length);
    if (next > LAG_from) this.learntAt(this.rows, next);
  }

  /** Leave-one-out fit of the results at the last learning; kept until the next. */
  fit(): LeaveOneOut {
    const gp = this.model;
    if (!(gp instanceof GaussianProcess)) return NOTHING_LEARNT;
    if (this.fitOf?.gp !== gp) this.fitOf = { gp, fit: leaveOneOut(gp) };
    return this.fitOf.fit;
  }

  private rebuild(rows: readonly TrainingRow[], base: number): void {
    this.pool = undefined;
    this.factored = base;
    if (base === 0) {
      this.model = undefined;
      return;
    }
    const { groups, kind, seed, poolCount = 0 } = this.options;
    const { theta, warp } = this.learntAt(rows, learningCount(base));
    const isSparse = this.isSparse(rows.length);
    const first = rows.slice(0, base);
    const past = isSparse || base > BOUNDS_ROWS_max ? first.filter(isValue) : first;
    const data = settleBounds(createTrainingSet(past, groups.length, warp), theta, groups, kind);
    this.model = isSparse
      ? new SparseGaussianProcess(data, theta, groups, kind, {
          poolCount,
          prng: createPrng(`${seed}/inducing/${base}`),
        })
      : new GaussianProcess(data, theta, groups, kind);
  }

  private isSparse(count: number): boolean {
    return count > EXACT_ROWS_max || count * (this.options.poolCount ?? 0) > EXACT_CELLS_max;
  }

  private learntAt(rows: readonly TrainingRow[], count: number): Learnt {
    const known = this.learnt.get(count);
    if (known !== undefined) return known;
    const anchor = anchorBelow(count);
    const before = anchor === undefined ? undefined : this.learntAt(rows, anchor);
    const { groups, kind, seed, prior } = this.options;
    const prng = createPrng(`${seed}/fit/${count}`);
    const first = rows.slice(0, count);
    const past = count > BOUNDS_ROWS_max ? first.filter(isValue) : first;
    const common = { groups, kind, prior, warm: before?.theta };
    const values = past.filter(isValue);
    const warp =
      this.options.mayBend === true && isWarpCount(count) && values.length >= ANCHOR_first
        ? chooseWarp({ ...common, rows: values, prng: prng.derive("warp") })
        : (before?.warp ?? NO_WARP);
    const data = createTrainingSet(past, groups.length, warp);
    const hyperparameters = this.fitSettled(data, { ...common, prng });
    const learnt = { theta: hyperparameters, warp };
    this.learnt.set(count, learnt);
    return learnt;
  }

  /** Bounds are settled with the hyperparameters of before, and once more with those that were learnt so. */
  private fitSettled(data: TrainingSet, common: Omit<FitRequest, "data">): Hyperparameters {
    const { groups, kind, warm } = common;
    if (data.bounds === undefined) return fitHyperparameters({ ...common, data }).hyperparameters;
    const settle = (theta: Hyperparameters) => settleBounds(data, theta, groups, kind);
    const first = fitHyperparameters({
      ...common,
      data: settle(warm ?? usualHyperparameters(Math.max(0, ...groups.map((g) => g + 1)))),
    }).hyperparameters;
    return fitHyperparameters({ ...common, data: settle(first), warm: first }).hyperparameters;
  }
}

function isValue({ bound }: TrainingRow): boolean {
  return bound === undefined;
}

/**
 * The count of results at which the hyperparameters for `count` results were learnt: every one to 20, every second to 100,
 * then each time the data have grown by 5 %.
 */
export function scheduledCount(count: number): number {
  if (count <= 20) return count;
  if (count <= 100) return count - (count % 2);
  let scheduled = 100;
  for (;;) {
    const next = Math.ceil(scheduled * 1.05);
    if (next > count) return scheduled;
    scheduled = next;
  }
}

/** Counts at which the bend of the values is chosen: the anchors from the second on, while trials are cheap. */
function isWarpCount(count: number): boolean {
  if (count > WARP_ROWS_max) return false;
  for (let anchor = ANCHOR_first; anchor < count; ) {
    anchor = Math.ceil(anchor * ANCHOR_GROWTH);
    if (anchor === count) return true;
  }
  return false;
}

/**
 * The count of results from which the hyperparameters at `count` come: with few results the latest step of the schedule; with many, where
 * learning takes long, the step before it, so that it can be learnt ahead while the old model answers.
 */
export function learningCount(count: number): number {
  const scheduled = scheduledCount(count);
  return scheduled > LAG_from ? scheduledCount(scheduled - 1) : scheduled;
}

function anchorBelow(count: number): number | undefined {
  let anchor = ANCHOR_first;
  if (count <= anchor) return undefined;
  for (;;) {
    const next = Math.ceil(anchor * ANCHOR_GROWTH);
    if (next >= Math.min(count, ANCHOR_max)) return anchor;
    anchor = next;
  }
}

function commonPrefix(a: readonly TrainingRow[], b: readonly TrainingRow[]): number {
  let k = 0;
  while (k < a.length && k < b.length && a[k] === b[k]) k++;
  return k;
}
