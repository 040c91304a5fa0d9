import type { Prng } from "../../../../core/prng.ts";
import { shuffled } from "../../../../core/prng.ts";
import { settleEdges } from "./binary-edges.ts";
import { type BuildOptions, buildMesh, type NoisyMesh } from "./build-mesh.ts";
import { type Denoised, PLANE_NOISE } from "./denoise.ts";
import { holdSamplesInside, passThroughSamples } from "./lever-rule.ts";
import { copyEvidence, type NoisyEvidence } from "./noisy-evidence.ts";
import { snapToKind } from "./phase-kinds.ts";
import { add, type Vec } from "./plane.ts";

/** Size of the jitter in units of what noise is left after pooling. */
const JITTER = 0.8;
/** A smoothed tie-line end carries the noise of about three. */
const POOLED_ENDS = 3;

/** Where edges would cross, ends of one phase this close, in standard deviations, are taken as one. */
const MEET = 5;
/** Ends of one phase closer than this, in units of the noise, are one node. */
const MERGE = 0.5;

/** The mesh of the denoised evidence as it is: member 0 of the ensemble. `lesser` only holds where it does not stand against that. */
export function centralMesh(denoised: Denoised, noise: number, lesser?: NoisyEvidence): NoisyMesh {
  return buildMesh(
    denoised.evidence,
    optionsOf(denoised, noise, (items) => items),
    lesser,
  );
}

/** A mesh of the evidence moved within what noise is left, its tie-lines forced in random order. */
export function jitteredMesh(
  denoised: Denoised,
  { noise, lesser }: { noise: number; lesser?: NoisyEvidence | undefined },
  prng: Prng,
): NoisyMesh {
  const sigma = PLANE_NOISE * noise;
  const { kinds } = denoised;
  const evidence = copyEvidence(denoised.evidence);
  const shift = new Map<string, Vec>();
  for (const [key, kind] of kinds) {
    const size = kind.kind === "region" ? 0 : (JITTER * sigma) / Math.sqrt(kind.count);
    shift.set(key, [size * prng.normal(), size * prng.normal()]);
  }
  const moved = (end: Vec, key: string, weight: number): Vec => {
    const kind = kinds.get(key);
    if (kind?.kind === "point") return add(end, shift.get(key)!);
    const size = (JITTER * sigma) / Math.sqrt(weight);
    const jittered = snapToKind(add(end, [size * prng.normal(), size * prng.normal()]), kind);
    return kind?.kind === "line" ? add(jittered, shift.get(key)!) : jittered;
  };
  for (const line of evidence.lines)
    line.ends = line.ends.map((end, k) =>
      moved(end, line.keys[k]!, line.edges === 0 ? POOLED_ENDS : line.weight + 1),
    );
  for (const triangle of evidence.triangles)
    triangle.ends = triangle.ends.map((end, k) =>
      moved(end, triangle.keys[k]!, triangle.weight + 1),
    );
  const asMoved = new Map(
    [...kinds].map(([key, kind]) => {
      const by = shift.get(key)!;
      if (kind.point !== undefined) return [key, { ...kind, point: add(kind.point, by) }] as const;
      if (kind.axis === undefined) return [key, kind] as const;
      return [key, { ...kind, axis: { ...kind.axis, centre: add(kind.axis.centre, by) } }] as const;
    }),
  );
  settleEdges(evidence, asMoved);
  passThroughSamples(evidence, asMoved, sigma);
  holdSamplesInside(evidence.triangles, asMoved, sigma);
  return buildMesh(
    evidence,
    optionsOf(denoised, noise, (items) => shuffled(items, prng)),
    lesser,
  );
}

function optionsOf(denoised: Denoised, noise: number, order: BuildOptions["order"]): BuildOptions {
  const sigma = PLANE_NOISE * noise;
  return {
    kinds: denoised.kinds,
    mergeRadius: MERGE * sigma,
    meetRadius: MEET * sigma,
    order,
  };
}
