import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { estimateModel } from "../../../../src/models/effective-model/estimate/estimate.ts";
import { summariseEstimate } from "../../../../src/models/effective-model/estimate/estimate-summary.ts";
import { createEstimationProblem } from "../../../../src/models/effective-model/estimate/estimation-problem.ts";
import { readEstimationSpec } from "../../../../src/models/effective-model/estimate/estimation-spec.ts";
import { searchModes } from "../../../../src/models/effective-model/estimate/mode-search.ts";
import { compareModels } from "../../../../src/models/effective-model/estimate/model-comparison.ts";
import { solveForward } from "../../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../../src/models/effective-model/forward/forward-spec.ts";

interface NoisyTask {
  g: number;
  curves: { T: number; H: number[]; m_per_spin: number[] }[];
}

const task = JSON.parse(
  readFileSync(
    new URL("../../../fixtures/heisenberg/kcu4p3o12_noisy.json", import.meta.url),
    "utf8",
  ),
) as NoisyTask;

function noisySpec(extra: Record<string, unknown> = {}): Record<string, unknown> {
  const labels = ["J1", "J2", "J3", "J4", "J3", "J2", "J1"];
  return {
    ...{ spins: 8, spin: 0.5, g: task.g, curves: task.curves, seed: 1 },
    bonds: labels.map((coupling, i) => ({ i, j: i + 1, coupling })),
    couplings: Object.fromEntries(
      ["J1", "J2", "J3", "J4"].map((name) => [name, { min: -20, max: 20 }]),
    ),
    ...extra,
  };
}

describe("the shared noisy task", () => {
  const spec = readEstimationSpec(noisySpec({ prior: "L2", sweeps: 250, samples: 80 }));
  const summary = summariseEstimate(spec, estimateModel(spec, spec.models[0]!));

  test("the global basin, not the one with the wrong sign of J4, and that one is reported", () => {
    expect(summary.J["J4"]?.value).toBeGreaterThan(5);
    const flipped = summary.otherModes.find(
      (mode) => Math.abs((mode.J["J4"]?.value ?? 0) + 1.04) < 0.1,
    );
    expect(flipped?.weight).toBeLessThan(1e-3);
    expect(flipped?.logPosteriorBelow).toBeGreaterThan(5);
  });

  test("the noise within 10 %, the gap within its error", () => {
    expect(Math.abs(summary.sigma / 0.004 - 1)).toBeLessThan(0.1);
    expect(Math.abs(summary.spinGap_meV!.value - 2.8738)).toBeLessThan(0.03);
    expect(summary.spinGap_meV!.error).toBeGreaterThan(0.008);
    expect(summary.spinGap_meV!.error).toBeLessThan(0.025);
  });

  test("the best fit without a prior and its correlation are those of the reference", () => {
    expect(summary.likelihood.chi2).toBeCloseTo(0.00255041, 8);
    expect(summary.likelihood.J["J1"]?.value).toBeCloseTo(-9.6556, 2);
    expect(summary.likelihood.J["J3"]?.error).toBeCloseTo(0.0384, 2);
    expect(summary.likelihood.correlation["J1"]?.["J2"]).toBeCloseTo(-0.999, 3);
  });
});

test("slopes by Hellmann-Feynman are the derivatives of every quantity, tied couplings included", () => {
  const T = [2, 8, 30];
  const spec = readEstimationSpec({
    ...{ spins: 4, spin: [0.5, 1, 0.5, 1], g: 2.1 },
    bonds: [
      { i: 0, j: 1, coupling: "a" },
      { i: 1, j: 2, coupling: "b", zCoupling: "bz" },
      { i: 2, j: 3, coupling: "c" },
    ],
    couplings: {
      a: { min: -9, max: 9 },
      b: { min: -9, max: 9 },
      bz: { min: -9, max: 9 },
      c: { tiedTo: "a", factor: -0.5 },
    },
    curves: [
      { quantity: "magnetisation", T, H: 7, values: [0, 0, 0] },
      { quantity: "susceptibility", T, H: 3, values: [0, 0, 0] },
      { quantity: "specificHeat", T, H: 11, values: [0, 0, 0] },
    ],
  });
  const noise = { scales: new Float64Array(9).fill(1), known: true };
  const problem = createEstimationProblem(spec, spec.models[0]!, spec.curves, noise);
  const x = Float64Array.of(-2, -1.3, -1.7);
  const { slopes } = problem.leastSquares(0).evaluate(x);
  for (let k = 0; k < 3; k++) {
    const step = 1e-5;
    const up = problem.predict(x.map((v, i) => (i === k ? v + step : v)));
    const down = problem.predict(x.map((v, i) => (i === k ? v - step : v)));
    for (let l = 0; l < 9; l++) {
      const numeric = ((up[l] ?? 0) - (down[l] ?? 0)) / (2 * step);
      expect(Math.abs((slopes[l * 3 + k] ?? 0) - numeric)).toBeLessThan(1e-8);
    }
  }
});

