import { describe, expect, test } from "vitest";
import { createPrng, shuffled } from "../../../../src/core/prng.ts";
import type { MapGrid, PhaseEvidence } from "../../../../src/models/phase-diagram/map-model.ts";
import {
  createTriangulationModel,
  type TriangulationModel,
} from "../../../../src/models/phase-diagram/triangulation/index.ts";
import { rowOf, tellCorners, toyEvidence, toyGrid, wrongLabels } from "./toy-section.ts";

const request = {
  count: 1,
  pending: [],
  pendingElsewhere: [],
  excluded: new Set<number>(),
  seed: "1",
};

function started(grid: MapGrid): TriangulationModel {
  const model = createTriangulationModel(grid);
  tellCorners(grid, model);
  return model;
}

function labelAt(model: TriangulationModel, i: number): string | undefined {
  const { labels, label } = model.predict();
  return labels[label[i] ?? -1];
}

describe("the triangulation model", () => {
  test("maps five point phases exactly with a handful of experiments, without a conflict", () => {
    const grid = toyGrid();
    const model = started(grid);
    let n = 0;
    for (; n < 12 && wrongLabels(grid, model) > 0; n++) {
      const [point] = model.rank({ ...request, seed: `${n}` });
      model.observe(toyEvidence(grid, point?.candidate ?? -1));
    }
    expect(wrongLabels(grid, model)).toBe(0);
    expect(n).toBeLessThanOrEqual(8);
    expect(model.status().warnings).toEqual([]);
  });

  test("a point on a tie-line has its two phases, on a vertex the one, inside a triangle all three", () => {
    const grid = toyGrid();
    const model = started(grid);
    model.observe(toyEvidence(grid, rowOf(grid, [0.6, 0.35, 0.05]))); // A+P+Q
    expect(labelAt(model, rowOf(grid, [0.25, 0.35, 0.4]))).toBe("P");
    expect(labelAt(model, rowOf(grid, [0.8, 0.2, 0]))).toBe("A+Q");
    expect(labelAt(model, rowOf(grid, [0.6, 0.3, 0.1]))).toBe("A+P+Q");
  });

  test("says which measurement a derived label rests on", () => {
    const grid = toyGrid();
    const model = started(grid);
    model.observe(toyEvidence(grid, rowOf(grid, [0.6, 0.35, 0.05]), 77));
    const inside = model.originOf(rowOf(grid, [0.6, 0.3, 0.1]));
    expect(inside).toEqual({ origin: "tie-triangle", evidence: [77] });
    expect(model.originOf(rowOf(grid, [0.8, 0.2, 0]))).toEqual({
      origin: "tie-line",
      evidence: [77],
    });
    expect(model.geometry().triangles.filter(({ proved }) => proved)).toMatchObject([{ from: 77 }]);
  });

  test("never proposes the inside of a known tie-triangle, nor a point in flight", () => {
    const grid = toyGrid();
    const model = started(grid);
    model.observe(toyEvidence(grid, rowOf(grid, [0.6, 0.35, 0.05])));
    const all = model.rank({ ...request, count: 1000, pending: [rowOf(grid, [0.1, 0.1, 0.8])] });
    const rows = new Set(all.map(({ candidate }) => candidate));
    expect(rows.size).toBe(all.length);
    expect(rows.has(rowOf(grid, [0.6, 0.3, 0.1]))).toBe(false);
    expect(rows.has(rowOf(grid, [0.1, 0.1, 0.8]))).toBe(false);
  });

  test("taking a result back takes back everything derived from it", () => {
    const grid = toyGrid();
    const model = started(grid);
    const before = { ...model.predict(), labels: [...model.predict().labels] };
    model.observe(toyEvidence(grid, rowOf(grid, [0.6, 0.35, 0.05]), 5));
    model.forget(5);
    expect(model.predict().labels).toEqual(before.labels);
    expect(model.predict().label).toEqual(before.label);
    expect(model.geometry().tieLines).toEqual([]);
  });

  test("labels without compositions count where they were measured and nowhere else", () => {
    const grid = toyGrid();
    const model = started(grid);
    const row = rowOf(grid, [0.6, 0.35, 0.05]);
    model.observe({ ...toyEvidence(grid, row), ends: undefined });
    expect(labelAt(model, row)).toBe("A+P+Q");
    expect(labelAt(model, rowOf(grid, [0.6, 0.3, 0.1]))).toBe("A+B+C");
  });

  test("the proposals do not depend on the order of the rows", () => {
    const plain = toyGrid();
    const mixed = toyGrid(20, (rows) => shuffled(rows, createPrng(3)));
    const play = (grid: MapGrid): string[] => {
      const model = started(grid);
      return Array.from({ length: 8 }, (_, n) => {
        const [point] = model.rank({ ...request, seed: `${n}` });
        const i = point?.candidate ?? -1;
        model.observe(toyEvidence(grid, i, n));
        return grid.values.subarray(3 * i, 3 * i + 3).join();
      });
    };
    expect(play(mixed)).toEqual(play(plain));
  });

  test("starts without any known phase, with the corners", () => {
    const grid = toyGrid();
    const model = createTriangulationModel(grid);
    const corners = new Set([
      rowOf(grid, [1, 0, 0]),
      rowOf(grid, [0, 1, 0]),
      rowOf(grid, [0, 0, 1]),
    ]);
    expect(new Set(model.rank({ ...request, count: 3 }).map((p) => p.candidate))).toEqual(corners);
    model.observe(toyEvidence(grid, rowOf(grid, [0.5, 0.2, 0.3])));
    expect(model.predict().labels).toContain("A+C+P");
  });

  test("says when nothing is left to learn at the resolution of the grid", () => {
    const grid = toyGrid(8);
    const model = started(grid);
    expect(model.status().complete).toBeUndefined();
    for (let i = 0; i < grid.count; i++) model.observe(toyEvidence(grid, i));
    expect(model.status().complete).toBeDefined();
    expect(model.status().estimatedError).toBeLessThan(0.01);
  });
});

