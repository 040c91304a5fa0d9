import { experimentOfJob } from "../../../src/domain/job.ts";
import type { CampaignView, ObservationView } from "../../../src/views/campaign-view.ts";
import type { Question } from "./operator-dialog.tsx";

/** Takes a result back. */
export function withdrawal({ campaignId }: CampaignView, { n, jobId }: ObservationView): Question {
  return {
    title: `Withdraw result ${n}?`,
    explanation:
      "The model forgets it, and the point may be measured again. It stays in the log, with your reason.",
    confirm: "Withdraw it",
    isDangerous: true,
    needsReason: true,
    wish: (by, reason) => ({
      ...{ kind: "campaign", campaignId, action: "withdraw", by, reason, jobId },
    }),
  };
}

/** A word on the sample of a result; on the campaign where it has none. */
export function resultComment(
  { campaignId }: CampaignView,
  { n, jobId }: ObservationView,
): Question {
  const sampleId = experimentOfJob(jobId);
  const about = sampleId === "" ? `result ${n}` : `sample ${sampleId} of result ${n}`;
  return {
    title: `A word on ${about}`,
    explanation: "It stays with the sample, for whoever comes after.",
    confirm: "Write it down",
    takesPhotos: true,
    needsReason: true,
    wish: (by, reason) => ({
      ...{ kind: "campaign", campaignId, action: "comment", by },
      ...(sampleId === "" ? { reason: `Result ${n}: ${reason}` } : { reason, sampleId }),
    }),
  };
}
