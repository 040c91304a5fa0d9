import type { MapGeometry } from "../../map-model.ts";
import type { NoisySection } from "./noisy-section.ts";
import { fromPlane } from "./plane.ts";

/** The denoised tie-lines and triangles; a pooled one names the first of its results. */
export function noisyGeometry(
  section: NoisySection,
  idOf: (owner: number) => number = (owner) => owner,
): MapGeometry {
  const { lines, triangles } = section.denoised.evidence;
  return {
    tieLines: lines.map((line) => ({
      phases: [line.keys[0]!, line.keys[1]!],
      ends: [fromPlane(line.ends[0]!), fromPlane(line.ends[1]!)],
      from: idOf(line.owners[0]!),
    })),
    triangles: triangles.map((triangle) => ({
      phases: [triangle.keys[0]!, triangle.keys[1]!, triangle.keys[2]!],
      corners: [
        fromPlane(triangle.ends[0]!),
        fromPlane(triangle.ends[1]!),
        fromPlane(triangle.ends[2]!),
      ],
      from: idOf(triangle.owners[0]!),
      proved: true,
    })),
  };
}
