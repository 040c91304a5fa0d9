import type { GapSource } from "../acquisition.ts";
import {
  barycentricIn,
  distanceToSegment,
  type Fractions,
  planeX,
  planeY,
} from "../barycentric.ts";
import { ProvedDistances } from "../distances.ts";
import { type BuildOptions, buildMesh, type NoisyMesh } from "../noise/build-mesh.ts";
import type { PhaseMesh } from "../phase-mesh.ts";
import { SimplexMap } from "../simplex-map.ts";
import type { Borrowed } from "./borrow.ts";
import type { Level, LevelResult } from "./stack-candidates.ts";

/** Ends of one phase closer than this (plane) are one node. */
const MERGE = 5e-4;
/** Where borrowed edges would cross others, ends of one phase this close are made one: that far may it have moved. */
const MEET = 0.05;

/** What one level of a stack builds on. */
export interface LevelParts {
  readonly results: ReadonlyMap<number, LevelResult>;
  readonly borrowed: Borrowed;
  readonly level: number;
  /** One level in temperature counts as so far in composition. */
  readonly apart: number;
  /** Weights below this count as zero; absent: compositions are exact. */
  readonly onEdge?: number | undefined;
  /** A candidate lies inside a known triangle from this weight on every corner; absent: compositions are exact. */
  readonly inside?: number | undefined;
}

const EXACT: BuildOptions = {
  kinds: new Map(),
  mergeRadius: MERGE,
  meetRadius: MEET,
  order: (items) => items,
};

/** The triangulation of exact compositions: the level's own, then what others lend. */
export function exactMesh({ own, others }: Borrowed): NoisyMesh {
  return buildMesh(own, EXACT, others);
}

/** The map of one level of a stack, and what its gaps are measured from. */
export class LevelSection implements GapSource {
  readonly points: readonly Fractions[];
  readonly source: PhaseMesh;
  readonly map: SimplexMap;
  readonly proved: ProvedDistances;
  readonly insideOf: Int32Array;
  readonly measuredBy: Int32Array;
  /** Owners of results of this very level whose tie-lines could not stand. */
  readonly refused: readonly number[];
  readonly #margin: number;

  constructor({ section }: Level, mesh: NoisyMesh, parts: LevelParts) {
    const { results, borrowed, level, onEdge, inside } = parts;
    this.#margin = inside ?? 1e-6;
    this.points = section.points;
    this.source = mesh.source;
    placeWhereItFits(mesh, borrowed.exactElsewhere);
    this.map = new SimplexMap(this.points, this.source, onEdge);
    this.measuredBy = new Int32Array(this.points.length).fill(-1);
    this.insideOf = new Int32Array(this.points.length).fill(-1);
    this.proved = new ProvedDistances(this.points);
    const own = [...results].filter(([, item]) => item.level === level);
    for (const [owner, { result }] of own)
      if (result.candidate >= 0) this.measuredBy[result.candidate] = owner;
    const stands = new Set([...mesh.standing.keys(), ...mesh.triangles.map(({ owner }) => owner)]);
    this.refused = own.flatMap(([owner, { result }]) => {
      const hasEnds = result.phases.length > 1 && result.ends.every((end) => end !== undefined);
      return hasEnds && !result.outOfEquilibrium && !stands.has(owner) ? [owner] : [];
    });
    this.#measure(mesh, parts);
  }

  /** Distances by how many levels the evidence is away: a gap is the shortest way through composition and temperature. */
  #measure(mesh: NoisyMesh, { results, apart, borrowed: { away } }: LevelParts): void {
    const layers = new Map<number, ProvedDistances>();
    const layerOf = (owner: number): ProvedDistances => {
      const k = away.get(owner) ?? 0;
      const layer = layers.get(k) ?? new ProvedDistances(this.points);
      layers.set(k, layer);
      return layer;
    };
    for (const [owner, { result }] of results) layerOf(owner).addPoint(result.at);
    for (const [owner, ends] of mesh.standing) {
      layerOf(owner).addSegment(ends[0]!, ends[1]!);
      for (const end of ends) layerOf(owner).addEnd(end);
    }
    for (const { owner, vertices } of mesh.triangles) this.#fill(vertices, layerOf(owner));
    for (const [k, layer] of layers) this.proved.takeNearer(layer, k * apart);
    for (const { owner, vertices } of mesh.triangles) {
      if (away.get(owner) === 0) this.#inside(vertices, (i) => (this.insideOf[i] = owner));
    }
  }

  #fill(vertices: readonly number[], layer: ProvedDistances): void {
    const corners = vertices.map((v) => this.source.mesh.points[v]!);
    corners.forEach((corner, k) => {
      layer.addSegment(corner, corners[(k + 1) % 3]!);
      layer.addEnd(corner);
    });
    this.#inside(vertices, (i) => layer.prove(i));
  }

  #inside(vertices: readonly number[], found: (i: number) => void): void {
    const weights = new Float64Array(3);
    const [a, b, c] = vertices.map((v) => this.source.mesh.points[v]!);
    for (let i = 0; i < this.points.length; i++) {
      barycentricIn(this.points[i]!, [a!, b!, c!], weights);
      if (Math.min(weights[0]!, weights[1]!, weights[2]!) > this.#margin) found(i);
    }
  }
}

/** Single-phase compositions of other levels become vertices where the simplex around them has that phase; elsewhere they are out of date. */
export function placeWhereItFits(
  { source, standing, triangles }: NoisyMesh,
  exact: Borrowed["exactElsewhere"],
): void {
  const known = triangles.map(({ vertices }) => vertices.map((v) => source.mesh.points[v]!));
  for (const { key, fractions, owner } of exact) {
    const { mesh, phase } = source;
    const weights = new Float64Array(3);
    const isCorner = fractions.some((x) => x === 1);
    const isInside = known.some(([a, b, c]) => {
      barycentricIn(fractions, [a!, b!, c!], weights);
      return Math.min(weights[0]!, weights[1]!, weights[2]!) > 1e-6;
    });
    const isOnTieLine = [...standing.values()].some(
      ([a, b]) =>
        distanceToSegment(planeX(fractions), planeY(fractions), [
          planeX(a!),
          planeY(a!),
          planeX(b!),
          planeY(b!),
        ]) < MERGE,
    );
    if (isInside || isOnTieLine) continue;
    let fits = false;
    for (let t = 0; t < mesh.triangleCount && !fits; t++) {
      const v = [0, 1, 2].map((k) => mesh.vertex[3 * t + k]!);
      const [a, b, c] = v.map((k) => mesh.points[k]!);
      barycentricIn(fractions, [a!, b!, c!], weights);
      if (Math.min(weights[0]!, weights[1]!, weights[2]!) < -1e-9) continue;
      const isUnknown = isCorner && v.some((k, j) => weights[j]! > 0.999 && phase[k] === undefined);
      fits = isUnknown || v.some((k) => phase[k] === key);
    }
    if (fits) source.place(fractions, key, { owner, mergeRadius: MERGE });
  }
}
