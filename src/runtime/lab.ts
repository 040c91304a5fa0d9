import type {
  Alarm,
  Contexts,
  MachineAddress,
  MachineKind,
  MachineState,
} from "../../machines/index.ts";
import type { Packer } from "../core/packer.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import type { Candidate, Parameters } from "../domain/candidate.ts";
import type { PatternSettings } from "../domain/goal-settings.ts";
import type { EarlierStep } from "../domain/job.ts";
import type { GuardAction } from "../domain/limits/guard.ts";
import type { ResultJudgement } from "../domain/limits/judge-result.ts";
import type {
  BirthProblem,
  InstrumentPolicies,
  Laboratory,
} from "../domain/limits/known-laboratory.ts";
import type { CampaignResult } from "../domain/proposal.ts";
import type { StrangerBook } from "../domain/strangers.ts";
import type { Stock } from "../domain/upkeep.ts";

type Machines = { readonly [Kind in MachineKind]: Map<string, MachineState<Contexts[Kind]>> };

/** A result or failure that is in the log: to know its repetitions, and contradictions, again. */
export interface LoggedReport {
  readonly position: number;
  readonly digest: string;
}

/** A guard that does not hold at the moment. */
export interface TrippedGuard {
  readonly instrumentId: string;
  readonly campaignId?: string | undefined;
  readonly action: GuardAction;
  readonly text: string;
  readonly since_ms: number;
}

/** A change of what the configuration says of instruments, as it waits for a person. */
export interface WaitingPolicies {
  readonly n: number;
  readonly wanted: InstrumentPolicies;
  /** What would be allowed that is forbidden now. */
  readonly wider: readonly string[];
  readonly since_ms: number;
}

/** Campaigns that are over and whose experiments, jobs and results are packed: they cost little memory and no time. */
export interface Shelf {
  readonly packer: Packer;
  readonly packed: Map<string, Uint8Array>;
}

export interface ArmedTimer {
  readonly at_ms: number;
  readonly owner: MachineAddress;
}

/** A person's wish that is not fulfilled yet, and the settings to go back to where it cannot be. */
export interface PendingReread {
  readonly commandId: string;
  readonly before: PatternSettings;
}

/**
 * Everything the daemon knows: the fold of the event log and nothing else. Changed only by `applyEvent`, in the order
 * of the log, so that a replay ends in the same state.
 */
export interface Lab {
  readonly machines: Machines;
  readonly specs: Map<string, CampaignSpec>;
  /** Observations by campaign, in the order of the log; what planners learn from. */
  readonly results: Map<string, CampaignResult[]>;
  /** Positions of observations that a person took back, by campaign. */
  readonly withdrawn: Map<string, number[]>;
  /** Phases without a reference, and what people call them, by campaign. */
  readonly strangers: Map<string, StrangerBook>;
  /** Patterns that a person wants read again, by campaign. */
  readonly rereads: Map<string, PendingReread>;
  /** Measured values by experiment, gathered over its steps, by axis name. */
  readonly actual: Map<string, Parameters>;
  /** What became of results that were converted or set aside, by their position in the log. */
  readonly judgements: Map<number, ResultJudgement>;
  /** Where results that people told lie, by their position in the log. */
  readonly told: Map<number, Candidate>;
  /** Units of measured quantities, by campaign and name: those of the settings, else of the first result. */
  readonly units: Map<string, Readonly<Record<string, string>>>;
  /** Results and failures by `jobId#attempt#type`. */
  readonly reports: Map<string, LoggedReport>;
  readonly replies: Map<
    string,
    {
      readonly campaignId: string;
      readonly accepted: boolean;
      readonly reason?: string | undefined;
      readonly candidateIds?: readonly string[] | undefined;
    }
  >;
  /** Campaigns that are not over, and those that are and are still at hand, the one that ended first first. */
  readonly live: Set<string>;
  readonly finished: Set<string>;
  /** Where campaigns go that are over for a while; absent: they stay at hand. */
  readonly shelf: Shelf | undefined;
  /** Changes of each campaign so far; tells old states from new ones. */
  readonly revisions: Map<string, number>;
  readonly timers: Map<string, ArmedTimer>;
  readonly alarms: Map<string, Alarm & { readonly since_ms: number }>;
  /** Names of all instruments, sorted: the order in which they are given work. */
  readonly instrumentIds: string[];
  /** Jobs that wait for an instrument, oldest first. */
  readonly queued: Set<string>;
  /** The place of each job that has not begun: the how manieth it was that came into the queue. */
  readonly places: Map<string, number>;
  queuedSoFar: number;
  /** How long the last job took, s, by `instrument/capability`; of those whose births make use of it. */
  readonly took_s: Map<string, number>;
  /** What is left of the instruments' stocks. */
  readonly stocks: Map<string, Stock>;
  /** What steps before the last have found, by sample. */
  readonly found: Map<string, readonly EarlierStep[]>;
  /** Loads of each campaign so far: their numbers. */
  readonly loads: Map<string, number>;
  /** Jobs whose fate was unknown after a restart and is not settled yet: nothing is dispatched before. */
  readonly doubtful: Set<string>;
  /** Campaigns as the configuration last had them; `specs` are as they stand, with what people have changed since. */
  readonly configured: Map<string, CampaignSpec>;
  /** The laboratory's, for opening hours. */
  timeZone: string;
  /** What the configuration says of instruments, by their ids. */
  policies: InstrumentPolicies;
  /** Wider limits of instruments that the edited configuration asks for and nobody has approved yet. */
  policyChange: WaitingPolicies | undefined;
  /** Such changes so far: their numbers. */
  policyChanges: number;
  /** Number of the rules that this part of the log follows; see behaviour.ts. */
  behaviour: number;
  /** Kinds of result that this run turns into others before it learns from them; absent in older logs. */
  interprets: Laboratory["interprets"];
  /** What the configuration and the instruments' births do not agree on. */
  problems: readonly BirthProblem[];
  /** Instruments have had the time to say that they are there. */
  isSettled: boolean;
  /** Clocks that are off, by instrument ("" is ours), and by how much. */
  readonly clocks: Map<string, number>;
  /** Instruments under whose name two controllers speak. */
  readonly contested: Map<
    string,
    { readonly bootIds: readonly string[]; readonly since_ms: number }
  >;
  /** What instruments have had acknowledged and the log has not, by instrument; noted anew in each run. */
  readonly gaps: Map<string, { readonly jobId: string; readonly position: number }>;
  /** Guards that have tripped and not cleared. */
  readonly guards: Map<string, TrippedGuard>;
  emergency:
    | { readonly by: string; readonly reason: string; readonly since_ms: number }
    | undefined;
  /** The last clear; position 0 before the first. */
  cleared: { readonly by: string; readonly reason: string; readonly position: number };
  /** Words on the emergency stop that have been heard, by `source/id`: a known one never clears. */
  readonly stopMessages: Set<string>;
  epoch: number;
  position: number;
  time_ms: number;
  unexpected: number;
}

