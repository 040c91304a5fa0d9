import type { ScaledGrid } from "../map-model.ts";
import type { GraphMapOptions } from "./graph-state.ts";
import { isScattered } from "./scattered.ts";

/** Larger lattices have the graph's few neighbours from the start. */
const PROCESS_candidates_max = 20_000;
/** A process holds 8 bytes for each result and candidate and reads all at each further one: 20 MB and some milliseconds here. */
const PROCESS_cells_max = 2.5e6;
/** Scattered candidates are no graph as long as results are few: 40 MB, and a few seconds where all are learnt at once. */
const SCATTERED_cells_max = 5e6;

/**
 * What maps where no method is named: the process. On lattices of more than 20 000 candidates, and once results times candidates
 * exceed 2.5 million (485 of 5151), the graph takes its place; on scattered candidates once they exceed 5 million.
 */
export function defaultField(
  grid: ScaledGrid,
): Pick<GraphMapOptions, "field" | "processCells_max"> {
  if (isScattered(grid)) return { field: "process", processCells_max: SCATTERED_cells_max };
  if (grid.count > PROCESS_candidates_max) return { field: "harmonic" };
  return { field: "process", processCells_max: PROCESS_cells_max };
}
