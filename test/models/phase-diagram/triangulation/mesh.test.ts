import { describe, expect, test } from "vitest";
import {
  type Fractions,
  snapComposition,
} from "../../../../src/models/phase-diagram/triangulation/barycentric.ts";
import { Mesh } from "../../../../src/models/phase-diagram/triangulation/mesh.ts";
import { fc } from "../../../support/properties.ts";

/** Compositions on a coarse lattice, so that points on edges and on lines through others are frequent. */
const composition = fc
  .tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 12 }),
  )
  .filter(([a, b, c]) => a + b + c > 0)
  .map((x) => snapComposition(x.map((v) => v / (x[0] + x[1] + x[2]))));

describe("the mesh", () => {
  test("covers the composition triangle without overlap, whatever is inserted", () => {
    fc.assert(
      fc.property(fc.array(composition, { maxLength: 40 }), (points) => {
        const mesh = new Mesh();
        for (const point of points) mesh.insert(point);
        expectValid(mesh);
      }),
      { numRuns: 100 },
    );
  });

  test("keeps every forced edge through later inserts and later forced edges", () => {
    const pairs = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.array(composition, { minLength: 2, maxLength: 20 }),
        pairs,
        fc.array(composition, { maxLength: 15 }),
        (first, wanted, later) => {
          const mesh = new Mesh();
          for (const point of first) mesh.insert(point);
          const n = mesh.points.length;
          const forced: [number, number][] = [];
          wanted.forEach(([p, q], owner) => {
            const [a, b] = [p % n, q % n];
            if (a !== b && mesh.force(a, b, owner) === undefined) forced.push([a, b]);
          });
          for (const [a, b] of forced) expect(mesh.findEdge(a, b)).toBeGreaterThanOrEqual(0);
          for (const point of later) mesh.insert(point);
          expectValid(mesh);
          for (const [a, b] of forced) expect(isCoveredByEdges(mesh, a, b)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("refuses an edge across a forced one, says whose it is and changes nothing", () => {
    const mesh = new Mesh();
    const [a, b, c, d] = [
      mesh.insert(snapComposition([0.6, 0.2, 0.2])),
      mesh.insert(snapComposition([0.2, 0.4, 0.4])),
      mesh.insert(snapComposition([0.4, 0.5, 0.1])),
      mesh.insert(snapComposition([0.4, 0.1, 0.5])),
    ];
    expect(mesh.force(a, b, 7)).toBeUndefined();
    const before = [...mesh.vertex];
    expect(mesh.force(c, d, 8)).toEqual({ owners: [7], nodes: [] });
    expect(mesh.vertex).toEqual(before);
  });

  test("refuses an edge through another vertex", () => {
    const mesh = new Mesh();
    const middle = mesh.insert(snapComposition([0.5, 0.5, 0]));
    expect(mesh.force(0, 1, 3)).toEqual({ owners: [], nodes: [middle] });
  });

  test("a point exactly on a binary edge splits that edge: 1 - xB - xC stays exactly 0", () => {
    const mesh = new Mesh();
    for (let k = 1; k < 40; k++) mesh.insert(snapComposition([0, k / 40, 1 - k / 40]));
    expect(mesh.triangleCount).toBe(40);
    expectValid(mesh);
  });
});

function expectValid(mesh: Mesh): void {
  let area = 0;
  for (let t = 0; t < mesh.triangleCount; t++) {
    const [a, b, c] = [0, 1, 2].map((k) => mesh.vertex[3 * t + k] as number) as [
      number,
      number,
      number,
    ];
    expect(mesh.side(a, b, mesh.points[c] as Fractions)).toBeGreaterThan(0);
    area += areaOf(mesh, [a, b, c]);
    for (let k = 0; k < 3; k++) {
      const e = 3 * t + k;
      const f = mesh.twin[e] as number;
      if (f < 0) continue;
      expect(mesh.twin[f]).toBe(e);
      expect(mesh.owner[f]).toBe(mesh.owner[e]);
      expect(mesh.vertex[f]).toBe(mesh.vertex[3 * t + ((k + 1) % 3)]);
    }
  }
  expect(area).toBeCloseTo(1, 9); // positive areas that sum to the whole: no overlap, no hole
}

function areaOf(mesh: Mesh, corners: [number, number, number]): number {
  const [a, b, c] = corners.map((v) => mesh.points[v] as Fractions) as [
    Fractions,
    Fractions,
    Fractions,
  ];
  return (b[1] - a[1]) * (c[2] - a[2]) - (c[1] - a[1]) * (b[2] - a[2]);
}

/** True where a-b is an edge, or a chain of forced edges through vertices that lie exactly on it. */
function isCoveredByEdges(mesh: Mesh, a: number, b: number): boolean {
  if (mesh.findEdge(a, b) >= 0) return true;
  const on = mesh.points
    .map((p, v) => ({ v, p, t: position(mesh, a, b, p) }))
    .filter(({ v, p, t }) => v === a || v === b || (mesh.side(a, b, p) === 0 && t > 0 && t < 1))
    .sort((x, y) => x.t - y.t)
    .map(({ v }) => v);
  return on.every((v, k) => k === 0 || mesh.findEdge(on[k - 1] as number, v) >= 0);
}

function position(mesh: Mesh, a: number, b: number, p: Fractions): number {
  const [from, to] = [mesh.points[a] as Fractions, mesh.points[b] as Fractions];
  const k = Math.abs(to[1] - from[1]) > Math.abs(to[2] - from[2]) ? 1 : 2;
  return (p[k] - from[k]) / (to[k] - from[k]);
}
