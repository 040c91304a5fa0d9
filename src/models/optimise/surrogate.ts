import { createPrng } from "../../core/prng.ts";
import { fitHyperparameters } from "./fit-hyperparameters.ts";
import { GaussianProcess } from "./gaussian-process.ts";
import type { HyperPrior, Hyperparameters } from "./hyperparameters.ts";
import type { Inputs, KernelKind } from "./kernel.ts";
import { type LeaveOneOut, leaveOneOut } from "./leave-one-out.ts";
import { SparseGaussianProcess } from "./sparse-gaussian-process.ts";
import type { PoolBelief, SurrogateModel } from "./surrogate-model.ts";
import { createTrainingSet, type TrainingRow } from "./training-set.ts";

const ANCHOR_GROWTH = 1.5;
/** From here on a fit sees a sub-sample anyway, so the chain of warm starts ends. */
const ANCHOR_max = 256;
/** More rows, or more rows times candidates (8 bytes each), are learnt by the sparse model. */
export const EXACT_ROWS_max = 2000;
const EXACT_CELLS_max = 6e7;
/** The sparse model is rebuilt each time so many results have been appended. */
const SPARSE_APPENDED_max = 16;
const NOTHING_LEARNT: LeaveOneOut = {
  residuals: new Float64Array(0),
  zScores: new Float64Array(0),
  r2: Number.NaN,
  calibration: Number.NaN,
};

export interface SurrogateOptions {
  readonly groups: Int32Array;
  readonly kind: KernelKind;
  /** Names the random stream of the fits; equal results and equal seed give equal models. */
  readonly seed: string;
  readonly prior?: HyperPrior | undefined;
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
  private learnt = new Map<number, Hyperparameters>();
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
    const base = this.isSparse(rows.length)
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
    const data = createTrainingSet(rows.slice(0, base), groups.length);
    const theta = this.thetaAt(rows, scheduledCount(base));
    this.model = this.isSparse(rows.length)
      ? new SparseGaussianProcess(data, theta, groups, kind, {
          poolCount,
          prng: createPrng(`${seed}/inducing/${base}`),
        })
      : new GaussianProcess(data, theta, groups, kind);
  }

  private isSparse(count: number): boolean {
    return count > EXACT_ROWS_max || count * (this.options.poolCount ?? 0) > EXACT_CELLS_max;
  }

  private thetaAt(rows: readonly TrainingRow[], count: number): Hyperparameters {
    const known = this.learnt.get(count);
    if (known !== undefined) return known;
    const anchor = anchorBelow(count);
    const warm = anchor === undefined ? undefined : this.thetaAt(rows, anchor);
    const { groups, kind, seed, prior } = this.options;
    const { hyperparameters } = fitHyperparameters({
      data: createTrainingSet(rows.slice(0, count), groups.length),
      groups,
      kind,
      prior,
      warm,
      prng: createPrng(`${seed}/fit/${count}`),
    });
    this.learnt.set(count, hyperparameters);
    return hyperparameters;
  }
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

function anchorBelow(count: number): number | undefined {
  let anchor = 6;
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
