import type { JobContext } from "../../machines/index.ts";
import { findActualProblem } from "../domain/limits/judge-actual.ts";
import { judgeWord } from "../domain/limits/judge-words.ts";
import { PEOPLE } from "../domain/people.ts";
import type { JobFact, LabFact, OperatorFact } from "../events/lab-fact.ts";
import { type Lab, reportKey, stateName } from "./lab.ts";

type Command = Extract<OperatorFact, { readonly type: "operator.command" }>;
type ReportFact = Extract<JobFact, { readonly type: "job.result" | "job.failed" }>;

/**
 * What a person reports of a step of his, as the job's result or failure with who said it: one fact, so that no crash can
 * come between the word and what follows from it. Or why it is not taken, for the person to put right at once.
 */
export function factOfReport(
  lab: Lab,
  command: Command,
): { readonly fact: ReportFact } | { readonly refusal: string } {
  const { jobId = "", campaignId, report = { outcome: "done" }, message } = command;
  const job = lab.machines.job.get(jobId);
  if (job === undefined || job.context.byPerson !== true || job.context.campaignId !== campaignId)
    return { refusal: `Nothing called ${jobId} is asked of people in ${campaignId}.` };
  if (stateName(job) !== "asked")
    return { refusal: `${jobId} is not on the list any more: it is ${stateName(job)}.` };
  const about = { instrumentId: PEOPLE, jobId, attempt: job.context.attempt, message };
  const { by, identity, commandId, reason } = command;
  const reported = {
    ...{ by, commandId },
    ...(identity === undefined ? {} : { identity }),
    ...(reason === undefined ? {} : { note: reason }),
  };
  if (report.outcome === "failed") {
    if (reason === undefined) return { refusal: "Say why it failed: the next one has to know." };
    const fact = { type: "job.failed" as const, ...about, reason, reported };
    return { fact: { ...fact, retryable: report.again === true } };
  }
  const { observations = [], actual, raw } = report;
  const fact = { type: "job.result" as const, ...about, observations, simulated: false, reported };
  return {
    fact: {
      ...fact,
      ...(actual === undefined ? {} : { actual }),
      ...(raw === undefined ? {} : { raw }),
    },
  };
}

/** Holds a report, raw observations already interpreted, against its step and its campaign. */
export function judgeReport(
  lab: Lab,
  fact: LabFact,
  { report }: Command,
  waiting: ReadonlyMap<string, LabFact>,
): { readonly fact: LabFact } | { readonly refusal: string } {
  if (fact.type !== "job.result" && fact.type !== "job.failed") return { fact };
  const { jobId } = fact;
  const isKnown = ["job.result", "job.failed"].some((type) => {
    const key = reportKey({ ...fact, type });
    return lab.reports.has(key) || waiting.has(key);
  });
  if (isKnown) return { refusal: `Somebody has just reported ${jobId}.` };
  const job = lab.machines.job.get(jobId)?.context;
  const spec = lab.specs.get(job?.campaignId ?? "");
  const experiment = lab.machines.experiment.get(job?.experimentId ?? "")?.context;
  if (fact.type !== "job.result" || job === undefined) return { fact };
  if (spec === undefined || experiment === undefined) return { fact };
  const { steps } = experiment.recipe;
  const judged = judgeWord({
    spec,
    observations: fact.observations,
    asks: steps[job.step]?.asks ?? [],
    isLast: job.step === steps.length - 1,
    knownUnits: lab.units.get(job.campaignId) ?? {},
    results: lab.results.get(job.campaignId) ?? [],
    newPhases: report?.newPhases === true,
  });
  const problem = "problem" in judged ? judged.problem : actualProblem(lab, fact, job);
  if (problem !== undefined) return { refusal: `${problem.replace(/\.$/, "")}.` };
  return { fact: { ...fact, ...judged } };
}

/** A set point as it came out has a name that was asked for, and lies within the campaign's limits. */
function actualProblem(
  lab: Lab,
  { actual = {} }: Extract<JobFact, { readonly type: "job.result" }>,
  { campaignId, parameters }: JobContext,
): string | undefined {
  const names = Object.keys(parameters);
  const strange = Object.keys(actual).find((name) => !names.includes(name));
  if (strange !== undefined) {
    const there = names.length === 0 ? "this step has none" : `there are ${names.join(", ")}`;
    return `${strange} is no set point of this step: ${there}`;
  }
  const limits = lab.specs.get(campaignId)?.limits ?? {};
  return findActualProblem(actual, [{ whose: "the campaign", limits }], {});
}
