import type { JobContext } from "../../machines/index.ts";
import type { EarlierStep } from "../domain/job.ts";
import type { Observation } from "../domain/observation.ts";
import type { JobFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import { sampleOf } from "./loads.ts";

type Result = Extract<JobFact, { readonly type: "job.result" }>;

/** Curves, patterns and trajectories are large: whoever needs them reads the log. */
const SMALL: ReadonlySet<Observation["kind"]> = new Set(["phases", "objective", "failure"]);

/** Remembers what a step found of its sample, for the steps after it. */
export function noteStep(lab: Lab, fact: Result, job: JobContext): void {
  const observations = fact.observations.filter(({ kind }) => SMALL.has(kind));
  const { actual = {}, instrumentId } = fact;
  if (observations.length === 0 && Object.keys(actual).length === 0) return;
  const sampleId = sampleOf(job);
  const before = (lab.found.get(sampleId) ?? []).filter(({ step }) => step !== job.step);
  const found = { sampleId, step: job.step, capability: job.capability, instrumentId };
  lab.found.set(sampleId, [
    ...before,
    {
      ...found,
      ...(observations.length === 0 ? {} : { observations }),
      ...(Object.keys(actual).length === 0 ? {} : { actual }),
    },
  ]);
}

/** What the steps before found of the samples of a start, in the order of the steps. */
export function earlierSteps(lab: Lab, sampleIds: readonly string[], step: number): EarlierStep[] {
  return sampleIds.flatMap((id) => (lab.found.get(id) ?? []).filter((one) => one.step < step));
}
