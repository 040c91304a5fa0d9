import { incircle, orient2d } from "robust-predicates";
import { type Fractions, planeX, planeY } from "./barycentric.ts";

/** Ignores differences of the in-circle test that come from rounding, so that equal figures stay as they are. */
const IN_CIRCLE_TOLERANCE = 1e-13;

/** No constraint on an edge. */
const FREE = -1;

/** An edge that cannot be forced, and what is in its way: constraints (their owners), or nodes on its line. */
export interface Obstacle {
  readonly owners: readonly number[];
  readonly nodes: readonly number[];
}

/**
 * A triangulation of the composition triangle with forced edges: Delaunay in the equilateral plane wherever no forced
 * edge stands against it. Half-edge e runs from `vertex[e]` to `vertex[next(e)]`; triangle t owns 3t, 3t+1, 3t+2, in
 * counter-clockwise order. Sides are decided with exact predicates (J. R. Shewchuk, Discrete Comput. Geom. 18, 305
 * (1997)) on (xB, xC), which a snapped composition holds exactly. Triangles are never removed: a split adds, a flip rewrites.
 */
export class Mesh {
  readonly points: Fractions[] = [];
  readonly vertex: number[] = [];
  readonly twin: number[] = [];
  /** Owner of the constraint on each half-edge, or {@link FREE}. */
  readonly owner: number[] = [];
  /** Triangles that were rewritten since the reader last cleared the set. */
  readonly changed = new Set<number>();
  readonly #x: number[] = [];
  readonly #y: number[] = [];

  constructor() {
    this.#addPoint([1, 0, 0]);
    this.#addPoint([0, 1, 0]);
    this.#addPoint([0, 0, 1]);
    this.#write(0, [0, 1, 2], [-1, -1, -1], [FREE, FREE, FREE]);
  }

  get triangleCount(): number {
    return this.vertex.length / 3;
  }

  /** Positive where a, b, p turn counter-clockwise, 0 exactly where p is on their line. */
  side(a: number, b: number, p: Fractions): number {
    const pa = this.points[a]!;
    const pb = this.points[b]!;
    return -orient2d(pa[1], pa[2], pb[1], pb[2], p[1], p[2]);
  }

  /** Adds a vertex at a snapped composition and returns it; a vertex that is there already is returned as it is. */
  insert(p: Fractions): number {
    for (let t = this.triangleCount - 1; t >= 0; t--) {
      const s0 = this.side(this.vertex[3 * t]!, this.vertex[3 * t + 1]!, p);
      if (s0 < 0) continue;
      const s1 = this.side(this.vertex[3 * t + 1]!, this.vertex[3 * t + 2]!, p);
      if (s1 < 0) continue;
      const s2 = this.side(this.vertex[3 * t + 2]!, this.vertex[3 * t]!, p);
      if (s2 < 0) continue;
      const zeros = [s0, s1, s2].map((s) => s === 0);
      const onEdge = zeros.indexOf(true);
      if (onEdge < 0) return this.#splitTriangle(t, p);
      if (zeros[(onEdge + 1) % 3]) return this.vertex[3 * t + ((onEdge + 1) % 3)]!;
      if (zeros[(onEdge + 2) % 3]) return this.vertex[3 * t + onEdge]!;
      return this.#splitEdge(3 * t + onEdge, p);
    }
    throw new Error("Bug in Tieline: a composition lies outside the composition triangle.");
  }

  /** The half-edge from a to b, or from b to a; -1 where there is none. */
  findEdge(a: number, b: number): number {
    for (let e = 0; e < this.vertex.length; e++) {
      const from = this.vertex[e]!;
      if (from !== a && from !== b) continue;
      const to = this.vertex[next(e)]!;
      if ((from === a && to === b) || (from === b && to === a)) return e;
    }
    return -1;
  }

  /**
   * Forces the edge a-b. Returns `undefined` where it stands now, else the obstacle: forced edges that it would cross,
   * or vertices that lie on it; nothing is changed then. Cost O(triangles).
   */
  force(a: number, b: number, owner: number): Obstacle | undefined {
    let edge = this.findEdge(a, b);
    if (edge < 0) {
      const crossed = this.#crossedBy(a, b);
      if (crossed.obstacle !== undefined) return crossed.obstacle;
      this.#flipUntilStands(a, b, crossed.edges);
      edge = this.findEdge(a, b);
    }
    if (this.owner[edge] === FREE) this.#mark(edge, owner);
    return undefined;
  }

