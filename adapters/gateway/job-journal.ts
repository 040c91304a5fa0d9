import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import { writeWhole } from "../system/write-whole.ts";
import type { JournaledOutcome } from "./job-outcome.ts";

/** A job as the agent orders it. */
export interface JobOrder {
  readonly commandId: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly campaignId?: string | undefined;
  readonly epoch: number;
  readonly notAfter_ms: number;
  readonly capability: string;
  readonly parameters: Parameters;
  readonly sampleIds?: readonly string[] | undefined;
  readonly parametersBySample?: Readonly<Record<string, Parameters>> | undefined;
}

interface JobKey {
  readonly jobId: string;
  readonly attempt: number;
}

/** What a gateway must still know when it starts again. */
type JournalEntry =
  | { readonly note: "epoch"; readonly epoch: number }
  | { readonly note: "command"; readonly commandId: string }
  | { readonly note: "emergencyStop"; readonly active: boolean; readonly reason: string }
  /** Without `time_ms` in journals of the first days, which noted no beginning. */
  | { readonly note: "accepted"; readonly order: JobOrder; readonly time_ms?: number | undefined }
  | {
      readonly note: "rejected";
      readonly order: JobOrder;
      readonly reason: string;
      readonly retryable: boolean;
    }
  /** The device is about to be told; from here on it may work. */
  | ({ readonly note: "beginning"; readonly boot?: string | undefined } & JobKey)
  | ({ readonly note: "held" | "resumed" } & JobKey)
  /** It is to be halted; `reason` becomes its failure once the device is at rest. */
  | ({ readonly note: "cancelling"; readonly reason: string } & JobKey)
  /** Nobody knows what became of it. */
  | ({ readonly note: "lost"; readonly reason: string } & JobKey)
  | ({
      readonly note: "ended";
      readonly outcome: JournaledOutcome;
      readonly time_ms?: number | undefined;
    } & JobKey)
  /** Without `position` in journals of the first days. */
  | ({ readonly note: "acked"; readonly position?: number | undefined } & JobKey);

/** What the agent has said last that it has on disk. */
export interface LastAck extends JobKey {
  readonly position: number;
}

/** One attempt at one job, as far as the gateway knows. */
export interface JobRecord {
  readonly order: JobOrder;
  readonly accepted_ms?: number | undefined;
  readonly refusal?: { readonly reason: string; readonly retryable: boolean } | undefined;
  readonly beginning?: { readonly boot?: string | undefined } | undefined;
  readonly held?: boolean | undefined;
  readonly cancelling?: string | undefined;
  readonly lost?: string | undefined;
  readonly outcome?: JournaledOutcome | undefined;
  readonly ended_ms?: number | undefined;
  readonly acked: boolean;
}

/** The gateway's memory, on disk before anything is said about it. */
export interface JobJournal {
  /** Largest epoch of any command that was taken. */
  readonly epoch: number;
  /** Why the emergency stop is latched; `undefined` where it is not. */
  readonly emergency: string | undefined;
  /** The last acknowledgement that was heard. */
  readonly acknowledged: LastAck | undefined;
  append(entry: JournalEntry): void;
  hasCommand(commandId: string): boolean;
  byCommand(commandId: string): JobRecord | undefined;
  /** The attempt that was ordered last. */
  byJob(jobId: string): JobRecord | undefined;
  byAttempt(jobId: string, attempt: number): JobRecord | undefined;
  /** Accepted, not ended, not lost. */
  unfinished(): JobRecord | undefined;
  /** Ended and not acknowledged. */
  unacknowledged(): readonly JobRecord[];
  close(): void;
}

/** Acknowledged jobs and control commands beyond so many are forgotten at compaction: their commands come no more. */
const KEPT_MAX = 2000;
/** A journal is compacted when it is opened and after so many entries. */
const ENTRIES_MAX = 20_000;

