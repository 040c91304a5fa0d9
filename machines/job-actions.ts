import type { Effect } from "./effect.ts";
import { JOB_TIMES, type JobContext, type JobEvent } from "./job-types.ts";

type Args = { readonly context: JobContext; readonly event: JobEvent };

/** One command id an attempt: a resend is the same command, a retry is another. */
function startCommandId(context: JobContext): string {
  return `${context.jobId}.a${context.attempt}`;
}

export function startCommand({ context, event }: Args): Effect {
  return {
    kind: "command",
    command: {
      type: "startJob",
      commandId: startCommandId(context),
      instrumentId: context.instrumentId ?? "",
      jobId: context.jobId,
      attempt: context.attempt,
      campaignId: context.campaignId,
      notAfter_ms: event.time_ms + JOB_TIMES.validity_ms,
      validFor_ms: JOB_TIMES.validity_ms,
      capability: context.capability,
      parameters: context.sent?.parameters ?? context.parameters,
      sampleIds: context.sampleIds,
      ...(context.parametersBySample === undefined
        ? {}
        : { parametersBySample: context.parametersBySample }),
      ...(context.sent === undefined ? {} : { conversions: context.sent.conversions }),
    },
  };
}

export function cancelCommand({ context, event }: Args): Effect {
  return {
    kind: "command",
    command: {
      type: "controlJob",
      commandId: `${context.jobId}.c${event.position}`,
      instrumentId: context.instrumentId ?? "",
      action: "cancel",
      jobId: context.jobId,
    },
  };
}

export function reconcileCommand({ context, event }: Args): Effect {
  return {
    kind: "command",
    command: {
      type: "reconcileJobs",
      commandId: `${context.jobId}.q${event.position}`,
      instrumentId: context.instrumentId ?? "",
      jobIds: [context.jobId],
    },
  };
}

/** The timer armed by the assign before: its name and time are in the context. */
export function armTimer(at: (args: Args) => number) {
  return (args: Args): Effect => ({
    kind: "command",
    command: { type: "startTimer", timerId: args.context.timerId ?? "", at_ms: at(args) },
  });
}

export function stopTimer({ context }: Args): Effect {
  return { kind: "command", command: { type: "cancelTimer", timerId: context.timerId ?? "" } };
}

export function newTimer({ context }: Args): { timerId: string; timers: number } {
  const timers = context.timers + 1;
  return { timerId: `${context.jobId}/t${timers}`, timers };
}

export function releaseStation(args: Args): Effect {
  return tellStation(args, "reservation.release");
}

export function requestStation(args: Args): Effect {
  return tellStation(args, "reservation.request");
}

function tellStation({ context, event }: Args, type: string): Effect {
  return {
    kind: "tell",
    // Nobody reserves a person; of a load the station is the load's.
    to: { machine: "reservation", id: hasNoStation(context) ? "" : (context.instrumentId ?? "") },
    event: {
      type,
      jobId: context.jobId,
      time_ms: event.time_ms,
      position: event.position,
    },
  };
}

function hasNoStation({ byPerson, loadId }: JobContext): boolean {
  return byPerson === true || loadId !== undefined;
}

/** Its load learns that this sample is not wanted any more. */
export function reportUnwanted({ context, event }: Args): Effect {
  return {
    kind: "tell",
    to: { machine: "job", id: context.loadId ?? "" },
    event: {
      type: "job.unwanted",
      jobId: context.jobId,
      reason: event.type === "job.cancel" ? event.reason : "cancelledByOperator",
      time_ms: event.time_ms,
      position: event.position,
    },
  };
}

export function markInstrumentSilent({ context, event }: Args): Effect {
  return {
    kind: "tell",
    to: { machine: "instrument", id: context.instrumentId ?? "" },
    event: {
      type: "instrument.silent",
      jobId: context.jobId,
      time_ms: event.time_ms,
      position: event.position,
    },
  };
}

/** The experiment learns how its job ended. */
export function reportEnd(type: "job.done" | "job.ended") {
  return ({ context, event }: Args): Effect => ({
    kind: "tell",
    to: { machine: "experiment", id: context.experimentId },
    event: {
      type,
      step: context.step,
      reason: context.failure?.reason,
      detail: context.failure?.detail,
      isFailure: event.type === "job.result" && event.isFailure,
      ...(event.type === "job.result" && event.unusable !== undefined
        ? { reason: "resultUnusable", detail: event.unusable, isMismatch: event.isMismatch }
        : {}),
      time_ms: event.time_ms,
      position: event.position,
    },
  });
}

export function alarm(severity: "warning" | "critical", text: (args: Args) => string) {
  return (args: Args): Effect => ({
    kind: "alarm",
    alarm: { id: `job/${args.context.jobId}`, severity, text: text(args) },
  });
}

/** Pause before the next attempt: doubled each time, bounded. */
export function retryAt_ms({ context, event }: Args): number {
  const wait_ms = JOB_TIMES.retryFirst_ms * 2 ** (context.attempt - 1);
  return event.time_ms + Math.min(wait_ms, JOB_TIMES.retryLongest_ms);
}
