import { describe, expect, test } from "vitest";
import { createPrng } from "../../../../src/core/prng.ts";
import { estimateDearModel } from "../../../../src/models/effective-model/emulate/estimate-dear.ts";
import { estimateModel } from "../../../../src/models/effective-model/estimate/estimate.ts";
import { summariseEstimate } from "../../../../src/models/effective-model/estimate/estimate-summary.ts";
import { readEstimationSpec } from "../../../../src/models/effective-model/estimate/estimation-spec.ts";
import { isDear } from "../../../../src/models/effective-model/estimate/model-comparison.ts";
import {
  readClassicalSpec,
  solveClassically,
} from "../../../../src/models/effective-model/forward/classical-forward.ts";
import { solveForward } from "../../../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../../../src/models/effective-model/forward/forward-spec.ts";

const SIGMA = 0.002;
const H = [0, 10, 20, 30, 40, 50, 60];

describe("classical spins from a made-up curve (the first paper's case)", () => {
  const bonds = [0, 1, 2, 3, 4].map((i) => ({ i, j: i + 1 }));
  const T = [5, 15];
  const truth = solveClassically(
    readClassicalSpec({
      ...{ spins: 6, spin: "classical", g: 2, T, H },
      bonds: bonds.map((bond) => ({ ...bond, J: -3 })),
    }),
  );
  const prng = createPrng("classical");
  const spec = readEstimationSpec({
    ...{ spins: 6, spin: "classical", g: 2, seed: 2, sweeps: 200, samples: 100 },
    bonds: bonds.map((bond) => ({ ...bond, coupling: "J" })),
    couplings: { J: { min: -20, max: 20 } },
    curves: [
      ...T.map((temperature, t) => ({
        T: temperature,
        H,
        m: (truth.magnetisation[t] ?? []).map((m) => m + SIGMA * prng.normal()),
        sigma: SIGMA,
      })),
      { T, C: truth.specificHeat_kB, sigma: 0.02 },
    ],
  });

  test("the coupling comes back within its error; there is no gap to report", () => {
    expect(isDear(spec, spec.models[0]!)).toBe(true);
    const summary = summariseEstimate(spec, estimateDearModel(spec, spec.models[0]!));
    const { value, error } = summary.J["J"]!;
    expect(error).toBeGreaterThan(0.002);
    expect(error).toBeLessThan(0.1);
    expect(Math.abs(value + 3)).toBeLessThan(4 * error);
    expect(summary.spinGap_meV).toBeUndefined();
    expect(JSON.stringify(summary)).not.toMatch(/null|NaN/);
  });
});

test("few calculations give the posterior that every calculation gives", () => {
  const bonds = [0, 1, 2].map((i) => ({ i, j: i + 1, coupling: i === 1 ? "J2" : "J1" }));
  const J: Record<string, number> = { J1: -5, J2: -2 };
  const T = [3, 12];
  const truth = solveForward(
    readForwardSpec({
      ...{ spins: 4, g: 2.1, T, H },
      bonds: bonds.map(({ i, j, coupling }) => ({ i, j, J: J[coupling] })),
    }),
  );
  const prng = createPrng("dear");
  const spec = readEstimationSpec({
    ...{ spins: 4, g: 2.1, seed: 1, sweeps: 400, samples: 400, bonds, prior: "L2" },
    couplings: { J1: { min: -20, max: 20 }, J2: { min: -20, max: 20 } },
    curves: T.map((temperature, t) => ({
      ...{
        T: temperature,
        H,
        m: (truth.magnetisation[t] ?? []).map((m) => m + SIGMA * prng.normal()),
      },
    })),
  });
  const direct = summariseEstimate(spec, estimateModel(spec, spec.models[0]!));
  const dear = estimateDearModel(spec, spec.models[0]!);
  const few = summariseEstimate(spec, dear);
  expect(dear.emulation.isTrusted).toBe(true);
  expect(few.forwardCalculations["total"]).toBeLessThan(direct.forwardCalculations["total"]! / 50);
  for (const name of ["J1", "J2"]) {
    const [a, b] = [direct.J[name]!, few.J[name]!];
    expect(Math.abs(a.value - b.value)).toBeLessThan(0.5 * a.error);
    expect(b.error / a.error).toBeGreaterThan(0.6);
    expect(b.error / a.error).toBeLessThan(1.6);
  }
  expect(few.sigma / direct.sigma).toBeCloseTo(1, 1);
});
