import type { CampaignStatus, JobStatus } from "../domain/campaign-status.ts";
import type { Candidate, Parameters } from "../domain/candidate.ts";
import type { ResultJudgement } from "../domain/limits/judge-result.ts";
import type { Observation } from "../domain/observation.ts";
import type { Todo } from "../domain/people.ts";
import type { Reason } from "../domain/reason.ts";
import type { Leadership } from "../events/log-lease.ts";
import type { GuardView } from "./instrument-view.ts";
import type { AlarmView } from "./overview-view.ts";

/**
 * What the folds of this folder cannot know from the events alone and take from the campaign's machines: plain data,
 * so that a test can hand it over and so that views never depend on how the machines are written.
 */
export interface LabStatePort {
  /** The campaign's state as its machine has it; `undefined` for an unknown campaign. */
  campaignStatus(campaignId: string): CampaignStatus | undefined;
  /** Which experiment asked for a job; `undefined` for a job that no campaign knows. */
  locateJob(jobId: string): JobPlace | undefined;
  /** Which campaign a load is of; `undefined` for a job of one sample. */
  campaignOfLoad?(jobId: string): string | undefined;
  /** Who leads, where several daemons may share the log. */
  leadership?: (() => Leadership | undefined) | undefined;
  /** What is wrong besides what the views see themselves. */
  alarms?(): readonly AlarmView[];
  /** What became of a result that was converted or set aside, by its position. */
  judgementOf?(position: number): ResultJudgement | undefined;
  /** Where a result lies that a person told; `undefined` where it was not taken. */
  toldAt?(position: number): Candidate | undefined;
  /** What is asked of the people at the bench. */
  todos?(): readonly Todo[];
  /** What a result means now: phases may have been named, and patterns read again, since. */
  observationsOf?(campaignId: string, position: number): readonly Observation[] | undefined;
  /** Why an instrument gets no job. */
  instrumentReasons?(instrumentId: string): readonly Reason[];
  /** Its calibration, maintenance and stock, in words. */
  upkeepOf?(instrumentId: string): readonly string[];
  /** What guards it, and whether that holds. */
  guardsOf?(instrumentId: string): readonly GuardView[];
  /** Every job of a campaign in the order of its creation; absent where only the open ones are known. */
  allJobs?(campaignId: string): readonly JobStatus[];
}

/** Where a job belongs. */
export interface JobPlace {
  readonly campaignId: string;
  readonly experimentId: string;
  readonly candidateId: string;
  readonly parameters: Parameters;
  /** Place in the recipe, from 0. */
  readonly step: number;
  /** Number of steps of the recipe; the observation comes from the last. */
  readonly steps: number;
  /** What was measured of the set points so far, over all steps, by the names of the axes. */
  readonly actual?: Parameters | undefined;
  /** Name of the alternative recipe; absent for the campaign's own. */
  readonly recipe?: string | undefined;
  /** The experiment whose sample it measures again; absent for a sample of its own. */
  readonly sample?: string | undefined;
}
