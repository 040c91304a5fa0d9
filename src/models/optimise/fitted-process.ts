import { LabError } from "../../core/errors.ts";
import { createPrng } from "../../core/prng.ts";
import { logExpectedImprovement } from "./acquisition/improvement.ts";
import type { Inputs, KernelKind } from "./kernel.ts";
import { Surrogate } from "./surrogate.ts";
import type { PoolBelief, SurrogateModel } from "./surrogate-model.ts";

/** Measured values over numeric inputs. */
export interface ProcessData {
  /** Columns of `x`. */
  readonly columns: number;
  /** n x columns, row-major, in the user's units. */
  readonly x: ArrayLike<number>;
  /** n values. */
  readonly y: ArrayLike<number>;
  /** Standard deviation of each value, where it is known; else the noise is learnt. */
  readonly uncertainty?: ArrayLike<number> | undefined;
}

export interface ProcessOptions {
  /** Default Matern 5/2, a width for each column. */
  readonly kernel?: KernelKind | undefined;
  /** True: values may be bent like a logarithm where the evidence says so. Default false. */
  readonly mayBend?: boolean | undefined;
  /** Names the random stream of the fit. */
  readonly seed?: string | undefined;
}

/** A Gaussian process with learnt hyperparameters. Points are m x columns, row-major; values in the user's units. */
export interface FittedProcess {
  /** Kernel width of each column, in that column's unit. */
  readonly widths: Float64Array;
  /** Standard deviation of a value about the function, where it was learnt. */
  readonly noise: number;
  /** m means and standard deviations of the function (the noise not included). */
  predict(x: ArrayLike<number>): { readonly mean: Float64Array; readonly sd: Float64Array };
  /** One draw of the function at m points. */
  draw(x: ArrayLike<number>, seed: string): Float64Array;
  /** ln of the expected improvement over the best mean at a measured point, standardised: its largest is worth measuring. */
  logExpectedImprovement(x: ArrayLike<number>, direction: "min" | "max"): Float64Array;
  /** 1 - residuals without each value over their variance; NaN for fewer than three values. */
  r2(): number;
}

/**
 * Fits y = m + f(x) + noise, f ~ GP(0, s^2 C), C the kernel of the scaled distance, by the maximum of the marginal likelihood
 * under weak priors, from several starts. Up to 2000 distinct points exactly (cost n^3), more by a sparse model. Equal data
 * and seed give equal models.
 *
 * @throws TL-6001 where there is no value, or numbers are missing
 */
export function fitProcess(data: ProcessData, options: ProcessOptions = {}): FittedProcess {
  const { columns } = data;
  const scale = createUnitScale(data);
  const { kernel: kind = "matern-5/2", seed = "1", mayBend } = options;
  const groups = Int32Array.from({ length: columns }, (_, c) => c);
  const surrogate = new Surrogate({ groups, kind, seed, mayBend });
  surrogate.update(
    Array.from({ length: data.y.length }, (_, i) => ({
      x: scale.row(data.x, i),
      value: data.y[i] ?? Number.NaN,
      uncertainty: data.uncertainty?.[i],
    })),
  );
  const { gp } = surrogate;
  if (gp === undefined) throw new LabError("TL-6001", "There is no value to learn from");
  const { output } = gp;
  return {
    widths: gp.theta.widths.map((width, c) => width * (scale.range[c] ?? 1)),
    noise: output.deviation(gp.mean, gp.theta.noise),
    predict: (x) => {
      const { mean, variance } = gp.over(scale.pool(x));
      return {
        mean: mean.map((m) => output.toUser(m)),
        sd: variance.map((v, n) => output.deviation(mean[n] ?? 0, Math.sqrt(v))),
      };
    },
    draw: (x, name) => {
      const path = gp.over(scale.pool(x)).drawPath(createPrng(name));
      return Float64Array.from(path, (value) => output.toUser(value));
    },
    logExpectedImprovement: (x, direction) => improvement(gp, gp.over(scale.pool(x)), direction),
    r2: () => surrogate.fit().r2,
  };
}

function improvement(
  gp: SurrogateModel,
  { mean, variance }: PoolBelief,
  direction: "min" | "max",
): Float64Array {
  const sign = direction === "min" ? -1 : 1;
  const best = gp.fitted().reduce((top, m) => Math.max(top, sign * m), Number.NEGATIVE_INFINITY);
  return logExpectedImprovement({ means: [mean.map((m) => sign * m)], variance }, [best]);
}

/** Columns on the unit range of the data, as the priors on widths expect. */
function createUnitScale({ columns, x, y }: ProcessData) {
  if (columns < 1 || y.length === 0 || x.length !== y.length * columns)
    throw new LabError("TL-6001", `${x.length} numbers are no ${y.length} rows of ${columns}`);
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < x.length; i++) {
    const value = x[i] ?? Number.NaN;
    if (!Number.isFinite(value) || !Number.isFinite(y[Math.floor(i / columns)]))
      throw new LabError("TL-6001", `Row ${Math.floor(i / columns)} has a value that is no number`);
    low[i % columns] = Math.min(low[i % columns]!, value);
    high[i % columns] = Math.max(high[i % columns]!, value);
  }
  const range = low.map((least, c) => (high[c]! > least ? high[c]! - least : 1));
  const at = (values: ArrayLike<number>, i: number, c: number): number =>
    ((values[i * columns + c] ?? Number.NaN) - low[c]!) / range[c]!;
  return {
    range,
    row: (values: ArrayLike<number>, i: number) =>
      Float64Array.from({ length: columns }, (_, c) => at(values, i, c)),
    pool: (values: ArrayLike<number>): Inputs => {
      const count = Math.floor(values.length / columns);
      const flat = new Float64Array(count * columns);
      for (let n = 0; n < count; n++)
        for (let c = 0; c < columns; c++) flat[c * count + n] = at(values, n, c);
      return { count, columns, values: flat };
    },
  };
}