/**
 * Opens (or makes) the journal in `folder`: one JSON document a line, synced to the disk before `append` returns (acknowledgements excepted). A last
 * line torn by a power cut is dropped. Throws TL-7032: it cannot be read or written. The caller holds the folder's lock.
 */
export function openJobJournal(folder: string): JobJournal {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "journal.jsonl");
  const memory = new Memory();
  for (const entry of readEntries(file)) memory.fold(entry);
  let handle = compact(file, memory);
  let entries = 0;
  return {
    get epoch() {
      return memory.epoch;
    },
    get emergency() {
      return memory.emergency;
    },
    get acknowledged() {
      return memory.acknowledged;
    },
    append: (entry) => {
      try {
        writeSync(handle, `${JSON.stringify(entry)}\n`);
        // An acknowledgement that is lost makes the result be said, and acknowledged, again.
        if (entry.note !== "acked") fsyncSync(handle);
      } catch (cause) {
        throw new LabError("TL-7032", `${file} cannot be written`, { cause });
      }
      memory.fold(entry);
      entries += 1;
      if (entries < ENTRIES_MAX) return;
      closeSync(handle);
      handle = compact(file, memory);
      entries = 0;
    },
    hasCommand: (commandId) => memory.commandIds.has(commandId),
    byCommand: (commandId) => memory.records.get(memory.byCommand.get(commandId) ?? ""),
    byJob: (jobId) => memory.records.get(memory.latest.get(jobId) ?? ""),
    byAttempt: (jobId, attempt) => memory.records.get(`${jobId}#${attempt}`),
    unfinished: () => memory.open().find((one) => one.outcome === undefined),
    unacknowledged: () => memory.open().filter((one) => one.outcome !== undefined),
    close: () => closeSync(handle),
  };
}

/** A fold of the entries. */
class Memory {
  epoch = 0;
  emergency: string | undefined;
  acknowledged: LastAck | undefined;
  readonly records = new Map<string, JobRecord>();
  readonly byCommand = new Map<string, string>();
  readonly latest = new Map<string, string>();
  readonly commandIds = new Set<string>();
  readonly #open = new Set<string>();

  /** Accepted and neither lost nor acknowledged, in the order of their acceptance. */
  open(): JobRecord[] {
    return [...this.#open].flatMap((key) => this.records.get(key) ?? []);
  }

  fold(entry: JournalEntry): void {
    switch (entry.note) {
      case "epoch":
        this.epoch = Math.max(this.epoch, entry.epoch);
        return;
      case "command":
        this.commandIds.add(entry.commandId);
        return;
      case "emergencyStop":
        this.emergency = entry.active ? entry.reason : undefined;
        return;
      case "accepted":
      case "rejected":
        this.#order(entry);
        return;
      default:
        this.#change(entry);
        if (entry.note === "acked") this.#noteAck(entry);
    }
  }

  #noteAck({ jobId, attempt, position }: Extract<JournalEntry, { readonly note: "acked" }>): void {
    if (position !== undefined) this.acknowledged = { jobId, attempt, position };
  }

  forgetOldest(): void {
    const settled = [...this.records.keys()].filter((key) => !this.#open.has(key));
    for (const key of settled.slice(0, -KEPT_MAX)) {
      const record = this.records.get(key);
      this.records.delete(key);
      if (record === undefined) continue;
      this.byCommand.delete(record.order.commandId);
      if (this.latest.get(record.order.jobId) === key) this.latest.delete(record.order.jobId);
    }
    for (const id of [...this.commandIds].slice(0, -KEPT_MAX)) this.commandIds.delete(id);
  }

  #order(entry: Extract<JournalEntry, { readonly note: "accepted" | "rejected" }>): void {
    const { order } = entry;
    const { commandId, jobId, attempt, epoch } = order;
    this.epoch = entry.note === "accepted" ? Math.max(this.epoch, epoch) : this.epoch;
    if (entry.note === "rejected") {
      const key = `${jobId}#${commandId}`;
      const { reason, retryable } = entry;
      this.records.set(key, { order, refusal: { reason, retryable }, acked: true });
      this.byCommand.set(commandId, key);
      return;
    }
    const key = `${jobId}#${attempt}`;
    const { time_ms } = entry;
    const beginning = time_ms === undefined ? {} : undefined;
    // A campaign that began anew names its jobs as before: the new order takes the place of the old one.
    this.records.delete(key);
    this.records.set(key, { order, accepted_ms: time_ms, beginning, acked: false });
    this.byCommand.set(commandId, key);
    this.latest.set(jobId, key);
    this.#open.delete(key);
    this.#open.add(key);
  }

