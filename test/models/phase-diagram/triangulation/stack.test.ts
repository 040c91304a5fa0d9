import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import type {
  MapGrid,
  MapModel,
  PhaseEvidence,
} from "../../../../src/models/phase-diagram/map-model.ts";
import { createStackModel } from "../../../../src/models/phase-diagram/triangulation/index.ts";
import { PHASES, rowOf, toyEvidence, toyGrid } from "./toy-section.ts";

const LEVELS = [500, 600, 700];

/** The toy section at three temperatures; candidate = level * count + row. */
function stackGrid(section: MapGrid): MapGrid {
  const rows = LEVELS.flatMap((T) =>
    Array.from({ length: section.count }, (_, i) => [
      T,
      ...section.values.subarray(3 * i, 3 * i + 3),
    ]),
  );
  return {
    ...section,
    count: rows.length,
    axes: ["T", "x_A", "x_B", "x_C"],
    values: Float64Array.from(rows.flat()),
    components: [1, 2, 3],
  };
}

const section = toyGrid(10);
const grid = stackGrid(section);
const at = (x: readonly [number, number, number], level: number): number =>
  level * section.count + rowOf(section, x);

function evidence(
  x: readonly [number, number, number],
  level: number,
  id: number,
  phases?: readonly string[],
): PhaseEvidence {
  const found = toyEvidence(section, rowOf(section, x), id);
  const names = phases ?? found.phases;
  const ends = names.map((phase) => ({ phase, composition: PHASES[phase] ?? [] }));
  return { ...found, phases: names, ends, candidate: at(x, level) };
}

function started(): MapModel {
  const model = createStackModel(grid);
  model.observe({ ...evidence([1, 0, 0], 0, -1), known: true });
  model.observe({ ...evidence([0, 1, 0], 0, -2), known: true });
  model.observe({ ...evidence([0, 0, 1], 0, -3), known: true });
  return model;
}

const labelAt = (model: MapModel, candidate: number): string => {
  const { labels, label } = model.predict();
  return labels[label[candidate] ?? -1] ?? "";
};
const request = {
  count: 1,
  pending: [],
  pendingElsewhere: [],
  excluded: new Set<number>(),
  seed: "s",
};

