import type { Fractions } from "../barycentric.ts";
import type { LabelTable } from "../label-table.ts";
import { labelOf } from "../phase-names.ts";
import { SimplexMap } from "../simplex-map.ts";
import type { NoisyMesh } from "./build-mesh.ts";
import type { NeighbourWeights } from "./neighbour-weights.ts";

/** How strongly a mislabelled sample speaks against a member of the ensemble around it, and how far (grid steps). */
const DISBELIEF = 2;
const DISBELIEF_REACH_steps = 2;
/** Pull of the ensemble's vote beside a neighbour's: LAMBDA (FLOOR + largest vote). */
const LAMBDA = 4;
const FLOOR = 0.3;
const SWEEPS_MAX = 60;
const CHANGE_MIN = 1e-4;

/** A measured label at a candidate. */
export interface MeasuredLabel {
  readonly candidate: number;
  readonly label: string;
}

/** Label of each candidate in one mesh, as positions in a table; -1 where no vertex around it is known. */
export function labelsIn(
  mesh: NoisyMesh,
  points: readonly Fractions[],
  { table, onEdge }: { table: LabelTable; onEdge: number },
): { labels: Int32Array; map: SimplexMap } {
  mesh.source.mesh.changed.clear();
  for (let t = 0; t < mesh.source.mesh.triangleCount; t++) mesh.source.mesh.changed.add(t);
  const map = new SimplexMap(points, mesh.source, onEdge);
  const faces = new Map<number, number>();
  const labels = Int32Array.from(points, (_, i) => {
    const face = map.face(i);
    let label = faces.get(face);
    if (label === undefined) {
      const phases = map.phases(i);
      label = phases.length === 0 ? -1 : table.of(labelOf(phases));
      faces.set(face, label);
    }
    return label;
  });
  return { labels, map };
}

/**
 * The ensemble's vote on each candidate: members count less around samples that they get wrong.
 *
 * @param members labels of each candidate by member, positions in the table
 * @returns one array of N shares a label; they sum to 1 at each candidate
 */
export function voteOf(
  members: readonly Int32Array[],
  measured: readonly MeasuredLabel[],
  { points, step, table }: { points: readonly Fractions[]; step: number; table: LabelTable },
): Float64Array[] {
  const n = points.length;
  const wrongness = members.map(() => new Float64Array(n));
  const spread = 2 * (DISBELIEF_REACH_steps * step) ** 2;
  for (const { candidate, label } of measured) {
    const truth = table.of(label);
    const wrong = wrongness.filter((_, k) => members[k]![candidate] !== truth);
    if (wrong.length === 0) continue;
    const p = points[candidate]!;
    for (let j = 0; j < n; j++) {
      const b = points[j]![1] - p[1];
      const c = points[j]![2] - p[2];
      const near = Math.exp(-(b * b + b * c + c * c) / spread);
      if (near < 1e-6) continue;
      for (const field of wrong) field[j]! += near;
    }
  }
  const votes = table.labels.map(() => new Float64Array(n));
  for (let j = 0; j < n; j++) {
    const weights = wrongness.map((field) => Math.exp(-DISBELIEF * field[j]!));
    const sum = weights.reduce((a, b) => a + b, 0);
    members.forEach((labels, k) => {
      const label = labels[j]!;
      if (label >= 0) votes[label]![j]! += weights[k]! / sum;
    });
  }
  return votes;
}

/**
 * Label propagation with the vote as a prior: (D - W + diag lambda) F = W Y + lambda P on what is not measured, measured labels
 * held. Gauss-Seidel sweeps; lambda is as large as the row sums, so that a few suffice.
 *
 * @param votes one array a label, read as P and as the start
 * @returns F, one array of N a label
 */
export function propagate(
  votes: readonly Float64Array[],
  measured: readonly MeasuredLabel[],
  { graph, table }: { graph: NeighbourWeights; table: LabelTable },
): Float64Array[] {
  const n = graph.degree.length;
  const lambda = new Float64Array(n);
  for (const vote of votes) for (let i = 0; i < n; i++) lambda[i] = Math.max(lambda[i]!, vote[i]!);
  for (let i = 0; i < n; i++) lambda[i] = LAMBDA * (FLOOR + lambda[i]!);
  const held = new Int32Array(n).fill(-1);
  for (const { candidate, label } of measured) held[candidate] = table.of(label);
  return table.labels.map((_, k) => {
    const f = votes[k]!.slice();
    for (let i = 0; i < n; i++) if (held[i]! >= 0) f[i] = held[i] === k ? 1 : 0;
    if (f.every((value) => value === 0)) return f;
    for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
      if (sweepOnce(f, votes[k]!, { graph, lambda, held }) < CHANGE_MIN) break;
    }
    return f;
  });
}

function sweepOnce(
  f: Float64Array,
  vote: Float64Array,
  parts: { graph: NeighbourWeights; lambda: Float64Array; held: Int32Array },
): number {
  const { start, columns, weights, degree } = parts.graph;
  let change = 0;
  for (let i = 0; i < f.length; i++) {
    if (parts.held[i]! >= 0) continue;
    let sum = parts.lambda[i]! * vote[i]!;
    for (let e = start[i]!; e < start[i + 1]!; e++) sum += weights[e]! * f[columns[e]!]!;
    const value = sum / (degree[i]! + parts.lambda[i]!);
    change = Math.max(change, Math.abs(value - f[i]!));
    f[i] = value;
  }
  return change;
}
