/**
 * How a quantity's values are bent before the model sees them. `low` stretches the low end, `high` the high end, both like a
 * logarithm beyond `width` (a share of the range of the results) and linear below it: a few hills in a plain, or
 * values over many decades, become smooth slopes.
 */
export interface OutputWarp {
  readonly side: "none" | "low" | "high";
  readonly width: number;
}

export const NO_WARP: OutputWarp = { side: "none", width: 1 };

/** A monotone map between the user's values and the model's: mean 0 and deviation 1 over the results. */
export interface OutputScale {
  readonly warp: OutputWarp;
  toStandard(value: number): number;
  /** Inverse of {@link toStandard}; of a posterior mean it gives the median. */
  toUser(standard: number): number;
  /** d standard / d value. */
  slopeAt(value: number): number;
  /** What a deviation around `standard` is worth in the user's unit: half the width of mean +- sd. */
  deviation(standard: number, sd: number): number;
}

/**
 * The scale of some results. With u the standardised values, o their lowest (highest) and b = width times their range, the
 * model sees asinh((u - o)/b), or -asinh((o - u)/b), standardised again.
 */
export function createOutputScale(values: readonly number[], warp: OutputWarp): OutputScale {
  const outer = standardisation(values);
  const units = values.map((value) => (value - outer.shift) / outer.scale);
  const low = units.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = units.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (warp.side === "none" || !(high - low > 1e-9)) return linearScale(outer);
  const sign = warp.side === "low" ? 1 : -1;
  const origin = warp.side === "low" ? low : high;
  const width = warp.width * (high - low);
  const bend = (u: number): number => sign * Math.asinh((sign * (u - origin)) / width);
  const inner = standardisation(units.map(bend));
  const toUser = (y: number): number => {
    const bent = inner.shift + inner.scale * y;
    return outer.shift + outer.scale * (origin + sign * width * Math.sinh(sign * bent));
  };
  return {
    warp,
    toStandard: (value) => (bend((value - outer.shift) / outer.scale) - inner.shift) / inner.scale,
    toUser,
    slopeAt: (value) => {
      const x = ((value - outer.shift) / outer.scale - origin) / width;
      return 1 / (Math.sqrt(1 + x * x) * width * outer.scale * inner.scale);
    },
    deviation: (y, sd) => 0.5 * (toUser(y + sd) - toUser(y - sd)),
  };
}

function linearScale({ shift, scale }: { shift: number; scale: number }): OutputScale {
  return {
    warp: NO_WARP,
    toStandard: (value) => (value - shift) / scale,
    toUser: (y) => shift + scale * y,
    slopeAt: () => 1 / scale,
    deviation: (_, sd) => scale * sd,
  };
}

/** Mean and deviation, computed on values divided by their largest size so that nothing overflows. */
function standardisation(values: readonly number[]): { shift: number; scale: number } {
  const size = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  if (size === 0 || values.length === 0) return { shift: 0, scale: 1 };
  const mean = values.reduce((sum, v) => sum + v / size, 0) / values.length;
  const variance =
    values.reduce((sum, v) => sum + (v / size - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const sd = Math.sqrt(variance);
  // Differences at the level of rounding are no information: treat the values as equal.
  return { shift: mean * size, scale: sd > 1e-13 ? sd * size : size };
}
