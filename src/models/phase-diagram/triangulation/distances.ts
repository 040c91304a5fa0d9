import { edgeMask, type Fractions, planeX, planeY } from "./barycentric.ts";

/**
 * Distance of each candidate to what has been proved: measured samples, tie-lines, the insides of tie-triangles. On a
 * binary edge only evidence on that edge counts: the diagram there is the binary one, and its fields are their own.
 */
export class ProvedDistances {
  /** To anything proved, equilateral plane; infinite before the first result. */
  readonly anywhere: Float64Array;
  /** For candidates on a binary edge, to what is proved on the same edge. */
  readonly alongEdge: Float64Array;
  /** Bit k: component k is absent. */
  readonly edges: Uint8Array;
  readonly #points: readonly Fractions[];
  readonly #x: Float64Array;
  readonly #y: Float64Array;

  constructor(points: readonly Fractions[], like?: ProvedDistances) {
    const places = like === undefined ? placesOf(points) : undefined;
    this.#points = points;
    this.#x = places?.x ?? like!.#x;
    this.#y = places?.y ?? like!.#y;
    this.edges = places?.edges ?? like!.edges;
    this.anywhere = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
    this.alongEdge = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
  }

  /** The same candidates, with distances of its own from here on. */
  fork(): ProvedDistances {
    const copy = new ProvedDistances(this.#points, this);
    copy.anywhere.set(this.anywhere);
    copy.alongEdge.set(this.alongEdge);
    return copy;
  }

  /** Distance that counts for candidate i: along its binary edge where it lies on one. */
  at(i: number): number {
    return this.edges[i] === 0 ? this.anywhere[i]! : this.alongEdge[i]!;
  }

  /** A sample whose phases were measured. */
  addPoint(at: Fractions): void {
    this.addSegment(at, at);
  }

  /** A tie-line or the side of a tie-triangle. Cost O(candidates). */
  addSegment(a: Fractions, b: Fractions): void {
    const [x, y] = [this.#x, this.#y];
    const { anywhere, alongEdge, edges } = this;
    const [ax, ay] = [planeX(a), planeY(a)];
    const [dx, dy] = [planeX(b) - ax, planeY(b) - ay];
    const squared = dx * dx + dy * dy;
    const inverse = squared > 0 ? 1 / squared : 0;
    const shared = edgeMask(a) & edgeMask(b);
    for (let i = 0; i < anywhere.length; i++) {
      const px = x[i]! - ax;
      const py = y[i]! - ay;
      const along = (px * dx + py * dy) * inverse;
      const t = along < 0 ? 0 : along > 1 ? 1 : along;
      const ox = px - t * dx;
      const oy = py - t * dy;
      const squaredDistance = ox * ox + oy * oy;
      const known = anywhere[i]!;
      const isNearer = squaredDistance < known * known;
      const sameEdge = shared !== 0 && (shared & edges[i]!) !== 0;
      if (!isNearer && !sameEdge) continue;
      const distance = Math.sqrt(squaredDistance);
      if (distance < known) anywhere[i] = distance;
      if (sameEdge && distance < alongEdge[i]!) alongEdge[i] = distance;
    }
  }

  /** The end of a tie-line: evidence on the binary edge that it lies on, and nowhere else. */
  addEnd(at: Fractions): void {
    const mask = edgeMask(at);
    if (mask === 0) return;
    const [px, py] = [planeX(at), planeY(at)];
    for (let i = 0; i < this.alongEdge.length; i++) {
      if ((mask & this.edges[i]!) === 0) continue;
      const distance = Math.hypot(this.#x[i]! - px, this.#y[i]! - py);
      if (distance < this.alongEdge[i]!) this.alongEdge[i] = distance;
    }
  }

  /** Takes over what is nearer in another set of distances, `apart` away in a direction of its own. */
  takeNearer(other: ProvedDistances, apart: number): void {
    for (let i = 0; i < this.anywhere.length; i++) {
      const anywhere = Math.hypot(other.anywhere[i]!, apart);
      const alongEdge = Math.hypot(other.alongEdge[i]!, apart);
      if (anywhere < this.anywhere[i]!) this.anywhere[i] = anywhere;
      if (alongEdge < this.alongEdge[i]!) this.alongEdge[i] = alongEdge;
    }
  }

  /** Candidate i is proved: it lies inside a known tie-triangle. */
  prove(i: number): void {
    this.anywhere[i] = 0;
    this.alongEdge[i] = 0;
  }
}

interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly edges: Uint8Array;
}

/** Where each list of candidates lies: worked out once, for the distances of every map that is read over it. */
const PLACES = new WeakMap<readonly Fractions[], Places>();

function placesOf(points: readonly Fractions[]): Places {
  const known = PLACES.get(points);
  if (known !== undefined) return known;
  const places = {
    x: Float64Array.from(points, planeX),
    y: Float64Array.from(points, planeY),
    edges: Uint8Array.from(points, edgeMask),
  };
  PLACES.set(points, places);
  return places;
}
