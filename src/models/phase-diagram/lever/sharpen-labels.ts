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
  for (let i = 0; i < grid.count; i++) {
    if (isTold(i)) continue;
    const face = present[i]!;
    const here = known.filter((one) => one.face === face);
    if (here.length === 0) continue;
    const at = compositionIn(face, grid.values.subarray(i * width, (i + 1) * width), grid);
    const chances = here.map((one) => chanceInside(one, at));
    const isField = labels.map((label) => here.some((one) => one.label === label));
    const factor = labels.map((label) => placeFactor(label, here, chances));
    let before = 0;
    let after = 0;
    for (const [l, column] of out.entries()) {
      before += column[i]!;
      column[i] = Math.max(column[i]!, isField[l] ? POSSIBLE : 0) * factor[l]!;
      after += column[i]!;
    }
    if (after > 0) for (const column of out) column[i] = (column[i]! * before) / after;
  }
  return out;
}
