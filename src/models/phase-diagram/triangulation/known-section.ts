import type { Conflict } from "../evidence/conflicts.ts";
import type { Fractions } from "./barycentric.ts";
import { ProvedDistances } from "./distances.ts";
import type { Obstacle } from "./mesh.ts";
import { PhaseMesh } from "./phase-mesh.ts";
import type { ReadyResult } from "./result.ts";
import { SimplexMap } from "./simplex-map.ts";

/** Ends of one phase closer than this (equilateral plane) are one composition: data carry four to five digits. */
const SAME_COMPOSITION = 5e-4;

/**
 * Everything that exact results prove about one isothermal section. Vertices are the phase compositions seen, forced
 * edges the tie-lines and the sides of tie-triangles; the rest is a Delaunay guess. Phase rule, straight triangles, tie-lines
 * that do not cross and the law of adjoining fields hold by construction. Results are added one by one; to take one back,
 * build anew. Owners are positions in the caller's list of results.
 */
export class KnownSection {
  readonly points: readonly Fractions[];
  readonly source = new PhaseMesh();
  readonly map: SimplexMap;
  readonly proved: ProvedDistances;
  /** Owner of the tie-triangle in which each candidate lies; -1 elsewhere. */
  readonly insideOf: Int32Array;
  /** Owner of the result measured at each candidate; -1 where there is none. */
  readonly measuredBy: Int32Array;
  readonly conflicts: Conflict[] = [];
  /** The results by owner. */
  readonly results = new Map<number, ReadyResult>();

  constructor(points: readonly Fractions[]) {
    this.points = points;
    this.map = new SimplexMap(points, this.source);
    this.proved = new ProvedDistances(points);
    this.insideOf = new Int32Array(points.length).fill(-1);
    this.measuredBy = new Int32Array(points.length).fill(-1);
  }

  /** Adds one result. Cost O(candidates + triangles) for each of its tie-lines. */
  add(result: ReadyResult, owner: number): void {
    this.results.set(owner, result);
    this.proved.addPoint(result.at);
    if (result.candidate >= 0) {
      this.measuredBy[result.candidate] = owner;
      this.#compareWithTriangle(result.candidate, this.insideOf[result.candidate]!);
    }
    if (result.outOfEquilibrium) return;
    const vertices = result.ends.map((end, k) =>
      end === undefined ? -1 : this.#place(end, result.phases[k]!, owner),
    );
    const joined = this.#joinAll(result, vertices, owner);
    for (const end of result.ends) if (joined && end !== undefined) this.proved.addEnd(end);
    this.map.update();
    if (joined && vertices.length === 3) this.#claimTriangle(vertices, owner);
  }

  /** Phases at candidate i: measured there, else as the simplex around it says. Empty where nothing is known. */
  phasesAt(i: number): readonly string[] {
    const owner = this.measuredBy[i]!;
    return owner >= 0 ? this.results.get(owner)!.phases : this.map.phases(i);
  }

  #place(end: Fractions, phase: string, owner: number): number {
    const placed = this.source.place(end, phase, { owner, mergeRadius: SAME_COMPOSITION });
    if (placed.clash !== undefined)
      this.conflicts.push({ kind: "same-place", owner, against: [placed.clash] });
    return placed.vertex;
  }

  /** Forces the edges between all measured ends; true where every pair stands. */
  #joinAll(result: ReadyResult, vertices: readonly number[], owner: number): boolean {
    let complete = true;
    for (let a = 0; a < vertices.length; a++) {
      for (let b = a + 1; b < vertices.length; b++) {
        const [va, vb] = [vertices[a]!, vertices[b]!];
        if (va < 0 || vb < 0) {
          complete = false;
          continue;
        }
        const obstacle = this.source.join(va, vb, owner);
        if (obstacle === undefined) {
          this.proved.addSegment(result.ends[a]!, result.ends[b]!);
        } else {
          complete = false;
          this.#reportCrossing(obstacle, owner);
        }
      }
    }
    return complete;
  }

  #reportCrossing(obstacle: Obstacle, owner: number): void {
    const owners = [...obstacle.owners, ...obstacle.nodes.map((v) => this.source.origin[v]!)];
    this.conflicts.push({ kind: "crossing", owner, against: [...new Set(owners)] });
  }

  #claimTriangle(vertices: readonly number[], owner: number): void {
    const corners = [...vertices].sort((a, b) => a - b).join();
    for (let i = 0; i < this.points.length; i++) {
      if (this.map.kept[i] !== 7 || this.insideOf[i]! >= 0) continue;
      const mine = this.map.vertices(i).sort((a, b) => a - b);
      if (mine.join() !== corners) continue;
      this.insideOf[i] = owner;
      this.proved.prove(i);
      this.#compareWithTriangle(i, owner);
    }
  }

  #compareWithTriangle(i: number, triangle: number): void {
    const measured = this.measuredBy[i]!;
    if (triangle < 0 || measured < 0 || measured === triangle) return;
    const label = this.results.get(measured)!.label;
    if (label === this.results.get(triangle)!.label) return;
    this.conflicts.push({ kind: "inside-triangle", owner: measured, against: [triangle] });
  }
}
