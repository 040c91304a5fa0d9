import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFrom } from "../../adapters/mqtt/read-message.ts";

const SITE = "lab";
const page = readFileSync(new URL("../../docs/contract.md", import.meta.url), "utf8");
const conversation = page.slice(
  page.indexOf("## A whole conversation"),
  page.indexOf("## What an operator does"),
);
const said = [
  ...conversation.matchAll(/`(tieline\/v1\/[^`]+)`[^\n]*\n\n```json\n([\s\S]*?)```/g),
].map(([, topic = "", text = ""]) => ({ topic, text }));

const read = (topic: string, text: string) => readFrom(SITE, topic, new TextEncoder().encode(text));

describe("the conversation in docs/contract.md", () => {
  test("has every message of a job's life", () => {
    expect(said.map(({ topic }) => topic.split("/").slice(5).join("/"))).toEqual([
      ...["birth", "state", "command/start", "job/map.load3/accepted", "job/map.load3/result"],
      ...["job/map.load3/ack", "command/reconcile", "job/map.9.s2/unknown"],
    ]);
  });

  test.each(said)("$topic is a message of the contract", ({ topic, text }) => {
    const message = read(topic, text);
    if (typeof message === "string" || message.kind !== "message")
      throw new Error(JSON.stringify(message));
    // Nothing in it is unknown to the contract, or a reader would copy a field that nobody reads.
    expect(message.message.data).toEqual(JSON.parse(text).data);
  });

  test("would not pass with a slip in any of them", () => {
    for (const { topic, text } of said) {
      const slip = text.replace(/"(bootId|jobId|jobIds)"/, '"slip"');
      const message = read(topic, slip);
      expect(typeof message !== "string" && message.kind).toBe("refused");
    }
  });
});
