import { crc32 } from "node:zlib";
import type { EventDraft, LabEvent } from "../../src/events/lab-event.ts";

/** Version of the lines that this program writes; it reads this one and older ones. */
export const LOG_VERSION = 1;

/**
 * One line of the log is one JSON object that ends in its checksum:
 * `{"p":position,"g":first position of its group,"t":time_ms,"v":version,"fact":{...},"crc":"xxxxxxxx"}`.
 * The checksum (CRC-32) runs over the checksum of the line before and this line's text, so that a line that is
 * missing, moved or changed is noticed.
 */
export interface ReadLine {
  readonly event: LabEvent;
  readonly group: number;
  readonly version: number;
  readonly crc: string;
}

/** Text of the line (with its newline) and its checksum. `asciiOnly`: other letters as JSON's escapes, for where they would not be kept. */
export function writeLine(
  draft: EventDraft,
  at: { position: number; group: number; before: string; asciiOnly?: boolean },
) {
  const text = JSON.stringify({
    p: at.position,
    g: at.group,
    t: draft.time_ms,
    v: LOG_VERSION,
    fact: draft.fact,
  });
  const head = at.asciiOnly === true ? text.replace(BEYOND_ASCII, escaped) : text;
  const body = head.slice(0, -1);
  const crc = checksum(at.before, body);
  return { text: `${body},"crc":"${crc}"}\n`, crc };
}

const BEYOND_ASCII = /[\u0080-\uffff]/g;

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The event of a line; `undefined` where the checksum does not fit or the text is not such a line. */
export function readLine(text: string, before: string): ReadLine | undefined {
  const match = /,"crc":"([0-9a-f]{8})"\}$/.exec(text);
  if (match === null) return undefined;
  const body = text.slice(0, match.index);
  const crc = match[1] ?? "";
  if (checksum(before, body) !== crc) return undefined;
  const parsed = parse(text);
  return parsed === undefined ? undefined : { ...parsed, crc };
}

/** The line without its checksum being tested: to tell a torn end from damage in the middle. */
export function peekLine(
  text: string,
): { readonly group: number; readonly version: number } | undefined {
  return parse(text);
}

/** Length of `,"crc":"xxxxxxxx"}`. */
const CHECKSUM_BYTES = 18;
const HEAD = /^\{"p":(\d+),"g":(\d+),"t":-?[\d.e+]+,"v":(\d+),"fact":\{/;
const HEAD_BYTES_MAX = 120;

/** What stands at the two ends of a line whose checksum fits, without its fact being parsed. */
export interface CheckedLine {
  readonly position: number;
  readonly group: number;
  readonly version: number;
  readonly crc: string;
}

/** The same judgement as {@link readLine} on bytes, at a tenth of its cost. */
export function checkLine(bytes: Buffer, before: string): CheckedLine | undefined {
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < 0 || bytes.toString("latin1", end, end + 8) !== ',"crc":"') return undefined;
  const crc = bytes.toString("latin1", end + 8, end + 16);
  const sum = crc32(bytes.subarray(0, end), crc32(before));
  if (sum.toString(16).padStart(8, "0") !== crc || bytes.toString("latin1", end + 16) !== '"}')
    return undefined;
  const head = HEAD.exec(bytes.toString("latin1", 0, HEAD_BYTES_MAX));
  if (head !== null) {
    return { position: Number(head[1]), group: Number(head[2]), version: Number(head[3]), crc };
  }
  // Another program wrote it, in another order.
  const line = readLine(bytes.toString("utf8"), before);
  if (line === undefined) return undefined;
  const { event, group, version } = line;
  return { position: event.position, group, version, crc };
}

export const CHECKSUM_START = "00000000";

function parse(text: string): { event: LabEvent; group: number; version: number } | undefined {
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    const { p, g, t, v, fact } = line;
    if (
      typeof p !== "number" ||
      typeof g !== "number" ||
      typeof t !== "number" ||
      typeof v !== "number"
    )
      return undefined;
    if (typeof fact !== "object" || fact === null) return undefined;
    return {
      event: { position: p, time_ms: t, fact: fact as LabEvent["fact"] },
      group: g,
      version: v,
    };
  } catch {
    return undefined;
  }
}

function checksum(before: string, body: string): string {
  return crc32(before + body)
    .toString(16)
    .padStart(8, "0");
}
