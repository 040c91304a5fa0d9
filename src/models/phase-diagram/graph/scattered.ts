import { squaredDistance } from "../../../numeric/neighbour-graph.ts";
import type { ScaledGrid } from "../map-model.ts";
import { CUT_steps } from "./kernel-graph.ts";

/** On a lattice even a corner has a neighbour along every dimension; a table with this share of lonelier candidates is none. */
const LONELY_share_min = 0.1;
/** Candidates looked at. */
const SAMPLE = 400;

/** True where many candidates have fewer neighbours at one grid step than there are dimensions: alloys, not a lattice. */
export function isScattered({ points, dimension, count, scaling: { steps } }: ScaledGrid): boolean {
  const inSteps = points.map((x, k) => x / steps[k % dimension]!);
  const reach2 = CUT_steps * CUT_steps;
  const stride = Math.max(1, Math.floor(count / SAMPLE));
  let lonely = 0;
  let seen = 0;
  for (let i = 0; i < count; i += stride) {
    let neighbours = 0;
    for (let j = 0; j < count && neighbours < dimension; j++) {
      if (j !== i && squaredDistance(inSteps, dimension, i, j) <= reach2) neighbours++;
    }
    if (neighbours < dimension) lonely++;
    seen++;
  }
  return lonely > LONELY_share_min * seen;
}
