import { createPrng } from "../../src/core/prng.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { CampaignResult } from "../../src/domain/proposal.ts";
import { solveForward } from "../../src/models/effective-model/forward/forward.ts";
import { readForwardSpec } from "../../src/models/effective-model/forward/forward-spec.ts";
import { createEffectiveModelPlanner } from "../../src/planning/effective-model/effective-model-planner.ts";

const LABELS = ["J1", "J2", "J3", "J4", "J3", "J2", "J1"];
const TRUTH: Record<string, number> = { J1: -8.54, J2: -2.67, J3: -3.9, J4: 6.24 };
const T = [1.3, 4.2, 10, 20, 30];
const H = Array.from({ length: 29 }, (_, k) => 2.5 * k);
const SIGMA = 0.004;
const ERROR_MAX = 0.02;
const GAP = 2.8738;
const EVEN_COUNTS = [10, 15, 20, 30, 40, 50, 60, 75, 90, 110, 145];

/** Even grids are slow to find (a posterior a count): for so many seeds. */
const EVEN_SEEDS = 3;

/** Points that a campaign needs to know the gap of the KCu4P3O12 chain to 0.02 meV, against even grids. */
export function compareDesigns(seeds: number): void {
  const truth = solveForward(
    readForwardSpec({
      ...{ spins: 8, g: 2.08, T, H },
      bonds: LABELS.map((name, i) => ({ i, j: i + 1, J: TRUTH[name] })),
    }),
  );
  const value = (p: Parameters): number =>
    truth.magnetisation[T.indexOf(Number(p["temperature_K"]))]?.[H.indexOf(Number(p["field_T"]))] ??
    Number.NaN;
  const offs: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const ours = playCampaign(seed, value);
    offs.push((ours.gap - GAP) / ours.error);
    const even = seed < EVEN_SEEDS ? `; even grid ${playEven(seed, value)} points (reach 1/3)` : "";
    console.log(
      `design, seed ${seed}: gap to ${ERROR_MAX} meV after ${ours.points} chosen points (${ours.gap.toFixed(4)} +- ${ours.error.toFixed(4)}, off by ${offs.at(-1)?.toFixed(1)} errors)${even}`,
    );
  }
  const within = (errors: number): number => offs.filter((off) => Math.abs(off) <= errors).length;
  const rms = Math.sqrt(offs.reduce((sum, off) => sum + off * off, 0) / seeds);
  console.log(
    `  gap within 1 / 2 stated errors: ${within(1)} / ${within(2)} of ${seeds} (honest: 68 % / 95 %), root mean square ${rms.toFixed(2)} errors`,
  );
}

function campaignOf(seed: number): CampaignSpec {
  const names = Object.keys(TRUTH);
  return {
    ...{ campaignId: asId("bench"), title: "", seed: String(seed), budget: 200, inFlight: 2 },
    ...{ waitForWholeBatch: true, approval: "automatic", limits: {}, failuresInARow_max: 3 },
    recipe: { steps: [] },
    space: {
      kind: "grid",
      axes: [
        { name: "temperature_K", values: T },
        { name: "field_T", values: H },
      ],
    },
    goal: "effective-model",
    model: {
      spec: {
        ...{ spins: 8, g: 2.08, prior: "none" },
        bonds: LABELS.map((coupling, i) => ({ i, j: i + 1, coupling })),
        couplings: Object.fromEntries(names.map((name) => [name, { min: -20, max: 20 }])),
      },
      target: { quantity: "spinGap_meV", error_max: ERROR_MAX },
      sigma: SIGMA,
    },
  };
}

function makeResult(
  parameters: Parameters,
  position: number,
  value: number,
  seed: number,
): CampaignResult {
  const noise = SIGMA * createPrng(`design ${seed} ${position}`).normal();
  const observation = { kind: "objective", name: "magnetisation", unit: "1" } as const;
  return {
    ...{ position, candidateId: `p${position}`, parameters },
    observations: [{ ...observation, value: value + noise, standardUncertainty: SIGMA }],
  };
}

interface Outcome {
  readonly points: number;
  readonly gap: number;
  readonly error: number;
}

function playCampaign(seed: number, value: (p: Parameters) => number): Outcome {
  const planner = createEffectiveModelPlanner(campaignOf(seed));
  let points = 0;
  for (let n = 1; ; n++) {
    const proposal = planner.propose({ n, count: 1, pending: [], excluded: [], seed: "bench" });
    const summary = proposal.model.summary as { value: number; error: number };
    if (proposal.verdict.kind !== "continue" || n > 60)
      return { points, gap: summary.value, error: summary.error };
    planner.learn(
      proposal.points.map(({ parameters }) =>
        makeResult(parameters, points++, value(parameters), seed),
      ),
    );
  }
}

/** The fewest points of an evenly spread grid whose posterior reaches the error. */
function playEven(seed: number, value: (p: Parameters) => number): number {
  const all = T.flatMap((temperature_K) => H.map((field_T) => ({ temperature_K, field_T })));
  for (const count of EVEN_COUNTS) {
    const planner = createEffectiveModelPlanner(campaignOf(seed));
    const chosen = Array.from(
      { length: count },
      (_, k) => all[Math.floor(((k + 0.5) * all.length) / count)]!,
    );
    planner.learn(chosen.map((p, k) => makeResult(p, k, value(p), seed)));
    const proposal = planner.propose({ n: 1, count: 1, pending: [], excluded: [], seed: "bench" });
    if (proposal.verdict.kind === "converged") return count;
  }
  return Number.POSITIVE_INFINITY;
}
