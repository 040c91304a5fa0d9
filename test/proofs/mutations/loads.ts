import type { Mutation } from "./mutation.ts";

const simulated = "test/simulators/run/loads.test.ts";
const wire = "test/contract/loads.test.ts";

/** Loads: what is begun together, and whose word is whose. */
export const LOADS: readonly Mutation[] = [
  {
    name: "the report of one sample acknowledges its load",
    file: "src/runtime/answers.ts",
    find: "if (!isReport || fact.instrumentId === PEOPLE || fact.load !== undefined) return [];",
    replace: "if (!isReport || fact.instrumentId === PEOPLE) return [];",
    tests: [wire],
  },
  {
    name: "a sample goes with a load that its own limits forbid",
    file: "src/runtime/loads.ts",
    find: `      typeof fitOf(job) !== "string";`,
    replace: `      fitOf !== undefined;`,
    tests: ["test/runtime/loads.test.ts"],
  },
  {
    name: "samples of another setting go with a load",
    file: "src/runtime/loads.ts",
    find: "      sharedKey(job.parameters, sharedNames(capability)) === wanted &&",
    replace: "      wanted !== undefined &&",
    tests: [simulated],
  },
  {
    name: "an observation that names another sample is believed of this one",
    file: "src/runtime/load-reports.ts",
    find: "fact.observations.filter((one) => one.sampleId === sampleId);",
    replace: "fact.observations.filter((one) => one.sampleId !== sampleId);",
    tests: [wire],
  },
  {
    name: "a sample of which a load brought nothing counts as done",
    file: "src/runtime/load-reports.ts",
    find: "if (observations.length === 0 && isLastStep(lab, member.jobId)) {",
    replace: "if (observations.length === -1 && isLastStep(lab, member.jobId)) {",
    tests: [wire],
  },
  {
    name: "one sample that nobody wants ends the whole load",
    file: "machines/job-setup.ts",
    find: "members.every(({ jobId }) => jobId === event.jobId || unwanted.includes(jobId)),",
    replace: "members.some(({ jobId }) => jobId === event.jobId || unwanted.includes(jobId)),",
    tests: ["test/machines/job-matrix.test.ts"],
  },
  {
    name: "a sample of a load of which nobody knows anything is done again",
    file: "machines/job-setup.ts",
    find: "(isLost(event.reason) ? context.repeatable : event.retryable) &&",
    replace: "(isLost(event.reason) || event.retryable) &&",
    tests: ["test/machines/job-matrix.test.ts"],
  },
  {
    name: "a load never waits to be fuller",
    file: "src/runtime/loads.ts",
    find: "const isWorthIt = lab.time_ms < until_ms && mayMoreCome(lab, first, sharedNames(capability));",
    replace:
      "const isWorthIt = lab.time_ms < since_ms && mayMoreCome(lab, first, sharedNames(capability));",
    tests: [simulated],
  },
];
