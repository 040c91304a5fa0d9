import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { MESSAGES } from "../../../adapters/mqtt/contract.ts";
import { createWireCodec } from "../../../adapters/mqtt/wire-codec.ts";
import { bytes, SAMPLES, SITE, sampleTopic, wrap } from "./sample-messages.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../../docs/contract.md"), "utf8");

test("the page's table is the program's table", () => {
  const rows = page.split("\n").filter((line) => /\| `tieline\./.test(line));
  const expected = Object.values(MESSAGES).map(
    ({ topic, from, qos, retain, type, summary }) =>
      `| \`${topic}\` | ${from} | ${qos}${retain ? " R" : ""} | \`${type}\` | ${summary} |`,
  );
  expect(rows).toEqual(expected);
});

test("every observation on the page is understood", () => {
  const section = page.split("## Observations")[1]?.split("\n##")[0] ?? "";
  const text =
    section
      .replace(/<64 hex digits>/, "0".repeat(64))
      .match(/^ {4}.*$/gm)
      ?.join("\n") ?? "";
  const observations: unknown = JSON.parse(`[${text.replace(/\}\n {4}\{/g, "},{")}]`);
  expect(observations).toHaveLength(6);
  const message = wrap("jobResult", { ...SAMPLES.jobResult, observations });
  const decoded = createWireCodec({ site: SITE }).decode(
    sampleTopic("jobResult"),
    bytes(message),
    false,
  );
  expect(decoded).toMatchObject({ kind: "fact", fact: { observations } });
});
