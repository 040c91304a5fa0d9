import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { LabError } from "../../src/core/errors.ts";

/** Append-only notes of one controller (or of the physical world): what it must still know when it boots again. */
export interface Journal<Entry> {
  append(entry: Entry): void;
  /** Everything appended so far, also by earlier lives. */
  read(): readonly Entry[];
  /** Loses everything: a controller that forgets. */
  clear(): void;
  close(): void;
}

/** For virtual time: survives the simulated death of the controller, not that of the process. */
export function createMemoryJournal<Entry>(): Journal<Entry> {
  let entries: Entry[] = [];
  return {
    append: (entry) => entries.push(entry),
    read: () => entries,
    clear: () => {
      entries = [];
    },
    close: () => {},
  };
}

/**
 * One JSON document a line. Every entry is handed to the operating system before `append` returns, so it survives
 * kill -9 (not a power cut: a simulated instrument has no power). A last line that was torn is dropped at reading.
 */
export function openFileJournal<Entry>(file: string): Journal<Entry> {
  mkdirSync(dirname(file), { recursive: true });
  const entries: Entry[] = [];
  if (existsSync(file)) {
    const bytes = readFileSync(file);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) truncateSync(file, whole);
    for (const [k, line] of bytes.subarray(0, whole).toString("utf8").split("\n").entries()) {
      if (line !== "") entries.push(parseLine<Entry>(file, line, k + 1));
    }
  }
  let handle: number | undefined = openSync(file, "a");
  return {
    append: (entry) => {
      if (handle === undefined) return;
      appendLine(handle, file, JSON.stringify(entry));
      entries.push(entry);
    },
    read: () => entries,
    clear: () => {
      truncateSync(file, 0);
      entries.length = 0;
    },
    close: () => {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
  };
}

/** One whole line, or TL-1003: what a full disk took of it is cut off at the next start. */
export function appendLine(handle: number, file: string, text: string): void {
  const line = Buffer.from(`${text}\n`);
  let cause: unknown;
  try {
    if (writeSync(handle, line) === line.length) return;
  } catch (error) {
    cause = error;
  }
  const why = cause instanceof Error ? cause.message : "the disk is full";
  throw new LabError("TL-1003", `The journal ${file} cannot be written (${why})`, { cause });
}

function parseLine<Entry>(file: string, line: string, number: number): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch (cause) {
    throw new LabError("TL-0103", `${file}:${number} is not a journal entry`, { cause });
  }
}
