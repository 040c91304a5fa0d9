import type { SpectralLine } from "./radiation.ts";

/** What the abscissa of a pattern is. */
export type PatternAxis = "twoTheta_deg" | "Q_per_nm" | "d_A";

/** A diffractogram as a file or message brings it, the abscissa rising. */
export interface DiffractionPattern {
  readonly axis: PatternAxis;
  readonly x: Float64Array;
  /** In `unit`, attenuators already applied. */
  readonly intensity: Float64Array;
  readonly unit: "counts" | "countsPerSecond" | "arbitrary";
  /** Of each point. */
  readonly countingTime_s?: number | undefined;
  /** As the file says. */
  readonly radiation?: readonly SpectralLine[] | undefined;
}

/** One range of a file. */
export interface ScanRange {
  readonly x: Float64Array;
  readonly counts: Float64Array;
  readonly countingTime_s?: number | undefined;
}

/**
 * Ranges of one file as one pattern: repeated ranges are added; different ones are brought to the longest counting time
 * and sorted along the axis. Where a time is unknown the counts are taken as they are.
 */
export function joinRanges(ranges: readonly ScanRange[]): ScanRange {
  const repeated = groupRepeats(ranges);
  if (repeated.length === 1) return repeated[0]!;
  const times = repeated.map(({ countingTime_s }) => countingTime_s);
  const timed = times.every((time) => time !== undefined && time > 0);
  const longest = timed ? Math.max(...(times as number[])) : undefined;
  const points = repeated.flatMap(({ x, counts, countingTime_s }) => {
    const factor = longest === undefined ? 1 : longest / countingTime_s!;
    return Array.from(x, (value, k) => [value, counts[k]! * factor] as const);
  });
  points.sort((p, q) => p[0] - q[0]);
  return {
    x: Float64Array.from(points, ([value]) => value),
    counts: Float64Array.from(points, ([, value]) => value),
    countingTime_s: longest,
  };
}

function groupRepeats(ranges: readonly ScanRange[]): ScanRange[] {
  const out: ScanRange[] = [];
  for (const range of ranges) {
    const k = out.findIndex((other) => isSameAxis(other.x, range.x));
    const other = out[k];
    if (other === undefined) out.push(range);
    else {
      out[k] = {
        x: other.x,
        counts: other.counts.map((value, i) => value + range.counts[i]!),
        countingTime_s:
          other.countingTime_s === undefined || range.countingTime_s === undefined
            ? undefined
            : other.countingTime_s + range.countingTime_s,
      };
    }
  }
  return out;
}

function isSameAxis(p: Float64Array, q: Float64Array): boolean {
  if (p.length !== q.length) return false;
  const step = Math.abs(p[p.length - 1]! - p[0]!) / Math.max(1, p.length - 1);
  const ends = [0, p.length - 1];
  return ends.every((k) => Math.abs(p[k]! - q[k]!) < 0.1 * step);
}
