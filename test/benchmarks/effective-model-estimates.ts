import { estimateModel } from "../../src/models/effective-model/estimate/estimate.ts";
import {
  type EstimateSummary,
  summariseEstimate,
} from "../../src/models/effective-model/estimate/estimate-summary.ts";
import { readEstimationSpec } from "../../src/models/effective-model/estimate/estimation-spec.ts";

export interface NoisyTask {
  readonly g: number;
  readonly curves: readonly {
    readonly T: number;
    readonly H: number[];
    readonly m_per_spin: number[];
  }[];
  readonly truth: { readonly J: number[]; readonly sigma: number; readonly spin_gap_meV: number };
}

/** The shared noisy task as a specification. */
export function noisySpec(
  task: NoisyTask,
  extra: Record<string, unknown> = {},
): Record<string, unknown> {
  const labels = ["J1", "J2", "J3", "J4", "J3", "J2", "J1"];
  const names = ["J1", "J2", "J3", "J4"];
  return {
    ...{ spins: 8, spin: 0.5, g: task.g, seed: 1, curves: task.curves },
    bonds: labels.map((coupling, i) => ({ i, j: i + 1, coupling })),
    couplings: Object.fromEntries(names.map((name) => [name, { min: -20, max: 20 }])),
    ...extra,
  };
}

function estimateOnce(
  task: NoisyTask,
  extra: Record<string, unknown>,
): { summary: EstimateSummary; seconds: number } {
  const started_ms = performance.now();
  const spec = readEstimationSpec(noisySpec(task, extra));
  const summary = summariseEstimate(spec, estimateModel(spec, spec.models[0]!));
  return { summary, seconds: (performance.now() - started_ms) / 1000 };
}

/** Full estimations of the noisy task with many seeds, prior L2 and without one. */
export function reportSeeds(task: NoisyTask, seeds: number): void {
  for (const prior of ["L2", "none"]) {
    const runs = Array.from({ length: prior === "L2" ? seeds : Math.ceil(seeds / 4) }, (_, seed) =>
      estimateOnce(task, { prior, seed: `bench ${seed}` }),
    );
    const count = runs.length;
    const share = (test: (s: EstimateSummary) => boolean): string =>
      `${runs.filter(({ summary }) => test(summary)).length}/${count}`;
    const gapOff = (s: EstimateSummary): number =>
      Math.abs(s.spinGap_meV!.value - task.truth.spin_gap_meV);
    const flipped = (s: EstimateSummary): boolean =>
      s.otherModes.some((mode) => Math.abs((mode.J["J4"]?.value ?? 0) + 1.04) < 0.1);
    const spread = (pick: (s: EstimateSummary) => number): string => {
      const values = runs.map(({ summary }) => pick(summary)).sort((a, b) => a - b);
      return `${values[0]?.toFixed(4)} .. ${values.at(-1)?.toFixed(4)}`;
    };
    console.log(`noisy task, prior ${prior}, ${count} seeds:`);
    console.log(
      `  global basin (J4 > 0, chi2 < 1.1 x best) ${share((s) => (s.J["J4"]?.value ?? 0) > 0 && s.chi2 < 0.002806)} (reach 95 %)`,
    );
    console.log(
      `  sigma within 10 % ${share((s) => Math.abs(s.sigma / task.truth.sigma - 1) < 0.1)}: ${spread((s) => s.sigma)}`,
    );
    console.log(
      `  gap within 0.03 meV ${share((s) => gapOff(s) < 0.03)}, inside its error ${share((s) => gapOff(s) <= s.spinGap_meV!.error)}: ${spread((s) => s.spinGap_meV!.value)}, errors ${spread((s) => s.spinGap_meV!.error)}`,
    );
    console.log(
      `  corr(J1,J2): likelihood ${spread((s) => s.likelihood.correlation["J1"]?.["J2"] ?? 0)}, samples (ranks) ${spread((s) => s.correlation["J1"]?.["J2"] ?? 0)}`,
    );
    console.log(`  sign-flipped second mode reported ${share(flipped)}`);
    console.log(
      `  J2 error ${spread((s) => s.J["J2"]?.error ?? 0)}, forward calculations to the best ${spread((s) => s.evaluations)}`,
    );
    const seconds = runs.map((r) => r.seconds).sort((a, b) => a - b);
    console.log(
      `  time of one estimate with errors: median ${seconds[count >> 1]?.toFixed(1)} s, longest ${seconds.at(-1)?.toFixed(1)} s (reach 60)`,
    );
  }
}
