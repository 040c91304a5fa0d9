import type { ScaledGrid } from "../map-model.ts";
import type { GraphMapOptions } from "./graph-state.ts";
import { isScattered } from "./scattered.ts";

/** A process holds a number for each pair of a candidate and a result: 160 KB a result here. Larger lattices have the graph's few neighbours. */
const PROCESS_candidates_max = 20_000;

/** What maps where no method is named: the process, but for lattices that are too large for it. */
export function defaultField(grid: ScaledGrid): GraphMapOptions["field"] {
  return grid.count <= PROCESS_candidates_max || isScattered(grid) ? "process" : "harmonic";
}