describe("curves of several kinds", () => {
  const T = [2, 4, 6, 9, 13, 18, 25, 40, 70, 120];
  const H = Array.from({ length: 20 }, (_, k) => 2.5 * k);
  const bonds = [
    { i: 0, j: 1, J: -4 },
    { i: 1, j: 2, J: -1.5 },
    { i: 2, j: 3, J: -4 },
  ];
  const truth = solveForward(readForwardSpec({ spins: 4, g: 2, T, H, bonds }));
  const prng = createPrng("several kinds");
  const noisy = (values: readonly number[], sigma: number): number[] =>
    values.map((value) => value + sigma * prng.normal());
  const curves = [
    { T: 2, H, m: noisy(truth.magnetisation[0] ?? [], 0.003) },
    { quantity: "susceptibility", T, values: noisy(truth.susceptibility, 5e-6) },
    { quantity: "specificHeat", T, values: noisy(truth.specificHeat_kB, 0.004) },
  ];
  const labels = ["J1", "J2", "J1"];
  const base = {
    ...{ spins: 4, g: 2, curves, sweeps: 200, samples: 60 },
    bonds: labels.map((coupling, i) => ({ i, j: i + 1, coupling })),
    couplings: { J1: { min: -15, max: 15 }, J2: { min: -15, max: 15 } },
  };

  test("unknown noise levels of three quantities are told apart, the couplings found", () => {
    const spec = readEstimationSpec(base);
    const summary = summariseEstimate(spec, estimateModel(spec, spec.models[0]!));
    const [m = 0, chi = 0, c = 0] = summary.sigmas;
    for (const ratio of [m / 0.003, chi / 5e-6, c / 0.004]) {
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
    const { J1, J2 } = summary.J;
    expect(Math.abs((J1?.value ?? 0) + 4)).toBeLessThan(4 * (J1?.error ?? 0));
    expect(Math.abs((J2?.value ?? 0) + 1.5)).toBeLessThan(4 * (J2?.error ?? 0));
  });

  test("the same seed gives the same answer", () => {
    const spec = readEstimationSpec({ ...base, sweeps: 100 });
    const once = summariseEstimate(spec, estimateModel(spec, spec.models[0]!));
    expect(summariseEstimate(spec, estimateModel(spec, spec.models[0]!))).toEqual(once);
  });

  test("the right structure wins by evidence, a fixed coupling stays", () => {
    const spec = readEstimationSpec({
      ...base,
      couplings: { J1: { min: -15, max: 15 }, J2: { min: -15, max: 15 }, J0: { fixed: 0 } },
      models: [
        { name: "uniform", bonds: [0, 1, 2].map((i) => ({ i, j: i + 1, coupling: "J1" })) },
        {
          name: "J2 absent",
          bonds: ["J1", "J0", "J1"].map((coupling, i) => ({ i, j: i + 1, coupling })),
        },
      ],
    });
    const { estimates, evidence } = compareModels(spec);
    expect(evidence[0]?.model).toBe("bonds");
    expect(evidence[0]?.probability).toBeGreaterThan(0.999);
    const absent = estimates.find((e) => e.problem.model.name === "J2 absent");
    expect(absent && summariseEstimate(spec, absent).J["J0"]).toMatchObject({
      value: 0,
      fixed: true,
    });
  });
});

test("the race finds the global basin with a fifth of multistart's forward calculations", () => {
  const spec = readEstimationSpec(noisySpec());
  const noise = { scales: new Float64Array(145).fill(1), known: false };
  const problem = createEstimationProblem(spec, spec.models[0]!, spec.curves, noise);
  const results = [0, 2].map((seed) => searchModes(problem, createPrng(seed)));
  expect(results.filter((r) => (r.optima[0]?.chi2 ?? 1) < 0.0028).length).toBe(2);
  expect(Math.min(...results.map((r) => r.evaluations))).toBeLessThan(320);
});

describe("bad input is refused before any work", () => {
  test.each([
    [
      "a moment in mu_B",
      { curves: [{ T: 2, H: [0, 50, 60, 70, 80], m: [0, 0.5, 1, 1.04, 1.04] }] },
      "TL-8006",
    ],
    ["fewer values than couplings", { curves: [{ T: 2, H: [0, 50], m: [0, 0.5] }] }, "TL-8007"],
    ["lists of different lengths", { curves: [{ T: 2, H: [0, 50], m: [0] }] }, "TL-8002"],
    ["a coupling without bounds", { couplings: { J1: {}, J2: {}, J3: {}, J4: {} } }, "TL-8002"],
    ["a coupling that is missing", { couplings: { J1: { min: -1, max: 1 } } }, "TL-8002"],
    ["a wrong prior", { prior: "L3" }, "TL-8002"],
    [
      "a negative sigma",
      { curves: [{ T: 2, H: [1, 2, 3, 4, 5], m: [0, 0, 0, 0, 0], sigma: -1 }] },
      "TL-8002",
    ],
    ["a cluster too large to fit", { spins: 20, bonds: longChain(20) }, "TL-8005"],
  ])("%s", (_name, change, code) => {
    expect(() => readEstimationSpec(noisySpec(change))).toThrow(expect.objectContaining({ code }));
  });
});

function longChain(count: number): { i: number; j: number; coupling: string }[] {
  return Array.from({ length: count - 1 }, (_, i) => ({ i, j: i + 1, coupling: "J1" }));
}
