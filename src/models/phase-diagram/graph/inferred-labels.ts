import { distanceToSimplex } from "../hull/simplex-geometry.ts";
import type { PhaseEvidence } from "../map-model.ts";
import { phasesAllowed } from "../phase-rule.ts";
import type { GraphMapState } from "./graph-state.ts";

/** Results of one field that are joined with a new one, the latest. */
const JOINED_max = 20;
/** A candidate this close to what joins the results (regular simplex of side 1) lies on it. */
const ON_IT = 1e-6;

/**
 * What the published rule can say without measured compositions: a field of as many phases as there are components (two on a
 * binary edge, three in the section) is one tie-line or triangle and therefore convex, so that all candidates between two of
 * its results, or in the triangle of three, have the same label. Other fields need not be convex: nothing is inferred in them.
 *
 * @param node where the new result was measured
 */
export function inferBetween(state: GraphMapState, node: number, evidence: PhaseEvidence): void {
  const { grid, book, network } = state;
  if (grid.components.length !== grid.axes.length || evidence.confidence < 1) return;
  const here = presentAt(state, node);
  if (phasesAllowed(here) !== evidence.phases.length || evidence.phases.length < 2) return;
  const label = book.labels.indexOf(evidence.phases.join("+"));
  const others = [...book.entries.values()]
    .filter(
      (entry) =>
        entry.label === label &&
        entry.node !== node &&
        entry.evidence.confidence === 1 &&
        presentAt(state, entry.node) === here,
    )
    .slice(-JOINED_max);
  const corner = (at: number): Float64Array =>
    network.valuesOf(at).map((x) => x / grid.wholeAmount);
  const mine = corner(node);
  const groups = others.flatMap((p, k) => [[p], ...others.slice(k + 1).map((q) => [p, q])]);
  const open = openCandidates(state, here);
  for (const group of groups) {
    const corners = [mine, ...group.map((entry) => corner(entry.node))];
    for (const i of open) {
      if (book.isDerived(i) || distanceToSimplex(corner(i), corners) > ON_IT) continue;
      const from = group.map((entry) => entry.evidence.id);
      network.touch(i, book.derive(i, evidence.phases, evidence.id, ...from));
    }
  }
}

function openCandidates({ grid, book, present }: GraphMapState, here: number): number[] {
  return Array.from({ length: grid.count }, (_, i) => i).filter(
    (i) => present[i] === here && book.measuredAt(i).length === 0 && !book.isDerived(i),
  );
}

/** Components present at a node, as bits. */
function presentAt({ grid, network }: GraphMapState, node: number): number {
  const values = network.valuesOf(node);
  return grid.components.reduce(
    (bits, column, k) => (values[column]! > 1e-6 * grid.wholeAmount ? bits | (1 << k) : bits),
    0,
  );
}
