import type { CampaignSpec } from "../../src/domain/campaign.ts";
import { asId } from "../../src/domain/identifiers.ts";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import type { CampaignResult } from "../../src/domain/proposal.ts";
import type { PlannerPort } from "../../src/events/planner-port.ts";

/** What a past view is computed from. */
export interface PastViewSources {
  readonly planner: Pick<PlannerPort, "define" | "learn" | "view">;
  spec(campaignId: string): CampaignSpec | undefined;
  /** Results that count, in the order of the log, without the withdrawn. */
  results(campaignId: string): readonly CampaignResult[];
}

/** Suffix of a campaign's second planner, which learns only the past; no campaign's own id may hold a dot. */
const PAST = ".past";

/**
 * What a planner would have drawn after the first n results: a second planner of the same campaign learns these and
 * nothing else. It goes on from its last n where it can, so that playing a campaign forwards costs one result a step.
 */
export function createPastViews(
  sources: PastViewSources,
): (campaignId: string, observations: number) => Promise<PlannerView> {
  const learnt = new Map<
    string,
    { spec: CampaignSpec | undefined; count: number; lastPosition: number }
  >();
  let queue: Promise<unknown> = Promise.resolve();

  const viewAt = (campaignId: string, observations: number): Promise<PlannerView> => {
    const spec = sources.spec(campaignId);
    const results = sources.results(campaignId).slice(0, observations);
    const pastId = `${campaignId}${PAST}`;
    const before = learnt.get(campaignId);
    const goesOn =
      before !== undefined &&
      before.spec === spec &&
      before.count <= results.length &&
      (before.count === 0 || results[before.count - 1]?.position === before.lastPosition);
    if (!goesOn && spec !== undefined) {
      sources.planner.define({ ...spec, campaignId: asId(pastId) });
    }
    const fresh = results.slice(goesOn ? before.count : 0);
    if (fresh.length > 0) sources.planner.learn(pastId, fresh);
    learnt.set(campaignId, {
      spec,
      count: results.length,
      lastPosition: results.at(-1)?.position ?? 0,
    });
    return sources.planner.view(pastId);
  };

  // One at a time: two sliders must not mix their results in one planner.
  return (campaignId, observations) => {
    const next = queue.then(() => viewAt(campaignId, observations));
    queue = next.catch(() => {});
    return next;
  };
}
