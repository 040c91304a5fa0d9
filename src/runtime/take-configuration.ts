import type { Logger } from "../core/logger.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import { addsCandidates, changesBetween } from "../domain/extend-campaign.ts";
import { CONFIGURATION } from "../domain/identifiers.ts";
import type { InstrumentPolicies } from "../domain/limits/known-laboratory.ts";
import { factsOfPolicies } from "./policies.ts";
import type { RuntimePorts } from "./ports.ts";
import type { Runtime } from "./runtime.ts";

/** A campaign to run, and whether it starts by itself. */
export interface PlannedCampaign {
  readonly spec: CampaignSpec;
  readonly autoStart: boolean;
}

/**
 * A campaign whose lines of the configuration have been edited since it was last read: candidates added at the end of a
 * table join, what can be changed of a running campaign is changed in the configuration's name (wider limits wait for a
 * person), and the rest is told. What people have changed by `extend` is not touched by lines that stayed the same.
 */
async function takeEdited(
  runtime: Runtime,
  logger: Logger,
  agentId: string,
  spec: CampaignSpec,
): Promise<void> {
  const { campaignId } = spec;
  const before = runtime.lab.configured.get(campaignId) ?? spec;
  if (addsCandidates(before, spec)) {
    logger.info({ campaignId }, "campaign.candidatesAdded");
    await runtime.submit({ type: "campaign.defined", spec });
    return;
  }
  const { changes, others } = changesBetween(before, spec);
  if (others.length > 0) {
    const event = "campaign.settingsDiffer: the log's are used; a new id makes a new campaign";
    logger.warn({ campaignId, settings: others }, event);
  }
  if (Object.keys(changes).length === 0) return;
  const commandId = `${campaignId}.configuration.${runtime.lab.position}`;
  await runtime.submit({
    type: "operator.command",
    campaignId,
    action: "extend",
    commandId,
    by: CONFIGURATION,
    changes,
    message: { source: `agent/${agentId}`, id: commandId },
  });
  const reply = runtime.lab.replies.get(commandId);
  logger.info({ campaignId, ...reply }, "campaign.extended");
}

/** Submits what the configuration says of instruments, where that has changed. */
export async function takeInstruments(
  runtime: Runtime,
  logger: Logger,
  wanted: InstrumentPolicies,
): Promise<void> {
  const { lab } = runtime;
  const facts = factsOfPolicies(wanted);
  const before = factsOfPolicies(lab.policyChange?.wanted ?? lab.policies);
  if (JSON.stringify(facts) === JSON.stringify(before)) return;
  await runtime.submit({ type: "instruments.configured", ...facts });
  const { n: change, wider } = lab.policyChange ?? {};
  if (wider === undefined) logger.info({}, "instruments.configured");
  else logger.warn({ change, wider }, "instruments.configured: what is wider waits for approval");
}

/**
 * Campaigns that the log does not know yet are defined; the settings of known ones are those of the log, but candidates that
 * were added at the end of a table join a campaign that runs.
 */
export async function defineCampaigns(
  runtime: Runtime,
  { logger }: Pick<RuntimePorts, "logger">,
  agentId: string,
  campaigns: readonly PlannedCampaign[],
): Promise<void> {
  for (const { spec, autoStart } of campaigns) {
    const { campaignId } = spec;
    const known = runtime.lab.specs.get(campaignId);
    if (known === undefined) {
      await runtime.submit({ type: "campaign.defined", spec });
    } else {
      await takeEdited(runtime, logger, agentId, spec);
    }
    const commandId = `${campaignId}.autoStart`;
    if (!autoStart || runtime.lab.replies.has(commandId)) continue;
    await runtime.submit({
      type: "operator.command",
      campaignId,
      action: "start",
      commandId,
      by: "configuration",
      message: { source: `agent/${agentId}`, id: commandId },
    });
  }
}
