import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmbeddedBroker } from "../../adapters/broker/embedded-broker.ts";
import { mayPublish } from "../../adapters/mqtt/access.ts";
import { MESSAGES, type MessageName } from "../../adapters/mqtt/contract.ts";
import { daemonFilters, mayBeRetained, topicOf } from "../../adapters/mqtt/topics.ts";
import type { Principal } from "../../src/domain/principal.ts";
import { tieline } from "../support/command-line.ts";
import { SITE } from "./brokers.ts";
import { mosquittoIsThere } from "./mosquitto.ts";
import { SecureMosquitto, TestAuthority } from "./secure-mosquitto.ts";

const cleanUp: (() => unknown)[] = [];
let authority: TestAuthority;
beforeEach(() => {
  authority = new TestAuthority();
  cleanUp.push(() => authority.remove());
});
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

const AGENT = "tieline";
const NAMES = Object.keys(MESSAGES) as MessageName[];
const OTHER = "furnace-2";
const IDS = {
  jobId: "j1",
  campaignId: "c1",
  agentId: AGENT,
  channel: "t",
  view: "overview",
  reason: "notJson",
};

/** Role -> the messages that it may send, in words of its own: what the code derives is held against this. */
const MATRIX: Readonly<Record<string, (name: MessageName, instrumentId: string) => boolean>> = {
  [AGENT]: (name) => MESSAGES[name].from === "agent" || name === "emergencyStop",
  "furnace-1": (name, id) => MESSAGES[name].from === "instrument" && id === "furnace-1",
  ada: (name) => MESSAGES[name].from === "operator" || name === "emergencyStop",
  bob: (name) => MESSAGES[name].from === "operator" && !/(Approve|Reject)$/.test(name),
  eve: () => false,
};
const USERS = `    - { name: furnace-1, is: instrument, passwordFile: furnace-1.password }
    - { name: ada, is: operator, may: [operate, approve, clearStop], passwordFile: ada.password }
    - { name: bob, is: operator, may: [operate], passwordFile: bob.password }
    - { name: eve, is: operator, may: [watch], passwordFile: eve.password }`;

/** Every topic of the contract; those of instruments twice, for our own and for another. */
const CASES = NAMES.flatMap((name) =>
  (MESSAGES[name].topic.includes("{instrumentId}") ? ["furnace-1", OTHER] : ["furnace-1"]).map(
    (instrumentId) => ({
      name,
      instrumentId,
      topic: topicOf(SITE, name, { ...IDS, instrumentId }),
    }),
  ),
);

function writeConfiguration(): string {
  for (const name of Object.keys(MATRIX))
    writeFileSync(join(authority.folder, `${name}.password`), `secret of ${name}\n`);
  const file = join(authority.folder, "lab.yaml");
  const url = "mqtts://broker.lab:8883";
  writeFileSync(
    file,
    `version: 1\nsite: ${SITE}\nagent: ${AGENT}\nbroker:\n  url: ${url}\n  users:\n${USERS}\n`,
  );
  return file;
}

/** Who gets what: each client says everything; a last message that all may see tells that nothing more comes. */
async function deliveries(
  clients: ReadonlyMap<string, MqttClient>,
  listener: MqttClient,
): Promise<Set<string>> {
  const heard = new Set<string>();
  listener.on("message", (topic, payload) => heard.add(`${String(payload)} ${topic}`));
  await listener.subscribeAsync(`tieline/v1/${SITE}/#`, { qos: 1 });
  for (const [who, client] of clients)
    for (const { topic } of CASES)
      await client.publishAsync(topic, who, { qos: 1 }).catch(() => {});
  // Everything before this has been handled in order, by connection: the agent's own word comes last.
  const last = topicOf(SITE, "agentOnline", IDS);
  const end = new Promise<void>((resolve) =>
    listener.on(
      "message",
      (topic, payload) => topic === last && String(payload) === "end" && resolve(),
    ),
  );
  await clients.get(AGENT)?.publishAsync(last, "end", { qos: 1 });
  await end;
  heard.delete(`end ${last}`);
  return heard;
}

const expected = (roles: readonly string[]): Set<string> =>
  new Set(
    roles.flatMap((who) =>
      CASES.filter(({ name, instrumentId }) => MATRIX[who]?.(name, instrumentId)).map(
        ({ topic }) => `${who} ${topic}`,
      ),
    ),
  );

