import { QuestionLine, type QuestionLineOptions } from "../question-line.ts";
import type { Framing } from "./framing.ts";
import {
  decodeAnswer,
  encodeRequest,
  labelOf,
  ModbusException,
  type ModbusRequest,
} from "./protocol-data.ts";

type Common = Omit<
  QuestionLineOptions<ModbusRequest, number[]>,
  "say" | "check" | "name" | "again"
>;

export interface ModbusLineOptions extends Common {
  readonly framing: Framing;
  readonly unit: number;
}

/** Requests and the registers read or written, one in flight: RTU over TCP has nothing that ties an answer to its question. */
export type ModbusLine = QuestionLine<ModbusRequest, number[]>;

/** A device that is busy is asked again so often, each time after a longer pause. */
const BUSY = { times: 4, pause_ms: 50 };

export function createModbusLine({ framing, unit, ...common }: ModbusLineOptions): ModbusLine {
  let transaction = 0;
  return new QuestionLine<ModbusRequest, number[]>({
    ...common,
    say: (request) => {
      transaction = (transaction + 1) & 0xffff;
      const asked = { request, unit, transaction };
      return {
        bytes: framing.wrap(encodeRequest(request), unit, transaction),
        find: (heard) => {
          const found = framing.unwrap(heard, asked);
          if (found.kind !== "answer") return found;
          const { pdu, length } = found;
          // Two answers are told before what the first says.
          const isWhole = heard.length === length;
          return { kind: "answer", answer: isWhole ? decodeAnswer(request, pdu) : [], length };
        },
      };
    },
    check: (request) => void encodeRequest(request),
    name: (request) => `${request.kind} ${labelOf(request)}`,
    again: (error, times) =>
      error instanceof ModbusException && error.isBusy && times < BUSY.times
        ? BUSY.pause_ms * times
        : undefined,
  });
}