  #change(entry: Extract<JournalEntry, JobKey>): void {
    const key = `${entry.jobId}#${entry.attempt}`;
    const known = this.records.get(key);
    if (known === undefined) return;
    const changed = changedBy(known, entry);
    this.records.set(key, changed);
    if (changed.acked || (changed.lost !== undefined && changed.outcome === undefined))
      this.#open.delete(key);
    else this.#open.add(key);
  }
}

function changedBy(known: JobRecord, entry: Extract<JournalEntry, JobKey>): JobRecord {
  switch (entry.note) {
    case "beginning":
      return { ...known, beginning: { boot: entry.boot }, lost: undefined };
    case "held":
    case "resumed":
      return { ...known, held: entry.note === "held" };
    case "cancelling":
      return { ...known, cancelling: entry.reason };
    case "lost":
      return { ...known, lost: entry.reason };
    case "ended":
      return { ...known, outcome: entry.outcome, ended_ms: entry.time_ms };
    case "acked":
      return { ...known, acked: true };
  }
}

function readEntries(file: string): JournalEntry[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) truncateSync(file, whole);
  return bytes
    .subarray(0, whole)
    .toString("utf8")
    .split("\n")
    .flatMap((line, k) => {
      if (line === "") return [];
      try {
        return [JSON.parse(line) as JournalEntry];
      } catch (cause) {
        throw new LabError("TL-7032", `${file} line ${k + 1} is not a journal entry`, { cause });
      }
    });
}

/** Writes what is still worth knowing to a fresh file in the old one's place; returns its handle. */
function compact(file: string, memory: Memory): number {
  memory.forgetOldest();
  const entries: JournalEntry[] = [
    { note: "epoch", epoch: memory.epoch },
    ...[...memory.commandIds].map((commandId) => ({ note: "command" as const, commandId })),
    ...[...memory.records.values()].flatMap(entriesOf),
  ];
  const { emergency } = memory;
  if (memory.acknowledged !== undefined) entries.push({ note: "acked", ...memory.acknowledged });
  if (emergency !== undefined)
    entries.push({ note: "emergencyStop", active: true, reason: emergency });
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  try {
    writeWhole(file, text);
    return openSync(file, "a");
  } catch (cause) {
    throw new LabError("TL-7032", `${file} cannot be written`, { cause });
  }
}

function entriesOf(record: JobRecord): JournalEntry[] {
  const { order, refusal, beginning, outcome } = record;
  if (refusal !== undefined) return [{ note: "rejected", order, ...refusal }];
  const key = { jobId: order.jobId, attempt: order.attempt };
  const entries: JournalEntry[] = [{ note: "accepted", order, time_ms: record.accepted_ms }];
  if (beginning !== undefined) entries.push({ note: "beginning", ...key, ...beginning });
  if (record.held === true) entries.push({ note: "held", ...key });
  if (record.cancelling !== undefined)
    entries.push({ note: "cancelling", ...key, reason: record.cancelling });
  if (record.lost !== undefined) entries.push({ note: "lost", ...key, reason: record.lost });
  if (outcome !== undefined)
    entries.push({ note: "ended", ...key, outcome, time_ms: record.ended_ms });
  if (record.acked) entries.push({ note: "acked", ...key });
  return entries;
}
