import type { CampaignView } from "./campaign-view.ts";
import type { Results } from "./results.ts";

/**
 * A campaign as it stood after its first `results` results: what the time slider shows of header, plots and lists. What nobody
 * kept (jobs under way then, the batch) is empty, not today's.
 *
 * @param observations all that count, oldest first
 */
export function campaignThen(
  campaign: CampaignView,
  observations: Results,
  results: number,
): CampaignView {
  const last = results > 0 ? observations.at(results - 1) : undefined;
  const next = observations.at(results);
  // Until the next result comes, everything that was decided or learnt belongs to this one.
  const until_ms = next?.time_ms ?? Number.POSITIVE_INFINITY;
  const history = campaign.history.filter((sample) => sample.observations <= results);
  const sample = history.at(-1);
  const { model } = campaign;
  return {
    ...campaign,
    state: "past",
    stateReason: undefined,
    budget: { ...campaign.budget, used: last?.n ?? 0 },
    jobs: [],
    inFlight: 0,
    waits: 0,
    reasons: [],
    batch: undefined,
    waiting: undefined,
    change: undefined,
    observations: {
      ...campaign.observations,
      total: results,
      recent: [
        ...observations.slice(Math.max(0, results - campaign.observations.recent.length), results),
      ],
      setAside: undefined,
    },
    history,
    phaseFractions: undefined,
    model:
      model === undefined || sample === undefined
        ? undefined
        : {
            ...model,
            version: history.length,
            observations: sample.observations,
            summary: sample.figures,
          },
    verdict: undefined,
    warnings: [],
    decisions: campaign.decisions.filter(({ time_ms }) => time_ms < until_ms),
    remaining_s: undefined,
  };
}
