import type { LogMark } from "../../src/events/event-log.ts";
import type { Place } from "./places.ts";

/** What a file that begins like this one has in common with it: a mark's digest and guide, read. */
export interface FileMark {
  readonly position: number;
  readonly bytes: number;
  /** CRC-32 of the file's first `bytes` bytes, and the checksum in its last line. */
  readonly sum: number;
  readonly crc: string;
  readonly places: readonly Place[];
}

export function writeFileMark({ position, bytes, sum, crc, places }: FileMark): LogMark {
  const guide = places.map(({ at, before }) => `${at} ${before}`);
  return { position, digest: `${bytes} ${sum} ${crc}`, guide };
}

/** `undefined` for a mark of another backend. */
export function readFileMark(mark: LogMark | undefined): FileMark | undefined {
  const match = /^(\d+) (\d+) ([0-9a-f]{8})$/.exec(mark?.digest ?? "");
  if (mark === undefined || match === null || !Array.isArray(mark.guide)) return undefined;
  const places = mark.guide.map((text: unknown): Place => {
    const [at = "", before = ""] = String(text).split(" ");
    return { at: Number(at), before };
  });
  const [, bytes, sum, crc = ""] = match;
  return { position: mark.position, bytes: Number(bytes), sum: Number(sum), crc, places };
}
