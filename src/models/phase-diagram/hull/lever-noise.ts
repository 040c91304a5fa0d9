import { noiseOrExact, robustSpread } from "../evidence/robust-noise.ts";
import type { HullResult } from "./hull-evidence.ts";
import { distanceBetween, mixOf, sharesOf } from "./simplex-geometry.ts";

/** Ends of one phase from which their scatter tells anything. */
const ENDS_min = 4;
/** Noise per component -> noise per coordinate of the regular simplex, after renormalisation. */
const PER_COORDINATE = Math.SQRT1_2;

/**
 * Learns the noise of measured phase compositions: by the lever rule a sample lies on its tie-line or tie-triangle. With weights w
 * of p phases of C components the squared distance is (C - p) sum w^2 s^2 on average, s the noise of a coordinate. Where no sample
 * has fewer phases than components, the phase whose compositions scatter least is taken as a compound.
 *
 * @returns standard deviation per component, mole fraction; 0 where the compositions are as good as exact or nothing tells
 */
export function learnLeverNoise(results: readonly HullResult[]): number {
  const sizes: number[] = [];
  for (const { at, ends } of results) {
    const freedom = at.filter((v) => v > 0).length - ends.length;
    const shares = ends.length < 2 || freedom < 1 ? undefined : sharesOf(at, ends);
    if (shares === undefined) continue;
    const squared = shares.reduce((sum, w) => sum + w * w, 0);
    const away = distanceBetween(at, mixOf(ends, shares));
    sizes.push(away / Math.sqrt(freedom * squared));
  }
  if (sizes.length === 0) return asNoise(leastScatter(results));
  return asNoise(robustSpread(sizes));
}

const asNoise = (perCoordinate: number): number => noiseOrExact(perCoordinate / PER_COORDINATE);

/** Standard deviation per coordinate of the phase whose ends, in samples with all components, scatter least. */
function leastScatter(results: readonly HullResult[]): number {
  const seen = new Map<string, Float64Array[]>();
  for (const { at, ends, phases } of results) {
    if (ends.length < 2 || at.includes(0)) continue;
    for (const [k, phase] of phases.entries())
      seen.set(phase, [...(seen.get(phase) ?? []), ends[k]!]);
  }
  const scatters = [...seen.values()].flatMap((list) => {
    if (list.length < ENDS_min) return [];
    const mean = mixOf(
      list,
      list.map(() => 1 / list.length),
    );
    const squares = list.reduce((sum, x) => sum + distanceBetween(x, mean) ** 2, 0);
    return [Math.sqrt(squares / ((list.length - 1) * (mean.length - 1)))];
  });
  return scatters.length === 0 ? 0 : Math.min(...scatters);
}
