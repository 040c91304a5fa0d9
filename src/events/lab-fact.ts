import type { CampaignSpec } from "../domain/campaign.ts";
import type { CampaignChanges } from "../domain/campaign-changes.ts";
import type { Limits, Parameters } from "../domain/candidate.ts";
import type { Control, InstrumentBirth, Operation, Safety } from "../domain/instrument.ts";
import type { Condition } from "../domain/limits/condition.ts";
import type { Guard, GuardAction } from "../domain/limits/guard.ts";
import type { DataReference, Observation } from "../domain/observation.ts";
import type { HoursText } from "../domain/opening-hours.ts";
import type { PersonsReport, ReportedBy } from "../domain/people.ts";
import type { PointByHand } from "../domain/point-by-hand.ts";
import type { VersionedProposal } from "../domain/proposal.ts";
import type { Reading, RereadRequest } from "../domain/reread.ts";

/** CloudEvents identity of the message a fact came in: the same (source, id) is the same fact. */
export interface MessageIdentity {
  readonly source: string;
  readonly id: string;
}

interface FromWire {
  readonly message: MessageIdentity;
}

interface AboutJob extends FromWire {
  readonly instrumentId: string;
  readonly jobId: string;
  readonly attempt: number;
}

export type InstrumentFact =
  | ({
      readonly type: "instrument.online";
      readonly instrumentId: string;
      readonly online: boolean;
      readonly bootId: string;
    } & FromWire)
  | ({ readonly type: "instrument.birth"; readonly instrumentId: string } & InstrumentBirth &
      FromWire)
  | ({
      readonly type: "instrument.state";
      readonly instrumentId: string;
      readonly bootId: string;
      readonly seq: number;
      readonly operation: Operation;
      readonly control: Control;
      readonly safety: Safety;
      readonly jobId?: string | undefined;
    } & FromWire);

export type JobFact =
  | ({ readonly type: "job.accepted" } & AboutJob)
  | ({
      readonly type: "job.rejected";
      readonly reason: string;
      readonly retryable: boolean;
    } & AboutJob)
  /** Logged once an attempt: the first sign that it runs. Later progress is shown, not kept. */
  | ({
      readonly type: "job.progress";
      readonly fraction: number;
      readonly text?: string | undefined;
    } & AboutJob)
  | ({
      readonly type: "job.result";
      readonly observations: readonly Observation[];
      readonly actual?: Parameters | undefined;
      /** Of a load as it comes in: what differs between its samples; in the log each sample has a result of its own. */
      readonly actualBySample?: Readonly<Record<string, Parameters>> | undefined;
      readonly raw?: readonly DataReference[] | undefined;
      readonly simulated: boolean;
      /** The load that brought it; its own result follows, with what belongs to no sample. */
      readonly load?: string | undefined;
      /** Of a person's step. */
      readonly reported?: ReportedBy | undefined;
    } & AboutJob)
  | ({
      readonly type: "job.failed";
      readonly reason: string;
      readonly retryable: boolean;
      readonly reported?: ReportedBy | undefined;
      /** The load that failed, and its samples with it. */
      readonly load?: string | undefined;
    } & AboutJob)
  | ({
      readonly type: "job.unknown";
      readonly instrumentId: string;
      readonly jobId: string;
    } & FromWire);

export type OperatorAction =
  | "start"
  | "pause"
  | "resume"
  | "stop"
  | "abort"
  | "approve"
  | "reject"
  | "withdraw"
  /** Changes the settings of a campaign that runs. */
  | "extend"
  /** Puts points of a person's own into the batch. */
  | "propose"
  /** Says what became of a step that is a person's; the log has it as the job's result or failure. */
  | "report"
  /** A word on a sample, or for the next shift. */
  | "comment"
  /** A result of an earlier experiment, which the campaign did not ask for. */
  | "tell"
  /** Names unknown phases, and has the patterns of a campaign read again. */
  | "reread";

