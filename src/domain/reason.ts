/** What a reason says of its subject, in the words that its sentence begins with. */
export type ReasonKind = "waitingFor" | "suspendedBecause" | "notUsableBecause" | "endedBecause";

/** What stands in the way: a union, so that programs never read prose. */
export type ReasonCause =
  | "start"
  | "approval"
  | "person"
  | "capability"
  | "instrument"
  | "answer"
  | "overdue"
  | "held"
  | "retry"
  | "load"
  | "maintenance"
  | "stock"
  | "hours"
  | "guard"
  | "configuration"
  | "results"
  | "failures"
  | "pause"
  | "emergencyStop"
  | "restart"
  | "goal";

/**
 * Why something stands still: the one model of it, for campaigns and instruments, shown in the same words by page,
 * `status`, log, webhook and topics.
 */
export interface Reason {
  readonly kind: ReasonKind;
  readonly cause: ReasonCause;
  /** What follows the words of its kind, without a full stop. */
  readonly text: string;
  readonly since_ms?: number | undefined;
  /** When it ends by itself. */
  readonly until_ms?: number | undefined;
  readonly instrumentId?: string | undefined;
  /** Jobs that stand still for it, where it is about jobs. */
  readonly jobIds?: readonly string[] | undefined;
  /** Absent where it belongs to the normal course: nobody need come for it. */
  readonly alarm?: "warning" | "critical" | undefined;
}

const WORDS: Readonly<Record<ReasonKind, string>> = {
  waitingFor: "waiting for",
  suspendedBecause: "suspended because",
  notUsableBecause: "not usable because",
  endedBecause: "ended because",
};

/** `waiting for approval of batch 3: 2 points, since 14:05 UTC on 2026-11-30`. */
export function reasonInWords({ kind, text, since_ms, until_ms }: Reason): string {
  const since = since_ms === undefined ? "" : `, since ${utc(since_ms)}`;
  const until = until_ms === undefined ? "" : `; it goes on by itself at ${utc(until_ms)}`;
  return `${WORDS[kind]} ${text.replace(/\.$/, "")}${since}${until}`;
}

/** The same for every reader, wherever his clock is set: `14:05 UTC on 2026-11-30`. */
export function utc(time_ms: number): string {
  const text = new Date(time_ms).toISOString();
  return `${text.slice(11, 16)} UTC on ${text.slice(0, 10)}`;
}
