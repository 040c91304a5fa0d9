import { createPrng } from "../../src/core/prng.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { OptimiseSettings } from "../../src/domain/goal-settings.ts";
import type { CampaignResult } from "../../src/domain/proposal.ts";
import { paperCampaign } from "../../src/evaluation/paper-campaign.ts";
import { addExpectedHypervolume } from "../../src/models/optimise/acquisition/expected-hypervolume.ts";
import { nonDominatedBoxes } from "../../src/models/optimise/acquisition/pareto.ts";
import { scheduledCount } from "../../src/models/optimise/surrogate.ts";
import { createOptimisePlanner } from "../../src/planning/optimise/optimise-planner.ts";
import { median } from "../support/statistics.ts";
import { reportRow } from "./optimise-report.ts";

/** Processor time of this process so far, ms: what the peers were timed in, and the same on a busy machine as on a quiet one. */
export function cpu_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A pool of uniform points in [-2, 2]^3 with a smooth function of many hills, as the peers were timed on. */
export function timingPool(count: number): { rows: Parameters[]; y: Float64Array } {
  const prng = createPrng("timing");
  const rows = Array.from({ length: count }, () => ({
    a: 4 * prng.next() - 2,
    b: 4 * prng.next() - 2,
    c: 4 * prng.next() - 2,
  }));
  const y = Float64Array.from(
    rows,
    ({ a, b, c }) => Math.sin(3 * a) + Math.cos(2 * b) * a + Math.sin(c * b) - 0.2 * c * c,
  );
  return { rows, y };
}

/** A planner that has learnt `measured` results, and a way to teach it more. */
export function taughtPlanner(
  count: number,
  measured: number,
  model: Partial<OptimiseSettings> = {},
) {
  const { rows, y } = timingPool(count);
  const settings: OptimiseSettings = { objectives: [{ name: "y", direction: "max" }], ...model };
  const planner = createOptimisePlanner(
    paperCampaign({ goal: "optimise", model: settings }, { kind: "table", rows }, "1"),
  );
  const result = (row: number): CampaignResult => ({
    position: row,
    candidateId: `c${row}`,
    parameters: rows[row] ?? {},
    observations: [{ kind: "objective", name: "y", value: y[row] ?? 0, unit: "1" }],
  });
  planner.learn(Array.from({ length: measured }, (_, row) => result(row)));
  let known = measured;
  const ask = (batch: number): number => {
    const started_ms = cpu_ms();
    planner.propose({ n: known, count: batch, pending: [], excluded: [], seed: "1" });
    return cpu_ms() - started_ms;
  };
  return {
    ask,
    /** Learns one more result and proposes; ms. */
    step: (batch: number): number => {
      planner.learn([result(known++)]);
      return ask(batch);
    },
    count: () => known,
  };
}

/** Proposals with kept hyperparameters at `measured` results and onwards, and the one that learns them anew; ms. */
export function timeProposals(count: number, measured: number, model: Partial<OptimiseSettings>) {
  const planner = taughtPlanner(count, measured, model);
  // A daemon that runs for weeks has compiled code; so has this from here on.
  for (let k = 0; k < 20; k++) planner.ask(k % 2 === 0 ? 1 : 10);
  const fixed: number[] = [];
  while (scheduledCount(planner.count() + 1) === scheduledCount(planner.count()))
    fixed.push(planner.step(1));
  const relearnt = planner.step(1);
  const batch = [planner.step(10), planner.step(10), planner.step(10)];
  return { fixed_ms: median(fixed), relearnt_ms: relearnt, batch_ms: median(batch) };
}

export function reportTimes(): void {
  const small = timeProposals(10_000, 200, {});
  reportRow(
    "N 1e4, M 200: proposal, model kept",
    `${small.fixed_ms.toFixed(1)} ms`,
    "<= 10 ms",
    "190 ms",
  );
  reportRow("N 1e4, M 200: re-learnt", `${small.relearnt_ms.toFixed(0)} ms`, "<= 1 s", "5.9 s");
  reportRow("N 1e4, M 200: batch of 10", `${small.batch_ms.toFixed(0)} ms`, "<= 300 ms", "~17 s");
  const large = timeProposals(100_000, 200, {});
  reportRow(
    "N 1e5, M 200: proposal, model kept",
    `${large.fixed_ms.toFixed(0)} ms`,
    "<= 100 ms",
    "2.0 s",
  );
  const thompson = timeProposals(100_000, 200, { acquisition: "thompson" });
  reportRow(
    "N 1e5: Thompson sampling",
    `${thompson.fixed_ms.toFixed(0)} ms`,
    "<= 300 ms",
    "impossible",
  );
  reportRow("EHVI, N 1e4, front of 40", `${timeHypervolume().toFixed(0)} ms`, "<= 100 ms", "41 s");
}

/** One scoring of 10 000 candidates by exact two-objective expected hypervolume improvement; ms, median of 5. */
function timeHypervolume(): number {
  const prng = createPrng("front");
  const front = Array.from({ length: 40 }, (_, k) => [k / 40, Math.sqrt(1 - (k / 40) ** 2)]);
  const normals = () => Float64Array.from({ length: 10_000 }, () => prng.normal());
  const belief = {
    means: [normals(), normals()],
    variances: [normals(), normals()].map((values) => values.map((v) => 0.01 + v * v)),
  };
  return median(
    Array.from({ length: 5 }, () => {
      const started_ms = cpu_ms();
      addExpectedHypervolume(belief, nonDominatedBoxes(front, [0, 0]), 1, new Float64Array(10_000));
      return cpu_ms() - started_ms;
    }),
  );
}

/** Thirty thousand results over a pool of a hundred thousand: the first proposal and one that follows a further result. */
export function reportManyResults(): void {
  const planner = taughtPlanner(100_000, 30_000);
  const first = planner.ask(1);
  const next = planner.step(1);
  reportRow(
    "30 000 results, N 1e5: first proposal",
    `${(first / 1000).toFixed(1)} s`,
    "< 5 s",
    "history capped",
  );
  reportRow(
    "30 000 results, N 1e5: after one more",
    `${(next / 1000).toFixed(2)} s`,
    "< 5 s",
    "history capped",
  );
}
