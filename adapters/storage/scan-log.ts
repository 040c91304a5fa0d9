import { stat } from "node:fs/promises";
import { LabError } from "../../src/core/errors.ts";
import type { Acknowledged } from "./acknowledged-mark.ts";
import {
  CHECKSUM_START,
  type CheckedLine,
  checkLine,
  LOG_VERSION,
  peekLine,
} from "./event-line.ts";
import type { FileMark } from "./file-mark.ts";
import { createPlaces, type Places } from "./places.ts";
import { checksumOf, eachRawLine } from "./raw-lines.ts";

/** Where the whole part of a log ends, and what is behind it. */
export interface Scan {
  position: number;
  crc: string;
  /** Length of the file up to and including the last whole line, bytes. */
  bytes: number;
  /** CRC-32 of so much of the file, so far as it is known. */
  readonly sum: { bytes: number; sum: number };
  readonly places: Places;
  /** Up to here the log is what a mark says that it was; 0 where no mark fits. */
  readonly knownThrough: number;
  /** What lies behind the last whole line. */
  readonly torn: string[];
  /** What was acknowledged and is not there, if anything. */
  lost: "end" | "content" | undefined;
}

/**
 * Finds a log's end, every checksum verified. What a mark vouches for is only summed up as bytes, not looked at line by
 * line. Errors: TL-4002, TL-4004.
 */
export async function scanLog(
  path: string,
  mark: FileMark | undefined,
  acknowledged: Acknowledged | undefined,
): Promise<Scan> {
  const scan = (await startAt(path, mark)) ?? {
    ...{ position: 0, crc: CHECKSUM_START, bytes: 0, sum: { bytes: 0, sum: 0 } },
    ...{ places: createPlaces(), knownThrough: 0, torn: [], lost: undefined },
  };
  await eachRawLine(path, { from: scan.bytes }, ({ bytes, at, isWhole }) => {
    const line = scan.torn.length === 0 && isWhole ? checkLine(bytes, scan.crc) : undefined;
    if (line === undefined) {
      const text = bytes.toString("utf8");
      refuseIfDamaged(path, text, scan);
      scan.torn.push(text);
      return true;
    }
    if (line.version > LOG_VERSION) throw newer(path, line.version);
    take(scan, line, at, bytes.length + 1);
    if (line.position === acknowledged?.position && line.crc !== acknowledged.crc)
      scan.lost = "content";
    return true;
  });
  if (acknowledged !== undefined && acknowledged.position > scan.position) scan.lost = "end";
  return scan;
}

function take(scan: Scan, line: CheckedLine, at: number, length: number): void {
  scan.places.note(line.position, { at, before: scan.crc });
  scan.position = line.position;
  scan.crc = line.crc;
  scan.bytes = at + length;
}

/** Goes on behind what a mark vouches for, where the file still begins with it. */
async function startAt(path: string, mark: FileMark | undefined): Promise<Scan | undefined> {
  if (mark === undefined) return undefined;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size < mark.bytes) return undefined;
  const found = await checksumOf(path, { from: 0, to: mark.bytes });
  if (found !== mark.sum) return undefined;
  const { position, crc, bytes, sum, places } = mark;
  return {
    ...{ position, crc, bytes, sum: { bytes, sum }, places: createPlaces(places) },
    ...{ knownThrough: position, torn: [], lost: undefined },
  };
}

/** Lines of a later group were synced after this one: then it was on disk, and the disk has lost it. */
function refuseIfDamaged(path: string, text: string, scan: Scan): void {
  const peeked = peekLine(text);
  if (peeked === undefined) return;
  if (peeked.version > LOG_VERSION) throw newer(path, peeked.version);
  if (scan.torn.length > 0 && peeked.group > scan.position + 1)
    throw damaged(path, `after position ${scan.position}`);
}

function newer(path: string, version: number): LabError {
  return new LabError(
    "TL-4002",
    `The event log ${path} was written by a newer version of Tieline (format ${version}, this one reads up to ${LOG_VERSION})`,
  );
}

export function damaged(path: string, where: string): LabError {
  return new LabError("TL-4004", `The event log ${path} is damaged ${where}, before its end`);
}
