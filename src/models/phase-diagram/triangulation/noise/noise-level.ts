import { noiseOrExact, robustSpread } from "../../evidence/robust-noise.ts";
import type { ReadyResult } from "../result.ts";
import { PLANE_NOISE } from "./denoise.ts";
import { type NoisyEvidence, sortEvidence } from "./noisy-evidence.ts";
import { distance, dot, subtract, type Vec } from "./plane.ts";

/** Repeats of one equilibrium farther apart than this are two equilibria. */
const SAME_WITHIN = 0.15;

/**
 * Learns the noise of measured phase compositions: by the lever rule a sample lies on its tie-line, so the distance from it is
 * noise; two triangles of one label are one triangle; two results of one field on a binary edge have the same ends.
 *
 * @returns standard deviation per component, mole fraction; 0 where the compositions are as good as exact or nothing tells
 */
export function learnNoise(results: ReadonlyMap<number, ReadyResult>): number {
  return learnNoiseOf([sortEvidence(results)]);
}

/** The same from several sections, each of which repeats only its own equilibria. */
export function learnNoiseOf(sections: readonly NoisyEvidence[]): number {
  const residuals = sections.flatMap((evidence) => [
    ...leverResiduals(evidence),
    ...repeatResiduals(evidence.triangles),
    ...repeatResiduals(evidence.lines.filter((line) => line.edges !== 0)),
  ]);
  if (residuals.length === 0) return 0;
  return noiseOrExact(robustSpread(residuals.map(Math.abs)) / PLANE_NOISE);
}

/** Distance of each ternary sample from its tie-line, in units that have the variance of one end's coordinate. */
function leverResiduals(evidence: NoisyEvidence): number[] {
  return evidence.lines
    .filter((line) => line.edges === 0)
    .flatMap((line) => {
      const [a, b] = line.ends as [Vec, Vec];
      const length = distance(a, b);
      if (length < 1e-6) return [];
      const along: Vec = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
      const d = subtract(line.ats[0]!, a);
      const lever = Math.min(1, Math.max(0, dot(d, along) / length));
      return [(d[0] * along[1] - d[1] * along[0]) / Math.hypot(1 - lever, lever)];
    });
}

/** Differences between successive results of the same equilibrium, per coordinate. */
function repeatResiduals(
  items: readonly {
    readonly label: string;
    readonly ends: readonly Vec[];
    readonly edges?: number;
  }[],
): number[] {
  const last = new Map<string, readonly Vec[]>();
  return items.flatMap((item) => {
    const key = `${item.label} ${item.edges ?? 0}`;
    const before = last.get(key);
    last.set(key, item.ends);
    if (before === undefined) return [];
    if (item.ends.some((end, k) => distance(end, before[k]!) > SAME_WITHIN)) return [];
    return item.ends.flatMap((end, k) => {
      const d = subtract(end, before[k]!);
      if (item.edges) return [Math.hypot(...d) / Math.SQRT2];
      return [d[0] / Math.SQRT2, d[1] / Math.SQRT2];
    });
  });
}
