import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { connectOperator } from "../../adapters/mqtt/operator-client.ts";
import { canonicalText, isSignedBy, signText } from "../../adapters/mqtt/signature.ts";
import type { Daemon } from "../../src/daemon.ts";
import { tieline } from "../support/command-line.ts";
import { fc } from "../support/properties.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";
import {
  BROKERS,
  campaignYaml,
  cleanUp,
  connect,
  eventsOf,
  makeFolder,
  startDaemon,
} from "./running-daemon.ts";

const OPERATORS = `operators:
  - { name: ada, may: [operate, approve, clearStop], keyFile: ada.key }
  - { name: bob, may: [operate], keyFile: bob.key }
`;

async function start(broker: Awaited<ReturnType<(typeof BROKERS)[number]["make"]>>) {
  const folder = makeFolder();
  for (const name of ["ada", "bob"]) writeFileSync(join(folder, `${name}.key`), `key of ${name}\n`);
  const yaml = `${OPERATORS}${campaignYaml(["budget: 6", "inFlight: 2"])}`;
  const daemon = await startDaemon(broker, { folder, yaml });
  const say = (by: string, key: string | undefined, ...words: string[]) =>
    tieline(
      ...words,
      ...["--broker", daemon.brokerUrl, "--site", SITE, "--by", by, "--reason", "a test"],
      ...(key === undefined ? [] : ["--key-file", join(folder, `${key}.key`)]),
    );
  return { daemon, say };
}

const state = (daemon: Daemon): string | undefined =>
  daemon.lab.machines.campaign.get("c1")?.states[0];

async function words(daemon: Daemon) {
  const events = await eventsOf(daemon);
  return events.flatMap(({ fact }) =>
    fact.type === "operator.command" || fact.type === "safety.emergencyStop"
      ? [[fact.type === "operator.command" ? fact.action : fact.active, fact.by, fact.identity]]
      : [],
  );
}

