import { baseName } from "../../evidence/phase-names.ts";
import { edgeMask, type Fractions } from "../barycentric.ts";
import type { ReadyResult } from "../result.ts";
import { toPlane, type Vec } from "./plane.ts";

/**
 * A two-phase result with measured ends. The sample's own composition is exact, the ends are blurred. On a binary edge all
 * results of one field have the same ends at one temperature: they are one line there, `weight` counts them.
 */
export interface NoisyLine {
  readonly owners: number[];
  readonly label: string;
  readonly keys: readonly string[];
  readonly ats: Vec[];
  /** Bit k: component k is absent from the sample. */
  readonly edges: number;
  weight: number;
  ends: Vec[];
}

/** One or several three-phase results that are the same triangle; `weight` counts them. */
export interface NoisyTriangle {
  readonly owners: number[];
  readonly label: string;
  readonly keys: readonly string[];
  readonly ats: Vec[];
  weight: number;
  ends: Vec[];
}

/** A single-phase sample: its composition is the phase's, exactly. */
export interface ExactSample {
  readonly owner: number;
  readonly key: string;
  readonly at: Vec;
  readonly fractions: Fractions;
}

/** A sample on a binary edge, whatever was found there: its place along the edge brackets the ends of the fields. */
export interface EdgeSample {
  readonly edges: number;
  readonly at: Vec;
  readonly label: string;
}

/** Results sorted by what they say, with the measured ends as working copies. */
export interface NoisyEvidence {
  readonly lines: readonly NoisyLine[];
  readonly triangles: readonly NoisyTriangle[];
  readonly exact: readonly ExactSample[];
  readonly edgeSamples: readonly EdgeSample[];
}

/** Sorts the results; those without compositions or out of equilibrium teach no geometry. */
export function sortEvidence(results: ReadonlyMap<number, ReadyResult>): NoisyEvidence {
  const lines: NoisyLine[] = [];
  const triangles: NoisyTriangle[] = [];
  const exact: ExactSample[] = [];
  const edgeSamples: EdgeSample[] = [];
  for (const [owner, result] of results) {
    const { phases, at, label } = result;
    const edges = edgeMask(at);
    if (edges !== 0) edgeSamples.push({ edges, at: toPlane(at), label });
    const ends = result.ends.filter((end): end is Fractions => end !== undefined).map(toPlane);
    if (result.outOfEquilibrium || ends.length < phases.length) continue;
    if (phases.length === 1)
      exact.push({ owner, key: baseName(phases[0]!), at: toPlane(at), fractions: at });
    if (phases.length === 2)
      lines.push({
        owners: [owner],
        label,
        keys: phases,
        ats: [toPlane(at)],
        edges,
        weight: 1,
        ends,
      });
    if (phases.length === 3)
      triangles.push({ owners: [owner], label, keys: phases, ats: [toPlane(at)], weight: 1, ends });
  }
  return { lines, triangles, exact, edgeSamples };
}

/** Copies whose ends can be moved without touching the original. */
export function copyEvidence(evidence: NoisyEvidence): NoisyEvidence {
  return {
    exact: evidence.exact,
    edgeSamples: evidence.edgeSamples,
    lines: evidence.lines.map((line) => ({ ...line, ends: [...line.ends] })),
    triangles: evidence.triangles.map((triangle) => ({ ...triangle, ends: [...triangle.ends] })),
  };
}
