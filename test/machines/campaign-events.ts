import type { CampaignContext, MachineEvent, MachineState } from "../../machines/index.ts";

export const CAMPAIGN_INPUT = {
  campaignId: "map",
  approval: "automatic",
  budget: 2,
  inFlight_max: 2,
  waitForWholeBatch: false,
  recipe: {
    steps: [
      { capability: "anneal", parameters: {}, timeLimit_s: 60, repeatable: false, retries: 0 },
    ],
  },
  seed: "1",
  failuresInARow_max: 1,
};

export const point = (candidateId: string) => ({
  candidateId,
  parameters: { x: 0.5 },
  score: 1,
  why: "because",
});

const VERDICTS = [
  { kind: "continue" },
  { kind: "converged", reason: "the map no longer changes" },
  { kind: "exhausted", reason: "nothing is left" },
];
const BY = { commandId: "c1", by: "ada" };

/** Every form of every event of a campaign. */
export function campaignEvents({ context }: MachineState<CampaignContext>): MachineEvent[] {
  const n = context.created;
  const about = {
    experimentId: context.open[0]?.experimentId ?? "map.none",
    candidateId: context.open[0]?.candidateId ?? "none",
  };
  const requests = [context.request?.requestId ?? "none", "an old request"];
  const people = ["start", "pause", "resume", "stop", "abort", "approve", "reject", "withdraw"];
  return [
    ...people.map((action) => ({ type: `campaign.${action}`, ...BY, reason: "lunch" })),
    { type: "campaign.approve", ...BY, refusal: "too hot" },
    { type: "campaign.approve", ...BY, candidateIds: ["nowhere"] },
    { type: "campaign.withdraw", ...BY, withdrawn: 1 },
    { type: "campaign.approve", ...BY, behaviour: 4, batch: context.batches },
    { type: "campaign.approve", ...BY, behaviour: 4, batch: 99 },
    { type: "campaign.approve", ...BY, change: 1 },
    { type: "campaign.approve", ...BY, by: "bob", change: 1 },
    { type: "campaign.reject", ...BY, change: 1 },
    { type: "campaign.extend", ...BY, changes: { inFlight: 2 } },
    { type: "campaign.extend", ...BY, changes: { stop: { error_max: 0.1 }, budget: 2 } },
    { type: "campaign.extend", ...BY, changes: {}, wider: { temperature_K: { max: 900 } } },
    { type: "campaign.extend", ...BY, refusal: "no axis is called temprature_K" },
    { type: "campaign.comment", ...BY },
    { type: "campaign.tell", ...BY },
    { type: "campaign.tell", ...BY, refusal: "no candidate lies there" },
    { type: "campaign.propose", ...BY, points: [point(`h${n}`)] },
    { type: "campaign.propose", ...BY, points: [point(`h${n}`)], needsApproval: true },
    { type: "campaign.propose", ...BY, points: [point(about.candidateId)] },
    { type: "campaign.propose", ...BY, refusal: "no candidate lies there" },
    { type: "campaign.reread", ...BY, inWords: "unknown-1 is tau" },
    { type: "campaign.reread", ...BY, inWords: "all patterns", isReading: true },
    { type: "campaign.reread", ...BY, refusal: "there is no unknown phase unknown-9" },
    { type: "campaign.wasReread" },
    ...requests.flatMap((requestId) => [
      ...VERDICTS.map((verdict) => ({
        type: "campaign.proposed",
        requestId,
        points: [point(`p${n}`), point(`p${n + 1}`)],
        refused: [],
        verdict,
      })),
      {
        type: "campaign.proposed",
        requestId,
        points: [],
        refused: [{ candidateId: "hot", why: "too hot" }],
        verdict: VERDICTS[0],
      },
      { type: "campaign.planFailed", requestId, reason: "singular" },
    ]),
    { type: "experiment.observed", ...about },
    { type: "experiment.failed", ...about, reason: "failedOnInstrument" },
    { type: "experiment.failed", ...about, reason: "instrumentLost" },
    { type: "experiment.abandoned", ...about },
    { type: "experiment.lapsed", ...about },
    { type: "campaign.doubt" },
    { type: "campaign.hindered", hindrance: "the furnace is too hot" },
    { type: "campaign.hindered" },
    { type: "campaign.settled" },
    { type: "safety.emergencyStop", active: true, by: "ada" },
    { type: "safety.emergencyStop", active: false, by: "ada" },
    { type: "timer.fired", timerId: context.timerId ?? "none" },
    { type: "timer.fired", timerId: "an old timer" },
  ];
}

/**
 * What a campaign's behaviour depends on, coarse enough to be explored whole: how often it was suspended is told apart
 * only before its first result, and an emergency only where a state asks about it.
 */
export function campaignKey({ states, context }: MachineState<CampaignContext>): string {
  const asksForEmergency = ["validated", "emergencyStopped"].includes(states[0] ?? "");
  return JSON.stringify([
    states,
    context.observed >= context.budget,
    context.open.length,
    context.waiting.length > 0,
    context.widening !== undefined,
    context.request !== undefined,
    context.ending !== undefined,
    context.hindrance !== undefined,
    context.observed === 0 ? Math.min(context.suspensions, 4) : 0,
    asksForEmergency && context.isEmergency,
  ]);
}
