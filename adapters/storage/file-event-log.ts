import { constants, existsSync, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { EventLog, LogLoss, LogMark } from "../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../src/events/lab-event.ts";
import { upcastEvent } from "../../src/events/upcast-event.ts";
import {
  type AcknowledgedMark,
  MARK_FILE,
  openAcknowledgedMark,
  readAcknowledged,
} from "./acknowledged-mark.ts";
import { readLine, writeLine } from "./event-line.ts";
import type { EventLogBackend } from "./event-log-backend.ts";
import { readFileMark, writeFileMark } from "./file-mark.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { checksumOf } from "./raw-lines.ts";
import { readLines } from "./read-lines.ts";
import { damaged, type Scan, scanLog } from "./scan-log.ts";
import { settleEnd } from "./settle-end.ts";

export const LOG_FILE = "events.jsonl";

/** The log as a file in a folder: the default. */
export const fileBackend: EventLogBackend = {
  scheme: "file",
  form: "file:DIR or a plain folder",
  words: "checksummed JSON lines in a folder of this machine; the default",
  exists: async (address) => existsSync(join(folderOf(address), LOG_FILE)),
  cacheFolder: folderOf,
  open: ({ address, ...options }) => openFileEventLog({ folder: folderOf(address), ...options }),
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
  readonly known?: LogMark | undefined;
  readonly acceptLoss?: boolean | undefined;
}

/**
 * The event log as a file of JSON lines. `append` writes all drafts that wait in one piece and syncs once (group
 * commit); an unfinished end is cut off with a warning and kept beside the log. A mark beside it says how far it was
 * acknowledged, so that a loss is told from a write that nobody was told about.
 * Errors: TL-4001 cannot be opened, TL-4002 newer version, TL-4003 cannot be written, TL-4004 damaged, TL-4005 in use,
 * TL-4007 something that was acknowledged is gone.
 */
export async function openFileEventLog(options: FileEventLogOptions): Promise<EventLog> {
  const path = join(options.folder, LOG_FILE);
  const lock = options.readOnly ? undefined : await lockFolder(options.folder);
  try {
    const acknowledged = await readAcknowledged(join(options.folder, MARK_FILE));
    const scan = await scanLog(path, readFileMark(options.known), acknowledged);
    const loss = await settleEnd(path, scan, acknowledged, options);
    if (lock === undefined) return new FileEventLog({ path, scan, loss });
    const file = await openForAppend(path, scan);
    const { position, bytes, crc } = scan;
    const first = { position, bytes, crc, sealed: false };
    const mark = await openAcknowledgedMark(join(options.folder, MARK_FILE), first, options.logger);
    await syncFolder(options.folder);
    const inode = await file.stat();
    return new FileEventLog({ path, scan, loss, writer: { file, inode, lock, mark } });
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** What only the one who may write has. */
interface Writer {
  readonly file: FileHandle;
  /** Which file that is, as long as it is open. */
  readonly inode: Pick<Stats, "ino" | "dev">;
  readonly lock: FolderLock;
  readonly mark: AcknowledgedMark;
}

interface Opened {
  readonly path: string;
  readonly scan: Scan;
  readonly loss: LogLoss | undefined;
  readonly writer?: Writer | undefined;
}

class FileEventLog implements EventLog {
  readonly loss: LogLoss | undefined;
  readonly knownThrough: number;
  private readonly path: string;
  private readonly tail: Scan;
  private readonly writer: Writer | undefined;
  private broken: unknown;
  private isClosed = false;

  constructor({ path, scan, loss, writer }: Opened) {
    this.path = path;
    this.tail = scan;
    this.loss = loss;
    this.knownThrough = scan.knownThrough;
    this.writer = writer;
  }

  get lastPosition(): number {
    return this.tail.position;
  }

  async append(drafts: readonly EventDraft[]): Promise<LabEvent[]> {
    if (this.broken !== undefined) throw this.broken;
    if (this.isClosed) throw new LabError("TL-4003", "The event log is closed");
    if (this.writer === undefined)
      throw new LabError("TL-4003", "The event log was opened for reading only");
    if (drafts.length === 0) return [];
    const { tail } = this;
    const group = tail.position + 1;
    let { position, crc, bytes } = tail;
    let text = "";
    const events = drafts.map((draft) => {
      position += 1;
      const line = writeLine(draft, { position, group, before: crc });
      tail.places.note(position, { at: bytes, before: crc });
      bytes += Buffer.byteLength(line.text);
      text += line.text;
      crc = line.crc;
      return { position, time_ms: draft.time_ms, fact: draft.fact };
    });
    await this.write(this.writer, Buffer.from(text));
    Object.assign(tail, { position, crc, bytes });
    await this.writer.mark.note({ position, bytes, crc, sealed: false });
    return events;
  }

  async *read(from = 1, through = this.tail.position): AsyncIterable<LabEvent> {
    const place = this.tail.places.before(from);
    let crc = place.before;
    const part = { from: place.at, to: this.tail.bytes };
    for await (const { text } of readLines(this.path, part)) {
      const line = readLine(text, crc);
      if (line === undefined) throw damaged(this.path, `behind the line with checksum ${crc}`);
      crc = line.crc;
      const { position } = line.event;
      if (position > through) return;
      if (position >= from) yield upcastEvent(line.event, line.version);
    }
  }

  async mark(): Promise<LogMark> {
    const { position, crc, bytes, sum, places } = this.tail;
    const all = [...places.all];
    const found = await checksumOf(this.path, { from: sum.bytes, to: bytes }, sum.sum);
    if (found === undefined) throw damaged(this.path, `before byte ${bytes}`);
    Object.assign(sum, { bytes, sum: found });
    return writeFileMark({ position, bytes, sum: found, crc, places: all });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const { writer, tail } = this;
    if (writer === undefined) return;
    const { position, bytes, crc } = tail;
    if (this.broken === undefined) {
      await writer.mark.note({ position, bytes, crc, sealed: true });
    }
    await writer.mark.close();
    await writer.file.close();
    await writer.lock.release();
  }

  private async write(writer: Writer, bytes: Buffer): Promise<void> {
    const { file } = writer;
    try {
      await this.refuseOtherWriter(writer);
    } catch (error) {
      this.broken = error;
      throw error;
    }
    try {
      await writeAll(file, bytes, this.tail.bytes);
      await file.datasync();
    } catch (error) {
      await this.giveUp(file, error);
    }
  }

  /**
   * The file ends where we left it, under its name, and the folder is ours; else somebody else writes here. Two looks, at once:
   * which file we hold open never changes, and each look more is a wait before every write.
   */
  private async refuseOtherWriter({ inode, lock }: Writer): Promise<void> {
    const [named] = await Promise.all([stat(this.path).catch(() => undefined), lock.check()]);
    if (named?.ino !== inode.ino || named.dev !== inode.dev) {
      throw new LabError("TL-4005", `The event log ${this.path} was moved or replaced`, {
        hint: "Nothing more was written. Put the file back, then start again.",
      });
    }
    if (named.size !== this.tail.bytes) {
      const sizes = `it has ${named.size} bytes, ${this.tail.bytes} were written here`;
      throw new LabError(
        "TL-4005",
        `Another program writes the event log ${this.path} (${sizes})`,
        {
          hint: "Nothing more was written. Stop the other program, keep a copy of the folder, and start again.",
        },
      );
    }
  }

  /** After a failed write or sync nobody knows what is on disk: cut back to what is certain, and stop for good. */
  private async giveUp(file: FileHandle, error: unknown): Promise<never> {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOSPC" || code === "EDQUOT"
        ? "The disk is full"
        : `Writing failed (${code ?? String(error)})`;
    this.broken = new LabError("TL-4003", `${why}: the event log ${this.path} cannot be written`, {
      cause: error,
    });
    await file.truncate(this.tail.bytes).catch(() => {});
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

async function openForAppend(path: string, tail: Scan): Promise<FileHandle> {
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

/** A new file is there after a power cut only once its folder is synced; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
