/** A measurement that could be made: the samples' predictions of each of its values, and their noise. */
export interface PossibleMeasurement {
  /** One array for each value that it brings, over the posterior samples. */
  readonly predictions: readonly Float64Array[];
  /** Standard error of each value. */
  readonly sigma: number;
}

export interface DesignChoice {
  readonly index: number;
  /** Share of the target's present variance that the measurement is expected to remove, 0..1. */
  readonly gain: number;
  /** Standard deviation of the target after it (and after those chosen or pending before). */
  readonly errorAfter: number;
}

/**
 * Chooses the measurements that reduce the variance of one quantity most. For samples of the posterior, a value with
 * prediction m and noise sigma is expected to take cov(m, q)^2 / (var m + sigma^2) off var q (exact where the posterior
 * is Gaussian and the model linear in it). After each choice all samples are moved as that measurement would move
 * them (ensemble square-root filter, J. Whitaker, T. Hamill, Mon. Weather Rev. 130, 1913 (2002)), so that a batch does
 * not ask the same twice unless asking twice is best.
 *
 * @param target the quantity's value for each sample
 * @param pending measurements under way: taken into account, not chosen
 * Cost: choices x measurements x values x samples.
 */
export function chooseMeasurements(options: {
  readonly target: Float64Array;
  readonly measurements: readonly PossibleMeasurement[];
  readonly pending: readonly number[];
  readonly excluded: ReadonlySet<number>;
  readonly count: number;
}): DesignChoice[] {
  const { measurements, pending, excluded, count } = options;
  const target = centre(options.target);
  const states = measurements.map((m) => m.predictions.map(centre));
  const before = variance(target);
  for (const index of pending) {
    const own = measurements[index];
    if (own !== undefined) assimilate(states, target, index, own.sigma);
  }
  const choices: DesignChoice[] = [];
  for (let k = 0; k < count; k++) {
    let best = -1;
    let largest = -1;
    measurements.forEach(({ sigma }, index) => {
      if (excluded.has(index)) return;
      const gain = gainOf(states[index]!, target, sigma);
      if (gain > largest) {
        largest = gain;
        best = index;
      }
    });
    if (best < 0) break;
    assimilate(states, target, best, measurements[best]!.sigma);
    const share = before > 0 ? largest / before : 0;
    choices.push({ index: best, gain: share, errorAfter: Math.sqrt(variance(target)) });
  }
  return choices;
}

/** Reduction of var q by all values of a measurement, one after the other. */
function gainOf(predictions: readonly Float64Array[], target: Float64Array, sigma: number): number {
  if (predictions.length === 1) return singleGain(predictions[0]!, target, sigma);
  const own = predictions.map((p) => p.slice());
  const q = target.slice();
  const before = variance(q);
  for (let v = 0; v < own.length; v++) {
    const moved = own[v]!.slice();
    const rest = [...own.slice(v), q];
    for (const series of rest) move(series, moved, sigma);
  }
  return before - variance(q);
}

function singleGain(m: Float64Array, target: Float64Array, sigma: number): number {
  const shared = covariance(m, target);
  return (shared * shared) / (variance(m) + sigma * sigma);
}

/** Moves every series as the values of one measurement would. */
function assimilate(
  states: readonly (readonly Float64Array[])[],
  target: Float64Array,
  index: number,
  sigma: number,
): void {
  for (const values of states[index]!) {
    const measured = values.slice();
    for (const series of states.flat()) move(series, measured, sigma);
    move(target, measured, sigma);
  }
}

/** series -= cov/var (1 - sigma/sqrt(var + sigma^2)) measured: its covariances become the conditional ones. */
function move(series: Float64Array, measured: Float64Array, sigma: number): void {
  const spread = variance(measured);
  if (!(spread > 0)) return;
  const share = 1 - sigma / Math.sqrt(spread + sigma * sigma);
  const factor = (covariance(series, measured) / spread) * share;
  for (let k = 0; k < series.length; k++) series[k] = series[k]! - factor * measured[k]!;
}

function centre(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** Of centred series. */
function covariance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum / Math.max(1, a.length - 1);
}

function variance(a: Float64Array): number {
  return covariance(a, a);
}
