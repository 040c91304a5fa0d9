import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import type { SimulationOutcome } from "./device.ts";
import type { SimulationOrder } from "./orders.ts";

/** What a runner must still know when it starts again. */
export type JournalEntry =
  | { readonly note: "accepted"; readonly order: SimulationOrder }
  | {
      readonly note: "rejected";
      readonly order: SimulationOrder;
      readonly reason: string;
      readonly retryable: boolean;
    }
  | {
      readonly note: "ended";
      readonly jobId: string;
      readonly attempt: number;
      readonly outcome: SimulationOutcome;
    }
  | { readonly note: "acked"; readonly jobId: string; readonly attempt: number };

export interface JobRecord {
  readonly order: SimulationOrder;
  readonly refusal?: { readonly reason: string; readonly retryable: boolean } | undefined;
  readonly outcome?: SimulationOutcome | undefined;
  readonly acked: boolean;
}

/** The runner's memory of its jobs, on disk before anything is said about them. */
export interface RunnerJournal {
  /** Largest epoch of any command that was taken. */
  readonly epoch: number;
  append(entry: JournalEntry): void;
  byCommand(commandId: string): JobRecord | undefined;
  /** The attempt that was ordered last. */
  byJob(jobId: string): JobRecord | undefined;
  records(): readonly JobRecord[];
  close(): void;
}

/** Acknowledged jobs beyond this many are forgotten when the journal is opened: their commands come no more. */
const ACKED_KEPT = 2000;

/**
 * Opens (or makes) the journal in `folder`: one JSON document a line, synced to the disk before `append` returns. A last
 * line torn by a power cut is dropped. Throws TL-7032: unreadable, or another runner has the folder.
 */
export function openRunnerJournal(folder: string): RunnerJournal {
  mkdirSync(folder, { recursive: true });
  const unlock = lockFolder(folder);
  const file = join(folder, "journal.jsonl");
  const records = new Map<string, JobRecord>();
  const commands = new Map<string, string>();
  const latest = new Map<string, string>();
  let epoch = 0;
  const fold = (entry: JournalEntry): void => {
    if (entry.note === "accepted" || entry.note === "rejected") {
      const { order } = entry;
      const { commandId, jobId, attempt } = order;
      const key = entry.note === "accepted" ? `${jobId}#${attempt}` : `${jobId}#${commandId}`;
      const refusal =
        entry.note === "rejected"
          ? { reason: entry.reason, retryable: entry.retryable }
          : undefined;
      records.set(key, { order, refusal, acked: refusal !== undefined });
      commands.set(commandId, key);
      if (entry.note === "accepted") latest.set(jobId, key);
      if (entry.note === "accepted") epoch = Math.max(epoch, order.epoch);
      return;
    }
    const key = `${entry.jobId}#${entry.attempt}`;
    const known = records.get(key);
    if (known === undefined) return;
    records.set(
      key,
      entry.note === "ended" ? { ...known, outcome: entry.outcome } : { ...known, acked: true },
    );
  };
  readEntries(file).forEach(fold);
  forgetOldest(records);
  writeCompacted(file, records);
  const handle = openSync(file, "a");
  return {
    get epoch() {
      return epoch;
    },
    append: (entry) => {
      writeSync(handle, `${JSON.stringify(entry)}\n`);
      fsyncSync(handle);
      fold(entry);
    },
    byCommand: (commandId) => records.get(commands.get(commandId) ?? ""),
    byJob: (jobId) => records.get(latest.get(jobId) ?? ""),
    records: () => [...records.values()],
    close: () => {
      closeSync(handle);
      unlock();
    },
  };
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

function forgetOldest(records: Map<string, JobRecord>): void {
  const acked = [...records].filter(([, record]) => record.acked);
  for (const [key] of acked.slice(0, Math.max(0, acked.length - ACKED_KEPT))) records.delete(key);
}

function writeCompacted(file: string, records: ReadonlyMap<string, JobRecord>): void {
  const entries = [...records.values()].flatMap(entriesOf);
  const fresh = `${file}.new`;
  writeFileSync(fresh, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), {
    flush: true,
  });
  renameSync(fresh, file);
}

function entriesOf({ order, refusal, outcome, acked }: JobRecord): JournalEntry[] {
  if (refusal !== undefined) return [{ note: "rejected", order, ...refusal }];
  const { jobId, attempt } = order;
  const entries: JournalEntry[] = [{ note: "accepted", order }];
  if (outcome !== undefined) entries.push({ note: "ended", jobId, attempt, outcome });
  if (acked) entries.push({ note: "acked", jobId, attempt });
  return entries;
}

/** One runner a folder: two would answer for each other's jobs. The lock of a runner that was killed is taken over. */
function lockFolder(folder: string): () => void {
  const file = join(folder, "runner.pid");
  const owner = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (owner !== "" && owner !== ownerName() && owner === nameOf(Number(owner.split(" ")[0])))
    throw new LabError("TL-7032", `Another runner (process ${owner.split(" ")[0]}) uses ${folder}`);
  writeFileSync(file, ownerName());
  return () => writeFileSync(file, "");
}

function ownerName(): string {
  return nameOf(process.pid);
}

/** Process number and its start time, so that a number used again is not mistaken for the same process. */
function nameOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
  } catch {
    return `${pid}`;
  }
}
