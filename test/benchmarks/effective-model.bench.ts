/**
 * Every row of the effective-model table. `npx tsx test/benchmarks/effective-model.bench.ts [seeds]` (20 by default; about
 * eight minutes on two cores, most of it in the 20 full estimations).
 */
import { readFileSync } from "node:fs";
import { createPrng } from "../../src/core/prng.ts";
import { estimateDearModel } from "../../src/models/effective-model/emulate/estimate-dear.ts";
import { summariseEstimate } from "../../src/models/effective-model/estimate/estimate-summary.ts";
import { createEstimationProblem } from "../../src/models/effective-model/estimate/estimation-problem.ts";
import { readEstimationSpec } from "../../src/models/effective-model/estimate/estimation-spec.ts";
import { solveForward } from "../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../src/models/effective-model/forward/forward-spec.ts";
import { reportCampaigns } from "./effective-model-campaigns.ts";
import { compareDesigns } from "./effective-model-design.ts";
import { type NoisyTask, noisySpec, reportSeeds } from "./effective-model-estimates.ts";
import { compareSearches } from "./effective-model-searches.ts";

interface Reference {
  n_spins: number;
  g: number;
  bonds: { i: number; j: number; J: number }[];
  spin_gap_meV: number;
  gap_to_M1_meV: number;
  ground_energy: number;
  magnetisation: { T: number; H: number[]; m_per_spin: number[] }[];
  zero_field: {
    T: number[];
    chi_per_spin_meV_per_T2: number[];
    specific_heat_per_spin_kB: number[];
  };
}

const FIXTURES = new URL("../fixtures/heisenberg/", import.meta.url);

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FIXTURES), "utf8")) as T;
}

export async function run(): Promise<void> {
  const seeds = Number(process.argv[2] ?? 20);
  const only = process.argv[3];
  const rows: [string, () => void][] = [
    ["shared models", compareSharedModels],
    ["forward time", timeForward],
    ["sixteen spins", timeSixteenSpins],
    ["searches", () => compareSearches(load<NoisyTask>("kcu4p3o12_noisy"), seeds)],
    ["estimates", () => reportSeeds(load<NoisyTask>("kcu4p3o12_noisy"), seeds)],
    ["few calculations", () => compareFewCalculations(load<NoisyTask>("kcu4p3o12_noisy"))],
    ["campaigns", () => reportCampaigns(load<NoisyTask>("kcu4p3o12_noisy"), seeds)],
    ["designs", () => compareDesigns(Math.min(seeds, 10))],
  ];
  for (const [name, row] of rows) {
    if (only === undefined || only === name) row();
  }
}

/** The posterior from some hundred calculations, as a campaign with runners makes them. */
function compareFewCalculations(task: NoisyTask): void {
  const spec = readEstimationSpec({ ...noisySpec(task), prior: "L2", seed: 2 });
  const started_ms = performance.now();
  const estimate = estimateDearModel(spec, spec.models[0]!);
  const { J, spinGap_meV } = summariseEstimate(spec, estimate);
  const { calculations, isTrusted, leaveOneOut_median } = estimate.emulation;
  const couplings = Object.entries(J).map(
    ([name, { value, error }]) => `${name} ${value.toFixed(2)} +- ${error.toFixed(2)}`,
  );
  console.log(
    `shared task, L2, on emulated curves: ${calculations} forward calculations, ${couplings.join(", ")}, gap ${spinGap_meV?.value.toFixed(3)} +- ${spinGap_meV?.error.toFixed(3)} meV, one left out changes ln p by ${leaveOneOut_median.toExponential(1)}, trusted ${isTrusted}, ${((performance.now() - started_ms) / 1000).toFixed(0)} s`,
  );
}

/** Largest difference relative to |b| + floor; the floor is the rounding that the references themselves carry. */
function worst(values: readonly number[], expected: readonly number[], floor: number): number {
  return Math.max(
    ...expected.map((b, k) => Math.abs((values[k] ?? Number.NaN) - b) / (Math.abs(b) + floor)),
  );
}

