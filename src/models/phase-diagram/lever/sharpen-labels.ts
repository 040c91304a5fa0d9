import type { MapGrid } from "../map-model.ts";
import { presentComponents } from "../phase-rule.ts";
import { chanceInside, compositionIn, type LeverField, placeFactor } from "./lever-fields.ts";

/** A field's label is thought possible before a candidate's place is looked at: results on the graph may not have reached it. */
const POSSIBLE = 0.02;

/** What results on the graph say of the candidates. */
export interface TaughtLabels {
  /** For each label its probability at each candidate. */
  readonly columns: readonly Float64Array[];
  readonly labels: readonly string[];
  /** True where a result stands: it holds at its own place. */
  readonly isTold: (candidate: number) => boolean;
}

/**
 * Probabilities of labels given where each candidate without a result lies: P_l times {@link placeFactor}, scaled to the sum that
 * they had. Cost O(candidates (labels + fields)).
 */
export function sharpenLabels(
  { columns, labels, isTold }: TaughtLabels,
  fields: readonly LeverField[],
  grid: MapGrid,
): readonly Float64Array[] {
  const known = fields.filter(({ label }) => labels.includes(label));
  if (known.length === 0) return columns;
  const out = columns.map((column) => column.slice());
  const width = grid.axes.length;
  const present = presentComponents(grid.values, width, grid.components, grid.wholeAmount);
  const weighers = new Map(
    known.map(({ face }) => [
      face,
      placeWeigher(
        labels,
        known.filter((one) => one.face === face),
      ),
    ]),
  );
  for (let i = 0; i < grid.count; i++) {
    const face = present[i]!;
    const weigh = weighers.get(face);
    if (weigh === undefined || isTold(i)) continue;
    weigh(out, i, compositionIn(face, grid.values.subarray(i * width, (i + 1) * width), grid));
  }
  return out;
}

/** Weighs the labels of one candidate at a composition of a face, in place; `here` are the fields of that face. */
function placeWeigher(labels: readonly string[], here: readonly LeverField[]) {
  const fieldOf = labels.map((label) => here.findIndex((one) => one.label === label));
  const chances = new Float64Array(here.length);
  return (columns: readonly Float64Array[], i: number, at: Float64Array): void => {
    for (const [k, one] of here.entries()) chances[k] = chanceInside(one, at);
    let before = 0;
    let after = 0;
    for (let l = 0; l < columns.length; l++) {
      const column = columns[l]!;
      const field = fieldOf[l]!;
      before += column[i]!;
      column[i] = Math.max(column[i]!, field < 0 ? 0 : POSSIBLE) * placeFactor(field, chances);
      after += column[i]!;
    }
    if (after > 0) for (const column of columns) column[i] = (column[i]! * before) / after;
  };
}