/** Whether `by` was proven (signature, login) or only said; absent where the configuration names no operators: said. */
export type OperatorIdentity = "verified" | "claimed";

/** What a person asks of a campaign. */
export interface OperatorCommand {
  readonly campaignId: string;
  readonly action: OperatorAction;
  readonly by: string;
  readonly reason?: string | undefined;
  /** Number of the batch that is approved or rejected; absent means the batch that waits. */
  readonly batch?: number | undefined;
  /** Only these points of the batch; absent means all. */
  readonly candidateIds?: readonly string[] | undefined;
  /** Job whose observation is withdrawn. */
  readonly jobId?: string | undefined;
  /** Number of the waiting change (wider limits) that is approved or rejected. */
  readonly change?: number | undefined;
  /** Of `extend`: what is to be changed. */
  readonly changes?: CampaignChanges | undefined;
  /** Of `propose`. */
  readonly points?: readonly PointByHand[] | undefined;
  /** Of `propose`: true: only where the points wait for a person; refused where nobody would be asked. */
  readonly needsApproval?: boolean | undefined;
  /** Of `reread`. */
  readonly patterns?: RereadRequest | undefined;
  /** Of `report`; such a command never stands in the log itself. */
  readonly report?: PersonsReport | undefined;
  /** Of `comment`: the sample that it is about; absent: the campaign. */
  readonly sampleId?: string | undefined;
  /** Of `comment` and `tell`: photographs, by reference. */
  readonly raw?: readonly DataReference[] | undefined;
  /** Of `tell`, with the one point that was measured among `points`. */
  readonly observations?: readonly Observation[] | undefined;
  /** Of `tell`: phases that the campaign has not seen are meant, and no slips. */
  readonly newPhases?: boolean | undefined;
}

export type OperatorFact =
  | ({
      readonly type: "operator.command";
      readonly commandId: string;
      readonly identity?: OperatorIdentity | undefined;
    } & OperatorCommand &
      FromWire)
  | ({
      readonly type: "safety.emergencyStop";
      readonly active: boolean;
      readonly by: string;
      readonly reason: string;
      /** When its sender says that it was sent; absent in logs before consent (decision 0120). */
      readonly sent_ms?: number | undefined;
      readonly identity?: OperatorIdentity | undefined;
    } & FromWire);

/** What the configuration says of instruments, by their ids; parts that none has are absent. */
export interface ConfiguredInstruments {
  readonly instrumentLimits: Readonly<Record<string, Limits>>;
  readonly instrumentConditions?: Readonly<Record<string, readonly Condition[]>> | undefined;
  readonly instrumentGuards?: Readonly<Record<string, readonly Guard[]>> | undefined;
  readonly instrumentHours?: Readonly<Record<string, HoursText>> | undefined;
}

