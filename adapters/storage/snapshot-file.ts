import { open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { LogMark } from "../../src/events/event-log.ts";
import type {
  FoldSnapshot,
  PackedCampaign,
  SnapshotStore,
} from "../../src/events/fold-snapshot.ts";

export const SNAPSHOT_FILE = "snapshot.cache";

const FORMAT = 1;

/** First line of the file; the text and the packed campaigns follow as bytes. */
interface Header {
  readonly format: number;
  /** Of the code that folded: another program's snapshot is none. */
  readonly code: string;
  readonly mark: LogMark;
  readonly text: number;
  /** Lengths of what is packed, bytes: -1 for what is not there. */
  readonly packed: readonly (readonly [id: string, lab: number, view: number])[];
  /** CRC-32 of everything behind this line. */
  readonly crc: number;
}

/**
 * The last snapshot of a log as a file in a folder. It is trusted where it was made by the same code, is whole, and the log
 * begins with what its mark says; in any other case it is as if it were not there.
 */
export function createSnapshotFile(folder: string, code: string): SnapshotStore {
  const path = join(folder, SNAPSHOT_FILE);
  return {
    load: async () => {
      const bytes = await readFile(path).catch(() => undefined);
      return bytes === undefined ? undefined : parse(bytes, code);
    },
    save: async (snapshot) => {
      const { text, packed, mark } = snapshot;
      const parts: Uint8Array[] = [Buffer.from(text)];
      const lengths = [...packed].map(([id, { lab, view }]): [string, number, number] => {
        for (const part of [lab, view]) if (part !== undefined) parts.push(part);
        return [id, lab?.length ?? -1, view?.length ?? -1];
      });
      const crc = parts.reduce((sum, part) => crc32(part, sum), 0);
      const header: Header = {
        format: FORMAT,
        code,
        mark,
        text: parts[0]?.length ?? 0,
        packed: lengths,
        crc,
      };
      await replace(path, [Buffer.from(`${JSON.stringify(header)}\n`), ...parts]);
    },
  };
}

/** A new file takes the old one's name once it is written: a reader sees one of the two. */
async function replace(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, "w");
  try {
    await file.writev(parts.filter((part) => part.length > 0));
  } catch (error) {
    await unlink(fresh).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

function parse(bytes: Buffer, code: string): FoldSnapshot | undefined {
  const end = bytes.indexOf(10);
  const header = readHeader(bytes.toString("utf8", 0, Math.max(0, end)));
  if (header === undefined || header.format !== FORMAT || header.code !== code) return undefined;
  if (crc32(bytes.subarray(end + 1)) !== header.crc) return undefined;
  let at = end + 1;
  const next = (length: number): Buffer | undefined => {
    if (length < 0) return undefined;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const text = next(header.text)?.toString("utf8") ?? "";
  const packed = new Map<string, PackedCampaign>();
  for (const [id, lab, view] of header.packed) packed.set(id, { lab: next(lab), view: next(view) });
  return { mark: header.mark, text, packed };
}

function readHeader(line: string): Header | undefined {
  try {
    return JSON.parse(line) as Header;
  } catch {
    return undefined;
  }
}
