import type {
  MapGrid,
  MapModel,
  PhaseEvidence,
} from "../../../../src/models/phase-diagram/map-model.ts";

type Point = readonly [number, number, number];

/** A section of point phases: three elements, one binary and one ternary compound; everything else is a tie-triangle. */
export const PHASES: Readonly<Record<string, Point>> = {
  A: [1, 0, 0],
  B: [0, 1, 0],
  C: [0, 0, 1],
  Q: [0.6, 0.4, 0],
  P: [0.25, 0.35, 0.4],
};
const TRIANGLES = ["APQ", "BPQ", "BCP", "ACP"];

/** All compositions with step 1/divisions; `order` shuffles the rows. */
export function toyGrid(
  divisions = 20,
  order: (rows: Point[]) => Point[] = (rows) => rows,
): MapGrid {
  const rows: Point[] = [];
  for (let a = divisions; a >= 0; a--)
    for (let b = divisions - a; b >= 0; b--)
      rows.push([a / divisions, b / divisions, (divisions - a - b) / divisions]);
  const values = Float64Array.from(order(rows).flat());
  return {
    count: rows.length,
    axes: ["x_A", "x_B", "x_C"],
    values,
    components: [0, 1, 2],
    wholeAmount: 1,
    points: new Float64Array(0),
    dimension: 2,
  };
}

/** What a perfect measurement of candidate `i` finds. */
export function toyEvidence(grid: MapGrid, i: number, id: number = i): PhaseEvidence {
  const phases = phasesAt([...grid.values.subarray(3 * i, 3 * i + 3)]);
  return {
    id,
    candidate: i,
    phases,
    ends: phases.map((phase) => ({ phase, composition: PHASES[phase] ?? [] })),
    confidence: 1,
    known: false,
  };
}

/** Tells the model the three corners, with ids -1, -2, -3. */
export function tellCorners(grid: MapGrid, model: MapModel): void {
  let id = -1;
  for (let i = 0; i < grid.count; i++) {
    if (Math.max(...grid.values.subarray(3 * i, 3 * i + 3)) === 1)
      model.observe({ ...toyEvidence(grid, i, id--), known: true });
  }
}

/** Row of a composition. */
export function rowOf(grid: MapGrid, x: Point): number {
  for (let i = 0; i < grid.count; i++)
    if (x.every((value, k) => Math.abs(value - (grid.values[3 * i + k] ?? 9)) < 1e-9)) return i;
  throw new Error(`no candidate at ${x.join()}`);
}

/** Number of candidates whose predicted label is wrong. */
export function wrongLabels(grid: MapGrid, model: MapModel): number {
  const { labels, label } = model.predict();
  let wrong = 0;
  for (let i = 0; i < grid.count; i++)
    if (labels[label[i] ?? -1] !== toyEvidence(grid, i).phases.join("+")) wrong++;
  return wrong;
}

function phasesAt(x: readonly number[]): string[] {
  for (const name of TRIANGLES) {
    const [a, b, c] = [...name].map((phase) => PHASES[phase]) as [Point, Point, Point];
    const area = (b[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (b[2] - a[2]);
    const [, x1 = 0, x2 = 0] = x;
    const w1 = ((x1 - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (x2 - a[2])) / area;
    const w2 = ((b[1] - a[1]) * (x2 - a[2]) - (x1 - a[1]) * (b[2] - a[2])) / area;
    const weights = [1 - w1 - w2, w1, w2];
    if (weights.some((w) => w < -1e-9)) continue;
    return [...name].filter((_, k) => (weights[k] ?? 0) > 1e-9).sort();
  }
  throw new Error(`no triangle holds ${x.join()}`);
}
