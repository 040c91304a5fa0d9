import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { checkLine, readLine, writeLine } from "../../../adapters/storage/event-line.ts";
import { fc } from "../../support/properties.ts";

const BEFORE = "0123abcd";
const draft = { time_ms: 5, fact: { type: "agent.started" } } as unknown as Parameters<
  typeof writeLine
>[0];

/** What both readings of a line say, without the newline. */
function judge(text: string, before = BEFORE) {
  const read = readLine(text, before);
  const checked = checkLine(Buffer.from(text), before);
  return { read, checked };
}

test("both readings of a line agree, whatever a disk does to one character", () => {
  const { text } = writeLine(draft, { position: 7, group: 6, before: BEFORE });
  const line = text.trimEnd();
  const whole = judge(line);
  expect(whole.read?.event.position).toBe(7);
  expect(whole.checked).toMatchObject({ position: 7, group: 6, crc: whole.read?.crc });
  const damage = fc.record({
    at: fc.integer({ min: 0, max: line.length - 1 }),
    by: fc.constantFrom("x", "0", '"', "}", " "),
  });
  fc.assert(
    fc.property(damage, ({ at, by }) => {
      fc.pre(line[at] !== by);
      const { read, checked } = judge(line.slice(0, at) + by + line.slice(at + 1));
      expect([read, checked]).toEqual([undefined, undefined]);
    }),
    { numRuns: 300 },
  );
  expect(judge(line, "00000000")).toEqual({ read: undefined, checked: undefined });
  expect(judge(line.slice(0, -3))).toEqual({ read: undefined, checked: undefined });
});

test("a line that another program wrote, its keys in another order, is the same line", () => {
  const sign = (body: string): string => {
    const sum = crc32(body, crc32(BEFORE)).toString(16).padStart(8, "0");
    return `${body},"crc":"${sum}"}`;
  };
  const other = sign('{"v":1,"t":5,"fact":{"type":"agent.started"},"g":6,"p":7');
  const { read, checked } = judge(other);
  expect(read?.event).toMatchObject({ position: 7, time_ms: 5 });
  expect(checked).toMatchObject({ position: 7, group: 6, version: 1 });
  expect(judge(sign('{"v":1,"t":5,"p":"seven"'))).toEqual({ read: undefined, checked: undefined });
  expect(judge(sign("no line at all"))).toEqual({ read: undefined, checked: undefined });
});
