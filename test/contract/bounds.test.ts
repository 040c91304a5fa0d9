import { afterEach, expect, test } from "vitest";
import { WATCHERS_OF_ADDRESS_MAX } from "../../adapters/dashboard/event-feed.ts";
import { createWireCodec } from "../../adapters/mqtt/wire-codec.ts";
import { parseJson } from "../../src/core/strict-json.ts";
import { toCsv } from "../../src/views/export-text.ts";
import { fc } from "../support/properties.ts";
import { type ScriptedDashboard, startScriptedDashboard } from "../support/scripted-dashboard.ts";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

test("a key that stands twice in one object is refused, however it is written and wherever", () => {
  const read = (text: string) => parseJson(Buffer.from(text));
  for (const text of [
    '{"a":1,"a":2}',
    '{"x":[{"a":1,"b":{},"a":2}]}',
    '{"a":1,"\\u0061":2}',
    '{"a" : 1 , "a" : 1}',
  ])
    expect(read(text)).toEqual({ problem: expect.stringMatching(/stands twice in one object/) });
  for (const text of ['{"a":{"a":[{"a":1},{"a":"a"}]},"b":"{\\"a\\":1,\\"a\\":2}"}', '["a","a"]'])
    expect(read(text)).toEqual({ value: JSON.parse(text) });
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      if (!text.includes("__proto__")) expect(read(text)).toEqual({ value: JSON.parse(text) });
    }),
    { numRuns: 200 },
  );
});

test("a text that a spreadsheet would run is a text in CSV; numbers stay numbers", () => {
  const row = { a: '=HYPERLINK("x")', b: "+1+1", c: "@SUM(A1)", d: "-2.5e-3", e: -7, f: "fcc+hcp" };
  expect(toCsv([row])).toBe(
    `a,b,c,d,e,f\n"'=HYPERLINK(""x"")",'+1+1,'@SUM(A1),-2.5e-3,-7,fcc+hcp\n`,
  );
});

test("one address has so many event streams and no more, and the page goes on", async () => {
  const page: ScriptedDashboard = await startScriptedDashboard();
  cleanUp.push(() => page.stop());
  // A response that nobody holds is collected with its garbage, and its stream ends: there would be room again.
  const held: Response[] = [];
  cleanUp.push(() => Promise.all(held.map((one) => one.body?.cancel())));
  const open = async (): Promise<number> => {
    const response = await fetch(`${page.url}events`);
    held.push(response);
    return response.status;
  };
  for (let k = 0; k < WATCHERS_OF_ADDRESS_MAX; k++) expect(await open()).toBe(200);
  expect(await open()).toBe(503);
  expect((await fetch(`${page.url}healthz`)).status).toBe(200);
});

test("the page reads a command as the contract is read, and nobody speaks in the configuration's name", async () => {
  const { url, stop, commands } = await startScriptedDashboard();
  cleanUp.push(stop);
  const post = async (body: string) =>
    await fetch(new URL("/api/command", url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
  const twice =
    '{"kind":"campaign","campaignId":"c1","action":"reject","action":"approve","by":"ada"}';
  const refused = await post(twice);
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("stands twice in one object");
  const named = await post(twice.replace('"action":"reject",', "").replace("ada", "Configuration"));
  expect(named.status).toBe(400);
  expect(await named.text()).toContain("the daemon's own name");
  expect(commands).toEqual([]);
  const message = {
    ...{
      specversion: "1.0",
      id: "m1",
      source: "operator/configuration",
      time: "2026-11-30T12:00:00Z",
    },
    ...{ type: "tieline.campaign.approve", data: { commandId: "m1", by: "configuration" } },
  };
  const topic = "tieline/v1/lab1/campaign/c1/command/approve";
  const codec = createWireCodec({ site: "lab1" });
  const read = (text: string) => codec.decode(topic, Buffer.from(text), false);
  expect(read(JSON.stringify(message)).kind).toBe("quarantine");
  const own = JSON.stringify(message).replaceAll("configuration", "ada");
  expect(read(own).kind).toBe("fact");
});
