/** Maps data to pixels along one axis. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Pixel of a value. */
  at(value: number): number;
  /** Value of a pixel. */
  invert(pixel: number): number;
  readonly ticks: readonly number[];
  /** A tick's label: as many decimals as tell ticks apart. */
  format(value: number): string;
}

export interface ScaleOptions {
  readonly min: number;
  readonly max: number;
  readonly from_px: number;
  readonly to_px: number;
  /** How many ticks are wanted, about. */
  readonly ticks?: number | undefined;
  readonly log?: boolean | undefined;
}

/** A linear or logarithmic scale. A range without width is widened; a logarithmic range must be positive. */
export function createScale(options: ScaleOptions): Scale {
  const { from_px, to_px, log = false, ticks: wanted = 5 } = options;
  const [min, max] = widen(options.min, options.max, log);
  const forward = log ? Math.log10 : (value: number) => value;
  const back = log ? (value: number) => 10 ** value : (value: number) => value;
  const [low, high] = [forward(min), forward(max)];
  const ticks = log ? decades(low, high) : niceTicks(min, max, wanted);
  const step = ticks.length > 1 ? (ticks[1] ?? 0) - (ticks[0] ?? 0) : max - min;
  const decimals = Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9)));
  return {
    min,
    max,
    ticks,
    at: (value) => from_px + ((forward(value) - low) / (high - low)) * (to_px - from_px),
    invert: (pixel) => back(low + ((pixel - from_px) / (to_px - from_px)) * (high - low)),
    format: (value) => formatTick(value, { log, decimals, largest: Math.max(-min, max) }),
  };
}

function formatTick(
  value: number,
  { log, decimals, largest }: { log: boolean; decimals: number; largest: number },
): string {
  const size = log ? Math.abs(value) : largest;
  if (value !== 0 && (size >= 1e6 || size < 1e-3)) {
    return value.toExponential(3).replace(/\.?0*e\+?/, "e");
  }
  return log ? String(Number(value.toPrecision(2))) : value.toFixed(decimals);
}

/** Round numbers (1, 2 or 5 times a power of ten) between min and max. */
export function niceTicks(min: number, max: number, wanted: number): number[] {
  const raw = (max - min) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) * step);
}

/** Smallest and largest finite value; [0, 1] where there is none. */
export function rangeOf(...series: readonly Iterable<number>[]): [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const values of series) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? [min, max] : [0, 1];
}

function widen(min: number, max: number, log: boolean): [number, number] {
  if (log) return min < max ? [min, max] : [min / 2, min * 2];
  if (min < max) return [min, max];
  const half = Math.abs(min) > 0 ? Math.abs(min) * 0.1 : 0.5;
  return [min - half, min + half];
}

function decades(low: number, high: number): number[] {
  const ticks: number[] = [];
  // Over less than two decades also 2 and 5 of each.
  const steps = high - low < 2 ? [0, Math.log10(2), Math.log10(5)] : [0];
  for (let k = Math.floor(low); k <= high; k++)
    for (const step of steps)
      if (k + step >= low - 1e-9 && k + step <= high + 1e-9) ticks.push(10 ** (k + step));
  return ticks.length >= 2 ? ticks : [10 ** low, 10 ** high];
}
