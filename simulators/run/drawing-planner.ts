import { createPrng } from "../../src/core/prng.ts";
import type { Candidate } from "../../src/domain/candidate.ts";
import { listCandidates } from "../../src/domain/candidates.ts";
import type { PlannerPort } from "../../src/index.ts";

type Spec = Parameters<PlannerPort["define"]>[0];
type Asked = Parameters<PlannerPort["propose"]>[1];
type Answer = Awaited<ReturnType<PlannerPort["propose"]>>;

interface Campaign {
  readonly spec: Spec;
  readonly candidates: readonly Candidate[];
  /** Positions of what it has been taught, in the order of the teaching. */
  readonly taught: number[];
}

/**
 * Planners that draw their points from the seed and look at nothing: the loop is proved with it, not the models, which
 * have benchmarks of their own. Some points lie beyond limits on purpose. What it is taught is watched: each result once,
 * in the order of the log.
 */
export function createDrawingPlanner(onMistake: (detail: string) => void): PlannerPort {
  const campaigns = new Map<string, Campaign>();
  return {
    define: (spec) => {
      const known = campaigns.get(spec.campaignId)?.candidates;
      const candidates = known ?? listCandidates(spec.space);
      campaigns.set(spec.campaignId, { spec, candidates, taught: [] });
    },
    learn: (campaignId, results) => {
      const taught = campaigns.get(campaignId)?.taught ?? [];
      for (const { position } of results) {
        if (position <= (taught.at(-1) ?? 0))
          onMistake(`result ${position} after ${taught.at(-1)} of ${campaignId}`);
        taught.push(position);
      }
    },
    forget: (campaignId, positions) => {
      const taught = campaigns.get(campaignId)?.taught ?? [];
      for (const position of positions)
        if (!taught.includes(position)) onMistake(`result ${position} was never taught`);
    },
    propose: (campaignId, request) => {
      const campaign = campaigns.get(campaignId);
      return campaign === undefined
        ? Promise.reject(new Error(`There is no campaign ${campaignId}`))
        : Promise.resolve(draw(campaign, request));
    },
    view: () => Promise.reject(new Error("It has no model to show")),
    stop: () => Promise.resolve(),
  };
}

function draw({ candidates, taught }: Campaign, request: Asked): Answer {
  const { n, count, pending, excluded, seed } = request;
  const prng = createPrng(`${seed}/draw/${n}`);
  const barred = new Set([...excluded, ...pending.map((one) => one.candidateId)]);
  const points: Answer["points"][number][] = [];
  // Drawn with many misses at worst: the space is much larger than what is in flight.
  for (let k = 0; k < 50 * count && points.length < count; k++) {
    const found = candidates[prng.integer(candidates.length)] as Candidate;
    if (barred.has(found.candidateId)) continue;
    barred.add(found.candidateId);
    points.push({ ...found, score: 1, why: "drawn" });
  }
  return {
    points,
    verdict: { kind: "continue" },
    model: { observations: taught.length, method: "drawn", hyperparameters: {}, summary: {} },
    warnings: [],
    plannerVersion: 0,
  };
}
