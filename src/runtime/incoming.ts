import type { InstrumentContext, JobContext } from "../../machines/index.ts";
import { PEOPLE } from "../domain/people.ts";
import type { JobFact, LabFact, QuarantineReason } from "../events/lab-fact.ts";
import type { IncomingMessage } from "../events/message-bus.ts";
import { isAboutInstruments } from "./instrument-changes.ts";
import { type Lab, reportKey } from "./lab.ts";
import { reportDigest } from "./observations.ts";
import { bringBack, campaignOfFact } from "./shelf.ts";

/** What to do with a decoded fact, given what the laboratory knows. */
export type Judgement =
  /** `as`: what it amounts to, where that is another fact than was said. */
  | { readonly kind: "log"; readonly as?: LabFact | undefined }
  /** Known already: nothing is logged; a report is acknowledged again, a command answered again. */
  | { readonly kind: "duplicate" }
  | { readonly kind: "quarantine"; readonly reason: QuarantineReason };

/** Quarantined payloads are kept up to this size; of larger ones the beginning. */
export const QUARANTINE_BYTES_MAX = 65_536;

/**
 * Recognises repetitions: reports by (jobId, attempt), operator commands by commandId, states by what they would
 * change. Facts that wait to be logged count as logged (`waiting`).
 */
export function judge(lab: Lab, fact: LabFact, waiting: ReadonlyMap<string, LabFact>): Judgement {
  bringBack(lab, campaignOfFact(fact));
  // Nobody speaks for the people at the bench but they themselves, by name.
  if ("instrumentId" in fact && fact.instrumentId === PEOPLE)
    return { kind: "quarantine", reason: "notItsInstrument" };
  switch (fact.type) {
    case "job.accepted":
    case "job.rejected":
    case "job.progress":
    case "job.unknown":
    case "job.result":
    case "job.failed":
      return judgeJob(lab, fact, waiting);
    case "operator.command":
      if (isAnswered(lab, fact) || waiting.has(factKey(fact))) return { kind: "duplicate" };
      return lab.machines.campaign.has(fact.campaignId) || isAboutInstruments(fact)
        ? { kind: "log" }
        : { kind: "quarantine", reason: "unknownCampaign" };
    case "instrument.online":
    case "instrument.birth":
    case "instrument.state":
      return judgeInstrument(lab, fact, waiting);
    default:
      return { kind: "log" };
  }
}

/** What was told and refused may be told again: a table may have got the candidate meanwhile. */
function isAnswered(
  { replies }: Lab,
  { commandId, action }: { readonly commandId: string; readonly action: string },
): boolean {
  const reply = replies.get(commandId);
  return reply !== undefined && (action !== "tell" || reply.accepted);
}

/** The name under which a fact that waits to be logged is known. */
export function factKey(fact: LabFact): string {
  if (fact.type === "operator.command") return `operator/${fact.commandId}`;
  if (fact.type === "job.result" || fact.type === "job.failed") return reportKey(fact);
  return "message" in fact ? `${fact.message.source}/${fact.message.id}` : "";
}

export function quarantined(
  message: IncomingMessage,
  reason: QuarantineReason,
): Extract<LabFact, { type: "message.quarantined" }> {
  const kept = message.payload.subarray(0, QUARANTINE_BYTES_MAX);
  return {
    type: "message.quarantined",
    topic: message.topic.slice(0, 1024),
    payloadBase64: Buffer.from(kept).toString("base64"),
    bytes: message.payload.byteLength,
    reason,
  };
}

/** Whether an instrument may speak of a job: it was sent the attempt; without an attempt, it has the job now. */
export function wasGiven(
  { sentTo, instrumentId }: Pick<JobContext, "sentTo" | "instrumentId">,
  fact: { readonly instrumentId: string; readonly attempt?: number },
): boolean {
  const owner = fact.attempt === undefined ? instrumentId : sentTo[fact.attempt - 1];
  return owner === fact.instrumentId;
}

