import { reply } from "./campaign-actions.ts";
import { refuseWithReason } from "./campaign-consent.ts";
import { relearn, setupCampaign } from "./campaign-setup.ts";

/** The reply says what is done; patterns that are to be read are read by the daemon, in the background. */
const acceptReread = setupCampaign.enqueueActions((args) => {
  const { context, event, enqueue } = args;
  if (event.type !== "campaign.reread") return;
  const { commandId, inWords = "", isReading } = event;
  enqueue({ type: "effect", params: reply(args, true, `${inWords}.`) });
  if (isReading !== true) return;
  const { campaignId } = context;
  const command = { type: "rereadPatterns" as const, campaignId, commandId };
  enqueue({ type: "effect", params: { kind: "command", command } });
});

/** What samples showed is seen with other eyes: an end that was decided before is thought over. */
const thinkOver = setupCampaign.assign({ ending: undefined });

/** Names of phases and readings of patterns may change in every state, also when all is over. */
export const rereading = {
  "campaign.reread": [refuseWithReason, { actions: [acceptReread, thinkOver, relearn] }],
  "campaign.wasReread": { actions: [thinkOver, relearn] },
} as const;

/** Before the start there is nothing to think over. */
export const rereadingBeforeStart = {
  "campaign.reread": [refuseWithReason, { actions: acceptReread }],
  "campaign.wasReread": {},
} as const;
