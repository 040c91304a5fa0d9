import { LEVER_MAX, type MapResult } from "../evidence/map-result.ts";
import { coexistingPhases, labelOf } from "../evidence/phase-names.ts";
import type { PhaseEvidence } from "../map-model.ts";
import type { BinaryCandidates } from "./binary-grid.ts";

/** One end of a tie-line: a phase and its mole fraction. */
export interface TieEnd {
  readonly phase: string;
  readonly x: number;
}

/** What one experiment says of a binary: at x and a height (levels) there were these phases, with these ends. */
export interface BinaryResult extends MapResult {
  readonly owner: number;
  readonly x: number;
  /** Raw value of the further axis. */
  readonly value: number;
  /** The same in levels. */
  readonly height: number;
  readonly phases: readonly string[];
  /** Both ends, the left one first; absent where they were not measured or cannot be right. */
  readonly tie?: readonly [TieEnd, TieEnd] | undefined;
  /** The phases' fractions of the atoms, in the order of `tie`, where measured. */
  readonly fractions?: readonly [number, number] | undefined;
}

/** Brings evidence into the form of a binary. */
export function readyBinaryResult(
  evidence: PhaseEvidence,
  owner: number,
  candidates: BinaryCandidates,
): BinaryResult {
  const { x, value } = candidates.placeOf(evidence);
  const isPure = x <= 0 || x >= 1;
  const sets = new Set(evidence.phases).size;
  const ends = (evidence.ends ?? [])
    .map(({ phase, composition, fraction }) => ({ phase, x: composition[1]!, fraction }))
    .sort((a, b) => a.x - b.x);
  const [left, right] = ends;
  const isPair = evidence.phases.length === 2 && left !== undefined && right !== undefined;
  const outside = isPair ? Math.max(left.x - x, x - right.x, 0) : 0;
  const offLever = outside > LEVER_MAX;
  const hasTie = isPair && !offLever && !isPure && right.x > left.x;
  const isMeasured = left?.fraction !== undefined && right?.fraction !== undefined;
  return {
    owner,
    candidate: candidates.candidateOf(evidence),
    x,
    value,
    height: candidates.heightOf(value),
    label: labelOf(coexistingPhases(evidence.phases)),
    phases: evidence.phases,
    ...(hasTie && {
      tie: [
        { phase: left.phase, x: left.x },
        { phase: right.phase, x: right.x },
      ] as const,
    }),
    ...(hasTie && isMeasured && { fractions: [left.fraction!, right.fraction!] as const }),
    offLever,
    outOfEquilibrium: sets > (isPure ? 1 : 2),
  };
}