describe.each(BROKERS)("operators of the configuration on $name", ({ make }) => {
  test("are obeyed with their signature and right, and the log says verified; nobody is in another's name", async () => {
    const { daemon, say } = await start(await make());
    expect((await say("ada", "ada", "start-campaign", "--campaign", "c1")).code).toBe(0);
    for (const [by, key, why] of [
      ["ada", undefined, /is not signed/],
      ["ada", "bob", /not of ada's key/],
      ["eve", "bob", /eve is not among the operators/],
    ] as const) {
      const { code, err } = await say(by, key, "pause", "--campaign", "c1");
      expect([code === 0, err]).toEqual([false, expect.stringMatching(why)]);
    }
    const approval = await say("bob", "bob", "approve", "--campaign", "c1", "--batch", "1");
    expect(approval.err).toMatch(/bob may not do this: it needs the right approve/);
    expect(state(daemon)).toMatch(/^running\./);
    // Three on one topic: the first is kept whole, the others are counted within 10 s; and one on another.
    expect(daemon.view.overview().counters.quarantinedByReason.notAllowed).toBe(2);
    expect((await say("bob", "bob", "pause", "--campaign", "c1")).code).toBe(0);
    expect(await words(daemon)).toEqual([
      ["start", "ada", "verified"],
      ["pause", "bob", "verified"],
    ]);
  });

  test("anybody may stop; only a proven operator with the right clears", async () => {
    const { daemon, say } = await start(await make());
    await say("eve", undefined, "emergency-stop");
    await until(() => daemon.lab.emergency !== undefined, "the stop");
    expect((await say("ada", undefined, "emergency-stop", "--clear")).code).not.toBe(0);
    expect((await say("bob", "bob", "emergency-stop", "--clear")).code).not.toBe(0);
    expect(daemon.lab.emergency).toBeDefined();
    expect((await say("ada", "ada", "emergency-stop", "--clear")).code).toBe(0);
    expect(daemon.lab.emergency).toBeUndefined();
    expect(await words(daemon)).toEqual([
      [true, "eve", "claimed"],
      [false, "ada", "verified"],
    ]);
  }, 30_000);

  test("a signed command that is sent again acts once and for its own campaign only", async () => {
    const { daemon, say } = await start(await make());
    const listener = await connect(daemon.brokerUrl);
    const heard: { topic: string; payload: Buffer }[] = [];
    listener.on("message", (topic, payload) => heard.push({ topic, payload }));
    await listener.subscribeAsync(`tieline/v1/${SITE}/campaign/+/command/+`);
    expect((await say("ada", "ada", "start-campaign", "--campaign", "c1")).code).toBe(0);
    await until(() => heard.length > 0, "the command on the wire");
    const [{ topic, payload }] = heard as [(typeof heard)[0]];
    await listener.publishAsync(topic, payload, { qos: 1 });
    // The same words for another action: the topic and the type must agree, the signature must too.
    const forged = payload.toString().replaceAll("campaign.start", "campaign.abort");
    await listener.publishAsync(topic.replace("/start", "/abort"), forged, { qos: 1 });
    const refused = () => daemon.view.overview().counters.quarantinedByReason.notAllowed;
    await until(() => refused() === 1, "the refusal");
    expect(await words(daemon)).toEqual([["start", "ada", "verified"]]);
  });
});

test("who logs in at the daemon's own broker as an operator needs no signature, for his own name alone", async () => {
  const folder = makeFolder();
  for (const name of ["ada", "bob"])
    writeFileSync(join(folder, `${name}.word`), `${name}'s word\n`);
  writeFileSync(join(folder, "ada.key"), "key of ada\n");
  writeFileSync(join(folder, "bob.key"), "key of bob\n");
  const user = (name: string) =>
    `{ name: ${name}, is: operator, may: [operate], passwordFile: ${name}.word }`;
  const broker = `{ port: 0, users: [${user("ada")}, ${user("bob")}] }`;
  const yaml = `${OPERATORS}${campaignYaml(["budget: 6", "inFlight: 2"])}`;
  const daemon = await startDaemon({ broker }, { folder, yaml });
  const logIn = async (name: string) => {
    const login = { username: name, password: `${name}'s word`, timeout_ms: 3_000 };
    const client = await connectOperator({ url: daemon.brokerUrl, site: SITE, ...login });
    cleanUp.push(() => client.close());
    return client;
  };
  const [ada, bob] = [await logIn("ada"), await logIn("bob")];
  const start = { campaignId: "c1", action: "start" } as const;
  expect(await ada.command({ ...start, by: "ada" })).toMatchObject({ accepted: true });
  const inHerName = await bob.command({ ...start, action: "pause", by: "ada" });
  expect(inHerName).toMatchObject({ accepted: false });
  expect(inHerName.reason).toContain("claims to be by ada and is not signed");
  expect(state(daemon)).toMatch(/^running\./);
  expect(await words(daemon)).toEqual([["start", "ada", "verified"]]);
});

test("a signature holds for one text and one key", () => {
  const parts = fc.record({ campaignId: fc.string(), by: fc.string(), data: fc.jsonValue() });
  const text = ({ campaignId, by, data }: { campaignId: string; by: string; data: unknown }) =>
    canonicalText({
      ...{
        site: "s",
        ids: { campaignId },
        id: "1",
        source: `operator/${by}`,
        type: "t",
        time: "now",
        data,
      },
    });
  fc.assert(
    fc.property(parts, parts, fc.string(), (a, b, key) => {
      const signature = signText(key, text(a));
      expect(isSignedBy(key, text(a), signature)).toBe(true);
      expect(isSignedBy(key, text(b), signature)).toBe(text(a) === text(b));
      expect(isSignedBy(`${key}x`, text(a), signature)).toBe(false);
    }),
    { numRuns: 100 },
  );
  const ordered = { ...{ site: "s", ids: {}, id: "1", source: "o", type: "t", time: "now" } };
  expect(canonicalText({ ...ordered, data: { b: 1, a: [null, "ü"] } })).toBe(
    '{"data":{"a":[null,"ü"],"b":1},"id":"1","ids":{},"site":"s","source":"o","time":"now","type":"t"}',
  );
});
