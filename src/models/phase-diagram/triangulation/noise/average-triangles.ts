import type { NoisyLine, NoisyTriangle } from "./noisy-evidence.ts";
import { distance, type Vec } from "./plane.ts";

/** Repeats of one equilibrium agree within so many standard deviations. */
const AGREE = 4;

interface Repeated {
  readonly owners: number[];
  readonly label: string;
  readonly ats: Vec[];
  weight: number;
  ends: Vec[];
}

/**
 * Averages triangles of one label whose corners agree: three phases at fixed temperature and pressure are one fixed triangle.
 * Two triangles of one label that lie apart stay two.
 */
export function averageTriangles(
  triangles: readonly NoisyTriangle[],
  sigma: number,
): NoisyTriangle[] {
  return averageRepeats(triangles, sigma, (a, b) => a.label === b.label);
}

/** Averages the results of one two-phase field on a binary edge: they have the same ends. Other tie-lines stay as they are. */
export function averageEdgeLines(lines: readonly NoisyLine[], sigma: number): NoisyLine[] {
  return averageRepeats(
    lines,
    sigma,
    (a, b) => a.edges !== 0 && a.edges === b.edges && a.label === b.label,
  );
}

function averageRepeats<T extends Repeated>(
  items: readonly T[],
  sigma: number,
  isSame: (a: T, b: T) => boolean,
): T[] {
  const merged: T[] = [];
  for (const item of items) {
    const same = merged.find((other) => {
      const limit = AGREE * sigma * Math.sqrt(1 + 1 / other.weight);
      return (
        isSame(other, item) && other.ends.every((end, k) => distance(end, item.ends[k]!) < limit)
      );
    });
    if (same === undefined) {
      merged.push({ ...item, owners: [...item.owners], ats: [...item.ats] });
      continue;
    }
    const w = same.weight;
    same.ends = same.ends.map((end, k): Vec => {
      const other = item.ends[k]!;
      return [(w * end[0] + other[0]) / (w + 1), (w * end[1] + other[1]) / (w + 1)];
    });
    same.weight += 1;
    same.owners.push(...item.owners);
    same.ats.push(...item.ats);
  }
  return merged;
}
