import type { MeasuringPoint } from "../forward/curve-predictor.ts";
import type { EstimationProblem } from "./estimation-problem.ts";

/** A quantity with its standard error and its central 68 % and 95 % intervals. */
export interface Estimated {
  /** At the maximum of the posterior. */
  readonly value: number;
  readonly error: number;
  readonly mean: number;
  readonly median: number;
  readonly interval68: readonly [number, number];
  readonly interval95: readonly [number, number];
}

/** A predicted curve value: median and central 95 %. */
export interface BandPoint {
  readonly point: MeasuringPoint;
  readonly best: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Samples are thinned to this many where each costs a diagonalisation. */
const DERIVED_SAMPLES = 600;
const BAND_SAMPLES = 200;
/** Multiply-adds that derived quantities may cost: a minute or so; fewer samples are taken from there on. */
const OPERATIONS_MAX = 3e10;

function affordable(problem: EstimationProblem, wanted: number): number {
  const possible = Math.floor(OPERATIONS_MAX / Math.max(1, problem.physics.operations));
  return Math.max(30, Math.min(wanted, possible));
}

export function summariseSamples(values: readonly number[], best: number): Estimated {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? best;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    value: best,
    error: Math.sqrt(squares / Math.max(1, sorted.length - 1)),
    mean,
    median: at(0.5),
    interval68: [at(0.16), at(0.84)],
    interval95: [at(0.025), at(0.975)],
  };
}

/** Correlation of two lists of samples. */
export function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const ma = mean(a);
  const mb = mean(b);
  let aa = 0;
  let bb = 0;
  let ab = 0;
  a.forEach((value, k) => {
    const da = value - ma;
    const db = (b[k] ?? mb) - mb;
    aa += da * da;
    bb += db * db;
    ab += da * db;
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Evenly spaced members of a list. */
export function thin<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, k) => items[Math.floor(((k + 0.5) * items.length) / count)] as T,
  );
}

/** Gaps and plateau fields from the same samples as the couplings. */
export interface DerivedQuantities {
  readonly spinGap_meV: Estimated;
  readonly gapToM1_meV: Estimated;
  /** Fields of the T = 0 steps, for the steps that the best couplings have. */
  readonly steps: readonly {
    readonly from_M: number;
    readonly to_M: number;
    readonly field_T: Estimated;
    /** Share of the samples that have this step. */
    readonly share: number;
  }[];
}

/** Nothing for classical spins. */
export function deriveQuantities(
  problem: EstimationProblem,
  best: Float64Array,
  samples: readonly Float64Array[],
): DerivedQuantities | undefined {
  const levelsAt = problem.physics.groundState;
  if (levelsAt === undefined) return undefined;
  const groundState = (x: Float64Array) => levelsAt(problem.couplingsOf(x));
  const atBest = groundState(best);
  const sampled = thin(samples, affordable(problem, DERIVED_SAMPLES)).map(groundState);
  return {
    spinGap_meV: summariseSamples(
      sampled.map((s) => s.spinGap_meV),
      atBest.spinGap_meV,
    ),
    gapToM1_meV: summariseSamples(
      sampled.map((s) => s.gapToM1_meV),
      atBest.gapToM1_meV,
    ),
    steps: atBest.steps.map(({ from_M, to_M, field_T }) => {
      const fields = sampled.flatMap((s) =>
        s.steps.filter((t) => t.from_M === from_M && t.to_M === to_M).map((t) => t.field_T),
      );
      return {
        ...{ from_M, to_M },
        field_T: summariseSamples(fields, field_T),
        share: fields.length / Math.max(1, sampled.length),
      };
    }),
  };
}

/** Spin gap of each of a thinned list of samples, none for classical spins: for planning. */
export function sampleGaps(problem: EstimationProblem, samples: readonly Float64Array[]): number[] {
  const levelsAt = problem.physics.groundState;
  if (levelsAt === undefined) return [];
  return samples.map((x) => levelsAt(problem.couplingsOf(x)).spinGap_meV);
}

/** The curve that the best couplings give, with the posterior's band; `points` begin with the data's own. */
export function predictBands(
  problem: EstimationProblem,
  points: readonly MeasuringPoint[],
  best: Float64Array,
  samples: readonly Float64Array[],
): BandPoint[] {
  const predict = predictorFor(problem, points);
  const atBest = predict(best);
  const count = problem.emulator === undefined ? affordable(problem, BAND_SAMPLES) : BAND_SAMPLES;
  const rows = thin(samples, count).map(predict);
  return points.map((point, l) => {
    const { median, interval95 } = summariseSamples(
      rows.map((row) => row[l]!),
      atBest[l]!,
    );
    return { point, best: atBest[l]!, median, low: interval95[0], high: interval95[1] };
  });
}

/** Foretold where the points are the data's own and there is an emulator; calculated elsewhere. */
function predictorFor(
  problem: EstimationProblem,
  points: readonly MeasuringPoint[],
): (x: Float64Array) => Float64Array {
  const { emulator } = problem;
  const own = problem.points.length;
  if (emulator !== undefined && points.length === own) return (x) => emulator.predict(x);
  const predictor = problem.physics.predictorAt(
    emulator === undefined ? points : points.slice(own),
  );
  return (x) => {
    const rest = predictor.predict(problem.couplingsOf(x));
    return emulator === undefined ? rest : Float64Array.of(...emulator.predict(x), ...rest);
  };
}

/** Ranks of values, 0 for the smallest. */
export function ranksOf(values: readonly number[]): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length).fill(0);
  order.forEach((from, rank) => {
    ranks[from] = rank;
  });
  return ranks;
}