describe.skipIf(!mosquittoIsThere())("Mosquitto with TLS and the files of tieline acl", () => {
  test.each(["certificate", "name"] as const)(
    "delivers of every role exactly what the matrix says, known by %s",
    { timeout: 60_000 },
    async (identity) => {
      const out = join(authority.folder, "mosquitto");
      const file = writeConfiguration();
      const words = ["acl", "--config", file, "--out", out, "--identity", identity];
      process.env["TIELINE_BROKER_PASSWORD"] = `secret of ${AGENT}`;
      const { code } = await tieline(...words);
      delete process.env["TIELINE_BROKER_PASSWORD"];
      expect(code).toBe(0);
      const broker = await new SecureMosquitto(authority).start(
        readFileSync(join(out, "mosquitto.tieline.conf"), "utf8"),
      );
      cleanUp.push(() => broker.stop());
      const connect = async (who: string): Promise<MqttClient> => {
        const client = await broker.connect(
          identity === "certificate"
            ? { certificate: who }
            : { username: who, password: `secret of ${who}` },
        );
        cleanUp.push(() => client.endAsync(true));
        return client;
      };
      const clients = new Map<string, MqttClient>();
      for (const who of Object.keys(MATRIX)) clients.set(who, await connect(who));
      const heard = await deliveries(clients, await connect("eve"));
      expect(heard).toEqual(expected(Object.keys(MATRIX)));
      // Nobody without a certificate or with a wrong password comes in at all.
      await expect(broker.connect({ username: "ada", password: "wrong" })).rejects.toThrow();
    },
  );
});

describe("the broker inside the daemon", () => {
  const principals: Readonly<Record<string, Principal>> = {
    [AGENT]: { kind: "agent" },
    "furnace-1": { kind: "instrument", instrumentIds: ["furnace-1"] },
    ada: { kind: "operator", may: ["operate", "approve", "clearStop"] },
    bob: { kind: "operator", may: ["operate"] },
    eve: { kind: "operator", may: ["watch"] },
  };

  test("delivers of every role exactly what the matrix says, and lets nobody else in", async () => {
    const users = Object.entries(principals).map(([name, principal]) => ({
      name,
      principal,
      password: `secret of ${name}`,
    }));
    const broker = createEmbeddedBroker({
      ...{ port: 0, users, filters: daemonFilters(SITE) },
      mayBeRetained: (topic) => mayBeRetained(SITE, topic),
      mayPublish: (principal, topic) => mayPublish(SITE, principal, topic),
    });
    const shown: string[] = [];
    await broker.start({
      onConnection: () => {},
      onMessage: async ({ topic, payload }) => void shown.push(`${Buffer.from(payload)} ${topic}`),
    });
    cleanUp.push(() => broker.stop());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const connect = async (username: string, password: string): Promise<MqttClient> => {
      const client = await mqtt.connectAsync(
        url,
        { username, password, reconnectPeriod: 0 },
        false,
      );
      cleanUp.push(() => client.endAsync(true));
      return client;
    };
    const clients = new Map<string, MqttClient>();
    for (const who of Object.keys(principals))
      clients.set(who, await connect(who, `secret of ${who}`));
    const heard = await deliveries(clients, await connect("eve", "secret of eve"));
    expect(heard).toEqual(expected(Object.keys(principals)));
    expect(shown.filter((one) => !heard.has(one))).toEqual([]);
    await expect(connect("ada", "secret of eve")).rejects.toThrow(/authori|password/i);
    await expect(connect("mallory", "")).rejects.toThrow(/authori|password/i);
  });

  test("without users lets nobody but the agent speak for the agent", () => {
    const anyone: Principal = { kind: "anyone" };
    for (const { name, topic } of CASES)
      expect([topic, mayPublish(SITE, anyone, topic)]).toEqual([
        topic,
        MESSAGES[name].from !== "agent",
      ]);
  });

  test("opens its WebSocket port to no foreign page and under no foreign name", async () => {
    const broker = createEmbeddedBroker({
      ...{ port: 0, webSocketPort: 0, filters: [], origins: ["https://panel.lab"] },
      mayBeRetained: () => true,
    });
    await broker.start({ onConnection: () => {}, onMessage: async () => {} });
    cleanUp.push(() => broker.stop());
    const open = async (headers: Record<string, string>): Promise<boolean> => {
      const client = mqtt.connect(`ws://127.0.0.1:${broker.webSocketPort}`, {
        reconnectPeriod: 0,
        wsOptions: { headers },
      });
      const isOpen = new Promise<boolean>((resolve) => {
        client.on("connect", () => resolve(true));
        client.on("error", () => resolve(false));
        client.on("close", () => resolve(false));
      });
      const answer = await isOpen;
      await client.endAsync(true);
      return answer;
    };
    expect(await open({})).toBe(true);
    expect(await open({ origin: "https://panel.lab" })).toBe(true);
    expect(await open({ origin: "https://elsewhere.example" })).toBe(false);
    expect(await open({ origin: "null" })).toBe(false);
    expect(await open({ host: "elsewhere.example" })).toBe(false);
  });
});