describe("a miscibility gap", () => {
  test("keeps its two composition sets apart, and drops the mark where only one takes part", () => {
    const grid = toyGrid();
    const model = started(grid);
    const gap: PhaseEvidence = {
      ...toyEvidence(grid, rowOf(grid, [0.5, 0.2, 0.3]), 1),
      phases: ["F#1", "F#2"],
      ends: [
        { phase: "F#1", composition: [0.7, 0.2, 0.1] },
        { phase: "F#2", composition: [0.3, 0.2, 0.5] },
      ],
    };
    model.observe(gap);
    expect(labelAt(model, rowOf(grid, [0.6, 0.2, 0.2]))).toBe("F#1+F#2");
    expect(labelAt(model, rowOf(grid, [0.7, 0.2, 0.1]))).toBe("F");
    expect(labelAt(model, rowOf(grid, [0.7, 0.25, 0.05]))).toBe("A+B+F");
  });
});

describe("wrong results", () => {
  test("more phases than components are flagged and leave the geometry alone", () => {
    const grid = toyGrid();
    const model = started(grid);
    const row = rowOf(grid, [0.5, 0.5, 0]);
    model.observe({ ...toyEvidence(grid, row, 9), phases: ["A", "B", "Q"] });
    expect(model.status().warnings.join()).toMatch(/result 9.*not in equilibrium/);
    expect(model.geometry().triangles.filter(({ proved }) => proved)).toEqual([]);
  });

  test("a wrong label inside a known triangle is shown, proposed again and settled by the repeats", () => {
    const grid = toyGrid();
    const model = started(grid);
    model.observe(toyEvidence(grid, rowOf(grid, [0.6, 0.35, 0.05]), 1));
    const row = rowOf(grid, [0.6, 0.3, 0.1]);
    model.observe({ ...toyEvidence(grid, row, 2), phases: ["A", "X"], ends: undefined });
    expect(model.status().warnings.join()).toMatch(/result 2\) lies inside the known tie-triangle/);
    const again = model.rank({ ...request, count: 2 }).map((point) => point.candidate);
    expect(again).toContain(row);
    model.observe(toyEvidence(grid, row, 3));
    expect(labelAt(model, row)).toBe("A+P+Q");
    expect(model.status().warnings.join()).not.toMatch(/inside/);
  });

  test("a wrong triangle that came first is set aside once two others contradict it", () => {
    const grid = toyGrid();
    const model = started(grid);
    const wrong = rowOf(grid, [0.2, 0.3, 0.5]); // truly B+C+P or A+C+P
    model.observe({
      ...toyEvidence(grid, wrong, 1),
      phases: ["A", "B", "C"],
      ends: ["A", "B", "C"].map((phase, k) => ({
        phase,
        composition: [0, 1, 2].map((j) => (j === k ? 0.9 : 0.05)),
      })),
    });
    model.observe(toyEvidence(grid, rowOf(grid, [0.6, 0.35, 0.05]), 2));
    model.observe(toyEvidence(grid, rowOf(grid, [0.3, 0.6, 0.1]), 3));
    model.observe(toyEvidence(grid, rowOf(grid, [0.5, 0.1, 0.4]), 4));
    expect(model.status().warnings.join()).toMatch(/result 1\) is set aside/);
    expect(model.rank(request).at(0)?.candidate).toBe(wrong);
    model.observe(toyEvidence(grid, wrong, 5));
    const proved = model.geometry().triangles.filter((triangle) => triangle.proved);
    expect(proved.map(({ from }) => from)).not.toContain(1);
  });
});
