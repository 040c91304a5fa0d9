import { unreachable } from "../core/assert.ts";
import type { ReportedBy } from "../domain/people.ts";
import { describeReread } from "../domain/reread.ts";
import type { LabEvent } from "../events/lab-event.ts";
import { describeObservations } from "./observation-summary.ts";
import { whoSaid } from "./who-said.ts";

/** One line of the event stream: what happened, in the words of a person. */
export interface EventLine {
  readonly position: number;
  readonly time_ms: number;
  readonly type: string;
  /** The campaign, instrument, job or topic that it is about. */
  readonly subject: string;
  readonly text: string;
}

/** The view `dashboard/events`: the newest lines; older ones are searched on demand. */
export interface EventStreamView {
  readonly total: number;
  readonly lines: readonly EventLine[];
}

export const EVENT_LINES_SHOWN = 100;
export const EVENT_LINES_KEPT = 5000;

/** Says in one line what an event means. */
export function describeEvent(event: LabEvent): EventLine {
  const { position, time_ms, fact } = event;
  const [subject, text] = describeFact(fact);
  return { position, time_ms, type: fact.type, subject, text: clip(text) };
}

/** Lines that hold every word of `search`, newest first, at most `limit`. */
export function searchEvents(
  lines: readonly EventLine[],
  search: string,
  limit: number,
): EventLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found: EventLine[] = [];
  for (let k = lines.length - 1; k >= 0 && found.length < limit; k--) {
    const line = lines[k];
    if (line === undefined) continue;
    const text = `${line.type} ${line.subject} ${line.text}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(line);
  }
  return found;
}

function describeFact(fact: LabEvent["fact"]): [subject: string, text: string] {
  switch (fact.type) {
    case "instrument.online":
      return [fact.instrumentId, fact.online ? "came online" : "went offline"];
    case "instrument.birth":
      return [fact.instrumentId, `introduced itself as ${fact.kind}`];
    case "instrument.state":
      return [fact.instrumentId, describeState(fact)];
    case "job.accepted":
      return [fact.jobId, `accepted by ${fact.instrumentId}, attempt ${fact.attempt}`];
    case "job.rejected":
      return [fact.jobId, `rejected by ${fact.instrumentId}: ${fact.reason}`];
    case "job.progress":
      return [fact.jobId, `runs on ${fact.instrumentId}`];
    case "job.result":
      return [fact.jobId, describeResult(fact)];
    case "job.failed":
      return [
        fact.jobId,
        `failed on ${fact.instrumentId}: ${fact.reason}${reportedBy(fact.reported)}`,
      ];
    case "job.unknown":
      return [fact.jobId, `${fact.instrumentId} has no record of it`];
    case "operator.command":
      return [fact.campaignId, describeCommand(fact)];
    case "safety.emergencyStop":
      return ["laboratory", describeStop(fact)];
    case "daemon.started":
      return [fact.agentId, `started, version ${fact.version}, epoch ${fact.epoch}`];
    case "instruments.configured":
      return ["instruments", "limits, guards and hours were read again"];
    case "log.lossAccepted":
      return ["event log", `went on without the lost events ${fact.after + 1} to ${fact.through}`];
    case "campaign.defined":
      return [fact.spec.campaignId, `defined: ${fact.spec.title}`];
    case "timer.fired":
      return [fact.timerId, "deadline reached"];
    case "planner.proposed":
      return [fact.campaignId, describeProposal(fact)];
    case "guard.tripped":
      return [fact.instrumentId, `guard tripped (${fact.action}): ${fact.text}`];
    case "guard.cleared":
      return [fact.guardId, `guard cleared: ${fact.text}`];
    case "patterns.reread":
      return [fact.campaignId, describeReadings(fact)];
    case "clock.noted":
      return [fact.instrumentId ?? "clock", describeClock(fact)];
    case "log.gapTold":
      return [fact.instrumentId, `had ${fact.jobId} acknowledged at ${fact.position}: it is gone`];
    case "instrument.contested":
      return [fact.instrumentId, `two controllers under one name: ${fact.bootIds.join(", ")}`];
    case "instrument.settled":
      return [fact.instrumentId, `one controller again${fact.bootId ? `: ${fact.bootId}` : ""}`];
    case "planner.failed":
      return [fact.campaignId, `the planner failed: ${fact.reason}`];
    case "command.outcome":
      return [fact.commandId, fact.sent ? "sent" : `could not be sent: ${fact.reason ?? ""}`];
    case "message.quarantined":
      return [fact.topic, `quarantined: ${fact.reason}, ${fact.bytes} bytes`];
    case "message.quarantineCounted":
      return [fact.topic, `${fact.count} more quarantined: ${fact.reason}, ${fact.bytes} bytes`];
    default:
      return unreachable(fact);
  }
}

function describeProposal({
  proposal: { points, verdict, model },
}: Extract<LabEvent["fact"], { readonly type: "planner.proposed" }>): string {
  const why = verdict.kind === "continue" ? "" : `, ${verdict.kind}: ${verdict.reason}`;
  const count = `${points.length} ${points.length === 1 ? "point" : "points"}`;
  return `${count} proposed after ${model.observations} results${why}`;
}

function describeStop(
  fact: Extract<LabEvent["fact"], { readonly type: "safety.emergencyStop" }>,
): string {
  return `emergency stop ${fact.active ? "by" : "cleared by"} ${whoSaid(fact)}: ${fact.reason}`;
}

function describeState(
  fact: Extract<LabEvent["fact"], { readonly type: "instrument.state" }>,
): string {
  const job = fact.jobId === undefined ? "" : `, job ${fact.jobId}`;
  return `${fact.operation}, ${fact.control}, safety ${fact.safety}${job}`;
}

function describeReadings({ patterns, readings, problem }: Reread): string {
  if (problem !== undefined) return `patterns were not read again: ${problem}`;
  return `${patterns} patterns read again: ${readings.length} results mean something else`;
}

function describeClock({
  instrumentId,
  offset_ms,
}: {
  readonly instrumentId?: string | undefined;
  readonly offset_ms: number;
}): string {
  if (offset_ms === 0) return "the clock is right again";
  const by = `${Math.abs(offset_ms / 1000).toFixed(1)} s ${offset_ms > 0 ? "ahead" : "behind"}`;
  return instrumentId === undefined ? `our clock stepped, ${by}` : `its clock is ${by}`;
}

type Reread = Extract<LabEvent["fact"], { readonly type: "patterns.reread" }>;
type Command = Extract<LabEvent["fact"], { readonly type: "operator.command" }>;

function describeCommand(fact: Command): string {
  return `${fact.action}${whatIn(fact)} by ${whoSaid(fact)}${fact.reason === undefined ? "" : `: ${fact.reason}`}`;
}

function describeResult({
  observations,
  reported,
}: Extract<LabEvent["fact"], { readonly type: "job.result" }>): string {
  return `${describeObservations(observations) || "done"}${reportedBy(reported)}`;
}

function reportedBy(reported: ReportedBy | undefined): string {
  return reported === undefined ? "" : `, reported by ${whoSaid(reported)}`;
}

/** What a command is about, with a space before it. */
export function whatIn({
  candidateIds,
  changes,
  change,
  points,
  sampleId,
  observations,
  patterns,
}: Omit<Command, "type" | "message">): string {
  if (sampleId !== undefined) return ` on ${sampleId}`;
  if (change !== undefined) return ` of change ${change}`;
  if (candidateIds !== undefined) return ` of ${candidateIds.length} points`;
  if (changes !== undefined) return ` ${JSON.stringify(changes).replaceAll('"', "")}`;
  if (patterns !== undefined) return `: ${describeReread(patterns)}`;
  if (points === undefined) return "";
  const named = points.map(
    ({ candidateId, parameters = {} }) =>
      candidateId ??
      Object.entries(parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
  );
  const found = observations === undefined ? "" : `: ${describeObservations(observations)}`;
  return ` ${named.join("; ")}${found}`;
}

const TEXT_MAX = 200;

function clip(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}
