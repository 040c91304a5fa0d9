import type { NoisyTriangle } from "./noisy-evidence.ts";
import { distance, type Vec } from "./plane.ts";

/**
 * Averages triangles of one label whose corners agree within four standard deviations: three phases at fixed temperature and
 * pressure are one fixed triangle. Two triangles of one label that lie apart stay two.
 */
export function averageTriangles(
  triangles: readonly NoisyTriangle[],
  sigma: number,
): NoisyTriangle[] {
  const merged: NoisyTriangle[] = [];
  for (const triangle of triangles) {
    const same = merged.find((other) => {
      const limit = 4 * sigma * Math.sqrt(1 + 1 / other.weight);
      return (
        other.label === triangle.label &&
        other.ends.every((end, k) => distance(end, triangle.ends[k]!) < limit)
      );
    });
    if (same === undefined) {
      merged.push({ ...triangle, owners: [...triangle.owners], ats: [...triangle.ats] });
      continue;
    }
    const w = same.weight;
    same.ends = same.ends.map((end, k): Vec => {
      const other = triangle.ends[k]!;
      return [(w * end[0] + other[0]) / (w + 1), (w * end[1] + other[1]) / (w + 1)];
    });
    same.weight += 1;
    same.owners.push(...triangle.owners);
    same.ats.push(...triangle.ats);
  }
  return merged;
}
