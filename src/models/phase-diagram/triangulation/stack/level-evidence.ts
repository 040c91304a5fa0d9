import { denoise, PLANE_NOISE } from "../noise/denoise.ts";
import { learnNoiseOf } from "../noise/noise-level.ts";
import { type NoisyEvidence, sortEvidence } from "../noise/noisy-evidence.ts";
import { classifyPhases, type PhaseKind } from "../noise/phase-kinds.ts";
import type { LevelResult } from "./stack-candidates.ts";

/** The results of all levels, sorted by what they say, and what is known of the phases. */
export interface StackEvidence {
  readonly byLevel: ReadonlyMap<number, NoisyEvidence>;
  /** What the compositions of each phase look like under the noise, at all levels together; empty where they are exact. */
  readonly kinds: ReadonlyMap<string, PhaseKind>;
  /** Standard deviation per component, mole fraction; 0 where the compositions count as exact. */
  readonly noise: number;
}

/**
 * Sorts the results by level and takes out the noise of their compositions, level by level: a level repeats only its own
 * equilibria. What a phase looks like (a point, a line, a region) is asked of all levels together.
 *
 * @param toldNoise standard deviation per component, mole fraction; absent: learnt from the results
 */
export function gatherEvidence(
  results: ReadonlyMap<number, LevelResult>,
  toldNoise: number | undefined,
): StackEvidence {
  const raw = new Map<number, NoisyEvidence>();
  for (const level of new Set([...results.values()].map((item) => item.level))) {
    const own = [...results].filter(([, item]) => item.level === level);
    raw.set(level, sortEvidence(new Map(own.map(([owner, { result }]) => [owner, result]))));
  }
  const noise = toldNoise ?? learnNoiseOf([...raw.values()]);
  if (noise === 0) return { byLevel: raw, kinds: new Map(), noise };
  const kinds = classifyPhases(together([...raw.values()]), { sigma: PLANE_NOISE * noise, noise });
  const denoised = [...raw].map(
    ([level, evidence]) => [level, denoise(evidence, noise, kinds).evidence] as const,
  );
  return { byLevel: new Map(denoised), kinds, noise };
}

function together(parts: readonly NoisyEvidence[]): NoisyEvidence {
  return {
    lines: parts.flatMap(({ lines }) => lines),
    triangles: parts.flatMap(({ triangles }) => triangles),
    exact: parts.flatMap(({ exact }) => exact),
    edgeSamples: parts.flatMap(({ edgeSamples }) => edgeSamples),
  };
}