  #mark(e: number, owner: number): void {
    this.owner[e] = owner;
    const f = this.twin[e]!;
    if (f >= 0) this.owner[f] = owner;
  }

  #crossedBy(a: number, b: number): { edges: [number, number][]; obstacle: Obstacle | undefined } {
    const pa = this.points[a]!;
    const pb = this.points[b]!;
    const box = boxOf(pa, pb);
    const nodes: number[] = [];
    this.points.forEach((p, k) => {
      const isOn = k !== a && k !== b && isInBox(p, box) && this.side(a, b, p) === 0;
      if (isOn && isBetween(pa, pb, p)) nodes.push(k);
    });
    const edges: [number, number][] = [];
    const owners = new Set<number>();
    for (let e = 0; e < this.vertex.length; e++) {
      const f = this.twin[e]!;
      if (f < e) continue;
      const c = this.vertex[e]!;
      const d = this.vertex[f]!;
      const [pc, pd] = [this.points[c]!, this.points[d]!];
      if (isBeside(pc, pd, box) || this.side(a, b, pc) * this.side(a, b, pd) >= 0) continue;
      if (this.side(c, d, pa) * this.side(c, d, pb) >= 0) continue;
      if (this.owner[e] !== FREE) owners.add(this.owner[e]!);
      edges.push([c, d]);
    }
    const blocked = owners.size > 0 || nodes.length > 0;
    return { edges, obstacle: blocked ? { owners: [...owners], nodes } : undefined };
  }

  /** S. W. Sloan, Comput. Struct. 47, 441 (1993): flips crossed edges of convex quadrilaterals until a-b stands. */
  #flipUntilStands(a: number, b: number, crossed: [number, number][]): void {
    const queue = crossed;
    const made: [number, number][] = [];
    for (let k = 0; k < queue.length; k++) {
      const pair = queue[k]!;
      const e = this.findEdge(pair[0], pair[1]);
      if (!this.#isConvex(e)) {
        queue.push(pair);
        continue;
      }
      const flipped = this.#flip(e);
      const c = this.vertex[flipped]!;
      const d = this.vertex[next(flipped)]!;
      const isWanted = (c === a && d === b) || (c === b && d === a);
      if (isWanted) continue;
      if (this.#crosses(c, d, a, b)) queue.push([c, d]);
      else made.push([c, d]);
    }
    const wanted = this.findEdge(a, b);
    this.#mark(wanted, wanted); // held while its neighbours become Delaunay again
    this.#restoreDelaunay(made.map(([c, d]) => this.findEdge(c, d)));
    this.#mark(this.findEdge(a, b), FREE);
  }

  #crosses(c: number, d: number, a: number, b: number): boolean {
    const opposite = this.side(a, b, this.points[c]!) * this.side(a, b, this.points[d]!) < 0;
    return opposite && this.side(c, d, this.points[a]!) * this.side(c, d, this.points[b]!) < 0;
  }

  #addPoint(p: Fractions): number {
    this.points.push(p);
    this.#x.push(planeX(p));
    this.#y.push(planeY(p));
    return this.points.length - 1;
  }

  #splitTriangle(t: number, at: Fractions): number {
    const p = this.#addPoint(at);
    const e = 3 * t;
    const n = this.triangleCount;
    const [a, b, c] = [this.vertex[e]!, this.vertex[e + 1]!, this.vertex[e + 2]!];
    const [ab, bc, ca] = [this.twin[e]!, this.twin[e + 1]!, this.twin[e + 2]!];
    const [oab, obc, oca] = [this.owner[e]!, this.owner[e + 1]!, this.owner[e + 2]!];
    this.#write(t, [a, b, p], [ab, -1, -1], [oab, FREE, FREE]);
    this.#write(n, [b, c, p], [bc, -1, 3 * t + 1], [obc, FREE, FREE]);
    this.#write(n + 1, [c, a, p], [ca, 3 * t + 2, 3 * n + 1], [oca, FREE, FREE]);
    this.#restoreDelaunay([3 * t, 3 * n, 3 * n + 3]);
    return p;
  }

  #splitEdge(e: number, at: Fractions): number {
    const p = this.#addPoint(at);
    const f = this.twin[e]!;
    const own = this.owner[e]!;
    const t = Math.floor(e / 3);
    const n = this.triangleCount;
    const [e1, e2] = [next(e), next(next(e))];
    const [a, b, c] = [this.vertex[e]!, this.vertex[e1]!, this.vertex[e2]!];
    const [bc, ca, obc, oca] = [this.twin[e1]!, this.twin[e2]!, this.owner[e1]!, this.owner[e2]!];
    const outer: number[] = [3 * t + 2, 3 * n + 1];
    if (f >= 0) {
      const u = Math.floor(f / 3);
      const [f1, f2] = [next(f), next(next(f))];
      const d = this.vertex[f2]!;
      const [ad, db, oad, odb] = [this.twin[f1]!, this.twin[f2]!, this.owner[f1]!, this.owner[f2]!];
      this.#write(t, [a, p, c], [-1, -1, ca], [own, FREE, oca]);
      this.#write(n, [p, b, c], [-1, bc, 3 * t + 1], [own, obc, FREE]);
      this.#write(u, [b, p, d], [3 * n, -1, db], [own, FREE, odb]);
      this.#write(n + 1, [p, a, d], [3 * t, ad, 3 * u + 1], [own, oad, FREE]);
      outer.push(3 * u + 2, 3 * n + 4);
    } else {
      this.#write(t, [a, p, c], [-1, -1, ca], [own, FREE, oca]);
      this.#write(n, [p, b, c], [-1, bc, 3 * t + 1], [own, obc, FREE]);
    }
    this.#restoreDelaunay(outer);
    return p;
  }

  /** Lawson's flips (C. L. Lawson, 1977) starting from the given half-edges; forced edges stay. */
  #restoreDelaunay(start: number[]): void {
    const stack = start;
    while (stack.length > 0) {
      const e = stack.pop()!;
      const f = this.twin[e]!;
      if (f < 0 || this.owner[e] !== FREE) continue;
      const [a, b, c] = [this.vertex[e]!, this.vertex[next(e)]!, this.vertex[next(next(e))]!];
      const d = this.vertex[next(next(f))]!;
      const [x, y] = [this.#x, this.#y];
      const inside = incircle(x[a]!, y[a]!, x[b]!, y[b]!, x[c]!, y[c]!, x[d]!, y[d]!);
      if (inside <= IN_CIRCLE_TOLERANCE || !this.#isConvex(e)) continue;
      const s = this.#flip(e);
      const r = this.twin[s]!;
      stack.push(next(s), next(next(s)), next(r), next(next(r)));
    }
  }

  #isConvex(e: number): boolean {
    const f = this.twin[e]!;
    const [a, b, c] = [this.vertex[e]!, this.vertex[next(e)]!, this.vertex[next(next(e))]!];
    const d = this.vertex[next(next(f))]!;
    return this.side(c, d, this.points[a]!) < 0 && this.side(c, d, this.points[b]!) > 0;
  }

  /** Replaces a-b by the other diagonal and returns a half-edge of it. */
  #flip(e: number): number {
    const f = this.twin[e]!;
    const [t, u] = [Math.floor(e / 3), Math.floor(f / 3)];
    const [e1, e2, f1, f2] = [next(e), next(next(e)), next(f), next(next(f))];
    const [a, b, c, d] = [this.vertex[e]!, this.vertex[e1]!, this.vertex[e2]!, this.vertex[f2]!];
    const [bc, ca, ad, db] = [this.twin[e1]!, this.twin[e2]!, this.twin[f1]!, this.twin[f2]!];
    const [obc, oca] = [this.owner[e1]!, this.owner[e2]!];
    const [oad, odb] = [this.owner[f1]!, this.owner[f2]!];
    this.#write(t, [c, a, d], [ca, ad, -1], [oca, oad, FREE]);
    this.#write(u, [d, b, c], [db, bc, 3 * t + 2], [odb, obc, FREE]);
    return 3 * t + 2;
  }

  #write(t: number, corners: number[], twins: number[], owners: number[]): void {
    for (let k = 0; k < 3; k++) {
      const e = 3 * t + k;
      this.vertex[e] = corners[k]!;
      this.twin[e] = twins[k]!;
      this.owner[e] = owners[k]!;
      if (twins[k]! >= 0) this.twin[twins[k]!] = e;
    }
    this.changed.add(t);
  }
}

/** The next half-edge of the same triangle. */
export function next(e: number): number {
  return e % 3 === 2 ? e - 2 : e + 1;
}

/** Smallest and largest second, then third fraction. */
type Box = readonly [number, number, number, number];

function boxOf(a: Fractions, b: Fractions): Box {
  return [Math.min(a[1], b[1]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.max(a[2], b[2])];
}

function isInBox(p: Fractions, [u0, u1, v0, v1]: Box): boolean {
  return p[1] >= u0 && p[1] <= u1 && p[2] >= v0 && p[2] <= v1;
}

/** True where both points lie on the same outer side of a box: their edge does not touch it. */
function isBeside(p: Fractions, q: Fractions, [u0, u1, v0, v1]: Box): boolean {
  if ((p[1] < u0 && q[1] < u0) || (p[1] > u1 && q[1] > u1)) return true;
  return (p[2] < v0 && q[2] < v0) || (p[2] > v1 && q[2] > v1);
}

function isBetween(a: Fractions, b: Fractions, p: Fractions): boolean {
  const along = (p[1] - a[1]) * (b[1] - a[1]) + (p[2] - a[2]) * (b[2] - a[2]);
  const whole = (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2;
  return along > 0 && along < whole;
}
