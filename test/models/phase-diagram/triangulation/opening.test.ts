import { describe, expect, test } from "vitest";
import type { MapGrid } from "../../../../src/models/phase-diagram/map-model.ts";
import { createTriangulationModel } from "../../../../src/models/phase-diagram/triangulation/index.ts";
import { tellCorners, toyEvidence, toyGrid } from "./toy-section.ts";

const request = { pending: [], pendingElsewhere: [], excluded: new Set<number>(), seed: "1" };

function absentAt(grid: MapGrid, i: number): number {
  return [...grid.values.subarray(3 * i, 3 * i + 3)].filter((x) => x === 0).length;
}

describe.each([undefined, 0.01])("a batch (noise told: %s)", (noise) => {
  const grid = toyGrid();
  const blind = () => {
    const model = createTriangulationModel(grid, { noise });
    tellCorners(grid, model);
    return model;
  };

  test("of ten before anything is known: four inside, two on each binary edge", () => {
    const points = blind().rank({ ...request, count: 10 });
    const absent = points.map(({ candidate }) => absentAt(grid, candidate));
    expect(new Set(points.map(({ candidate }) => candidate)).size).toBe(10);
    expect(absent.filter((n) => n === 0)).toHaveLength(4);
    expect(absent.filter((n) => n === 1)).toHaveLength(6);
  });

  test("is the same asked for in two portions", () => {
    const model = blind();
    const whole = model.rank({ ...request, count: 10 }).map(({ candidate }) => candidate);
    const [first, rest] = [whole.slice(0, 6), whole.slice(6)];
    const later = model.rank({ ...request, count: 4, pending: first });
    expect(later.map(({ candidate }) => candidate)).toEqual(rest);
  });

  test("measures corners first that nobody knows", () => {
    const model = createTriangulationModel(grid, { noise });
    const points = model.rank({ ...request, count: 10 });
    const corners = points.slice(0, 3).map(({ candidate }) => absentAt(grid, candidate));
    expect(corners).toEqual([2, 2, 2]);
  });

  test("counts on a triangle that is predicted, but not for sure", () => {
    const model = blind();
    for (const { candidate } of model.rank({ ...request, count: 3 }))
      model.observe(toyEvidence(grid, candidate));
    const alone = model.rank({ ...request, count: 1 })[0]!;
    const both = model.rank({ ...request, count: 1, pending: [alone.candidate] })[0]!;
    expect(both.score).toBeLessThan(alone.score);
    expect(both.score).toBeGreaterThan(0);
  });
});
