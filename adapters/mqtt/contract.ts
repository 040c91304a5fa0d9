import type { z } from "zod";
import * as schema from "./message-schemas.ts";

/** One message of the contract: where it goes, how, and what it says. */
export interface MessageDefinition<Data = unknown> {
  /** Below `tieline/v1/{site}/`; `{..}` stands for one identifier. */
  readonly topic: string;
  /** `type` of the CloudEvents envelope. */
  readonly type: string;
  readonly from: "instrument" | "agent" | "operator" | "anyone";
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly data: z.ZodType<Data>;
  readonly summary: string;
}

function define<Data>(
  topic: string,
  type: string,
  how: string,
  data: z.ZodType<Data>,
  summary: string,
): MessageDefinition<Data> {
  const [from, qos, retain] = how.split(" ");
  return {
    topic,
    type: `tieline.${type}`,
    from: from as MessageDefinition["from"],
    qos: qos === "0" ? 0 : 1,
    retain: retain === "R",
    data,
    summary,
  };
}

const INSTRUMENT = "instrument/{instrumentId}";
const COMMAND = `${INSTRUMENT}/command`;
const JOB = `${INSTRUMENT}/job/{jobId}`;
const CAMPAIGN = "campaign/{campaignId}";
const OPERATE = `${CAMPAIGN}/command`;

/**
 * The contract, version 1: every message, once. Third argument: who sends it, QoS, `R` where it is retained.
 */
