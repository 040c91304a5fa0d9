import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { HullCandidates } from "../../../../src/models/phase-diagram/hull/hull-evidence.ts";
import { fitAlong, HullFit } from "../../../../src/models/phase-diagram/hull/hull-fit.ts";
import { createHullModel } from "../../../../src/models/phase-diagram/hull/hull-model.ts";
import { LowerHull } from "../../../../src/models/phase-diagram/hull/lower-hull.ts";
import {
  absentIn,
  distanceToSimplex,
  sharesOf,
} from "../../../../src/models/phase-diagram/hull/simplex-geometry.ts";
import type {
  MapGrid,
  MapModel,
  PhaseEvidence,
} from "../../../../src/models/phase-diagram/map-model.ts";

/** A quaternary section of point phases: four elements, a binary, a ternary and a quaternary compound, with energies. */
const PHASES: Readonly<Record<string, { x: readonly number[]; energy: number }>> = {
  A: { x: [1, 0, 0, 0], energy: 0 },
  B: { x: [0, 1, 0, 0], energy: 0 },
  C: { x: [0, 0, 1, 0], energy: 0 },
  D: { x: [0, 0, 0, 1], energy: 0 },
  P: { x: [0.6, 0.4, 0, 0], energy: -1 },
  Q: { x: [0, 0.3, 0.3, 0.4], energy: -1.5 },
  R: { x: [0.25, 0.25, 0.25, 0.25], energy: -1.4 },
};
const NAMES = Object.keys(PHASES);
const NODES = Object.values(PHASES).map(({ x }) => {
  const mix = Float64Array.from(x);
  return { x: mix, absent: absentIn(mix) };
});
const TRUTH = new LowerHull(
  NODES,
  Float64Array.from(Object.values(PHASES), ({ energy }) => energy),
);
const DIVISIONS = 10;

function quaternaryGrid(): MapGrid {
  const rows: number[][] = [];
  for (let a = 0; a <= DIVISIONS; a++)
    for (let b = 0; a + b <= DIVISIONS; b++)
      for (let c = 0; a + b + c <= DIVISIONS; c++)
        rows.push([a, b, c, DIVISIONS - a - b - c].map((n) => n / DIVISIONS));
  return {
    count: rows.length,
    axes: ["A", "B", "C", "D"],
    values: Float64Array.from(rows.flat()),
    components: [0, 1, 2, 3],
    wholeAmount: 1,
    points: new Float64Array(0),
    dimension: 3,
  };
}

const grid = quaternaryGrid();
const at = (i: number): Float64Array => grid.values.subarray(4 * i, 4 * i + 4);
const rowOf = (x: readonly number[]): number =>
  Array.from({ length: grid.count }, (_, i) => i).find((i) =>
    x.every((v, k) => Math.abs(v - at(i)[k]!) < 1e-9),
  ) ?? -1;

function phasesAt(i: number): string[] {
  const { vertices, weights } = TRUTH.locate(at(i));
  return vertices.flatMap((v, k) => (weights[k]! > 1e-6 ? [NAMES[v]!] : [])).sort();
}

function evidence(i: number, id = i, noise: (x: number) => number = (x) => x): PhaseEvidence {
  const phases = phasesAt(i);
  const ends = phases.map((phase) => ({ phase, composition: PHASES[phase]!.x.map(noise) }));
  return { id, candidate: i, phases, ends, confidence: 1, known: false };
}

function started(noise?: number): MapModel {
  const model = createHullModel(grid, { noise });
  for (const k of [0, 1, 2, 3]) {
    const corner = rowOf([0, 1, 2, 3].map((j) => (j === k ? 1 : 0)));
    model.observe({ ...evidence(corner, -1 - k), known: true });
  }
  return model;
}

const request = { pending: [], pendingElsewhere: [], excluded: new Set<number>(), seed: "s" };
const labelOf = (model: MapModel, i: number): string => {
  const { labels, label } = model.predict();
  return labels[label[i] ?? -1] ?? "";
};
const wrong = (model: MapModel): number =>
  Array.from({ length: grid.count }, (_, i) => i).filter(
    (i) => labelOf(model, i) !== phasesAt(i).join("+"),
  ).length;

describe("distances in the composition simplex", () => {
  test("to a tie-line, a triangle and a tetrahedron", () => {
    const corners = NODES.slice(0, 4).map(({ x }) => x);
    const middle = Float64Array.from([0.25, 0.25, 0.25, 0.25]);
    expect(distanceToSimplex(middle, corners)).toBeLessThan(1e-12);
    // d^2 = 1/2 sum: to the middle of the face A-B-C, and to the middle of the edge A-B.
    expect(distanceToSimplex(middle, corners.slice(0, 3))).toBeCloseTo(Math.sqrt(1 / 24), 12);
    expect(distanceToSimplex(middle, corners.slice(0, 2))).toBeCloseTo(Math.sqrt(1 / 8), 12);
    expect(distanceToSimplex(corners[2]!, corners.slice(0, 2))).toBeCloseTo(Math.sqrt(3) / 2, 12);
    expect(sharesOf(middle, corners)?.map((w) => w.toFixed(9))).toEqual(
      new Array(4).fill("0.250000000"),
    );
  });
});

