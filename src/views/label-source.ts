import type { PlannerView } from "../domain/planner-view.ts";
import type { ObservationView } from "./campaign-view.ts";
import { labelOf } from "./map-data.ts";
import { type MapPlane, type Placement, placeIn } from "./map-plane.ts";
import { describeParameters, placeOfObservation } from "./observation-summary.ts";
import { type PhaseDiagramView, readPhaseDiagramView } from "./planner-views.ts";
import type { Results } from "./results.ts";

/** The result that a label which nobody measured follows from. */
export interface LabelSource {
  readonly text: string;
  /** Where that result stands in the plane; absent for a point known beforehand. */
  readonly place?: Placement | undefined;
}

/** Where the label of the candidate in `row` comes from; `undefined` where it was measured or is only likely. */
export function labelSourceOf(
  about: {
    readonly view: PhaseDiagramView | undefined;
    readonly observations: Results;
    readonly plane: MapPlane;
  },
  row: number,
): LabelSource | undefined {
  const from = about.view?.derivedFrom?.get(row);
  if (from === undefined) return undefined;
  if (from < 0) return { text: "not measured: follows from a point known beforehand" };
  const position = Math.floor(from); // several looks at one sample share its position
  const source = resultAt(about.observations, position);
  if (source === undefined) return { text: `not measured: follows from a result` };
  const at = placeOfObservation(source);
  return {
    text: `not measured: follows from result ${source.n}, ${labelOf(source) ?? "no phases"} at ${describeParameters(at)}`,
    place: placeIn(about.plane, at),
  };
}

/** The result at a position of the log, by halving: results are in its order. */
function resultAt(results: Results, position: number): ObservationView | undefined {
  let [low, high] = [0, results.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((results.at(middle)?.position ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  const found = results.at(low);
  return found?.position === position ? found : undefined;
}

/** Labels that follow from the result at a position without being measured, each with its number of candidates, most first. */
export function labelsFrom(
  view: PlannerView | undefined,
  position: number,
): (readonly [label: string, points: number])[] {
  const map = readPhaseDiagramView(view);
  const counts = new Map<string, number>();
  for (const [row, from] of map?.derivedFrom ?? []) {
    if (from < 0 || Math.floor(from) !== position) continue;
    const label = map?.labels[map.labelIndex[row] ?? -1] ?? "";
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** What the map holds likeliest at each candidate, by its id: `FCC_A1+TAU, 72 %`. */
export function likeliestAt(
  view: PlannerView | undefined,
  ids: readonly string[] | undefined,
): (candidateId: string) => { readonly label: string; readonly certainty: number } | undefined {
  const map = readPhaseDiagramView(view);
  const rows = new Map(ids?.map((id, row) => [id, row]));
  return (candidateId) => {
    const row = rows.get(candidateId) ?? Number(/^c(\d+)$/.exec(candidateId)?.[1] ?? Number.NaN);
    const label = map?.labels[map.labelIndex[row] ?? -1];
    return label === undefined ? undefined : { label, certainty: map?.certainty[row] ?? 0 };
  };
}