function judgeJob(lab: Lab, fact: JobFact, waiting: ReadonlyMap<string, LabFact>): Judgement {
  const job = lab.machines.job.get(fact.jobId);
  if (job === undefined) return { kind: "quarantine", reason: "unknownJob" };
  if (fact.type === "job.result" || fact.type === "job.failed") {
    const logged = lab.reports.get(reportKey(fact))?.digest;
    const held = waiting.get(reportKey(fact));
    const known = logged ?? (held === undefined ? undefined : reportDigest(held as JobFact));
    // Before the question whose it is: what older runs have logged of somebody else stays known.
    if (known !== undefined && known === reportDigest(fact))
      return knowsNoLaterAttempt(lab, job, fact) ?? { kind: "duplicate" };
    if (!wasGiven(job.context, fact)) return { kind: "quarantine", reason: "notItsInstrument" };
    return known === undefined
      ? { kind: "log" }
      : { kind: "quarantine", reason: "conflictingResult" };
  }
  if (waiting.has(factKey(fact))) return { kind: "duplicate" };
  const ofEarlier = fact.type === "job.rejected" ? knowsNoLaterAttempt(lab, job, fact) : undefined;
  if (ofEarlier !== undefined) return ofEarlier;
  // Any word of an instrument that was silent is news: it is there.
  const instrument = lab.machines.instrument.get(fact.instrumentId);
  if (instrument?.states.includes("connection.stale")) return { kind: "log" };
  if (!wasGiven(job.context, fact)) return { kind: "duplicate" };
  const state = job.states[0] ?? "";
  if (
    fact.type === "job.accepted" &&
    state !== "unknown" &&
    job.context.started.includes(fact.attempt)
  ) {
    return { kind: "duplicate" };
  }
  if (
    fact.type === "job.progress" &&
    !["dispatched", "begun.accepted", "unknown"].includes(state)
  ) {
    return { kind: "duplicate" };
  }
  if (fact.type === "job.unknown" && !IN_DOUBT.includes(state)) {
    return { kind: "duplicate" };
  }
  return { kind: "log" };
}

/**
 * Asked where a job stands, its instrument tells the end of an earlier attempt again: it has no record of the one that was
 * sent since. That start may still be under way, as with every "no record": the same command goes to the same instrument.
 */
function knowsNoLaterAttempt(
  lab: Lab,
  { context, states }: { readonly context: JobContext; readonly states: readonly string[] },
  fact: Extract<JobFact, { readonly attempt: number }>,
): Judgement | undefined {
  const { jobId, instrumentId, message, attempt } = fact;
  if (attempt >= context.attempt || instrumentId !== context.instrumentId) return undefined;
  // A load that is said again until it is acknowledged answers no question about one of its samples.
  if ("load" in fact && fact.load !== undefined) return undefined;
  const connection = lab.machines.instrument.get(instrumentId)?.states ?? [];
  const isAsked = states.some((state) => IN_DOUBT.includes(state));
  if (!isAsked && !connection.includes("connection.stale")) return undefined;
  return { kind: "log", as: { type: "job.unknown", jobId, instrumentId, message } };
}

/** States in which an instrument has been asked about a job. */
const IN_DOUBT = ["unknown", "timedOut", "cancelling"];

type StateFact = Extract<LabFact, { readonly type: "instrument.state" }>;

/**
 * A broker delivers the states of one instrument in their order, each under its own name: a lower number under a name that
 * was not heard means that the instrument has begun to count anew, under the boot that it should have changed.
 */
export function countsAnew(
  context: Pick<InstrumentContext, "bootId" | "seq" | "stateIds">,
  fact: StateFact,
): boolean {
  return (
    context.bootId === fact.bootId &&
    fact.seq <= context.seq &&
    context.stateIds.length > 0 &&
    !context.stateIds.includes(fact.message.id)
  );
}

/** A birth that says something else than the one before, under the same boot: the instrument has corrected itself. */
function isOther(
  { kind, capabilities, channels, upkeep = {} }: InstrumentContext,
  birth: Extract<LabFact, { readonly type: "instrument.birth" }>,
): boolean {
  const text = (one: unknown): string => JSON.stringify(one) ?? "";
  return (
    kind !== birth.kind ||
    text(capabilities) !== text(birth.capabilities) ||
    text(channels) !== text(birth.channels) ||
    (["calibration", "maintenance", "stock"] as const).some(
      (part) => text(upkeep[part]) !== text(birth[part]),
    )
  );
}

function judgeInstrument(
  lab: Lab,
  fact: Extract<LabFact, { type: "instrument.online" | "instrument.birth" | "instrument.state" }>,
  waiting: ReadonlyMap<string, LabFact>,
): Judgement {
  if (waiting.has(factKey(fact))) return { kind: "duplicate" };
  const instrument = lab.machines.instrument.get(fact.instrumentId);
  if (instrument === undefined) return { kind: "log" };
  const { context, states } = instrument;
  if (context.formerBootIds.includes(fact.bootId)) return { kind: "duplicate" };
  const isSameBoot = context.bootId === fact.bootId;
  if (fact.type === "instrument.state") {
    const isOld = isSameBoot && fact.seq <= context.seq;
    return isOld && !countsAnew(context, fact) ? { kind: "duplicate" } : { kind: "log" };
  }
  if (fact.type === "instrument.birth" && isSameBoot && isOther(context, fact))
    return { kind: "log" };
  const connection =
    fact.type === "instrument.birth" || fact.online ? "connection.online" : "connection.offline";
  const isKnown = fact.type === "instrument.online" || context.capabilities.length > 0;
  return isSameBoot && isKnown && states.includes(connection)
    ? { kind: "duplicate" }
    : { kind: "log" };
}
