import type { Parameters } from "../src/domain/candidate.ts";
import type { JobFailureReason } from "../src/domain/job.ts";
import type { Conversion } from "../src/domain/limits/fit-set-points.ts";
import type { Stamp } from "./effect.ts";

/** One job of a load, in the attempt that the load is. */
export interface LoadMember {
  readonly jobId: string;
  readonly attempt: number;
}

/** What a job is, fixed when it is created. */
export interface JobInput {
  readonly jobId: string;
  readonly campaignId: string;
  readonly experimentId: string;
  readonly step: number;
  readonly capability: string;
  readonly parameters: Parameters;
  readonly sampleIds: readonly string[];
  readonly repeatable: boolean;
  /** Attempts after the first. */
  readonly retries: number;
  readonly timeLimit_s: number;
  /** A person does it: it stands on the list of the bench instead of being sent. */
  readonly byPerson?: true | undefined;
  /** Of a load: the jobs, one a sample, that one run of the instrument does together. It is tried once; its jobs may be again. */
  readonly members?: readonly LoadMember[] | undefined;
  /** Of a load: set points that its samples do not share, by sample. */
  readonly parametersBySample?: Readonly<Record<string, Parameters>> | undefined;
}

/** Set points as the chosen instrument reads them, where its units are not the recipe's. */
export interface SentSetPoints {
  readonly parameters: Parameters;
  readonly conversions: readonly Conversion[];
}

export interface JobContext extends JobInput {
  /** Absent where they are sent as they are asked for. */
  readonly sent: SentSetPoints | undefined;
  readonly attempt: number;
  readonly instrumentId: string | undefined;
  /** Where each attempt was sent, the first attempt first: nobody else may report it. */
  readonly sentTo: readonly string[];
  /** The instrument's boot when the command was given: a later one may have forgotten it. */
  readonly bootId: string | undefined;
  /** Of a start that never began and was held back since: the one instrument that may get it until then. */
  readonly boundTo?: { readonly instrumentId: string; readonly until_ms: number } | undefined;
  /** Times that the command of this attempt went out. */
  readonly sendings: number;
  /** Attempts that an instrument reported to have begun. */
  readonly started: readonly number[];
  /** The timer that counts; a timer of another name is an old one. */
  readonly timerId: string | undefined;
  readonly timers: number;
  /** When an accepted attempt is overdue. */
  readonly overdue_ms: number;
  /** When a job whose fate is unknown is given up. */
  readonly giveUp_ms: number;
  readonly failure: { readonly reason: JobFailureReason; readonly detail: string } | undefined;
  /** A person, a stop or an emergency asked for its end. */
  readonly cancelReason: JobFailureReason | undefined;
  /** Since when it waits for an instrument, or last did. */
  readonly queued_ms?: number | undefined;
  /** The load that does it. */
  readonly loadId?: string | undefined;
  /** Of a load: those of its jobs whose end was asked for. A furnace is opened when nobody wants any of them. */
  readonly unwanted?: readonly string[] | undefined;
}

interface FromInstrument extends Stamp {
  readonly instrumentId: string;
  readonly attempt: number;
}

export type JobEvent =
  | ({ readonly type: "job.submit"; readonly needsApproval: boolean } & Stamp)
  | ({ readonly type: "job.approve" } & Stamp)
  | ({
      readonly type: "job.reserve";
      readonly instrumentId: string;
      readonly bootId: string | undefined;
    } & Stamp)
  | ({ readonly type: "job.dispatch"; readonly sent?: SentSetPoints | undefined } & Stamp)
  /** Its approval expired before it began: it waits for a person again. */
  | ({ readonly type: "job.lapse" } & Stamp)
  /** A set point is outside its limits: refused at the last check. */
  | ({ readonly type: "job.refuse"; readonly detail: string } & Stamp)
  /** `afterAll`: the job waits again, because its instrument had no record of it. */
  | ({ readonly type: "job.accepted"; readonly afterAll?: boolean | undefined } & FromInstrument)
  | ({
      readonly type: "job.rejected";
      readonly reason: string;
      readonly retryable: boolean;
      readonly afterAll?: boolean | undefined;
    } & FromInstrument)
  | ({ readonly type: "job.progress"; readonly fraction: number } & FromInstrument)
  | ({
      readonly type: "job.result";
      readonly isFailure: boolean;
      /** Why nothing can be learnt from it. */
      readonly unusable?: string | undefined;
      /** It is of no kind that the goal can use: neither would the next be. */
      readonly isMismatch?: boolean | undefined;
    } & FromInstrument)
  | ({
      readonly type: "job.failed";
      readonly reason: string;
      readonly retryable: boolean;
    } & FromInstrument)
  /** The instrument has no record of it. `sameMemory`: what it knew at dispatch it still knows. */
  | ({
      readonly type: "job.unknown";
      readonly instrumentId: string;
      readonly sameMemory: boolean;
      /** False where a start would not be allowed now; absent in logs of before this was asked. */
      readonly mayStart?: boolean | undefined;
    } & Stamp)
  /** Its instrument holds it; `until_ms` bounds that. */
  | ({ readonly type: "job.held"; readonly until_ms?: number | undefined } & Stamp)
  | ({ readonly type: "job.resumed" } & Stamp)
  | ({ readonly type: "job.cancel"; readonly reason: JobFailureReason } & Stamp)
  /** It goes on the instrument in a load, with others. */
  | ({
      readonly type: "job.load";
      readonly loadId: string;
      readonly instrumentId: string;
      readonly bootId: string | undefined;
    } & Stamp)
  /** Its load ended without a report of it. */
  | ({
      readonly type: "job.loadEnded";
      readonly loadId: string;
      readonly reason: JobFailureReason;
      readonly detail: string;
      readonly retryable: boolean;
    } & Stamp)
  /** Of a load: nobody wants this job of it any more. */
  | ({
      readonly type: "job.unwanted";
      readonly jobId: string;
      readonly reason: JobFailureReason;
    } & Stamp)
  /** Of a load that never began and whose start cannot be under way any more: its jobs wait anew. */
  | ({ readonly type: "job.dissolve" } & Stamp)
  /** Its instrument is gone, or the daemon restarted, or an emergency stop: ask before anything else. */
  | ({
      readonly type: "job.doubt";
      /** Its start command may never have left; absent in logs of before this was asked. */
      readonly mayHaveCostCommand?: boolean | undefined;
    } & Stamp)
  /** Its instrument is back. */
  | ({ readonly type: "job.ask" } & Stamp)
  | ({ readonly type: "job.outcome"; readonly sent: boolean } & Stamp)
  | ({
      readonly type: "timer.fired";
      readonly timerId: string;
      /** False where a start that nobody answers would not be allowed now. */
      readonly mayStart?: false | undefined;
    } & Stamp);

/** Bounds and deadlines of a job, ms. */
export const JOB_TIMES = {
  /** An instrument that is alive accepts or rejects at once; twice this and nothing: its fate is unknown. */
  accept_ms: 10_000,
  /** How long an instrument may still take a start command that waited in a broker. */
  validity_ms: 30_000,
  /** Between two questions about a job whose fate is unknown. */
  askAgain_ms: 15_000,
  /** Least time that a job stays unknown before it is given up. */
  patience_ms: 60_000,
  /** How long a cancelled or overdue job may take to answer. */
  cancel_ms: 30_000,
  retryFirst_ms: 5_000,
  retryLongest_ms: 300_000,
} as const;

/** A start command goes out at most so often under one id before its instrument counts as silent. */
export const SENDINGS_MAX = 4;
