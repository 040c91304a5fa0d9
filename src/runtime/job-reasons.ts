import type { JobContext, MachineState } from "../../machines/index.ts";
import { suggestName } from "../core/near-name.ts";
import { nextOpening_ms } from "../domain/opening-hours.ts";
import { type Reason, reasonInWords, utc } from "../domain/reason.ts";
import { waitsForLoadUntil_ms } from "./dispatcher.ts";
import { reasonsOfInstrument } from "./instrument-reasons.ts";
import { type Lab, stateName } from "./lab.ts";
import { missingStep } from "./missing-step.ts";
import { isStartHour } from "./start-hours.ts";
import { upkeepReason } from "./upkeep.ts";

/** What jobs that queue for one capability wait for: the same for all of a campaign, so it is found once. */
export type QueueReasons = Map<string, Reason | undefined>;

/**
 * What a job waits for beyond the normal course: a job that runs, or that queues behind others for an instrument that
 * can be used, stands in nobody's way.
 */
export function reasonOfJob(
  lab: Lab,
  job: MachineState<JobContext>,
  found: QueueReasons,
): Reason | undefined {
  const { context } = job;
  switch (stateName(job)) {
    case "queued":
      return queueReason(lab, context, found) ?? loadReason(lab, context);
    case "loaded": {
      // Whatever keeps its load keeps each of its samples.
      const load = lab.machines.job.get(context.loadId ?? "");
      return load === undefined ? undefined : reasonOfJob(lab, load, found);
    }
    case "asked":
      return personReason(lab, context);
    case "dispatched":
      return context.sendings > 1 ? silenceReason(job) : undefined;
    case "unknown":
      return silenceReason(job);
    case "held":
      return about(job, "held", `${context.instrumentId} to go on with ${context.jobId}`);
    case "timedOut":
      return about(job, "overdue", overdueText(context));
    case "retryWait":
      return retryReason(lab, job);
    default:
      return undefined;
  }
}

type Job = MachineState<JobContext>;

function queueReason(lab: Lab, context: JobContext, found: QueueReasons): Reason | undefined {
  const later = missingStep(lab, context);
  const key = `${context.capability} ${later ?? ""}`;
  if (!found.has(key)) found.set(key, findQueueReason(lab, context, later));
  return found.get(key);
}

function findQueueReason(lab: Lab, context: JobContext, later: string | undefined) {
  return (
    hoursReason(lab, context) ??
    instrumentReason(lab, context) ??
    (later === undefined ? undefined : instrumentReason(lab, { ...context, capability: later }))
  );
}

function about({ context }: Job, cause: Reason["cause"], text: string): Reason {
  const { jobId, instrumentId } = context;
  return { kind: "waitingFor", cause, text, instrumentId, jobIds: [jobId] };
}

/** An instrument is free, and a fuller load is worth its time. */
function loadReason(lab: Lab, context: JobContext): Reason | undefined {
  const until_ms = waitsForLoadUntil_ms(lab, context);
  if (until_ms === undefined) return undefined;
  const text = `further samples to ${context.capability} together`;
  return { kind: "waitingFor", cause: "load", text, until_ms };
}

function personReason(
  { time_ms }: Lab,
  { jobId, capability, overdue_ms, instrumentId }: JobContext,
): Reason {
  const late = time_ms >= overdue_ms ? "overdue since" : "due";
  const text = `a person to ${capability} ${jobId}, ${late} ${utc(overdue_ms)}`;
  const reason = { cause: "person" as const, text, instrumentId, jobIds: [jobId] };
  return { kind: "waitingFor", ...reason };
}

function hoursReason(lab: Lab, job: JobContext): Reason | undefined {
  if (isStartHour(lab, job)) return undefined;
  const { campaignId, capability } = job;
  const hours = lab.specs.get(campaignId)?.hours?.starts?.[capability] ?? "";
  const until_ms = nextOpening_ms(hours, lab.time_ms, lab.timeZone);
  const text = `the hours of ${capability} (${hours}, ${lab.timeZone})`;
  return { kind: "waitingFor", cause: "hours", text, until_ms };
}

function instrumentReason(lab: Lab, job: JobContext): Reason | undefined {
  const { capability, campaignId } = job;
  const offering = lab.instrumentIds.filter((id) => capabilitiesOf(lab, id).includes(capability));
  if (offering.length === 0) {
    const offered = [...new Set(lab.instrumentIds.flatMap((id) => capabilitiesOf(lab, id)))].sort();
    const text =
      `an instrument that offers "${capability}": none does, ` +
      (offered.length === 0 ? "none is connected" : suggestAll(capability, offered));
    const alarm = lab.isSettled ? "warning" : undefined;
    return { kind: "waitingFor", cause: "capability", text, alarm };
  }
  const against = offering.map((id) => {
    const reason = reasonsOfInstrument(lab, id, campaignId)[0] ?? upkeepReason(lab, id, job);
    return [id, reason] as const;
  });
  if (against.some(([, reason]) => reason === undefined)) return undefined;
  const why = against.flatMap(([id, reason]) =>
    reason === undefined ? [] : [`${id} is ${reasonInWords(reason)}`],
  );
  const text = `an instrument that can do ${capability}: ${why.join("; ")}`;
  return { kind: "waitingFor", cause: "instrument", text };
}

/** `did you mean "diffraction"? There are anneal, diffraction`: what there is helps also where a name is near. */
function suggestAll(name: string, known: readonly string[]): string {
  const suggestion = suggestName(name, known);
  return suggestion.startsWith("there")
    ? suggestion
    : `${suggestion} There are ${known.join(", ")}`;
}

function capabilitiesOf(lab: Lab, instrumentId: string): readonly string[] {
  const { capabilities = [] } = lab.machines.instrument.get(instrumentId)?.context ?? {};
  return capabilities.map(({ name }) => name);
}

function silenceReason(job: Job): Reason {
  const { jobId, instrumentId, sendings, started, attempt } = job.context;
  const times = sendings === 1 ? "once" : sendings === 2 ? "twice" : `${sendings} times`;
  const what = started.includes(attempt)
    ? `a word about ${jobId}, which it had begun`
    : sendings === 0
      ? `a word about ${jobId}`
      : `an answer to the start of ${jobId}: sent ${times}, no answer`;
  const reason = about(job, "answer", `${what} from ${instrumentId}`);
  return sendings > 1 ? { ...reason, alarm: "warning" } : reason;
}

function overdueText({ jobId, instrumentId, timeLimit_s, overdue_ms }: JobContext): string {
  const limit = `its limit of ${timeLimit_s} s (at ${utc(overdue_ms)})`;
  return `the end of ${jobId} on ${instrumentId}: past ${limit}, cancelled`;
}

function retryReason(lab: Lab, job: Job): Reason {
  const { jobId, attempt, retries, timerId = "" } = job.context;
  const until_ms = lab.timers.get(timerId)?.at_ms;
  const text = `another attempt at ${jobId} (${attempt} of ${retries + 1} failed)`;
  return { ...about(job, "retry", text), until_ms };
}
