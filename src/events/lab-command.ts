import type { Parameters } from "../domain/candidate.ts";
import type { EarlierStep } from "../domain/job.ts";
import type { Conversion } from "../domain/limits/fit-set-points.ts";
import type { ProposalRequest } from "../domain/proposal.ts";

/**
 * What the machines ask of the world. Every command's id derives from the event that caused it, so that sending it
 * again after a crash is the same command.
 */
export type LabCommand =
  | {
      readonly type: "startJob";
      readonly commandId: string;
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly campaignId: string;
      /** The instrument refuses the command after this time. */
      readonly notAfter_ms: number;
      /** The same as a duration from its cause on: no step of a clock makes it longer. */
      readonly validFor_ms?: number | undefined;
      readonly capability: string;
      readonly parameters: Parameters;
      readonly sampleIds: readonly string[];
      /** Of a load: set points that its samples do not share. */
      readonly parametersBySample?: Readonly<Record<string, Parameters>> | undefined;
      /** What the steps before found of its samples. */
      readonly earlier?: readonly EarlierStep[] | undefined;
      /** Which of the parameters were converted; told in the daemon's log. */
      readonly conversions?: readonly Conversion[] | undefined;
    }
  | {
      readonly type: "controlJob";
      readonly commandId: string;
      readonly instrumentId: string;
      readonly action: "hold" | "resume" | "cancel";
      readonly jobId: string;
    }
  | {
      readonly type: "reconcileJobs";
      readonly commandId: string;
      readonly instrumentId: string;
      readonly jobIds: readonly string[];
    }
  | {
      readonly type: "acknowledgeResult";
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly position: number;
    }
  | {
      readonly type: "replyToOperator";
      readonly campaignId: string;
      readonly commandId: string;
      readonly accepted: boolean;
      readonly reason?: string | undefined;
      /** Of an approval or a rejection: the points that it released or dropped. */
      readonly candidateIds?: readonly string[] | undefined;
    }
  /** The daemon's own word on the emergency stop, retained: for every instrument, also those that come later. */
  | {
      readonly type: "announceStop";
      readonly active: boolean;
      readonly by: string;
      readonly reason: string;
      /** Where the log stood: an older word of ours than our last clear is known for what it is. */
      readonly position: number;
    }
  | {
      readonly type: "requestProposal";
      readonly campaignId: string;
      readonly requestId: string;
      /** The model learns every result up to this log position, and none after it. */
      readonly through: number;
      readonly request: ProposalRequest;
    }
  /** Every pattern of the campaign is to be read again. */
  | { readonly type: "rereadPatterns"; readonly campaignId: string; readonly commandId: string }
  | { readonly type: "startTimer"; readonly timerId: string; readonly at_ms: number }
  | { readonly type: "cancelTimer"; readonly timerId: string };

/** Commands that leave as a message to an instrument or an operator. */
export type WireCommand = Extract<
  LabCommand,
  {
    readonly type:
      | "startJob"
      | "controlJob"
      | "reconcileJobs"
      | "acknowledgeResult"
      | "replyToOperator"
      | "announceStop";
  }
>;
