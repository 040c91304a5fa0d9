import { toRfc3339 } from "../../src/core/clock.ts";

/** Version 1 of the wire contract, below which everything of one site lives. */
export function siteTopic(site: string, rest: string): string {
  return `tieline/v1/${site}/${rest}`;
}

export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time_ms: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A CloudEvents 1.0 envelope in structured mode, as text. Written here and not shared with the daemon's codec, on purpose. */
export function writeEnvelope({ id, source, type, time_ms, data }: Envelope): string {
  return JSON.stringify({ specversion: "1.0", id, source, type, time: toRfc3339(time_ms), data });
}

/** Longest message that is read, bytes. */
const PAYLOAD_BYTES_MAX = 1024 * 1024;

/** Reads a message; `undefined` where it is no CloudEvent that an instrument could act on. An absent `time` is NaN. */
export function readEnvelope(payload: Uint8Array): Omit<Envelope, "id"> | undefined {
  if (payload.byteLength > PAYLOAD_BYTES_MAX) return undefined;
  try {
    return readEnvelopeText(utf8.decode(payload));
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The same of text. */
export function readEnvelopeText(text: string): Omit<Envelope, "id"> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(parsed) || parsed["specversion"] !== "1.0") return undefined;
  const { type, data, source, time } = parsed;
  if (typeof type !== "string" || typeof source !== "string" || !isRecord(data)) return undefined;
  const time_ms = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return { type, source, time_ms, data };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
