import { reasonInWords } from "../domain/reason.ts";
import { alarmChanges } from "./alarm-changes.ts";
import type { OverviewView } from "./overview-view.ts";

/** Something worth telling a person who isn't looking at the page. */
export interface Notice {
  readonly event: "alarm" | "approval" | "finished";
  readonly subject: string;
  readonly text: string;
}

const OVER = /^(converged|budgetExhausted|stopped|aborted|failed)/;

/**
 * What became true between two overviews: a new alarm, a batch that began to wait, a campaign that ended. What was true
 * already (also at the start of the daemon: hand the first overview over as `before`) is not told again.
 */
export function noticesBetween(before: OverviewView, after: OverviewView): Notice[] {
  const campaigns = new Map(before.campaigns.map((campaign) => [campaign.campaignId, campaign]));
  const raised = alarmChanges(before.alarms, after.alarms).raised.map(
    ({ subject, text }): Notice => ({ event: "alarm", subject, text }),
  );
  const changed = after.campaigns.flatMap((campaign): Notice[] => {
    const { campaignId: subject, title, state, waiting, observations, reasons } = campaign;
    const earlier = campaigns.get(subject);
    const notices: Notice[] = [];
    if (waiting && earlier?.waiting !== true) {
      const reason = reasons.find(({ cause }) => cause === "approval");
      const what = reason === undefined ? "waiting for approval" : reasonInWords(reason);
      notices.push({ event: "approval", subject, text: `“${title}” is ${what}.` });
    }
    if (OVER.test(state) && !OVER.test(earlier?.state ?? "")) {
      const reason = reasons.find(({ kind }) => kind === "endedBecause");
      const why = reason === undefined ? "" : `: ${reasonInWords(reason)}`;
      const text = `“${title}” is over (${state}) after ${observations} measurements${why}.`;
      notices.push({ event: "finished", subject, text });
    }
    return notices;
  });
  return [...raised, ...changed];
}
