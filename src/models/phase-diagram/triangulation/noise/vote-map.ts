import type { LabelTable } from "../../evidence/label-table.ts";
import type { Fractions } from "../barycentric.ts";
import { CandidateColumns } from "../candidate-columns.ts";
import { SimplexMap } from "../simplex-map.ts";
import type { NoisyMesh } from "./build-mesh.ts";
import type { NeighbourWeights } from "./neighbour-weights.ts";

/** How strongly a mislabelled sample speaks against a member of the ensemble around it, and how far (grid steps). */
const DISBELIEF = 2;
const DISBELIEF_REACH_steps = 2;
/** -ln of the weight that counts as nothing. */
const NEGLIGIBLE = 14;
/** Pull of the ensemble's vote beside a neighbour's: LAMBDA (FLOOR + largest vote). */
const LAMBDA = 4;
const FLOOR = 0.3;
const SWEEPS_MAX = 60;
const CHANGE_MIN = 1e-3;
/** A value that has moved by less than this does not move its neighbours. */
const SPREADS_FROM = 5e-3;

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
  const labels = new Int32Array(points.length);
  const ofFace = new Int32Array(8 * mesh.source.mesh.triangleCount).fill(-2);
  for (let i = 0; i < points.length; i++) {
    const face = map.face(i);
    if (ofFace[face] === -2) ofFace[face] = table.ofSimplex(map.names(i));
    labels[i] = ofFace[face]!;
  }
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
    if (wrong.length > 0) addBump(wrong, points, { at: points[candidate]!, spread });
  }
  const votes = table.labels.map(() => new Float64Array(n));
  const sum = new Float64Array(n);
  for (const field of wrongness) {
    for (let j = 0; j < n; j++) {
      field[j] = field[j] === 0 ? 1 : Math.exp(-DISBELIEF * field[j]!);
      sum[j]! += field[j]!;
    }
  }
  members.forEach((labels, k) => {
    const weight = wrongness[k]!;
    for (let j = 0; j < n; j++) {
      const label = labels[j]!;
      if (label >= 0) votes[label]![j]! += weight[j]! / sum[j]!;
    }
  });
  return votes;
}

/** Adds exp(-d^2 / spread) around one point to several fields; beyond NEGLIGIBLE it is nothing. */
function addBump(
  fields: readonly Float64Array[],
  points: readonly Fractions[],
  { at, spread }: { at: Fractions; spread: number },
): void {
  const limit = NEGLIGIBLE * spread;
  const columns = CandidateColumns.of(points);
  // A fraction differs by at most 2 / sqrt(3) of the distance.
  const reach = Math.sqrt((4 / 3) * limit);
  let column = columns.firstColumn(at[1] - reach);
  for (; columns.hasColumn(column, at[1] + reach); column++) {
    const range = columns.within(column, at[2] - reach, at[2] + reach);
    for (let k = range[0]!; k < range[1]!; k++) {
      const b = columns.u[k]! - at[1];
      const c = columns.v[k]! - at[2];
      const squared = b * b + b * c + c * c;
      if (squared > limit) continue;
      const near = Math.exp(-squared / spread);
      const j = columns.order[k]!;
      for (const field of fields) field[j]! += near;
    }
  }
}

/**
 * Label propagation with the vote as a prior: (D - W + diag lambda) F = W Y + lambda P on what is not measured, measured labels
 * held. Gauss-Seidel sweeps over the candidates that can move at all: inside a field all agree with their neighbours.
 * lambda is as large as the row sums, so that a few sweeps suffice.
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
  for (const vote of votes)
    for (let i = 0; i < n; i++) if (vote[i]! > lambda[i]!) lambda[i] = vote[i]!;
  for (let i = 0; i < n; i++) lambda[i] = LAMBDA * (FLOOR + lambda[i]!);
  const held = new Int32Array(n).fill(-1);
  for (const { candidate, label } of measured) held[candidate] = table.of(label);
  const front = new Front(graph, held);
  return table.labels.map((_, k) => {
    const f = votes[k]!.slice();
    for (const { candidate } of measured) f[candidate] = held[candidate] === k ? 1 : 0;
    front.start(f);
    for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
      if (sweepOnce(f, votes[k]!, { graph, lambda, front }) < CHANGE_MIN) break;
    }
    return f;
  });
}

/** The candidates of one label that differ from a neighbour, and those that their changes have reached. */
class Front {
  readonly active: number[] = [];
  readonly #isActive: Uint8Array;
  readonly #hasSpread: Uint8Array;
  readonly #graph: NeighbourWeights;
  readonly #held: Int32Array;

  constructor(graph: NeighbourWeights, held: Int32Array) {
    this.#graph = graph;
    this.#held = held;
    this.#isActive = new Uint8Array(held.length);
    this.#hasSpread = new Uint8Array(held.length);
  }

  /** Forgets the label before and finds where the values of this one are not level. */
  start(f: Float64Array): void {
    const { start, columns } = this.#graph;
    for (const i of this.active) {
      this.#isActive[i] = 0;
      this.#hasSpread[i] = 0;
    }
    this.active.length = 0;
    for (let i = 0; i < f.length; i++) {
      const own = f[i]!;
      if (own === 0) continue;
      for (let e = start[i]!; e < start[i + 1]!; e++) {
        const j = columns[e]!;
        if (f[j] === own) continue;
        this.#add(i);
        this.#add(j);
      }
    }
  }

  /** Makes the neighbours of candidate i active, whose value has moved. */
  spread(i: number): void {
    if (this.#hasSpread[i] === 1) return;
    this.#hasSpread[i] = 1;
    const { start, columns } = this.#graph;
    for (let e = start[i]!; e < start[i + 1]!; e++) this.#add(columns[e]!);
  }

  #add(i: number): void {
    if (this.#isActive[i] === 1 || this.#held[i]! >= 0) return;
    this.#isActive[i] = 1;
    this.active.push(i);
  }
}

function sweepOnce(
  f: Float64Array,
  vote: Float64Array,
  parts: { graph: NeighbourWeights; lambda: Float64Array; front: Front },
): number {
  const { start, columns, weights, degree } = parts.graph;
  const { lambda, front } = parts;
  const { active } = front;
  let change = 0;
  for (let k = 0; k < active.length; k++) {
    const i = active[k]!;
    const pull = lambda[i]!;
    let sum = pull * vote[i]!;
    const end = start[i + 1]!;
    for (let e = start[i]!; e < end; e++) sum += weights[e]! * f[columns[e]!]!;
    const value = sum / (degree[i]! + pull);
    const moved = Math.abs(value - f[i]!);
    if (moved > change) change = moved;
    f[i] = value;
    if (Math.abs(value - vote[i]!) > SPREADS_FROM) front.spread(i);
  }
  return change;
}
