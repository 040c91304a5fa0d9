import { impliedLabels, isInside } from "../coexistence-rule.ts";
import type { PhaseEvidence } from "../map-model.ts";
import type { GraphMapState } from "./graph-state.ts";

/** Derived nodes closer than this to one of the same label are that one, grid steps. */
const MERGE_steps = 0.5;
/** An end of a tie-line this close to a candidate is its composition; farther off the candidate has other phases, as a rule. */
const SAME_PLACE_steps = 0.02;

/** Labels that the ends of a tie-line or the corners of a triangle imply, as the published midpoint rule has them. */
export function deriveLabels(state: GraphMapState, evidence: PhaseEvidence): void {
  const { grid, book, network } = state;
  const ends = evidence.ends;
  if (ends === undefined || ends.length < 2 || grid.components.length !== grid.axes.length) return;
  for (const { composition, phases } of impliedLabels(ends)) {
    const at = Float64Array.from(composition, (x) => x * grid.wholeAmount);
    if (hasSameNearby(state, at, phases.join("+"))) continue;
    const node = network.nodeAt(at, SAME_PLACE_steps);
    network.touch(node, book.derive(node, phases, evidence.id));
  }
  if (ends.length !== 3) return;
  const corners = ends.map((end) => end.composition);
  const width = grid.axes.length;
  for (let i = 0; i < grid.count; i++) {
    const composition = Array.from(
      grid.values.subarray(i * width, (i + 1) * width),
      (x) => x / grid.wholeAmount,
    );
    if (book.measuredAt(i).length > 0 || !isInside(composition, corners, -1e-6)) continue;
    network.touch(i, book.derive(i, evidence.phases, evidence.id));
  }
}

function hasSameNearby(
  { grid, book, network }: GraphMapState,
  at: Float64Array,
  label: string,
): boolean {
  const wanted = book.labels.indexOf(label);
  if (wanted < 0) return false;
  const point = network.placeRaw(at);
  for (const [node, { shares }] of book.nodes()) {
    if (shares[0]?.label !== wanted) continue;
    const other = network.place(node);
    let d2 = 0;
    for (let k = 0; k < grid.dimension; k++) d2 += (other[k]! - point[k]!) ** 2;
    if (d2 < MERGE_steps * MERGE_steps) return true;
  }
  return false;
}
