import type { JobContext, MachineEvent, MachineState } from "../../machines/index.ts";

export const JOB_INPUT = {
  jobId: "map.1.s1",
  campaignId: "map",
  experimentId: "map.1",
  step: 0,
  capability: "anneal",
  parameters: { temperature_K: 608 },
  sampleIds: ["map.1"],
  repeatable: false,
  retries: 1,
  timeLimit_s: 600,
};

const INSTRUMENT = "furnace-1";

/** Every form of every event of a job: of this attempt and of the one before, may be repeated and not, and so on. */
export function jobEvents({ context }: MachineState<JobContext>): MachineEvent[] {
  const attempts = [context.attempt, context.attempt - 1];
  const fromInstrument = attempts.flatMap((attempt) => {
    const about = { instrumentId: INSTRUMENT, attempt };
    return [
      { type: "job.accepted", ...about },
      { type: "job.progress", fraction: 0.5, ...about },
      { type: "job.result", isFailure: false, ...about },
      { type: "job.result", isFailure: true, ...about },
      ...[true, false].flatMap((retryable) => [
        { type: "job.rejected", reason: "busy", retryable, ...about },
        { type: "job.failed", reason: "crucible broke", retryable, ...about },
      ]),
    ];
  });
  return [
    { type: "job.submit", needsApproval: true },
    { type: "job.submit", needsApproval: false },
    { type: "job.approve" },
    { type: "job.reserve", instrumentId: INSTRUMENT, bootId: "b1" },
    { type: "job.dispatch" },
    { type: "job.lapse" },
    { type: "job.refuse", detail: "temperature_K above 750" },
    ...fromInstrument,
    { type: "job.unknown", instrumentId: INSTRUMENT, sameMemory: true },
    { type: "job.unknown", instrumentId: INSTRUMENT, sameMemory: false },
    { type: "job.held" },
    { type: "job.held", until_ms: 10_000_000_000 },
    { type: "job.resumed" },
    { type: "job.cancel", reason: "cancelledByOperator" },
    { type: "job.doubt" },
    { type: "job.ask" },
    { type: "job.outcome", sent: true },
    { type: "timer.fired", timerId: context.timerId ?? "none" },
    { type: "timer.fired", timerId: "an old timer" },
  ];
}

/** A load of two samples. */
export const LOAD_INPUT = {
  ...JOB_INPUT,
  jobId: "map.load1",
  experimentId: "",
  sampleIds: ["map.1", "map.2"],
  retries: 0,
  members: [
    { jobId: "map.1.s1", attempt: 1 },
    { jobId: "map.2.s1", attempt: 1 },
  ],
};

/** What is said to a load besides. */
export function loadEvents(state: MachineState<JobContext>): MachineEvent[] {
  const unwanted = (jobId: string) => ({ type: "job.unwanted", jobId, reason: "guardTripped" });
  return [
    ...jobEvents(state),
    ...[unwanted("map.1.s1"), unwanted("map.2.s1")],
    { type: "job.dissolve" },
  ];
}

/** What is said besides to a job that may go in a load. */
export function memberEvents(state: MachineState<JobContext>): MachineEvent[] {
  const ended = (reason: string, retryable: boolean, loadId = "map.load1") => ({
    ...{ type: "job.loadEnded", loadId, reason, retryable, detail: "the load ended" },
  });
  return [
    ...jobEvents(state),
    { type: "job.load", loadId: "map.load1", instrumentId: INSTRUMENT, bootId: "b1" },
    ended("rejectedByInstrument", true),
    ended("rejectedByInstrument", false),
    ended("unknownToInstrument", false),
    ended("instrumentLost", false),
    ended("notAcceptedInTime", false),
    ended("guardTripped", false),
    ended("rejectedByInstrument", true, "map.load0"),
  ];
}

/** What a job's behaviour depends on; counters that only name things are left out. */
export function jobKey({ states, context }: MachineState<JobContext>): string {
  return JSON.stringify([
    states,
    context.attempt,
    Math.min(context.sendings, 4),
    context.started.includes(context.attempt),
    context.cancelReason,
    context.overdue_ms > 0,
    context.instrumentId,
    context.loadId,
    context.unwanted,
    states[0] === "held" && context.timerId?.includes("/h"),
  ]);
}
