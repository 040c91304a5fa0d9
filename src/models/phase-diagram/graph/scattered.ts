import { squaredDistance } from "../../../numeric/neighbour-graph.ts";
import type { ScaledGrid } from "../map-model.ts";
import { CUT_steps } from "./kernel-graph.ts";

/** On a lattice even a corner has a neighbour along every dimension; a table with this share of lonelier candidates is none. */
const LONELY_share_min = 0.1;
/** Candidates looked at. */
const SAMPLE = 400;

/** True where many candidates have fewer neighbours at one grid step than there are dimensions: alloys, not a lattice. */
export function isScattered({ points, dimension, count, scaling: { steps } }: ScaledGrid): boolean {
  const inSteps = points.slice();
  for (let i = 0; i < points.length; i += dimension)
    for (let k = 0; k < dimension; k++) inSteps[i + k] = points[i + k]! / steps[k]!;
  const reach2 = CUT_steps * CUT_steps;
  const slabs = cutIntoSlabs(inSteps, dimension);
  const stride = Math.max(1, Math.floor(count / SAMPLE));
  let lonely = 0;
  let seen = 0;
  for (let i = 0; i < count; i += stride) {
    let neighbours = 0;
    const own = slabs.slabOf(i);
    for (let slab = own - 1; slab <= own + 1; slab++) {
      for (let j = slabs.first[slab]!; j >= 0 && neighbours < dimension; j = slabs.next[j]!)
        if (j !== i && squaredDistance(inSteps, dimension, i, j) <= reach2) neighbours++;
    }
    if (neighbours < dimension) lonely++;
    seen++;
  }
  return lonely > LONELY_share_min * seen;
}

/** Points by slabs of the first coordinate as wide as the reach: what is within reach lies in a point's own slab or one beside it. */
function cutIntoSlabs(points: Float64Array, dimension: number) {
  const count = points.length / dimension;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    low = Math.min(low, points[i * dimension]!);
    high = Math.max(high, points[i * dimension]!);
  }
  const width = Math.max(CUT_steps, (high - low) / count);
  const slabOf = (i: number): number => 1 + Math.floor((points[i * dimension]! - low) / width);
  const first = new Int32Array(3 + Math.floor((high - low) / width)).fill(-1);
  const next = new Int32Array(count);
  for (let i = count - 1; i >= 0; i--) {
    next[i] = first[slabOf(i)]!;
    first[slabOf(i)] = i;
  }
  return { slabOf, first, next };
}
