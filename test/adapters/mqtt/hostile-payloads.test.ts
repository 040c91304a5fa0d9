import { describe, expect, test } from "vitest";
import { createWireCodec } from "../../../adapters/mqtt/wire-codec.ts";
import { bytes, SAMPLES, SITE, sampleTopic, wrap } from "./sample-messages.ts";

const MIB = 1024 * 1024;
const codec = createWireCodec({ site: SITE });
const valid = JSON.stringify(wrap("jobResult", SAMPLES.jobResult));

/** Payloads of nearly 1 MiB that aim at the parser: its stack, its regular expressions, its time. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ["brackets", "[".repeat(MIB)],
  ["nested arrays", "[".repeat(MIB / 2) + "]".repeat(MIB / 2)],
  ["nested objects", `${'{"a":'.repeat(150_000)}1${"}".repeat(150_000)}`],
  ["nested arrays with an escape", `["\\u0061",${"[".repeat(400_000)}${"]".repeat(400_000)}]`],
  ["nested arrays around NaN", `${"[".repeat(400_000)}NaN${"]".repeat(400_000)}`],
  ["an open string", `"${"x".repeat(MIB - 10)}`],
  ["an open string of escapes", `"${'\\"'.repeat(MIB / 2 - 10)}`],
  ["many open strings and NaN", `NaN${'"'.repeat(MIB - 10)}`],
  ["a long string beside NaN", `{"a":"${"x".repeat(MIB - 100)}","b":NaN}`],
  ["many NaN", `[${"NaN,".repeat(200_000)}1]`],
  ["many keys", `{${Array.from({ length: 80_000 }, (_, k) => `"k${k}":1`).join()}}`],
  ["a long number", "9".repeat(MIB)],
  [
    "a deep unknown field",
    valid.replace('"data":{', `"data":{"x":${"[".repeat(300_000)}${"]".repeat(300_000)},`),
  ],
  [
    "many observations",
    valid.replace(
      '"observations":[',
      `"observations":[${'{"kind":"failure","reason":""},'.repeat(30_000)}`,
    ),
  ],
  [
    "many wrong observations",
    valid.replace('"observations":[', `"observations":[${"{},".repeat(9000)}`),
  ],
  ["a long key", `{"${"k".repeat(MIB - 100)}":null}`],
];

describe("payloads made to hurt", () => {
  // Milliseconds where time grows with the length; where it grows with its square, minutes: more than any test may take.
  test.each(HOSTILE)("%s: one answer, in one line", (_, payload) => {
    const decoded = codec.decode(sampleTopic("jobResult"), bytes(payload), false);
    expect(["fact", "quarantine"]).toContain(decoded.kind);
    if (decoded.kind === "quarantine") expect(decoded.detail.length).toBeLessThan(400);
  });
});
