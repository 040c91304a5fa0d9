import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { Aedes } from "aedes";
import { afterEach, expect, test } from "vitest";
import { createBrokerClient } from "../../../adapters/mqtt/broker-client.ts";
import { EndWatch } from "../../../adapters/mqtt/end-watch.ts";
import { LabError } from "../../../src/core/errors.ts";
import type { IncomingMessage } from "../../../src/events/message-bus.ts";
import { until } from "../../contract/listener.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function broker(options: ConstructorParameters<typeof Aedes>[0] = {}) {
  const aedes = await Aedes.createBroker(options);
  const server: Server = createServer((socket) => void aedes.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  cleanUp.push(async () => {
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });
  return { aedes, url: `mqtt://127.0.0.1:${port}` };
}

const silent = { onMessage: async (): Promise<void> => {}, onConnection: (): void => {} };

test("a broker that is absent is TL-2001 after the wait, without the password in the text", async () => {
  const bus = createBrokerClient({
    url: "mqtt://ryo:secret@127.0.0.1:1",
    clientId: "a",
    filters: [],
    startTimeout_ms: 300,
  });
  const started = bus.start(silent);
  await expect(started).rejects.toMatchObject({ code: "TL-2001" });
  await expect(started).rejects.not.toThrow(/secret/);
});

test("a refused login is TL-2006 at once", async () => {
  const { url } = await broker({
    authenticate: (_client, _user, _password, done) =>
      done(Object.assign(new Error("no"), { returnCode: 4 }), false),
  });
  const bus = createBrokerClient({ url, clientId: "a", filters: [], startTimeout_ms: 20_000 });
  await expect(bus.start(silent)).rejects.toMatchObject({ code: "TL-2006" });
});

test("a broker that speaks only MQTT 3.1.1 is spoken to in 3.1.1", async () => {
  const versions: number[] = [];
  const { aedes, url } = await broker({
    preConnect: (client, packet, done) => {
      const version = packet.protocolVersion ?? 0;
      versions.push(version);
      if (version !== 5) return done(null, true);
      // What such a broker answers: CONNACK of 3.1.1, return code 1, then it hangs up.
      client.conn.end(Buffer.from([0x20, 0x02, 0x00, 0x01]));
      return undefined;
    },
  });
  const bus = createBrokerClient({ url, clientId: "a", filters: ["lab/#"] });
  cleanUp.push(() => bus.stop());
  const got: IncomingMessage[] = [];
  await bus.start({ onMessage: async (message) => void got.push(message), onConnection: () => {} });
  expect(versions.at(0)).toBe(5);
  expect(versions.at(-1)).toBe(4);
  aedes.publish(
    { cmd: "publish", topic: "lab/x", payload: "1", qos: 1, retain: false, dup: false },
    () => {},
  );
  await until(() => got.length === 1, "a message");
});

test.each(["was stopped", "was replaced"])(
  "a daemon that %s while a silent broker was waited for does not speak to it in 3.1.1",
  async (what) => {
    const versions: number[] = [];
    const server = createServer((socket) =>
      socket.on("error", () => {}).on("data", (data) => void versions.push(data[8] ?? 0)),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    cleanUp.push(async () => server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const gone = new LabError("TL-4003", "another one leads");
    const bus = createBrokerClient({
      ...{ url: `mqtt://127.0.0.1:${port}`, clientId: "a", filters: [], startTimeout_ms: 3000 },
      lease: { confirm: async () => Promise.reject(gone) },
    });
    const started = bus.start(silent).catch((error: unknown) => error);
    await until(() => versions.length > 0, "the first word");
    if (what === "was stopped") await bus.stop();
    expect(await started).toMatchObject({
      code: what === "was stopped" ? "TL-2001" : "TL-4003",
    });
    expect(versions).toEqual([5]);
  },
);

test("reading goes on while messages wait for the log, up to a bound, and then again", async () => {
  const { aedes, url } = await broker();
  const commits: (() => void)[] = [];
  let received = 0;
  const bus = createBrokerClient({ url, clientId: "a", filters: ["lab/#"] });
  cleanUp.push(() => bus.stop());
  await bus.start({
    onMessage: () => {
      received++;
      return new Promise<void>((resolve) => commits.push(resolve));
    },
    onConnection: () => {},
  });
  for (let k = 0; k < 1500; k++)
    aedes.publish(
      { cmd: "publish", topic: "lab/x", payload: String(k), qos: 1, retain: false, dup: false },
      () => {},
    );
  await until(() => received === 1000, "as many as may wait");
  await new Promise((resolve) => setImmediate(resolve));
  expect(received).toBe(1000);
  const timer = setInterval(() => {
    for (const commit of commits.splice(0)) commit();
  }, 1);
  await until(() => received === 1500, "all of them");
  clearInterval(timer);
});

test("a message that the log refused does not stop those after it", async () => {
  const { aedes, url } = await broker();
  let received = 0;
  const bus = createBrokerClient({ url, clientId: "a", filters: ["lab/#"] });
  cleanUp.push(() => bus.stop());
  await bus.start({
    onMessage: async () => {
      if (received++ === 0) throw new Error("disk full");
    },
    onConnection: () => {},
  });
  for (let k = 0; k < 2; k++)
    aedes.publish(
      { cmd: "publish", topic: "lab/x", payload: "1", qos: 1, retain: false, dup: false },
      () => {},
    );
  await until(() => received === 2, "the second message");
});

test("a second client with the same id ends the first instead of fighting it for ever", async () => {
  const { url } = await broker();
  const connections: boolean[] = [];
  const options = { url, clientId: "same", filters: ["lab/#"] };
  const first = createBrokerClient(options);
  await first.start({
    onMessage: async () => {},
    onConnection: (connected) => void connections.push(connected),
  });
  const second = createBrokerClient(options);
  cleanUp.push(
    () => first.stop(),
    () => second.stop(),
  );
  await second.start(silent);
  await until(() => connections.at(-1) === false, "the first gives way");
  await second.publish({ topic: "lab/x", payload: "1", qos: 1, retain: false });
  await expect(
    first.publish({ topic: "lab/x", payload: "1", qos: 1, retain: false }),
  ).rejects.toMatchObject({
    code: "TL-2001",
    retryable: true,
  });
});

test.each(["is still there", "is gone"])(
  "with a message that was never answered a client ends all the same: its broker %s",
  async (how) => {
    const { aedes, url } = await broker({ authorizePublish: () => {} });
    const connections: boolean[] = [];
    const client = createBrokerClient({
      ...{ url, clientId: "unanswered", filters: ["lab/#"] },
      lease: { confirm: async () => {} },
    });
    await client.start({ ...silent, onConnection: (is) => void connections.push(is) });
    const published = client.publish({ topic: "lab/x", payload: "1", qos: 1, retain: false });
    published.catch(() => {});
    if (how === "is gone") {
      aedes.close();
      await until(() => connections.at(-1) === false, "the broker is gone");
    }
    await client.stop();
    await expect(published).rejects.toMatchObject({ code: "TL-2001" });
  },
);

test("a connection that ends five times in five minutes is told once, and again after as many more", () => {
  const watch = new EndWatch();
  const minute_ms = 60_000;
  const told = [0, 4, 5, 6, 7, 8, 9, 9.1, 9.2, 9.3, 30].map((minutes) =>
    watch.note(minutes * minute_ms),
  );
  expect(told).toEqual([...Array(5).fill(undefined), 5, ...Array(4).fill(undefined), undefined]);
});