export function createLab(packer?: Packer): Lab {
  return {
    machines: {
      campaign: new Map(),
      experiment: new Map(),
      job: new Map(),
      instrument: new Map(),
      reservation: new Map(),
    },
    specs: new Map(),
    results: new Map(),
    withdrawn: new Map(),
    strangers: new Map(),
    rereads: new Map(),
    actual: new Map(),
    judgements: new Map(),
    told: new Map(),
    units: new Map(),
    reports: new Map(),
    replies: new Map(),
    live: new Set(),
    finished: new Set(),
    shelf: packer && { packer, packed: new Map() },
    revisions: new Map(),
    timers: new Map(),
    alarms: new Map(),
    instrumentIds: [],
    queued: new Set(),
    places: new Map(),
    queuedSoFar: 0,
    took_s: new Map(),
    stocks: new Map(),
    found: new Map(),
    loads: new Map(),
    doubtful: new Set(),
    configured: new Map(),
    timeZone: "UTC",
    policies: {},
    policyChange: undefined,
    policyChanges: 0,
    behaviour: 1,
    interprets: undefined,
    problems: [],
    isSettled: false,
    clocks: new Map(),
    contested: new Map(),
    gaps: new Map(),
    guards: new Map(),
    emergency: undefined,
    cleared: { by: "nobody", reason: "no emergency stop so far", position: 0 },
    stopMessages: new Set(),
    epoch: 0,
    position: 0,
    time_ms: 0,
    unexpected: 0,
  };
}

/** The key under which a job's report of one attempt is known. */
export function reportKey(fact: {
  readonly type: string;
  readonly jobId: string;
  readonly attempt: number;
}): string {
  return `${fact.jobId}#${fact.attempt}#${fact.type}`;
}

/** States in which a job is, or may be, on an instrument. */
const ON_INSTRUMENT = new Set([
  "reserved",
  "dispatched",
  "begun.accepted",
  "begun.running",
  "held",
  "timedOut",
  "unknown",
  "cancelling",
]);

export function isOnInstrument(job: MachineState): boolean {
  return job.states.some((state) => ON_INSTRUMENT.has(state));
}

/** The name of a machine's state as people read it: the first part. */
export function stateName(machine: MachineState): string {
  const [state = ""] = machine.states;
  const dot = state.indexOf(".");
  return dot < 0 ? state : state.slice(0, dot);
}

/** True while any job of the campaign is, or may be, on an instrument. */
export function hasJobsOnInstruments(lab: Lab, campaignId: string): boolean {
  for (const instrument of lab.machines.reservation.values()) {
    const job =
      instrument.context.jobId === undefined
        ? undefined
        : lab.machines.job.get(instrument.context.jobId);
    if (job !== undefined && job.context.campaignId === campaignId && isOnInstrument(job))
      return true;
  }
  return false;
}