function compareSharedModels(): void {
  for (const name of ["dimer", "ring4", "dimer_chain4", "kcu4p3o12"]) {
    const reference = load<Reference>(name);
    const base = { spins: reference.n_spins, g: reference.g, bonds: reference.bonds };
    const zero = solveForward(readForwardSpec({ ...base, T: reference.zero_field.T }));
    const magnetisation = Math.max(
      ...reference.magnetisation.map(({ T, H, m_per_spin }) => {
        const [m = []] = solveForward(readForwardSpec({ ...base, T: [T], H })).magnetisation;
        return worst(m, m_per_spin, 1e-7);
      }),
    );
    const figures = {
      gap: worst([zero.spinGap_meV], [reference.spin_gap_meV], 0),
      gapToM1: worst([zero.gapToM1_meV], [reference.gap_to_M1_meV], 0),
      groundEnergy: worst([zero.groundEnergy_meV], [reference.ground_energy], 0),
      magnetisation,
      susceptibility: worst(
        zero.susceptibility,
        reference.zero_field.chi_per_spin_meV_per_T2,
        1e-15,
      ),
      specificHeat: worst(
        zero.specificHeat_kB,
        reference.zero_field.specific_heat_per_spin_kB,
        1e-3,
      ),
    };
    const text = Object.entries(figures).map(([key, value]) => `${key} ${value.toExponential(1)}`);
    console.log(`${name}: largest relative difference: ${text.join(", ")} (reach 1e-9)`);
    if (name === "kcu4p3o12")
      console.log(
        `KCu4P3O12 gap ${zero.spinGap_meV.toFixed(4)} meV (reach 2.8738, published 2.87 +- 0.06)`,
      );
  }
}

/** CPU time of one forward calculation: 8 spins, 145 points. */
function timeForward(): void {
  const spec = readEstimationSpec(noisySpec(load<NoisyTask>("kcu4p3o12_noisy")));
  const noise = { scales: new Float64Array(145).fill(1), known: false };
  const problem = createEstimationProblem(spec, spec.models[0]!, spec.curves, noise);
  const prng = createPrng(1);
  const draw = (): Float64Array =>
    Float64Array.from({ length: 4 }, () => 12 * (2 * prng.next() - 1));
  const least = problem.leastSquares(0);
  const works: [string, (x: Float64Array) => unknown][] = [
    ["values", (x) => problem.predict(x)],
    ["values and derivatives", (x) => least.evaluate(x)],
  ];
  for (const [name, work] of works) {
    for (let k = 0; k < 500; k++) work(draw());
    const count = 2000;
    const cpu = process.cpuUsage();
    for (let k = 0; k < count; k++) work(draw());
    const { user } = process.cpuUsage(cpu);
    console.log(
      `one 8-spin forward calculation, 145 points, ${name}: ${(user / 1000 / count).toFixed(3)} ms (reach 2)`,
    );
  }
}

function timeSixteenSpins(): void {
  const bonds = Array.from({ length: 16 }, (_, i) => ({ i, j: (i + 1) % 16, J: -1 }));
  const started_ms = performance.now();
  const spec = readForwardSpec({ spins: 16, bonds, T: [1, 2, 5, 10, 20, 50], H: [0, 5, 10] });
  const result = solveForward(spec);
  const seconds = (performance.now() - started_ms) / 1000;
  const errors = result.errors?.["specificHeat_kB"] as number[];
  const relative = errors.map((error, t) => error / (result.specificHeat_kB[t] ?? 1));
  console.log(
    `16-spin ring by finite-temperature Lanczos: ${seconds.toFixed(1)} s (reach a minute), E0 ${result.groundEnergy_meV.toFixed(9)}, stated relative error of C at 1..50 K: ${relative.map((r) => r.toExponential(1)).join(" ")}`,
  );
}

if (process.argv[1] === import.meta.filename) {
  await run();
}
