import { constants, existsSync } from "node:fs";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../src/events/lab-event.ts";
import { upcastEvent } from "../../src/events/upcast-event.ts";
import {
  CHECKSUM_START,
  LOG_VERSION,
  peekLine,
  type ReadLine,
  readLine,
  writeLine,
} from "./event-line.ts";
import type { EventLogBackend } from "./event-log-backend.ts";
import { lockFolder } from "./folder-lock.ts";
import { readLines } from "./read-lines.ts";

export const LOG_FILE = "events.jsonl";

/** The log as a file in a folder: the default. */
export const fileBackend: EventLogBackend = {
  scheme: "file",
  form: "file:DIR or a plain folder",
  words: "checksummed JSON lines in a folder of this machine; the default",
  exists: async (address) => existsSync(join(folderOf(address), LOG_FILE)),
  open: ({ address, logger, readOnly }) =>
    openFileEventLog({ folder: folderOf(address), logger, readOnly }),
};

/** `file:./data`, `file:/lab/data` and `file:///lab/data`. */
function folderOf(address: string): string {
  const path = address.slice("file:".length);
  return path.startsWith("//") ? fileURLToPath(address) : resolve(path);
}

export interface FileEventLogOptions {
  readonly folder: string;
  readonly logger: Logger;
  /** True for commands that only look (export, replay): nothing is locked, recovered or written. */
  readonly readOnly?: boolean | undefined;
}

interface Tail {
  position: number;
  crc: string;
  /** Length of the file up to and including the last whole line, bytes. */
  bytes: number;
}

/**
 * The event log as a file of JSON lines. `append` writes all drafts that wait in one piece and syncs once (group
 * commit); a torn end, which nobody was told about, is cut off with a warning and kept beside the log.
 * Errors: TL-4001 cannot be opened, TL-4002 newer version, TL-4003 cannot be written, TL-4004 damaged, TL-4005 in use.
 */
export async function openFileEventLog(options: FileEventLogOptions): Promise<EventLog> {
  const path = join(options.folder, LOG_FILE);
  const unlock = options.readOnly ? async () => {} : await lockFolder(options.folder);
  try {
    const tail = await scan(path, options);
    const file = options.readOnly ? undefined : await openForAppend(path, tail);
    return new FileEventLog(path, tail, file, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

class FileEventLog implements EventLog {
  private readonly path: string;
  private readonly tail: Tail;
  private readonly file: FileHandle | undefined;
  private readonly unlock: () => Promise<void>;
  private broken: unknown;

  constructor(path: string, tail: Tail, file: FileHandle | undefined, unlock: () => Promise<void>) {
    this.path = path;
    this.tail = tail;
    this.file = file;
    this.unlock = unlock;
  }

  get lastPosition(): number {
    return this.tail.position;
  }

  async append(drafts: readonly EventDraft[]): Promise<LabEvent[]> {
    if (this.broken !== undefined) throw this.broken;
    if (this.file === undefined)
      throw new LabError("TL-4003", "The event log was opened for reading only");
    const group = this.tail.position + 1;
    let { position, crc } = this.tail;
    let text = "";
    const events = drafts.map((draft) => {
      position += 1;
      const line = writeLine(draft, { position, group, before: crc });
      text += line.text;
      crc = line.crc;
      return { position, time_ms: draft.time_ms, fact: draft.fact };
    });
    const bytes = Buffer.from(text);
    try {
      await writeAll(this.file, bytes, this.tail.bytes);
      await this.file.datasync();
    } catch (error) {
      await this.giveUp(error);
    }
    this.tail.position = position;
    this.tail.crc = crc;
    this.tail.bytes += bytes.length;
    return events;
  }

  async *read(from = 1): AsyncIterable<LabEvent> {
    let crc = CHECKSUM_START;
    for await (const { text } of readLines(this.path, this.tail.bytes)) {
      const line = readLine(text, crc);
      if (line === undefined) throw damaged(this.path, `after position ${crc}`);
      crc = line.crc;
      if (line.event.position >= from) yield upcastEvent(line.event, line.version);
    }
  }

  async close(): Promise<void> {
    await this.file?.close();
    await this.unlock();
  }

  /** After a failed write or sync nobody knows what is on disk: cut back to what is certain, and stop for good. */
  private async giveUp(error: unknown): Promise<never> {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOSPC" || code === "EDQUOT"
        ? "The disk is full"
        : `Writing failed (${code ?? String(error)})`;
    this.broken = new LabError("TL-4003", `${why}: the event log ${this.path} cannot be written`, {
      cause: error,
    });
    await this.file?.truncate(this.tail.bytes).catch(() => {});
    throw this.broken;
  }
}

/** A nearly full disk takes part of a write without an error: the rest is written until it takes all or says no. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function openForAppend(path: string, tail: Tail): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
    const { size } = await file.stat();
    if (size > tail.bytes) await file.truncate(tail.bytes);
    await file.datasync();
    return file;
  } catch (error) {
    throw new LabError(
      "TL-4001",
      `The event log ${path} cannot be opened (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/** Reads the log once from its start: where it ends, and whether its end is torn. */
async function scan(path: string, options: FileEventLogOptions): Promise<Tail> {
  const tail: Tail = { position: 0, crc: CHECKSUM_START, bytes: 0 };
  const torn: string[] = [];
  for await (const { text, isWhole } of readLines(path)) {
    const line = torn.length === 0 && isWhole ? readLine(text, tail.crc) : undefined;
    if (line === undefined) {
      refuseIfDamaged(path, text, tail, torn.length > 0);
      torn.push(text);
      continue;
    }
    refuseNewer(path, line);
    tail.position = line.event.position;
    tail.crc = line.crc;
    tail.bytes += Buffer.byteLength(text) + 1;
  }
  if (torn.length > 0) await keepTorn(path, torn, tail, options);
  return tail;
}

/** Lines of a later group were synced after this one: then it was on disk, and the disk has lost it. */
function refuseIfDamaged(path: string, text: string, tail: Tail, isAfterDamage: boolean): void {
  const peeked = peekLine(text);
  if (peeked === undefined) return;
  if (peeked.version > LOG_VERSION) throw newer(path, peeked.version);
  if (isAfterDamage && peeked.group > tail.position + 1)
    throw damaged(path, `after position ${tail.position}`);
}

function refuseNewer(path: string, line: ReadLine): void {
  if (line.version > LOG_VERSION) throw newer(path, line.version);
}

function newer(path: string, version: number): LabError {
  return new LabError(
    "TL-4002",
    `The event log ${path} was written by a newer version of Tieline (format ${version}, this one reads up to ${LOG_VERSION})`,
  );
}

function damaged(path: string, where: string): LabError {
  return new LabError("TL-4004", `The event log ${path} is damaged ${where}, before its end`);
}

async function keepTorn(
  path: string,
  torn: readonly string[],
  tail: Tail,
  options: FileEventLogOptions,
): Promise<void> {
  const kept = `${path}.torn-after-${tail.position}`;
  if (!options.readOnly) await writeFile(kept, torn.join("\n"));
  options.logger.warn(
    { file: path, position: tail.position, lines: torn.length, kept },
    "eventLog.tornTail: the last, unfinished write was cut off; nothing that was acknowledged is lost",
  );
}
