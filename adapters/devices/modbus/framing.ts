import { answerLength, type ModbusRequest } from "./protocol-data.ts";

/** What the bytes that have come so far are. */
export type Unframed =
  | { readonly kind: "more" }
  | { readonly kind: "answer"; readonly pdu: Uint8Array; readonly length: number }
  /** Not to be understood, or not an answer to what was asked: the connection is not to be believed any more. */
  | { readonly kind: "disorder"; readonly why: string };

/** How a request is wrapped, and its answer found in a stream that may split and join. */
export interface Framing {
  wrap(pdu: Uint8Array, unit: number, transaction: number): Uint8Array;
  unwrap(
    heard: Uint8Array,
    asked: { readonly request: ModbusRequest; readonly unit: number; readonly transaction: number },
  ): Unframed;
}

const disorder = (why: string): Unframed => ({ kind: "disorder", why });
const MORE: Unframed = { kind: "more" };
const MBAP_BYTES = 7;
/** The longest body that the specification allows: unit and 253 bytes. */
const MBAP_BODY_MAX = 254;

/** Modbus TCP: transaction, protocol 0, length, unit (MODBUS Messaging on TCP/IP V1.0b, section 3.1.3). */
export const mbapFraming: Framing = {
  wrap: (pdu, unit, transaction) => {
    const frame = new Uint8Array(MBAP_BYTES + pdu.length);
    const view = new DataView(frame.buffer);
    view.setUint16(0, transaction);
    view.setUint16(4, pdu.length + 1);
    frame[6] = unit;
    frame.set(pdu, MBAP_BYTES);
    return frame;
  },
  unwrap: (heard, { request, unit, transaction }) => {
    if (heard.length < MBAP_BYTES + 1) return MORE;
    const view = new DataView(heard.buffer, heard.byteOffset, heard.byteLength);
    const [id, protocol, body] = [view.getUint16(0), view.getUint16(2), view.getUint16(4)];
    if (protocol !== 0 || body < 3 || body > MBAP_BODY_MAX) return disorder("no Modbus TCP header");
    if (id !== transaction) return disorder(`an answer to request ${id}, not ${transaction}`);
    if (view.getUint8(6) !== unit) return disorder(`an answer of unit ${view.getUint8(6)}`);
    const length = 6 + body;
    if (heard.length < length) return MORE;
    const pdu = heard.slice(MBAP_BYTES, length);
    if (answerLength(request, pdu) !== pdu.length) return disorder("an answer to something else");
    return { kind: "answer", pdu, length };
  },
};

/** RTU, over a serial line or over TCP: unit, data, CRC-16 with its low byte first (MODBUS over Serial Line V1.02, section 2.5.1). */
export const rtuFraming: Framing = {
  wrap: (pdu, unit) => {
    const frame = new Uint8Array(pdu.length + 3);
    frame[0] = unit;
    frame.set(pdu, 1);
    const sum = crc16(frame.subarray(0, -2));
    frame[pdu.length + 1] = sum & 0xff;
    frame[pdu.length + 2] = sum >> 8;
    return frame;
  },
  unwrap: (heard, { request, unit }) => {
    if (heard.length < 3) return MORE;
    if (heard[0] !== unit) return disorder(`an answer of unit ${heard[0]}`);
    const length = answerLength(request, heard.subarray(1));
    if (length === undefined) return disorder("an answer to something else");
    if (heard.length < length + 3) return MORE;
    const sum = crc16(heard.subarray(0, length + 1));
    if (heard[length + 1] !== (sum & 0xff) || heard[length + 2] !== sum >> 8)
      return disorder("a wrong check sum");
    return { kind: "answer", pdu: heard.slice(1, length + 1), length: length + 3 };
  },
};

/** CRC-16/MODBUS: polynomial 0xA001 (reflected), start 0xFFFF. */
export function crc16(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1;
  }
  return sum;
}
