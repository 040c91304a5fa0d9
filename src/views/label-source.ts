import type { ObservationView } from "./campaign-view.ts";
import { labelOf } from "./map-data.ts";
import { type MapPlane, type Placement, placeIn } from "./map-plane.ts";
import { describeParameters, placeOfObservation } from "./observation-summary.ts";
import type { PhaseDiagramView } from "./planner-views.ts";

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
    readonly observations: readonly ObservationView[];
    readonly plane: MapPlane;
  },
  row: number,
): LabelSource | undefined {
  const from = about.view?.derivedFrom?.get(row);
  if (from === undefined) return undefined;
  if (from < 0) return { text: "not measured: follows from a point known beforehand" };
  const position = Math.floor(from); // several looks at one sample share its position
  const source = about.observations.find((observation) => observation.position === position);
  if (source === undefined) return { text: `not measured: follows from a result` };
  const at = placeOfObservation(source);
  return {
    text: `not measured: follows from result ${source.n}, ${labelOf(source) ?? "no phases"} at ${describeParameters(at)}`,
    place: placeIn(about.plane, at),
  };
}
