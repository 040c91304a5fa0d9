import { expect, test } from "vitest";
import { decodeAnswer } from "../../../adapters/devices/modbus/protocol-data.ts";

const echo = (fn: number, address: number, second: number): Uint8Array =>
  Uint8Array.of(fn, address >> 8, address & 255, second >> 8, second & 255);

test("one register: what comes back is the value that was taken", () => {
  const request = { kind: "write", fn: 6, address: 24, word: 900 } as const;
  expect(decodeAnswer(request, echo(6, 24, 900))).toEqual([900]);
  expect(() => decodeAnswer(request, echo(6, 24, 850))).toThrow(
    "900 was written to register 24, and 850 comes back",
  );
  expect(() => decodeAnswer(request, echo(6, 25, 900))).toThrow("an echo of another write");
});

test("several registers: what comes back is how many, and never a value", () => {
  const request = { kind: "write", fn: 16, address: 24, words: [900, 1] } as const;
  expect(decodeAnswer(request, echo(16, 24, 2))).toEqual([900, 1]);
  expect(() => decodeAnswer(request, echo(16, 24, 1))).toThrow("an echo of another write");
});
