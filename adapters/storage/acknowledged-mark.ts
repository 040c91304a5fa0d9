import { constants } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Logger } from "../../src/core/logger.ts";

export const MARK_FILE = "events.acknowledged";

/** How far the log was when somebody was last told that it is safe. */
export interface Acknowledged {
  readonly position: number;
  /** Length of the log, bytes, and the checksum of its last line. */
  readonly bytes: number;
  readonly crc: string;
  /** True after a clean stop: nothing may follow, and nothing be missing. */
  readonly sealed: boolean;
}

/** Two places are written in turn, so that one whole mark is left whatever happens to the other. */
const SLOT_BYTES = 256;
const SLOTS = 2;
/** A power cut may cost the marks of so long; the death of the process costs none. */
const SYNC_ms = 1_000;

/** The mark beside the log: always behind what the log has synced, never ahead of it. */
export interface AcknowledgedMark {
  /** Notes what is about to be acknowledged. */
  note(mark: Acknowledged): Promise<void>;
  close(): Promise<void>;
}

/** The newest whole mark; `undefined` where there is none (a log of older programs). */
export async function readAcknowledged(path: string): Promise<Acknowledged | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const found = Array.from({ length: SLOTS }, (_, k) => parseSlot(bytes, k)).filter(
    (slot) => slot !== undefined,
  );
  return found.sort((a, b) => b.n - a.n)[0];
}

export async function openAcknowledgedMark(
  path: string,
  first: Acknowledged,
  logger: Logger,
): Promise<AcknowledgedMark> {
  const before = (await readAcknowledged(path)) as Slot | undefined;
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  const marks = new SlotFile(file, path, (before?.n ?? 0) + 1, logger);
  // Both places exist from now on: a full disk does not keep the mark from moving.
  for (let k = 0; k < SLOTS; k++) await marks.note(first);
  await file.sync();
  return marks;
}

interface Slot extends Acknowledged {
  readonly n: number;
}

class SlotFile implements AcknowledgedMark {
  private readonly file: FileHandle;
  private readonly path: string;
  private readonly logger: Logger;
  private n: number;
  private synced_ms = 0;
  private hasFailed = false;

  constructor(file: FileHandle, path: string, n: number, logger: Logger) {
    this.file = file;
    this.path = path;
    this.n = n;
    this.logger = logger;
  }

  async note(mark: Acknowledged): Promise<void> {
    const slot = writeSlot({ ...mark, n: this.n });
    try {
      await this.file.write(slot, 0, slot.length, (this.n % SLOTS) * SLOT_BYTES);
      this.n += 1;
      const now_ms = performance.now();
      if (!mark.sealed && now_ms - this.synced_ms < SYNC_ms) return;
      this.synced_ms = now_ms;
      await this.file.datasync();
    } catch (error) {
      // The log itself is synced: what is weaker now is only what the next start can notice.
      if (this.hasFailed) return;
      this.hasFailed = true;
      const about = { file: this.path, error: String(error) };
      this.logger.error(about, "eventLog.markNotWritten: a loss could go unnoticed");
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function writeSlot({ n, position, bytes, crc, sealed }: Slot): Buffer {
  const text = JSON.stringify({ n, position, bytes, crc, sealed });
  const sum = crc32(text).toString(16).padStart(8, "0");
  return Buffer.from(`${`${sum} ${text}`.padEnd(SLOT_BYTES - 1)}\n`);
}

function parseSlot(bytes: Buffer, k: number): Slot | undefined {
  const line = bytes.toString("latin1", k * SLOT_BYTES, (k + 1) * SLOT_BYTES).trimEnd();
  const text = line.slice(9);
  if (crc32(text).toString(16).padStart(8, "0") !== line.slice(0, 8)) return undefined;
  return JSON.parse(text) as Slot;
}