describe("a quaternary section with tie-lines", () => {
  test("the inside of a known tetrahedron is known and never proposed", () => {
    const model = started();
    const sample = Array.from({ length: grid.count }, (_, i) => i).find(
      (i) => phasesAt(i).length === 4,
    )!;
    model.observe(evidence(sample, 1));
    const label = phasesAt(sample).join("+");
    const corners = phasesAt(sample).map((p) => Float64Array.from(PHASES[p]!.x));
    const inside = Array.from({ length: grid.count }, (_, i) => i).filter((i) =>
      sharesOf(at(i), corners)?.every((w) => w > 1e-3),
    );
    expect(inside.length).toBeGreaterThan(1);
    const proposed = new Set(
      model.rank({ ...request, count: grid.count }).map(({ candidate }) => candidate),
    );
    for (const i of inside) {
      expect(labelOf(model, i)).toBe(label);
      if (i !== sample) expect(model.originOf?.(i).evidence).toEqual([1]);
    }
    const first = model.rank({ ...request, count: 100 }).map(({ candidate }) => candidate);
    expect(first.filter((i) => inside.includes(i))).toEqual([]);
    expect(proposed.has(sample)).toBe(false);
  });

  test("maps the whole section from few experiments, one by one and ten at once, and says when it is done", () => {
    for (const count of [1, 10]) {
      const model = started();
      for (let n = 0; n < 40; n += count) {
        for (const { candidate } of model.rank({ ...request, count, seed: `${n}` }))
          model.observe(evidence(candidate));
      }
      expect(wrong(model)).toBeLessThan(0.02 * grid.count);
      const status = model.status();
      expect(status.warnings).toEqual([]);
      expect(status.engine?.figures["compositionNoise_molFraction"]).toBe(0);
      expect(model.geometry().tieLines.length + model.geometry().triangles.length).toBeGreaterThan(
        0,
      );
    }
  });

  test("labels obey the phase rule in every face", () => {
    const model = started();
    for (const { candidate } of model.rank({ ...request, count: 8 }))
      model.observe(evidence(candidate));
    for (let i = 0; i < grid.count; i++) {
      const present = at(i).filter((x) => x > 0).length;
      expect(labelOf(model, i).split("+").length).toBeLessThanOrEqual(present);
    }
  });

  test("noise is learnt, and the map stays useful", () => {
    const prng = createPrng("hull-noise");
    const shaken = (x: number): number => (x === 0 ? 0 : Math.max(0, x + 0.01 * prng.normal()));
    const model = started();
    for (let n = 0; n < 40; n++) {
      for (const { candidate } of model.rank({ ...request, count: 1, seed: `${n}` }))
        model.observe(
          evidence(candidate, candidate, phasesAt(candidate).length > 1 ? shaken : undefined),
        );
    }
    const learnt = model.status().engine?.figures["compositionNoise_molFraction"] ?? 0;
    expect(learnt).toBeGreaterThan(0.003);
    expect(learnt).toBeLessThan(0.025);
    expect(wrong(model)).toBeLessThan(0.12 * grid.count);
  });

  test("when the map is looked at changes neither energies nor proposals", () => {
    const prng = createPrng("looks");
    // Ends that differ from result to result, as those of solutions do: nothing is fitted trivially.
    const results = Array.from({ length: 14 }, (_, n) =>
      evidence(prng.integer(grid.count), n, (x) => (x > 0 ? x + 0.02 * prng.next() : 0)),
    );
    const often = createHullModel(grid, { noise: 0 });
    const once = createHullModel(grid, { noise: 0 });
    for (const result of results) {
      often.observe(result);
      often.predict();
      once.observe(result);
    }
    const request = { ...{ count: 5, pending: [], pendingElsewhere: [] }, seed: "1" };
    const all = { ...request, excluded: new Set<number>() };
    expect(once.rank(all)).toEqual(often.rank(all));
    expect(once.predict()).toEqual(often.predict());

    const candidates = new HullCandidates(grid);
    const ready = new Map(results.map((result, owner) => [owner, candidates.ready(result)]));
    const [first] = [...ready.entries()];
    const options = { noise: 0 };
    const start = fitAlong(4, new Map([first!]), options);
    const along = fitAlong(4, ready, { ...options, before: start });
    expect(along.energies.energies).toEqual(fitAlong(4, ready, options).energies.energies);
    // Fitted in one go the energies are others: this is what must not depend on the looks.
    expect(new HullFit(4, ready, options).energies.energies).not.toEqual(along.energies.energies);
  });

  test("what is taken back leaves nothing behind, and a wrong result is asked again", () => {
    const [plain, detour] = [started(), started()];
    const samples = plain.rank({ ...request, count: 6 }).map(({ candidate }) => candidate);
    for (const i of samples) plain.observe(evidence(i));
    detour.observe({ ...evidence(samples[0]!, 999), phases: ["A"], ends: undefined });
    for (const i of samples) detour.observe(evidence(i));
    detour.forget(999);
    expect(detour.rank({ ...request, count: 5 })).toEqual(plain.rank({ ...request, count: 5 }));
    const known = Array.from({ length: grid.count }, (_, i) => i).find(
      (i) => plain.originOf?.(i).origin === "tie-triangle",
    )!;
    plain.observe({ ...evidence(known, 77), phases: ["A", "D"], ends: undefined });
    expect(plain.rank({ ...request, count: 1 })[0]?.candidate).toBe(known);
    expect(plain.status().suspicious.map(({ id }) => id)).toEqual([77]);
  });

  test("more phases than components are out of equilibrium; half of the compositions may be missing", () => {
    const model = started();
    for (let n = 0; n < 60; n++) {
      for (const { candidate } of model.rank({ ...request, count: 1, seed: `${n}` })) {
        const full = evidence(candidate);
        model.observe(n % 2 === 0 ? full : { ...full, ends: undefined });
      }
    }
    expect(wrong(model)).toBeLessThan(0.05 * grid.count);
    model.observe({ ...evidence(rowOf([0.5, 0.5, 0, 0]), 500), phases: ["A", "B", "P"] });
    expect(model.status().warnings.join()).toMatch(/more phases than components/);
  });
});
