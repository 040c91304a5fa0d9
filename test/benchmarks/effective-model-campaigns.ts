import { completeForwardCampaign } from "../../config/forward-campaign.ts";
import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { CampaignResult, Proposal } from "../../src/domain/proposal.ts";
import { resolveParameters } from "../../src/domain/recipe.ts";
import {
  createForwardCalculator,
  readRequestText,
} from "../../src/planning/effective-model/forward-calculation.ts";
import { createForwardPlanner } from "../../src/planning/effective-model/forward-planner.ts";
import { type NoisyTask, noisySpec } from "./effective-model-estimates.ts";

/** Of the reference: the least chi^2 of the noisy task without a prior. */
const BEST_CHI2 = 0.0025504133;
const BUDGET = 600;

export interface PlayedCampaign {
  readonly calculations: number;
  readonly batches: number;
  /** Calculations before the posterior was first asked for. */
  readonly searched: number;
  /** Calculations after which chi2 was first at most 1.1 times the reference's best. */
  readonly toBest: number;
  readonly last: Proposal;
  readonly seconds: number;
}

/** A campaign of forward calculations without a daemon: the planner is asked and answered in turn. */
export function playCampaign(
  spec: Readonly<Record<string, unknown>>,
  options: { seed: string; budget: number; searchOnly: boolean },
  goal: number,
): PlayedCampaign {
  const completed = completeForwardCampaign({
    ...{ campaignId: asId("bench"), title: "", seed: options.seed, budget: options.budget },
    ...{ inFlight: 8, approval: "automatic", limits: {}, failuresInARow_max: 3 },
    ...{ goal: "effective-model", model: { forward: {}, spec } },
  }) as { recipe: unknown; model: unknown } & Record<string, unknown>;
  const campaign = { ...completed, recipe: { steps: completed.recipe } } as unknown as CampaignSpec;
  const planner = createForwardPlanner(campaign, campaign.model as never);
  const [step] = campaign.recipe.steps;
  let calculator: ReturnType<typeof createForwardCalculator> | undefined;
  let count = 0;
  let searched = 0;
  let toBest = 0;
  const cpu = process.cpuUsage();
  const values = (spec["curves"] as { m_per_spin?: number[]; m?: number[] }[]).flatMap(
    (curve) => curve.m_per_spin ?? curve.m ?? [],
  );
  for (let n = 1; ; n++) {
    const room = Math.min(8, options.budget - count);
    const proposal = planner.propose({
      ...{ n, count: room, pending: [], excluded: [], seed: options.seed },
    });
    if (searched === 0 && proposal.model.summary["stage"] === "posterior") searched = count;
    const isEnd = proposal.verdict.kind !== "continue" || proposal.points.length === 0;
    if (isEnd || (options.searchOnly && searched > 0))
      return {
        ...{ calculations: count, batches: n - 1, searched, toBest, last: proposal },
        seconds: process.cpuUsage(cpu).user / 1e6,
      };
    const batch: CampaignResult[] = proposal.points.map((point) => {
      const parameters = resolveParameters(step!, point.parameters);
      calculator ??= createForwardCalculator(readRequestText(parameters));
      const observations = calculator.calculate(parameters);
      const found = observations.flatMap((one) =>
        one.kind === "curve" && !one.name.includes(" by ") ? [...one.values] : [],
      );
      const chi2 = found.reduce((sum, v, l) => sum + (v - (values[l] ?? 0)) ** 2, 0);
      if (toBest === 0 && chi2 <= goal) toBest = count + 1;
      return {
        ...{ position: count++, candidateId: point.candidateId, parameters: point.parameters },
        observations,
      };
    });
    planner.learn(batch);
  }
}

/** Campaigns on the noisy task to their ends: basin, calculations, what they say at the end. */
export function reportCampaigns(task: NoisyTask, seeds: number): void {
  const spec = noisySpec(task, { prior: "L2" });
  const runs = Array.from({ length: seeds }, (_, k) =>
    playCampaign(spec, { seed: `bench ${k}`, budget: BUDGET, searchOnly: false }, 1.1 * BEST_CHI2),
  );
  const J = (run: PlayedCampaign, name: string) =>
    (run.last.model.summary["J"] as Record<string, { value: number; error: number }>)[name]!;
  const range = (pick: (run: PlayedCampaign) => number, digits = 0): string => {
    const values = runs.map(pick).sort((a, b) => a - b);
    return [values[0], values[seeds >> 1], values.at(-1)]
      .map((v) => v?.toFixed(digits))
      .join(" / ");
  };
  const share = (test: (run: PlayedCampaign) => boolean): string =>
    `${runs.filter(test).length}/${seeds}`;
  const isGlobal = (run: PlayedCampaign): boolean =>
    Number(run.last.model.summary["chi2"]) < 1.1 * BEST_CHI2 && J(run, "J4").value > 0;
  const isConverged = (run: PlayedCampaign): boolean => run.last.verdict.kind === "converged";
  console.log(`campaigns of forward calculations on the noisy task, L2, ${seeds} seeds:`);
  console.log(
    `  global basin ${share(isGlobal)} (reach 95 %), ended as converged ${share(isConverged)}, converged in another basin ${share((run) => isConverged(run) && !isGlobal(run))}`,
  );
  console.log(
    `  calculations, least / median / most: to 1.1 x the best chi2 ${range((run) => run.toBest)} (reach 284), search ${range((run) => run.searched)}, in all ${range((run) => run.calculations)}`,
  );
  console.log(
    `  J2 ${range((run) => J(run, "J2").value, 2)} +- ${range((run) => J(run, "J2").error, 2)}, CPU ${range((run) => run.seconds)} s`,
  );
}
