import type { JobFact, LabFact } from "../events/lab-fact.ts";

/** True for what an instrument says about one job. */
export function isJobFact(fact: LabFact): fact is JobFact {
  return fact.type.startsWith("job.");
}
