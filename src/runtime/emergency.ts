import { LabError } from "../core/errors.ts";
import { OWN_STOP_ID } from "../events/codec.ts";
import type { LabCommand } from "../events/lab-command.ts";
import type { LabFact, OperatorFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";

export type StopFact = Extract<OperatorFact, { readonly type: "safety.emergencyStop" }>;

export type StopWord = Extract<LabCommand, { readonly type: "announceStop" }>;

/** What is known when a word on the emergency stop comes in. */
export interface StopContext {
  readonly lab: Lab;
  /** Facts that wait to be logged, in the order of their coming. */
  readonly waiting: Iterable<LabFact>;
  readonly agentId: string;
  readonly now_ms: number;
  /** The broker had kept it: it is a word of the past. */
  readonly retained: boolean;
  /** This word was heard before, whatever became of it: also as one that the broker had kept, or when there was no stop. */
  readonly heardBefore: boolean;
}

/** What to do with a word on the emergency stop. */
export type StopJudgement =
  /** A stop: told to every instrument at once where only we have heard it, and logged. */
  | { readonly kind: "stop"; readonly tellAll: boolean }
  /** A person cleared it: logged, then told to every instrument. */
  | { readonly kind: "clear" }
  /** Nothing new; the laboratory's own word is said again where another one may be on the broker. */
  | { readonly kind: "known"; readonly tellAll: boolean }
  | { readonly kind: "refuse"; readonly why: string };

/** A clear that was sent longer ago than this meant another moment; clocks of a laboratory agree better than that. */
const CLEAR_FRESH_ms = 60_000;
/** A clear may seem to be older than the stop that it clears by what two clocks may differ. */
const CLEAR_SKEW_ms = 5_000;

/**
 * The rules of the latch (decision 0120). A stop counts always, whoever says it and however often. A clear counts only
 * as a fresh message of a named operator: one that the broker had kept, that is known, that an instrument says or that
 * was sent before the stop never clears.
 */
export function judgeStop(fact: StopFact, context: StopContext): StopJudgement {
  const { retained, agentId, heardBefore } = context;
  const latched = isLatched(context.lab, context.waiting);
  const isOurs = fact.message.source === `agent/${agentId}`;
  // Ours, come back from a broker without "no local", or kept by one.
  if (isOurs && !(retained && fact.active && !latched)) return { kind: "known", tellAll: false };
  if (isOurs && isBeforeClear(fact.message.id, context.lab))
    return { kind: "known", tellAll: true };
  if (fact.active) {
    const isAgents = fact.message.source.startsWith("agent/");
    // Another agent's word is not said again: two agents would answer each other for ever.
    return { kind: "stop", tellAll: retained ? !latched : !isAgents };
  }
  if (retained || heardBefore || isKnown(context.lab, fact))
    return { kind: "known", tellAll: latched };
  const why = refusalOfClear(fact, context);
  if (why !== undefined) return { kind: "refuse", why };
  return latched ? { kind: "clear" } : { kind: "known", tellAll: true };
}

/** Words that are remembered; a client that invents ids can't fill the memory. */
const WORDS_MAX = 10_000;

/** Remembers clears by their names: a clear that did not count when it came does not count when it comes again. */
export function createHeardClears(): (fact: StopFact) => boolean {
  const heard = new Set<string>();
  return ({ active, message }) => {
    const name = `${message.source}/${message.id}`;
    if (active) return false;
    const before = heard.has(name);
    heard.add(name);
    const [oldest = ""] = heard;
    if (heard.size > WORDS_MAX) heard.delete(oldest);
    return before;
  };
}

/** Whether the stop is latched once everything that has come is in the log. */
export function isLatched(lab: Lab, waiting: Iterable<LabFact>): boolean {
  let latched = lab.emergency !== undefined;
  for (const fact of waiting) {
    if (fact.type === "safety.emergencyStop") latched = fact.active;
  }
  return latched;
}

/** What every instrument is told of a stop. */
export function wordOf(
  { active, by, reason }: Pick<StopWord, "active" | "by" | "reason">,
  position: number,
): StopWord {
  return { type: "announceStop", active, by, reason, position };
}

/** The laboratory's own word on the stop, as it stands. */
export function ownWord({ emergency, cleared, position }: Lab): StopWord {
  return emergency === undefined
    ? wordOf({ ...cleared, active: false }, position)
    : wordOf({ ...emergency, active: true }, position);
}

/** The reply to who asked for a clear that does not count. */
export function clearRefused(why: string): LabError {
  return new LabError("TL-3003", `The emergency stop stays: ${why}`);
}

/** The id of our own word names where the log stood, so that no clock decides which came first. */
function isBeforeClear(messageId: string, { cleared }: Lab): boolean {
  const position = OWN_STOP_ID.exec(messageId)?.[1];
  return position !== undefined && Number(position) < cleared.position;
}

function isKnown(lab: Lab, { message }: StopFact): boolean {
  return lab.stopMessages.has(`${message.source}/${message.id}`);
}

function refusalOfClear(fact: StopFact, { lab, now_ms }: StopContext): string | undefined {
  const { source } = fact.message;
  if (!source.startsWith("operator/"))
    return `only an operator clears it, and ${source} is none; no instrument can.`;
  const { sent_ms } = fact;
  if (sent_ms === undefined || Math.abs(now_ms - sent_ms) > CLEAR_FRESH_ms)
    return (
      `the clear by ${fact.by} was sent more than ${CLEAR_FRESH_ms / 1000} s ago, or its sender's clock is wrong ` +
      `(it says ${sent_ms === undefined ? "no time" : new Date(sent_ms).toISOString()}).`
    );
  const { emergency } = lab;
  // A stop of the future is one from before our own clock was set back: then only the first rule can be held.
  const isOrdered = emergency !== undefined && emergency.since_ms <= now_ms;
  if (isOrdered && sent_ms < emergency.since_ms - CLEAR_SKEW_ms)
    return `the clear by ${fact.by} was sent before the stop by ${emergency.by}.`;
  return undefined;
}
