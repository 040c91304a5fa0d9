import type { Logger } from "../core/logger.ts";
import { reasonInWords } from "../domain/reason.ts";
import type { LabEvent } from "../events/lab-event.ts";
import { reasonsOfCampaign } from "./campaign-reasons.ts";
import { FINAL_STATES } from "./final-states.ts";
import { type Lab, stateName } from "./lab.ts";

/**
 * One line in the daemon's log for each campaign that begins, ends, is suspended, paused or waits for an approval, and for
 * each instrument that comes or goes: what a person finds in a file the next morning. Call it after every live event.
 */
export function createChangeTeller(logger: Logger): (event: LabEvent, lab: Lab) => void {
  const campaigns = new Map<string, Told>();
  const instruments = new Map<string, string>();
  let isPrimed = false;
  const over = new Set<string>();
  return ({ fact }, lab) => {
    for (const id of new Set([...lab.live, ...campaigns.keys()])) {
      const now = toldOf(lab, id);
      const before = campaigns.get(id);
      if (isPrimed) tellCampaign(logger, lab, id, { before, now, wasOver: over.has(id) });
      if (lab.live.has(id)) campaigns.set(id, now);
      else {
        campaigns.delete(id);
        over.add(id);
      }
    }
    if (isPrimed && !CHANGES_CONNECTIONS.has(fact.type)) return;
    for (const id of lab.instrumentIds) {
      const now = connectionOf(lab, id);
      const before = instruments.get(id);
      instruments.set(id, now);
      if (!isPrimed || now === before) continue;
      if (now === "online") logger.info({ instrumentId: id }, "instrument.came");
      else if (before !== undefined)
        logger.warn({ instrumentId: id, connection: now }, "instrument.went");
    }
    isPrimed = true;
  };
}

const CHANGES_CONNECTIONS: ReadonlySet<string> = new Set([
  "daemon.started",
  "instrument.online",
  "instrument.birth",
  "instrument.state",
  "timer.fired",
  "job.unknown",
]);

interface Told {
  readonly state: string;
  /** The number of the batch that waits for a person. */
  readonly waitingBatch: number | undefined;
}

function toldOf(lab: Lab, campaignId: string): Told {
  const campaign = lab.machines.campaign.get(campaignId);
  const { waiting = [], batches } = campaign?.context ?? {};
  return {
    state: campaign === undefined ? "" : stateName(campaign),
    waitingBatch: waiting.length === 0 ? undefined : batches,
  };
}

interface Change {
  readonly before: Told | undefined;
  readonly now: Told;
  /** It was over, and goes on under other settings. */
  readonly wasOver: boolean;
}

function tellCampaign(
  logger: Logger,
  lab: Lab,
  campaignId: string,
  { before, now, wasOver }: Change,
): void {
  if (now.waitingBatch !== undefined && now.waitingBatch !== before?.waitingBatch) {
    const why = sentence(lab, campaignId, "approval");
    logger.info({ campaignId, batch: now.waitingBatch, why }, "campaign.waitsForApproval");
  }
  if (now.state === before?.state) return;
  const why = sentence(lab, campaignId);
  if (now.state === "running") {
    const isFirst = (before === undefined && !wasOver) || before?.state === "validated";
    const event = isFirst ? "begun" : "goesOn";
    logger.info({ campaignId }, `campaign.${event}`);
  } else if (FINAL_STATES.has(now.state)) {
    const { observed, budget } = lab.machines.campaign.get(campaignId)?.context ?? {};
    const fields = { campaignId, state: now.state, measured: observed, budget, why };
    logger[now.state === "failed" ? "error" : "info"](fields, "campaign.ended");
  } else if (now.state === "suspended" || now.state === "emergencyStopped") {
    logger.warn({ campaignId, why }, "campaign.suspended");
  } else if (now.state === "paused") {
    logger.info({ campaignId, why }, "campaign.paused");
  }
}

/** The first reason, in the words of the page. */
function sentence(lab: Lab, campaignId: string, cause?: string): string | undefined {
  const reasons = reasonsOfCampaign(lab, campaignId);
  const reason = reasons.find((one) => cause === undefined || one.cause === cause);
  return reason && reasonInWords(reason);
}

function connectionOf(lab: Lab, instrumentId: string): string {
  const states = lab.machines.instrument.get(instrumentId)?.states ?? [];
  return states.find((state) => state.startsWith("connection."))?.slice("connection.".length) ?? "";
}
