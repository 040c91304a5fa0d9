import { averageEdgeLines, averageTriangles } from "./average-triangles.ts";
import { settleEdges } from "./binary-edges.ts";
import { holdSamplesInside, passThroughSamples } from "./lever-rule.ts";
import { copyEvidence, type NoisyEvidence } from "./noisy-evidence.ts";
import { classifyPhases, type PhaseKind, snapToKind } from "./phase-kinds.ts";
import { smoothFields } from "./smooth-fields.ts";

/** Noise per component -> noise per coordinate of the equilateral plane, after renormalisation. */
export const PLANE_NOISE = 0.85;

const SMOOTHING_PASSES = 2;

export interface Denoised {
  readonly evidence: NoisyEvidence;
  readonly kinds: ReadonlyMap<string, PhaseKind>;
}

/**
 * Takes out as much noise of the measured phase compositions as the physics allows: compounds are points, tie-lines pass through
 * their samples, a tie-triangle is one triangle, tie-lines of one field vary slowly.
 *
 * @param known what the phases look like, where more results than these tell (other temperatures)
 */
export function denoise(
  raw: NoisyEvidence,
  noise: number,
  known?: ReadonlyMap<string, PhaseKind>,
): Denoised {
  const sigma = PLANE_NOISE * noise;
  const copy = copyEvidence(raw);
  const evidence = {
    ...copy,
    lines: averageEdgeLines(copy.lines, sigma),
    triangles: averageTriangles(copy.triangles, sigma),
  };
  const kinds = known ?? classifyPhases(copy, { sigma, noise });
  for (const item of [...evidence.lines, ...evidence.triangles])
    item.ends = item.ends.map((end, k) => snapToKind(end, kinds.get(item.keys[k]!)));
  settleEdges(evidence, kinds);
  passThroughSamples(evidence, kinds, sigma);
  for (let pass = 0; pass < SMOOTHING_PASSES; pass++) {
    smoothFields(evidence, kinds, sigma);
    passThroughSamples(evidence, kinds, sigma);
  }
  holdSamplesInside(evidence.triangles, kinds, sigma);
  return { evidence, kinds };
}
