import {
  type MachineState,
  restoreMachine,
  type SavedMachine,
  saveMachine,
} from "../../machines/index.ts";
import type { Parameters } from "../domain/candidate.ts";
import { type EarlierStep, loadName } from "../domain/job.ts";
import type { CampaignResult } from "../domain/proposal.ts";
import type { LabFact } from "../events/lab-fact.ts";
import { FINAL_STATES } from "./final-states.ts";
import { type Lab, type LoggedReport, reportKey } from "./lab.ts";

/** Campaigns that are over stay at hand so many; those before them are put on the shelf. */
const FINISHED_AT_HAND = 8;
/** Of the campaigns at hand so many are looked at for one event. */
const LOOKS_MAX = 4;

/** What of a campaign goes on the shelf; its machine, definition and revision stay. */
interface Shelved {
  readonly experiments: readonly (readonly [string, SavedMachine])[];
  readonly jobs: readonly (readonly [string, SavedMachine])[];
  readonly results: readonly CampaignResult[] | undefined;
  readonly actual: readonly (readonly [string, Parameters])[];
  readonly found: readonly (readonly [string, readonly EarlierStep[]])[];
  readonly reports: readonly (readonly [string, LoggedReport])[];
}

/** The campaign that a fact is about, if it is about one. */
export function campaignOfFact(fact: LabFact): string | undefined {
  if (fact.type === "campaign.defined") return fact.spec.campaignId;
  if ("campaignId" in fact && typeof fact.campaignId === "string") return fact.campaignId;
  return "jobId" in fact && typeof fact.jobId === "string" ? campaignOfJob(fact.jobId) : undefined;
}

/** The campaign whose settings an event may change. */
export function campaignChangedBy(fact: LabFact): string {
  if (fact.type === "campaign.defined") return fact.spec.campaignId;
  return fact.type === "operator.command" || fact.type === "patterns.reread" ? fact.campaignId : "";
}

/** Jobs are named `campaign.experiment.step`, and no campaign's name has a dot. */
export function campaignOfJob(jobId: string): string {
  const dot = jobId.indexOf(".");
  return dot < 0 ? jobId : jobId.slice(0, dot);
}

/** Notes whether a campaign is over, each time its machine has moved. */
export function noteCampaign(lab: Lab, campaignId: string): void {
  const state = lab.machines.campaign.get(campaignId)?.states[0] ?? "";
  if (FINAL_STATES.has(state)) {
    lab.live.delete(campaignId);
    // A restart or a stop is told to every campaign: one on the shelf stays there, or it would be packed again, empty.
    if (lab.shelf?.packed.has(campaignId)) return;
    lab.finished.add(campaignId);
  } else {
    bringBack(lab, campaignId);
    lab.live.add(campaignId);
    lab.finished.delete(campaignId);
  }
}

/** Puts campaigns on the shelf that are over for a while and that nothing more is under way of; returns which. */
export function shelveFinished(lab: Lab): string[] {
  const { shelf } = lab;
  const shelved: string[] = [];
  if (shelf === undefined) return shelved;
  for (let looks = 0; looks < LOOKS_MAX && lab.finished.size > FINISHED_AT_HAND; looks++) {
    const [oldest = ""] = lab.finished;
    lab.finished.delete(oldest);
    if (isQuiet(lab, oldest)) {
      shelf.packed.set(oldest, shelf.packer.pack(JSON.stringify(take(lab, oldest))));
      shelved.push(oldest);
    } else {
      lab.finished.add(oldest);
    }
  }
  return shelved;
}

/** Takes a campaign from the shelf, if it is there: afterwards it is as if it had never been put away. */
export function bringBack(lab: Lab, campaignId: string | undefined): void {
  const { shelf } = lab;
  const bytes = shelf?.packed.get(campaignId ?? "");
  if (shelf === undefined || bytes === undefined || campaignId === undefined) return;
  shelf.packed.delete(campaignId);
  const { experiments, jobs, results, actual, found, reports } = JSON.parse(
    shelf.packer.unpack(bytes),
  ) as Shelved;
  for (const [id, saved] of experiments)
    lab.machines.experiment.set(id, restoreMachine("experiment", saved));
  for (const [id, saved] of jobs) lab.machines.job.set(id, restoreMachine("job", saved));
  if (results !== undefined) lab.results.set(campaignId, [...results]);
  for (const [id, values] of actual) lab.actual.set(id, values);
  for (const [id, steps] of found) lab.found.set(id, steps);
  for (const [key, report] of reports) lab.reports.set(key, report);
  lab.finished.add(campaignId);
}

function isQuiet(lab: Lab, campaignId: string): boolean {
  const context = lab.machines.campaign.get(campaignId)?.context;
  if (context === undefined || context.open.length > 0 || context.request !== undefined)
    return false;
  const isOfIt = (id: string | undefined): boolean =>
    id === campaignId || (id?.startsWith(`${campaignId}.`) ?? false);
  for (const jobId of [...lab.queued, ...lab.doubtful]) if (isOfIt(jobId)) return false;
  for (const { owner } of lab.timers.values()) if (isOfIt(owner.id)) return false;
  for (const { context: station } of lab.machines.reservation.values())
    if (isOfIt(station.jobId)) return false;
  for (const { context: instrument } of lab.machines.instrument.values())
    if (isOfIt(instrument.jobId) || isOfIt(instrument.probeJobId)) return false;
  return true;
}

function take(lab: Lab, campaignId: string): Shelved {
  const experiments: [string, SavedMachine][] = [];
  const jobs: [string, SavedMachine][] = [];
  const actual: [string, Parameters][] = [];
  const found: [string, readonly EarlierStep[]][] = [];
  const reports: [string, LoggedReport][] = [];
  const created = lab.machines.campaign.get(campaignId)?.context.created ?? 0;
  for (let n = 1; n <= created; n++) {
    const experimentId = `${campaignId}.${n}`;
    const experiment = takeFrom(lab.machines.experiment, experimentId);
    if (experiment === undefined) continue;
    experiments.push([experimentId, saveMachine(experiment)]);
    const told = takeFrom(lab.found, experimentId);
    if (told !== undefined) found.push([experimentId, told]);
    const measured = takeFrom(lab.actual, experimentId);
    if (measured !== undefined) actual.push([experimentId, measured]);
    for (let step = 1; step <= experiment.context.recipe.steps.length; step++) {
      const jobId = `${experimentId}.s${step}`;
      const job = takeFrom(lab.machines.job, jobId);
      if (job === undefined) continue;
      jobs.push([jobId, saveMachine(job as MachineState)]);
      reports.push(...takeReports(lab, jobId, job.context.attempt));
    }
  }
  for (let n = 1; n <= (lab.loads.get(campaignId) ?? 0); n++) {
    const load = takeFrom(lab.machines.job, loadName(campaignId, n));
    if (load === undefined) continue;
    const { jobId, attempt } = load.context;
    jobs.push([jobId, saveMachine(load as MachineState)]);
    reports.push(...takeReports(lab, jobId, attempt));
  }
  const results = takeFrom(lab.results, campaignId);
  return { experiments, jobs, results, actual, found, reports };
}

function takeReports(lab: Lab, jobId: string, attempts: number): [string, LoggedReport][] {
  const taken: [string, LoggedReport][] = [];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    for (const type of ["job.result", "job.failed"]) {
      const key = reportKey({ type, jobId, attempt });
      const report = takeFrom(lab.reports, key);
      if (report !== undefined) taken.push([key, report]);
    }
  }
  return taken;
}

function takeFrom<Value>(map: Map<string, Value>, key: string): Value | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}