/** Facts that the daemon itself establishes. */
export type InternalFact =
  | (ConfiguredInstruments & {
      readonly type: "daemon.started";
      /** Absent in logs of the first days. */
      readonly site?: string | undefined;
      readonly agentId: string;
      readonly epoch: number;
      readonly version: string;
      /** The laboratory's, for opening hours; absent: UTC. */
      readonly timeZone?: string | undefined;
      /** Kinds of result that the interpreters of this run turn into others. */
      readonly interprets?:
        | readonly { readonly takes: string; readonly gives: string }[]
        | undefined;
      /**
       * Number of the rules that this run follows (src/runtime/behaviour.ts), so that a log of an older run is replayed by
       * the rules of its time; absent means 1.
       */
      readonly behaviour?: number | undefined;
    })
  /** The configuration was read again while the daemon ran. */
  | (ConfiguredInstruments & { readonly type: "instruments.configured" })
  /** A reading broke what a guard allows. Level-triggered: it stays tripped until `guard.cleared`. */
  | {
      readonly type: "guard.tripped";
      readonly guardId: string;
      readonly instrumentId: string;
      /** Of a campaign's guard. */
      readonly campaignId?: string | undefined;
      readonly channel: string;
      readonly action: GuardAction;
      /** One sentence: what was read and what is allowed. */
      readonly text: string;
    }
  | { readonly type: "guard.cleared"; readonly guardId: string; readonly text: string }
  /** A clock is off by so much (of an instrument, against ours) or has stepped (ours); 0: it is right again. */
  | {
      readonly type: "clock.noted";
      /** Absent: the daemon's own. */
      readonly instrumentId?: string | undefined;
      readonly offset_ms: number;
    }
  /** Two controllers that are alive speak under one name, under these boots: nothing is sent to it until that is settled. */
  | {
      readonly type: "instrument.contested";
      readonly instrumentId: string;
      readonly bootIds: readonly string[];
    }
  /** One of them has gone, or a controller has been started anew. */
  | {
      readonly type: "instrument.settled";
      readonly instrumentId: string;
      /** Who stays, where that is known: it is listened to, also if it was the former. */
      readonly bootId?: string | undefined;
    }
  /** Events behind `after`, up to `through`, were acknowledged and are gone; a person let the log go on without them. */
  | { readonly type: "log.lossAccepted"; readonly after: number; readonly through: number }
  /** An instrument has had a report acknowledged that the log has not, at that position: events are gone. */
  | {
      readonly type: "log.gapTold";
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly position: number;
    }
  /** Once for a campaign, and again with more candidates at the end of its table. */
  | { readonly type: "campaign.defined"; readonly spec: CampaignSpec }
  | { readonly type: "timer.fired"; readonly timerId: string }
  | {
      readonly type: "planner.proposed";
      readonly campaignId: string;
      readonly requestId: string;
      readonly proposal: VersionedProposal;
    }
  | {
      readonly type: "planner.failed";
      readonly campaignId: string;
      readonly requestId: string;
      readonly reason: string;
    }
  /** A campaign's patterns have been read again, as a person's command asked for. */
  | {
      readonly type: "patterns.reread";
      readonly campaignId: string;
      readonly commandId: string;
      /** How many were read. */
      readonly patterns: number;
      /** Results that mean something else now; all others mean what they meant. */
      readonly readings: readonly Reading[];
      /** Why they could not be read; then nothing has changed. */
      readonly problem?: string | undefined;
    }
  /** What became of a command: it left (PUBACK of the broker) or could not. */
  | {
      readonly type: "command.outcome";
      readonly commandId: string;
      readonly sent: boolean;
      readonly reason?: string | undefined;
    }
  | {
      readonly type: "message.quarantined";
      readonly topic: string;
      readonly payloadBase64: string;
      readonly bytes: number;
      readonly reason: QuarantineReason;
    }
  /** Refused messages that were not kept whole since the last such number; 0: it has become quiet. */
  | {
      readonly type: "message.quarantineCounted";
      /** Who sent them: the beginning of their topics. */
      readonly topic: string;
      readonly reason: QuarantineReason;
      readonly count: number;
      readonly bytes: number;
    };

export type QuarantineReason =
  | "notJson"
  | "notCloudEvent"
  | "unknownType"
  | "wrongTopic"
  | "invalidData"
  | "oversized"
  | "conflictingResult"
  | "unknownJob"
  /** A report of an attempt that was sent to another instrument, or to none. */
  | "notItsInstrument"
  /** A person's command without a proof of who that is, or without the right. */
  | "notAllowed"
  | "unknownCampaign"
  | "retainedCommand"
  /** Understood, and more of it than a laboratory has to say. */
  | "tooMany"
  /** An emergency stop that somebody tried to clear without the right to, or too late. */
  | "clearRefused";

/** Everything that can be written in the event log. */
export type LabFact = InstrumentFact | JobFact | OperatorFact | InternalFact;
