/** A class that disappears or appears along a trajectory. */
export interface Transition {
  readonly class: number;
  readonly kind: "loss" | "growth";
  /** Last frame before a tenth of the change has happened. */
  readonly onsetFrame: number;
  /** Frame, interpolated, at which half of the change has happened. */
  readonly midpointFrame: number;
  /** Share of atoms before and after, 0..1. */
  readonly from: number;
  readonly to: number;
}

const WINDOW = 5;
const ENDS = 3;
/** A change smaller than this share of atoms is no transition. */
const CHANGE_MIN = 0.2;
const ONSET = 0.1;

/**
 * Finds transitions in fractions in time (one series a class, one value a frame): each series is smoothed over five
 * frames; the levels are the means of its first and last three values; where they differ by more than 0.2 the midpoint
 * is the first crossing of half the change, and the onset the last frame before it within a tenth of the change.
 * Needs 6 frames; fewer give none.
 */
export function findTransitions(series: readonly Float64Array[]): Transition[] {
  return series.flatMap((values, c): Transition[] => {
    if (values.length < 2 * ENDS) return [];
    const smooth = movingMean(values);
    const from = mean(smooth.subarray(0, ENDS));
    const to = mean(smooth.subarray(smooth.length - ENDS));
    const change = to - from;
    if (Math.abs(change) < CHANGE_MIN) return [];
    const progress = smooth.map((value) => (value - from) / change);
    const middle = progress.findIndex((share) => share >= 0.5);
    let onset = middle;
    while (onset > 0 && progress[onset]! > ONSET) onset--;
    const before = progress[middle - 1] ?? progress[middle]!;
    const step = progress[middle]! - before;
    const midpointFrame = middle <= 0 || step <= 0 ? middle : middle - 1 + (0.5 - before) / step;
    const kind = change < 0 ? "loss" : "growth";
    return [{ class: c, kind, onsetFrame: onset, midpointFrame, from, to }];
  });
}

/** Mean over five values, fewer at the ends: what `findTransitions` looks at. */
export function movingMean(values: Float64Array): Float64Array {
  const half = (WINDOW - 1) / 2;
  return values.map((_, k) =>
    mean(values.subarray(Math.max(0, k - half), Math.min(values.length, k + half + 1))),
  );
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
