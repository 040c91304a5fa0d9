import { edgeMask, type Fractions, snapComposition } from "./barycentric.ts";
import { coexistingPhases, labelOf } from "./phase-names.ts";

/** What one experiment found, as the model takes it. */
export interface CoexistenceResult {
  /** Name of the observation, for conflicts and for taking it back. */
  readonly id: string;
  /** Candidate at which the sample lies, or -1 where the sample lies on no candidate. */
  readonly candidate: number;
  /** Overall composition of the sample, three mole fractions. */
  readonly at: readonly number[];
  readonly phases: readonly string[];
  /** Composition of each phase in the order of `phases`; absent, or `undefined` inside, where not measured. */
  readonly ends?: readonly (readonly number[] | undefined)[] | undefined;
  /** Probability that the phases were identified rightly, 0..1. */
  readonly confidence: number;
}

/** A result made ready: snapped compositions, its label, whether the phase rule allows it. */
export interface ReadyResult {
  readonly id: string;
  readonly candidate: number;
  readonly at: Fractions;
  readonly phases: readonly string[];
  readonly label: string;
  /** One composition a phase; `undefined` where not measured. A single phase has the sample's own. */
  readonly ends: readonly (Fractions | undefined)[];
  /** More phases than components present: at fixed temperature and pressure this is no equilibrium. */
  readonly outOfEquilibrium: boolean;
  readonly confidence: number;
}

/** Snaps and checks one result. Components that the sample does not have are absent from its phases too. */
export function readyResult(result: CoexistenceResult): ReadyResult {
  const at = snapComposition(result.at);
  const present = at.filter((x) => x > 0).length;
  const ends = result.phases.map((_, k): Fractions | undefined => {
    const end = result.ends?.[k];
    if (result.phases.length === 1) return at;
    return end === undefined ? undefined : snapEnd(end, at);
  });
  return {
    id: result.id,
    candidate: result.candidate,
    at,
    phases: result.phases,
    label: labelOf(coexistingPhases(result.phases)),
    ends,
    outOfEquilibrium: new Set(result.phases).size > present,
    confidence: result.confidence,
  };
}

function snapEnd(end: readonly number[], at: Fractions): Fractions {
  const absent = edgeMask(at);
  return snapComposition(end.map((x, k) => ((absent >> k) & 1 ? 0 : x)));
}
