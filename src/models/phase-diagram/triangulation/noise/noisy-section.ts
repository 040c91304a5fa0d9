import { createPrng } from "../../../../core/prng.ts";
import { LabelTable } from "../../evidence/label-table.ts";
import type { GapSource } from "../acquisition.ts";
import { barycentricIn, type Fractions } from "../barycentric.ts";
import { CandidateColumns } from "../candidate-columns.ts";
import { ProvedDistances } from "../distances.ts";
import type { PhaseMesh } from "../phase-mesh.ts";
import type { ReadyResult } from "../result.ts";
import type { SimplexMap } from "../simplex-map.ts";
import type { NoisyMesh } from "./build-mesh.ts";
import { type Denoised, denoise } from "./denoise.ts";
import { centralMesh, jitteredMesh } from "./ensemble.ts";
import { type HiddenLabel, hiddenLabels } from "./hidden-labels.ts";
import type { NeighbourWeights } from "./neighbour-weights.ts";
import { sortEvidence } from "./noisy-evidence.ts";
import { labelsIn, type MeasuredLabel, propagate, voteOf } from "./vote-map.ts";

/** Members of the ensemble, the central one included. */
const MEMBERS = 10;
/** Results from which an ensemble is worth its time. */
const ENSEMBLE_FROM = 15;
/** Weights below this count as zero: the noise does not tell an edge from its neighbourhood. */
const ON_EDGE_MAX = 0.01;

/** Candidates and what belongs to them, which all sections share. */
export interface SectionGrid {
  readonly points: readonly Fractions[];
  readonly step: number;
  readonly graph: NeighbourWeights;
}

/**
 * The map that noisy phase compositions give: the evidence is denoised, triangulated as it is (for the gaps) and several times
 * jittered; the triangulations vote, and the vote is the prior of a label propagation from the measured labels.
 */
export class NoisySection implements GapSource {
  readonly points: readonly Fractions[];
  readonly source: PhaseMesh;
  readonly map: SimplexMap;
  readonly proved: ProvedDistances;
  readonly insideOf: Int32Array;
  readonly measuredBy: Int32Array;
  readonly denoised: Denoised;
  readonly central: NoisyMesh;
  /** Labels that the topology asks for and that nobody has measured. */
  readonly hidden: readonly HiddenLabel[];
  readonly table = new LabelTable();
  readonly measured: readonly MeasuredLabel[];
  /** Vote of the ensemble, one array of N a label. */
  readonly votes: readonly Float64Array[];
  /** Probabilities after propagation, one array of N a label. */
  readonly probabilities: readonly Float64Array[];

  constructor(grid: SectionGrid, results: ReadonlyMap<number, ReadyResult>, noise: number) {
    this.points = grid.points;
    this.measuredBy = new Int32Array(grid.points.length).fill(-1);
    for (const [owner, result] of results)
      if (result.candidate >= 0) this.measuredBy[result.candidate] = owner;
    this.measured = [...results.values()]
      .filter((result) => result.candidate >= 0)
      .map(({ candidate, label }) => ({ candidate, label }));
    for (const { label } of this.measured) this.table.of(label);
    this.denoised = denoise(sortEvidence(results), noise);
    this.central = centralMesh(this.denoised, noise);
    this.source = this.central.source;
    this.hidden = hiddenLabels(this.central, grid, this.measured);
    const onEdge = Math.min(ON_EDGE_MAX, noise);
    const first = labelsIn(this.central, grid.points, { table: this.table, onEdge });
    this.map = first.map;
    this.proved = new ProvedDistances(grid.points);
    this.insideOf = this.#prove(results, noise);
    const members = [first.labels];
    for (let k = 1; k < MEMBERS && results.size >= ENSEMBLE_FROM; k++) {
      const mesh = jitteredMesh(this.denoised, { noise }, createPrng(`ensemble ${k}`));
      members.push(labelsIn(mesh, grid.points, { table: this.table, onEdge }).labels);
    }
    this.votes = voteOf(members, this.measured, { ...grid, table: this.table });
    this.probabilities = propagate(this.votes, this.measured, {
      graph: grid.graph,
      table: this.table,
    });
  }

  #prove(results: ReadonlyMap<number, ReadyResult>, noise: number): Int32Array {
    for (const result of results.values()) this.proved.addPoint(result.at);
    for (const ends of this.central.standing.values()) {
      this.proved.addSegment(ends[0]!, ends[1]!);
      for (const end of ends) this.proved.addEnd(end);
    }
    const inside = new Int32Array(this.points.length).fill(-1);
    for (const { owner, vertices } of this.central.triangles) {
      const corners = vertices.map((v) => this.source.mesh.points[v]!) as [
        Fractions,
        Fractions,
        Fractions,
      ];
      corners.forEach((corner, k) => {
        this.proved.addSegment(corner, corners[(k + 1) % 3]!);
        this.proved.addEnd(corner);
      });
      for (const i of insideOf(corners, this.points, noise)) {
        inside[i] = owner;
        this.proved.prove(i);
      }
    }
    return inside;
  }
}

/** Candidates inside a triangle, all weights above `margin`. */
function insideOf(
  corners: readonly [Fractions, Fractions, Fractions],
  points: readonly Fractions[],
  margin: number,
): number[] {
  const columns = CandidateColumns.of(points);
  const weights = new Float64Array(3);
  const inside: number[] = [];
  const last = Math.max(corners[0][1], corners[1][1], corners[2][1]);
  let column = columns.firstColumn(Math.min(corners[0][1], corners[1][1], corners[2][1]));
  for (; columns.hasColumn(column, last); column++) {
    const range = columns.inTriangle(column, corners);
    for (let k = range[0]!; k < range[1]!; k++) {
      const i = columns.order[k]!;
      barycentricIn(points[i]!, corners, weights);
      if (Math.min(weights[0]!, weights[1]!, weights[2]!) > margin) inside.push(i);
    }
  }
  return inside;
}
