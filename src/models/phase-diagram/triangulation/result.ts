import { LEVER_MAX, type MapResult } from "../evidence/map-result.ts";
import { coexistingPhases, labelOf } from "../evidence/phase-names.ts";
import {
  barycentricIn,
  distanceToSegment,
  edgeMask,
  type Fractions,
  planeX,
  planeY,
  snapComposition,
} from "./barycentric.ts";

/** What one experiment found, as the model takes it. */
export interface CoexistenceResult {
  /** Candidate at which the sample lies, or -1 where the sample lies on no candidate. */
  readonly candidate: number;
  /** Overall composition of the sample, three mole fractions. */
  readonly at: readonly number[];
  readonly phases: readonly string[];
  /** Composition of each phase in the order of `phases`; absent, or `undefined` inside, where not measured. */
  readonly ends?: readonly (readonly number[] | undefined)[] | undefined;
}

/** A result made ready: snapped compositions, its label, whether the phase rule allows it. */
export interface ReadyResult extends MapResult {
  readonly at: Fractions;
  readonly phases: readonly string[];
  /** One composition a phase; `undefined` where not measured. A single phase has the sample's own. */
  readonly ends: readonly (Fractions | undefined)[];
}

/** Snaps and checks one result. Components that the sample does not have are absent from its phases too. */
export function readyResult(result: CoexistenceResult): ReadyResult {
  const at = snapComposition(result.at);
  const present = at.filter((x) => x > 0).length;
  const measured = result.phases.map((_, k): Fractions | undefined => {
    const end = result.ends?.[k];
    if (result.phases.length === 1) return at;
    return end === undefined ? undefined : snapEnd(end, at);
  });
  const offLever = leverError(at, measured) > LEVER_MAX;
  const ends = offLever ? measured.map(() => undefined) : measured;
  return {
    candidate: result.candidate,
    at,
    phases: result.phases,
    label: labelOf(coexistingPhases(result.phases)),
    ends,
    offLever,
    outOfEquilibrium: new Set(result.phases).size > present,
  };
}

/** Distance of the sample from what its phases can mix to, by the lever rule; 0 where not all of them were measured. */
function leverError(at: Fractions, ends: readonly (Fractions | undefined)[]): number {
  const known = ends.filter((end): end is Fractions => end !== undefined);
  if (known.length < ends.length || known.length < 2 || known.length > 3) return 0;
  const [a, b, c] = known as [Fractions, Fractions, Fractions | undefined];
  if (c !== undefined) {
    const weights = new Float64Array(3);
    barycentricIn(at, [a, b, c], weights);
    if (weights.every((w) => w >= 0)) return 0;
  }
  const segment = (p: Fractions, q: Fractions): number =>
    distanceToSegment(planeX(at), planeY(at), [planeX(p), planeY(p), planeX(q), planeY(q)]);
  return c === undefined ? segment(a, b) : Math.min(segment(a, b), segment(b, c), segment(c, a));
}

function snapEnd(end: readonly number[], at: Fractions): Fractions {
  const absent = edgeMask(at);
  return snapComposition(end.map((x, k) => ((absent >> k) & 1 ? 0 : x)));
}
