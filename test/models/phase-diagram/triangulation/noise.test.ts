import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import type { MapGrid, PhaseEvidence } from "../../../../src/models/phase-diagram/map-model.ts";
import { SectionCandidates } from "../../../../src/models/phase-diagram/triangulation/candidates.ts";
import { createTriangulationModel } from "../../../../src/models/phase-diagram/triangulation/index.ts";
import { settleEdges } from "../../../../src/models/phase-diagram/triangulation/noise/binary-edges.ts";
import { buildMesh } from "../../../../src/models/phase-diagram/triangulation/noise/build-mesh.ts";
import { denoise } from "../../../../src/models/phase-diagram/triangulation/noise/denoise.ts";
import { hiddenLabels } from "../../../../src/models/phase-diagram/triangulation/noise/hidden-labels.ts";
import { learnNoise } from "../../../../src/models/phase-diagram/triangulation/noise/noise-level.ts";
import { sortEvidence } from "../../../../src/models/phase-diagram/triangulation/noise/noisy-evidence.ts";
import {
  distance,
  toPlane,
} from "../../../../src/models/phase-diagram/triangulation/noise/plane.ts";
import {
  compositionOf,
  nodeAt,
  relax,
} from "../../../../src/models/phase-diagram/triangulation/noise/relax.ts";
import {
  type ReadyResult,
  readyResult,
} from "../../../../src/models/phase-diagram/triangulation/result.ts";
import { PHASES, rowOf, tellCorners, toyEvidence, toyGrid, wrongLabels } from "./toy-section.ts";

type Point = readonly [number, number, number];

describe("the noise of compositions", () => {
  test("is learnt from the lever rule and from repeats, within a third", () => {
    for (const noise of [0.005, 0.02]) {
      const learnt = learnNoise(measuredEverywhere(toyGrid(), noise, "learn"));
      expect(learnt).toBeGreaterThan(0.67 * noise);
      expect(learnt).toBeLessThan(1.5 * noise);
    }
  });

  test("is 0 where the compositions are exact, and one wrong result does not make it noise", () => {
    const results = measuredEverywhere(toyGrid(), 0, "exact");
    expect(learnNoise(results)).toBe(0);
    const wrong = { phases: ["A", "P"], ends: [[0.9, 0.1, 0], PHASES["P"] ?? []] };
    results.set(9999, ready([0.5, 0.3, 0.2], wrong));
    expect(learnNoise(results)).toBe(0);
  });

  test("leaves compounds as points, within the scatter of their mean", () => {
    const noise = 0.01;
    const { kinds } = denoise(sortEvidence(measuredEverywhere(toyGrid(), noise, "kinds")), noise);
    for (const name of ["P", "Q"]) {
      const kind = kinds.get(name);
      expect(kind?.kind).toBe("point");
      expect(distance(kind?.point ?? [9, 9], toPlane(PHASES[name] as Point))).toBeLessThan(0.005);
    }
    expect((kinds.get("Q")?.absent ?? 0) & 4).toBe(4); // Q was seen on the A-B edge: it holds no C
  });
});

describe("denoising", () => {
  test("moves a tie-line of two solution phases onto its sample", () => {
    const results = new Map<number, ReadyResult>();
    [0.2, 0.3, 0.4, 0.5].forEach((c, k) => {
      const ends = [
        [0.8 - c, 0.2 + (k % 2) * 0.02, c],
        [0.2, 0.8 - c, c],
      ];
      results.set(k, ready([0.5 - c / 2, 0.5 - c / 2, c], { phases: ["F", "G"], ends }));
    });
    const { evidence } = denoise(sortEvidence(results), 0.01);
    for (const line of evidence.lines) {
      const [a, b] = line.ends;
      const at = line.ats[0];
      if (a === undefined || b === undefined || at === undefined) throw new Error("no tie-line");
      const across = (at[0] - a[0]) * (b[1] - a[1]) - (at[1] - a[1]) * (b[0] - a[0]);
      expect(Math.abs(across) / distance(a, b)).toBeLessThan(1e-4);
    }
  });

  test("on a binary edge the samples beside a field bracket its ends", () => {
    const results = new Map<number, ReadyResult>([
      [0, ready([0.6, 0.4, 0], { phases: ["F"] })],
      [
        1,
        ready([0.5, 0.5, 0], {
          phases: ["F", "G"],
          ends: [
            [0.66, 0.34, 0],
            [0.1, 0.9, 0],
          ],
        }),
      ],
      [2, ready([0.2, 0.8, 0], { phases: ["G"] })],
    ]);
    const evidence = sortEvidence(results);
    settleEdges(evidence, new Map());
    const [f, g] = evidence.lines[0]?.ends ?? [];
    expect(f?.[0]).toBeGreaterThan(0.4); // xB of F lies between the F sample and the F+G sample
    expect(f?.[0]).toBeLessThan(0.5);
    expect(g?.[0]).toBeLessThan(0.8);
    expect(g?.[0]).toBeGreaterThan(0.5);
  });

  test("tie-lines that cross near their common phase meet there, and both stand", () => {
    const results = new Map<number, ReadyResult>([
      [
        0,
        ready([0.4, 0.3, 0.3], {
          phases: ["F", "G"],
          ends: [
            [0.7, 0.1, 0.2],
            [0.1, 0.5, 0.4],
          ],
        }),
      ],
      [
        1,
        ready([0.4, 0.2, 0.4], {
          phases: ["F", "H"],
          ends: [
            [0.7, 0.12, 0.18],
            [0.1, 0.3, 0.6],
          ],
        }),
      ],
    ]);
    const build = (meetRadius: number): number =>
      buildMesh(sortEvidence(results), {
        kinds: new Map(),
        mergeRadius: 0.004,
        meetRadius,
        order: (items) => items,
      }).standing.size;
    expect(build(0)).toBe(1);
    expect(build(0.05)).toBe(2);
  });
});