export const MESSAGES = {
  instrumentOnline: define(
    `${INSTRUMENT}/online`,
    "instrument.online",
    "instrument 1 R",
    schema.online,
    "The instrument is there; its will says that it is not.",
  ),
  instrumentBirth: define(
    `${INSTRUMENT}/birth`,
    "instrument.birth",
    "instrument 1 R",
    schema.birth,
    "What the instrument is and can do; sent when its controller starts.",
  ),
  instrumentState: define(
    `${INSTRUMENT}/state`,
    "instrument.state",
    "instrument 1 R",
    schema.instrumentState,
    "Where the instrument stands; ordered by (bootId, seq).",
  ),
  telemetry: define(
    `${INSTRUMENT}/telemetry/{channel}`,
    "instrument.telemetry",
    "instrument 0",
    schema.telemetry,
    "One reading; shown, not kept.",
  ),
  jobStart: define(
    `${COMMAND}/start`,
    "job.start",
    "agent 1",
    schema.jobStart,
    "Do this job, if it is not older than validFor_s and notAfter, and the epoch not older than one you have seen.",
  ),
  jobHold: define(`${COMMAND}/hold`, "job.hold", "agent 1", schema.jobControl, "Hold the job."),
  jobResume: define(
    `${COMMAND}/resume`,
    "job.resume",
    "agent 1",
    schema.jobControl,
    "Go on with a held job.",
  ),
  jobCancel: define(
    `${COMMAND}/cancel`,
    "job.cancel",
    "agent 1",
    schema.jobControl,
    "End the job in a safe state; answer failed (or result, if it was done).",
  ),
  jobReconcile: define(
    `${COMMAND}/reconcile`,
    "job.reconcile",
    "agent 1",
    schema.jobReconcile,
    "Say for each job where it stands: accepted, progress, result, failed, rejected or unknown.",
  ),
  jobAccepted: define(
    `${JOB}/accepted`,
    "job.accepted",
    "instrument 1",
    schema.jobAccepted,
    "The instrument has begun the job, or will.",
  ),
  jobRejected: define(
    `${JOB}/rejected`,
    "job.rejected",
    "instrument 1",
    schema.jobEnded,
    "The instrument did not begin the job.",
  ),
  jobProgress: define(
    `${JOB}/progress`,
    "job.progress",
    "instrument 0",
    schema.jobProgress,
    "How far the job is, 0..1.",
  ),
  jobResult: define(
    `${JOB}/result`,
    "job.result",
    "instrument 1",
    schema.jobResult,
    "What was observed; resent under the same id until ack.",
  ),
  jobFailed: define(
    `${JOB}/failed`,
    "job.failed",
    "instrument 1",
    schema.jobEnded,
    "The job ended without a result; resent under the same id until ack.",
  ),
  jobUnknown: define(
    `${JOB}/unknown`,
    "job.unknown",
    "instrument 1",
    schema.jobUnknown,
    "Answer to reconcile: the instrument has no record of the job.",
  ),
  jobAck: define(
    `${JOB}/ack`,
    "job.ack",
    "agent 1",
    schema.jobAck,
    "The result is on disk; the instrument may forget it.",
  ),
  campaignStart: operate("start", schema.operatorCommand, "Begin the campaign."),
  campaignPause: operate("pause", schema.operatorCommand, "Start nothing new."),
  campaignResume: operate("resume", schema.operatorCommand, "Go on."),
  campaignStop: operate("stop", schema.operatorCommand, "End when the jobs in flight are done."),
  campaignAbort: operate("abort", schema.operatorCommand, "End now: cancel the jobs in flight."),
  campaignApprove: operate(
    "approve",
    schema.operatorDecision,
    "Let run what batch n showed and still waits, or with candidateIds these points of it; or take change n.",
  ),
  campaignReject: operate(
    "reject",
    schema.operatorDecision,
    "Do not run a batch; with candidateIds only these points of it; or drop change n.",
  ),
  campaignExtend: operate(
    "extend",
    schema.operatorExtension,
    "Change the settings of a campaign that runs; wider limits wait for somebody else.",
  ),
  campaignPropose: operate(
    "propose",
    schema.operatorProposal,
    "Put points of a person's own into the batch.",
  ),
  campaignWithdraw: operate(
    "withdraw",
    schema.operatorWithdrawal,
    "Take back the observation of a job: it was wrong.",
  ),
  campaignReport: operate(
    "report",
    schema.operatorReport,
    "What became of a step that is a person's: done, with what was found, or failed.",
  ),
  campaignComment: operate(
    "comment",
    schema.operatorComment,
    "A word on a sample, or for the next shift.",
  ),
  campaignTell: operate(
    "tell",
    schema.operatorTold,
    "The result of an earlier experiment, at one point.",
  ),
  campaignReread: operate(
    "reread",
    schema.operatorReread,
    "Call an unknown phase by a name, or read every pattern of the campaign again.",
  ),
  campaignState: define(
    `${CAMPAIGN}/state`,
    "campaign.state",
    "agent 1 R",
    schema.campaignState,
    "Where the campaign stands.",
  ),
  campaignBatch: define(
    `${CAMPAIGN}/batch`,
    "campaign.batch",
    "agent 1 R",
    schema.campaignBatch,
    "Every point that waits for a person, each with its reason; where none waits, those chosen last.",
  ),
  campaignModel: define(
    `${CAMPAIGN}/model`,
    "campaign.model",
    "agent 1 R",
    schema.campaignModel,
    "A summary of what the model has learnt.",
  ),
  campaignReply: define(
    `${CAMPAIGN}/reply`,
    "campaign.reply",
    "agent 1",
    schema.campaignReply,
    "Whether an operator's command was accepted.",
  ),
  dashboardView: define(
    "dashboard/{view}",
    "dashboard.view",
    "agent 0 R",
    schema.dashboardView,
    "A precomputed view, at most one a second.",
  ),
  dashboardCampaign: define(
    "dashboard/campaign/{campaignId}",
    "dashboard.view",
    "agent 0 R",
    schema.dashboardView,
    "The precomputed view of one campaign, at most one a second.",
  ),
  dashboardInstrument: define(
    "dashboard/instrument/{instrumentId}",
    "dashboard.view",
    "agent 0 R",
    schema.dashboardView,
    "The precomputed view of one instrument, at most one a second.",
  ),
  agentOnline: define(
    "agent/{agentId}/online",
    "agent.online",
    "agent 1 R",
    schema.agentOnline,
    "The agent is there; its will says that it is not.",
  ),
  emergencyStop: define(
    "safety/emergency-stop",
    "safety.emergencyStop",
    "anyone 1 R",
    schema.emergencyStop,
    "Everything stops; latched. Instruments subscribe to it directly.",
  ),
  quarantine: define(
    "quarantine/{reason}",
    "quarantine",
    "agent 1",
    schema.quarantined,
    "A message that could not be understood, with the reason.",
  ),
} as const;

export type MessageName = keyof typeof MESSAGES;
export type MessageData<Name extends MessageName> = z.infer<(typeof MESSAGES)[Name]["data"]>;

function operate<Data>(
  action: string,
  data: z.ZodType<Data>,
  summary: string,
): MessageDefinition<Data> {
  return define(`${OPERATE}/${action}`, `campaign.${action}`, "operator 1", data, summary);
}
