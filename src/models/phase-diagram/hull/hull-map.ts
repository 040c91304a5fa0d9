import { continues } from "../evidence/map-result.ts";
import { coexistingPhases } from "../evidence/phase-names.ts";
import type { HullCandidates, HullResult } from "./hull-evidence.ts";
import { fitAlong, type HullFit } from "./hull-fit.ts";
import { LowerHull } from "./lower-hull.ts";
import type { PhaseNodes } from "./phase-nodes.ts";
import type { Stand } from "./pseudo-energies.ts";
import { distanceToSimplex, type Mix, sharesOf } from "./simplex-geometry.ts";

/** Weights below this count as zero: the point lies on a face of the simplex. Data carry five digits. */
const ON_FACE = 1e-4;
/** With noise: an edge is not told from its neighbourhood. */
const ON_FACE_noisy = 0.01;

/** How the compositions are taken. */
export interface HullOptions {
  /** Standard deviation per component of measured phase compositions, mole fraction; 0: exact. */
  readonly noise: number;
  /** The map of the results before these: where it is only continued, its findings are the start. */
  readonly before?: HullMap | undefined;
}

/** The map that all results that stand give. Owners are numbers of results. */
export class HullMap {
  readonly nodes: PhaseNodes;
  /** Simplex of each candidate: the vertices of weight above nothing, joined; equal for candidates of one face. */
  readonly face: readonly string[];
  readonly vertices: readonly (readonly number[])[];
  /** Distance of each candidate to what is proved, in its own face of the composition simplex. */
  readonly proved: Float64Array;
  /** Owner of the known simplex of as many phases as the face allows around each candidate; -1 elsewhere. */
  readonly insideOf: Int32Array;
  readonly measuredBy: Int32Array;
  /** Owners of equilibria that cannot stand beside the others. */
  readonly refused: readonly number[];
  readonly results: ReadonlyMap<number, HullResult>;
  readonly candidates: HullCandidates;
  readonly noise: number;
  readonly fit: HullFit;

  constructor(
    candidates: HullCandidates,
    results: ReadonlyMap<number, HullResult>,
    { noise, before }: HullOptions,
  ) {
    this.candidates = candidates;
    this.results = results;
    this.noise = noise;
    const start =
      noise === 0 && before?.noise === 0 && continues(before.results, results) ? before : undefined;
    this.fit = fitAlong(candidates.components, results, { noise, before: start?.fit });
    const { nodes, stands, energies } = this.fit;
    this.nodes = nodes;
    this.refused = energies.refused;
    const hull = new LowerHull(nodes.list, energies.energies);
    const onFace = Math.max(ON_FACE, Math.min(ON_FACE_noisy, noise));
    this.vertices = candidates.points.map((point) => {
      const { vertices, weights } = hull.locate(point);
      return vertices.filter((_, k) => weights[k]! > onFace).sort((a, b) => a - b);
    });
    this.face = this.vertices.map((list) => list.join());
    const count = candidates.points.length;
    this.measuredBy = new Int32Array(count).fill(-1);
    for (const [owner, { candidate }] of results)
      if (candidate >= 0) this.measuredBy[candidate] = owner;
    const known = start?.refused.join() === this.refused.join() ? start : undefined;
    this.insideOf = known?.insideOf.slice() ?? new Int32Array(count).fill(-1);
    this.proved = known?.proved.slice() ?? new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#proveAll(stands, (owner) => known?.results.has(owner) === true);
  }

  #proveAll(stands: readonly Stand[], isOld: (owner: number) => boolean): void {
    const standing = new Map(stands.map((stand) => [stand.owner, stand]));
    for (const owner of this.refused) standing.delete(owner);
    for (const [owner, result] of this.results) {
      if (isOld(owner)) continue;
      this.#prove([result.at], -1);
      const corners = standing.get(owner)?.vertices.map((v) => this.nodes.list[v]!.x);
      if (corners !== undefined) this.#prove(corners, owner);
    }
  }

  /** Phases at candidate i: measured there, else as the simplex around it says. Empty where nothing is known. */
  phases(i: number): readonly string[] {
    const owner = this.measuredBy[i]!;
    if (owner >= 0) return this.results.get(owner)!.phases;
    return coexistingPhases(this.vertices[i]!.flatMap((v) => this.nodes.phase[v] ?? []));
  }

  /** Shortens `proved` by a simplex. Only the part of it that lies in a candidate's face of the composition simplex counts there. */
  #prove(corners: readonly Mix[], owner: number): void {
    const margin = Math.max(ON_FACE, this.noise);
    shorten(this.candidates, { corners, margin }, this.proved, (i) => {
      if (owner >= 0 && this.insideOf[i]! < 0) this.insideOf[i] = owner;
    });
  }
}

/**
 * Lowers the distance of each candidate to that of a proved simplex. `inside` hears of candidates in the interior of a simplex of as many
 * corners as there are components in their face, each of a share above `margin`.
 */
export function shorten(
  { points, absent, components }: HullCandidates,
  { corners, margin }: { corners: readonly Mix[]; margin: number },
  distance: Float64Array,
  inside: (i: number) => void,
): void {
  const parts = new Map<number, readonly Mix[]>();
  for (let i = 0; i < points.length; i++) {
    if (distance[i] === 0 && corners.length < components) continue;
    const mask = absent[i]!;
    let part = parts.get(mask);
    if (part === undefined) {
      part = corners.filter((x) => x.every((v, k) => ((mask >> k) & 1) === 0 || v === 0));
      parts.set(mask, part);
    }
    if (part.length === 0) continue;
    const d = distanceToSimplex(points[i]!, part);
    if (d < distance[i]!) distance[i] = d < 1e-9 ? 0 : d;
    if (part.length < corners.length || d > 1e-9) continue;
    const present = points[i]!.filter((v) => v > 0).length;
    if (part.length !== present || part.length < 2) continue;
    if (sharesOf(points[i]!, part)?.every((w) => w > margin)) inside(i);
  }
}