describe("what the noise hides", () => {
  test("nodes relax until the tie-line passes through its sample; an exact one stays", () => {
    const nodes = [nodeAt([0.7, 0.1, 0.2], 0), nodeAt([0.1, 0.5, 0.4], 1)];
    const at = toPlane([0.4, 0.31, 0.29]);
    relax(nodes, [{ nodes: [0, 1], ats: [at] }], 0.1);
    expect(compositionOf(nodes[0]!)[1]).toBeCloseTo(0.1, 9);
    const [a, b] = [nodes[0]!.at, nodes[1]!.at];
    const area = (b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0]);
    expect(Math.abs(area)).toBeLessThan(1e-6);
  });

  test("sides and corners of a known triangle ask for their labels near them, until they were looked for", () => {
    const grid = toyGrid();
    const points = new SectionCandidates(grid).points;
    const ends = [PHASES["A"]!, PHASES["Q"]!, PHASES["P"]!].map((x) => [...x]);
    const triangle = ready([0.6, 0.25, 0.15], { phases: ["A", "Q", "P"], ends });
    const mesh = buildMesh(sortEvidence(new Map([[0, triangle]])), {
      kinds: new Map(),
      mergeRadius: 0.004,
      meetRadius: 0.04,
      order: (items) => items,
    });
    const found = (measured: { candidate: number; label: string }[]): Map<string, number> =>
      new Map(
        hiddenLabels(mesh, { points, step: 0.05 }, measured).map(({ label, chance }) => [
          label,
          Math.max(...chance.values()),
        ]),
      );
    const before = found([]);
    expect([...before.keys()].sort()).toEqual(["A", "A+P", "A+Q", "P", "P+Q", "Q"]);
    expect(before.get("P")).toBeCloseTo(0.5, 2);
    const at = rowOf(grid, [0.25, 0.35, 0.4]);
    expect(found([{ candidate: at, label: "A+P+Q" }]).get("P")).toBeLessThan(0.25);
    expect(found([{ candidate: at, label: "P" }]).has("P")).toBe(false);
  });
});

describe("the map of noisy compositions", () => {
  for (const told of [true, false]) {
    test(`comes close to the truth, the noise ${told ? "told" : "learnt"}`, () => {
      const grid = toyGrid();
      const noise = 0.01;
      const model = createTriangulationModel(grid, { noise: told ? noise : undefined });
      tellCorners(grid, model);
      const prng = createPrng("noisy campaign");
      for (let n = 0; n < 25; n++) {
        const [point] = model.rank({
          count: 1,
          pending: [],
          pendingElsewhere: [],
          excluded: new Set(),
          seed: `${n}`,
        });
        model.observe(blurred(toyEvidence(grid, point?.candidate ?? -1, n), noise, prng));
      }
      expect(wrongLabels(grid, model) / grid.count).toBeLessThan(0.04);
      expect(model.noise_molFraction).toBeGreaterThan(0.004);
      const { labels, probabilities } = model.predict();
      const centre = rowOf(grid, [0.3, 0.3, 0.4]);
      const sum = labels.reduce((total, _, k) => total + (probabilities[k]?.[centre] ?? 0), 0);
      expect(sum).toBeCloseTo(1, 3);
      expect(model.geometry().triangles.every(({ from }) => from !== undefined)).toBe(true);
    });
  }

  test("is the same whatever way the evidence came: taking a result back leaves no trace", () => {
    const grid = toyGrid(10);
    const play = (detour: boolean): string[] => {
      const model = createTriangulationModel(grid, { noise: 0.01 });
      tellCorners(grid, model);
      const prng = createPrng("detour");
      for (let i = 5; i < grid.count; i += 4)
        model.observe(blurred(toyEvidence(grid, i), 0.01, prng));
      if (detour) {
        model.observe(toyEvidence(grid, 22, 500));
        model.forget(500);
      }
      const { labels, label } = model.predict();
      return [...label].map((k) => labels[k] ?? "");
    };
    expect(play(true)).toEqual(play(false));
  });
});

function ready(at: Point, found: { phases: string[]; ends?: (readonly number[])[] }): ReadyResult {
  return readyResult({ candidate: -1, at, ...found });
}

/** Every second candidate of the toy section with blurred ends. */
function measuredEverywhere(grid: MapGrid, noise: number, seed: string): Map<number, ReadyResult> {
  const prng = createPrng(seed);
  const candidates = new SectionCandidates(grid);
  const results = new Map<number, ReadyResult>();
  for (let i = 0; i < grid.count; i += 2)
    results.set(i, candidates.ready(blurred(toyEvidence(grid, i), noise, prng)));
  return results;
}

function blurred(
  evidence: PhaseEvidence,
  noise: number,
  prng: { normal: () => number },
): PhaseEvidence {
  if (evidence.phases.length === 1 || evidence.ends === undefined) return evidence;
  const isAbsent = (k: number): boolean =>
    evidence.ends?.every((end) => end.composition[k] === 0) ?? false;
  return {
    ...evidence,
    ends: evidence.ends.map((end) => {
      const x = end.composition.map((value, k) =>
        isAbsent(k) ? 0 : Math.max(0, value + noise * prng.normal()),
      );
      const sum = x.reduce((a, b) => a + b, 0);
      return { ...end, composition: x.map((value) => value / sum) };
    }),
  };
}
