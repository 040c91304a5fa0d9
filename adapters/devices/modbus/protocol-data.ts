import { LabError } from "../../../src/core/errors.ts";

/** Registers are read in two tables: 3 holding, 4 input. Modbus Application Protocol V1.1b3, sections 6.3 and 6.4. */
export type ReadFunction = 3 | 4;

/** One question of ours. */
export type ModbusRequest =
  | {
      readonly kind: "read";
      readonly fn: ReadFunction;
      readonly address: number;
      readonly count: number;
    }
  | { readonly kind: "write"; readonly fn: 6; readonly address: number; readonly word: number }
  | {
      readonly kind: "write";
      readonly fn: 16;
      readonly address: number;
      readonly words: readonly number[];
    };

/** Most registers of one answer; some servers answer more with a frame that their framing cannot carry. */
const READ_WORDS_MAX = 125;
const WRITE_WORDS_MAX = 123;
const EXCEPTION_BIT = 0x80;

/** The exception by which a device says that it has taken a request that will take long (V1.1b3, section 7). */
const ACKNOWLEDGE = 5;

/** Exception codes: V1.1b3, section 7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "it does not know this function",
  2: "it has no such register",
  3: "it refuses this value",
  4: "it failed while it carried the request out",
  5: "it has taken the request and needs longer for it",
  6: "it is busy with another request",
  8: "its memory has a parity error",
  10: "the way to it is not available",
  11: "it did not answer the converter in front of it",
};

/** The device understood, and said no. The connection stays good. */
export class ModbusException extends LabError {
  readonly exception: number;

  constructor(request: ModbusRequest, exception: number) {
    const what = `${request.kind === "read" ? "reading" : "writing"} ${labelOf(request)}`;
    const why = EXCEPTIONS[exception] ?? "a code of its own";
    super("TL-3203", `The device refused ${what}: exception ${exception}, ${why}`, {
      retryable: exception === ACKNOWLEDGE || exception === 6,
      context: { exception, address: request.address },
    });
    this.exception = exception;
  }

  get isBusy(): boolean {
    return this.exception === ACKNOWLEDGE || this.exception === 6;
  }
}

/** `register 4096 (input)`, `registers 1 to 5 (holding)`: as their addresses are sent, and in which table. */
export function labelOf(request: ModbusRequest): string {
  const { address, fn } = request;
  const count = request.kind === "read" ? request.count : fn === 16 ? request.words.length : 1;
  const last = count > 1 ? ` to ${address + count - 1}` : "";
  return `register${count > 1 ? "s" : ""} ${address}${last} (${fn === 4 ? "input" : "holding"})`;
}

/** The bytes of a request after unit and before check sum. RangeError where it cannot be said: nothing is ever cut to fit. */
export function encodeRequest(request: ModbusRequest): Uint8Array {
  const { address } = request;
  const words = request.fn === 16 ? request.words : request.fn === 6 ? [request.word] : [];
  const bound = request.fn === 16 ? WRITE_WORDS_MAX : READ_WORDS_MAX;
  const count = request.kind === "read" ? request.count : words.length;
  if (!Number.isInteger(count) || count < 1 || count > bound)
    throw new RangeError(`${count} registers are not 1 to ${bound}`);
  if (!isWord(address) || address + count > 0x1_0000)
    throw new RangeError(`register ${address} does not exist`);
  for (const word of words)
    if (!isWord(word)) throw new RangeError(`${word} does not fit into a register`);
  if (request.fn === 6) return Uint8Array.from([6, ...bytesOf(address), ...bytesOf(request.word)]);
  const head = [request.fn, ...bytesOf(address), ...bytesOf(count)];
  if (request.kind === "read") return Uint8Array.from(head);
  return Uint8Array.from([...head, 2 * count, ...words.flatMap(bytesOf)]);
}

/** Length of the answer that begins with these bytes (function code first); `undefined`: too few to say, or no answer to this. */
export function answerLength(request: ModbusRequest, pdu: Uint8Array): number | undefined {
  const [fn, bytes] = pdu;
  if (fn === (request.fn | EXCEPTION_BIT)) return 2;
  if (fn !== request.fn) return undefined;
  if (request.kind === "write") return 5;
  return bytes === undefined ? undefined : 2 + bytes;
}

/**
 * The registers of an answer; those written, for a write, also where the device has taken it and is not done (exception 5).
 * Throws {@link ModbusException} where the device said no, TL-3204 where it took another value, Error where this is no answer to the request.
 */
export function decodeAnswer(request: ModbusRequest, pdu: Uint8Array): number[] {
  const [fn, second = 0] = pdu;
  if (fn === (request.fn | EXCEPTION_BIT)) {
    // "Acknowledge": a command said twice would be carried out twice. What came of it is read back as ever.
    if (request.kind === "write" && second === ACKNOWLEDGE) return writtenBy(request);
    throw new ModbusException(request, second);
  }
  if (fn !== request.fn) throw new Error(`an answer to function ${fn}, not ${request.fn}`);
  const view = new DataView(pdu.buffer, pdu.byteOffset, pdu.byteLength);
  if (request.kind === "read") {
    if (second !== 2 * request.count || pdu.length !== 2 + second)
      throw new Error(`an answer of ${second} bytes to a question for ${2 * request.count}`);
    return Array.from({ length: request.count }, (_, k) => view.getUint16(2 + 2 * k));
  }
  const said = [view.getUint16(1), view.getUint16(3)];
  const isOther = pdu.length !== 5 || said[0] !== request.address;
  if (isOther || (request.fn === 16 && said[1] !== request.words.length))
    throw new Error("an echo of another write");
  if (request.fn === 16) return writtenBy(request);
  // A controller that cuts a value to its own limits may say so here.
  if (said[1] !== request.word)
    throw new LabError(
      "TL-3204",
      `${request.word} was written to register ${request.address}, and ${said[1]} comes back`,
    );
  return writtenBy(request);
}

function writtenBy(request: Extract<ModbusRequest, { kind: "write" }>): number[] {
  return request.fn === 16 ? [...request.words] : [request.word];
}

function isWord(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

function bytesOf(word: number): [number, number] {
  return [word >> 8, word & 0xff];
}