describe("a stack of sections", () => {
  test("a triangle measured at one temperature is expected at the others, less surely the farther", () => {
    const model = started();
    model.observe(evidence([0.6, 0.3, 0.1], 0, 1)); // A+P+Q
    const beside: readonly [number, number, number] = [0.7, 0.2, 0.1];
    for (const level of [0, 1, 2]) expect(labelAt(model, at(beside, level))).toBe("A+P+Q");
    const sure = [0, 1, 2].map((level) => model.predict().certainty[at(beside, level)] ?? 0);
    expect(sure[0]).toBeGreaterThan(sure[1] ?? 1);
    expect(sure[1]).toBeGreaterThan(sure[2] ?? 1);
  });

  test("what a temperature shows itself counts before what others lend", () => {
    const model = started();
    model.observe(evidence([0.6, 0.3, 0.1], 0, 1)); // A+P+Q below
    const above = evidence([0.6, 0.3, 0.1], 2, 2, ["A", "B", "P"]); // no Q any more
    model.observe(above);
    expect(labelAt(model, at([0.6, 0.3, 0.1], 2))).toBe("A+B+P");
    expect(labelAt(model, at([0.5, 0.4, 0.1], 2))).toBe("A+B+P");
    expect(labelAt(model, at([0.7, 0.2, 0.1], 0))).toBe("A+P+Q");
    expect(model.status().warnings).toEqual([]);
    model.forget(2);
    expect(labelAt(model, at([0.5, 0.4, 0.1], 2))).not.toBe("A+B+P");
  });

  test("tie-lines that cross between two temperatures name the invariant reaction", () => {
    const model = started();
    model.observe(evidence([0.6, 0.3, 0.1], 0, 1)); // P+Q coexist at 500
    const crossing = evidence([0.4, 0.5, 0.1], 1, 2, ["B", "R"]);
    const ends = [
      { phase: "B", composition: [0, 1, 0] },
      { phase: "R", composition: [0.8, 0, 0.2] },
    ];
    model.observe({ ...crossing, ends });
    expect(model.status().findings?.join()).toMatch(/P\+Q = B\+R between 500 and 600/);
  });

  test("reads every temperature from few experiments, never proposes one twice, and batches spread", () => {
    const model = started();
    const asked = new Set<number>();
    for (let n = 0; n < 12; n++) {
      const points = model.rank({ ...request, count: 3, seed: `${n}` });
      expect(points.length).toBe(3);
      for (const { candidate } of points) {
        expect(asked.has(candidate)).toBe(false);
        asked.add(candidate);
        const level = Math.floor(candidate / section.count);
        const found = toyEvidence(section, candidate % section.count, candidate);
        model.observe({ ...found, candidate: level * section.count + (candidate % section.count) });
      }
    }
    let wrong = 0;
    for (let i = 0; i < grid.count; i++) {
      const truth = toyEvidence(section, i % section.count).phases.join("+");
      if (labelAt(model, i) !== truth) wrong++;
    }
    expect(wrong).toBeLessThan(0.03 * grid.count);
    expect(new Set([...asked].map((i) => Math.floor(i / section.count))).size).toBe(3);
  });

  test("noise of the compositions is told or learnt, and the map stays good", () => {
    for (const noise of [0.01, undefined]) {
      const model = createStackModel(grid, { noise });
      const prng = createPrng("stack-noise");
      const start = [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ] as const;
      start.forEach((x, k) => {
        model.observe({ ...evidence(x, 0, -1 - k), known: true });
      });
      for (let n = 0; n < 16; n++) {
        for (const { candidate } of model.rank({ ...request, count: 3, seed: `${n}` })) {
          const found = toyEvidence(section, candidate % section.count, candidate);
          const ends = found.ends?.map((end) => ({
            ...end,
            composition: end.composition.map((x) => Math.max(0, x + 0.01 * prng.normal())),
          }));
          const shaken = found.phases.length > 1 ? ends : found.ends;
          model.observe({ ...found, candidate, ends: shaken });
        }
      }
      const figures = model.status().engine?.figures ?? {};
      expect(figures["compositionNoise_molFraction"]).toBeGreaterThan(0.005);
      expect(figures["compositionNoise_molFraction"]).toBeLessThan(0.02);
      expect(model.status().warnings).toEqual([]);
      let wrong = 0;
      for (let i = 0; i < grid.count; i++) {
        const truth = toyEvidence(section, i % section.count).phases.join("+");
        if (labelAt(model, i) !== truth) wrong++;
      }
      expect(wrong).toBeLessThan(0.08 * grid.count);
      const { certainty, probabilities } = model.predict();
      const sum = probabilities.reduce((total, p) => total + (p[7] ?? 0), 0);
      expect(sum).toBeCloseTo(1, 3);
      expect(certainty[7]).toBeLessThanOrEqual(1);
    }
  });

  test("one furnace setting for a batch: all its points share the temperature", () => {
    const model = createStackModel(grid, { sharesLevel: true });
    model.observe(evidence([0.6, 0.3, 0.1], 0, 1));
    const points = model.rank({ ...request, count: 5 });
    expect(points.length).toBe(5);
    expect(new Set(points.map((p) => Math.floor(p.candidate / section.count))).size).toBe(1);
  });

  test("is the same whatever was observed and taken back in between", () => {
    const [plain, detour] = [started(), started()];
    plain.observe(evidence([0.6, 0.3, 0.1], 1, 1));
    detour.observe(evidence([0.3, 0.6, 0.1], 0, 9));
    detour.observe(evidence([0.6, 0.3, 0.1], 1, 1));
    detour.forget(9);
    expect(detour.rank(request)).toEqual(plain.rank(request));
    const labelsOf = (model: MapModel): string[] =>
      Array.from({ length: grid.count }, (_, i) => labelAt(model, i));
    expect(labelsOf(detour)).toEqual(labelsOf(plain));
  });
});
