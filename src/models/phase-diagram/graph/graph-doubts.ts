import { describeConflict, nameOf } from "../evidence/conflict-texts.ts";
import { type Doubt, describeAside, doubtsOf, explainRepeat } from "../evidence/repeat-wishes.ts";
import type { RankedPoint, SuspiciousEvidence } from "../map-model.ts";
import type { GraphMapState } from "./graph-state.ts";

/** Samples that are in doubt by themselves, whatever is around them: never sure, or repeats that disagree. */
function doubtsIn({ grid, ledger }: GraphMapState): Doubt[] {
  return doubtsOf(ledger, ledger.disagreements(), new Set()).filter(
    ({ owner }) => ledger.mayRepeat(owner) && ledger.get(owner).candidate < grid.count,
  );
}

/** The same as the status tells them. */
export function ownDoubts(state: GraphMapState): SuspiciousEvidence[] {
  const { ledger } = state;
  const { label, labels } = state.predict();
  return doubtsIn(state).map(({ owner, against }) => {
    const { candidate, label: own, evidence } = ledger.get(owner);
    const read = labels[label[candidate]!];
    const rival = against.map((other) => ledger.get(other).label)[0];
    const expected = (read === own ? rival : read) ?? "something else";
    return {
      id: evidence.id,
      candidate,
      label: own,
      expected,
      probability: ledger.strengthOf(owner),
    };
  });
}

/** Repeats of what is doubted: by itself first, then what everything around contradicts. */
export function wishesOf(
  state: GraphMapState,
  suspicious: readonly SuspiciousEvidence[],
): RankedPoint[] {
  const { ledger } = state;
  const why = new Map(
    doubtsIn(state).map((doubt) => [
      ledger.get(doubt.owner).evidence.id,
      explainRepeat(doubt, ledger),
    ]),
  );
  return suspicious
    .filter(({ candidate }) => candidate >= 0)
    .map(({ id, candidate, label, expected, probability }) => ({
      candidate,
      score: 1 - probability,
      why:
        why.get(id) ?? `Repeat: ${label} was found here, but everything around says ${expected}.`,
    }));
}

/** One sentence for each result that a person should look at. */
export function describeDoubts({ ledger }: GraphMapState): string[] {
  return [
    ...ledger.disagreements().map((conflict) => describeConflict(conflict, ledger)),
    ...describeAside(ledger, new Set(), (owner) => nameOf(ledger, owner)),
  ];
}
