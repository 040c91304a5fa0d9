import { describe, expect, test } from "vitest";
import type { BrokerDelivery, SimulatedClient } from "../../../simulators/broker/client-session.ts";
import { SimulatedBroker } from "../../../simulators/broker/simulated-broker.ts";
import { matchesFilter } from "../../../simulators/broker/topic-filter.ts";
import { createVirtualClock } from "../../../simulators/time/virtual-clock.ts";

function network(duplicates = 0) {
  const clock = createVirtualClock(0);
  const broker = new SimulatedBroker({
    clock,
    seed: "7",
    latency_ms: { min: 1, max: 20 },
    duplicates,
  });
  return { clock, broker };
}

function client(clientId: string, inbox: string[], more: Partial<SimulatedClient> = {}) {
  return {
    clientId,
    clean: false,
    subscriptions: ["#"],
    onMessage: (message: BrokerDelivery) => {
      inbox.push(new TextDecoder().decode(message.payload));
    },
    onConnect: () => {},
    onDisconnect: () => {},
    ...more,
  };
}

const message = (payload: string, retain = false, qos: 0 | 1 = 1) => ({
  topic: "a/b",
  payload,
  qos,
  retain,
});

describe("the simulated broker", () => {
  test("keeps the order of one publisher and settles its publishes", async () => {
    const { clock, broker } = network();
    const inbox: string[] = [];
    const sender = broker.connect(client("s", [], { subscriptions: [] }));
    broker.connect(client("r", inbox));
    await clock.run();
    let settled = 0;
    const texts = Array.from({ length: 20 }, (_, k) => `m${k}`);
    for (const text of texts) void sender.publish(message(text)).then(() => settled++);
    await clock.run();
    expect(inbox).toEqual(texts);
    expect(settled).toBe(20);
  });

  test("a retained message reaches who comes later, and an empty one clears it", async () => {
    const { clock, broker } = network();
    const sender = broker.connect(client("s", [], { subscriptions: [] }));
    await clock.run();
    void sender.publish(message("state", true));
    await clock.run();
    const inbox: string[] = [];
    const flags: boolean[] = [];
    const onMessage = (got: BrokerDelivery): void => {
      inbox.push(new TextDecoder().decode(got.payload));
      flags.push(got.retained);
    };
    broker.connect(client("late", [], { onMessage }));
    await clock.run();
    void sender.publish(message("", true));
    await clock.run();
    broker.connect(client("later", [], { onMessage }));
    await clock.run();
    expect(inbox).toEqual(["state", ""]);
    expect(flags).toEqual([true, false]);
  });

  test("what a killed client has not acknowledged comes again in the original order", async () => {
    const { clock, broker } = network();
    const first: string[] = [];
    const sender = broker.connect(client("s", [], { subscriptions: [] }));
    const killed = broker.connect(
      client("daemon", first, {
        onMessage: (got) => {
          first.push(new TextDecoder().decode(got.payload));
          return first.length < 3 ? undefined : new Promise(() => {});
        },
      }),
    );
    await clock.run();
    for (const text of ["1", "2", "3", "4"]) void sender.publish(message(text));
    await clock.run();
    killed.kill();
    void sender.publish(message("5"));
    void sender.publish(message("unimportant", false, 0));
    await clock.run();
    const second: string[] = [];
    broker.connect(client("daemon", second));
    await clock.run();
    expect(first).toEqual(["1", "2", "3", "4"]);
    expect(second).toEqual(["3", "4", "5"]);
  });

  test("a kill publishes the will and leaves promises hanging; what was sent still arrives", async () => {
    const { clock, broker } = network();
    const inbox: string[] = [];
    broker.connect(client("watcher", inbox));
    const dying = broker.connect(
      client("i", [], { subscriptions: [], will: { ...message("gone"), topic: "w" } }),
    );
    await clock.run();
    let settled = false;
    dying.publish(message("last words")).then(
      () => (settled = true),
      () => (settled = true),
    );
    dying.kill();
    await clock.run();
    expect(inbox.toSorted()).toEqual(["gone", "last words"]);
    expect(settled).toBe(false);
  });

  test("a cut loses what is in the air, tells the client, and it comes back by itself", async () => {
    const { clock, broker } = network();
    const inbox: string[] = [];
    const story: string[] = [];
    broker.connect(client("watcher", inbox));
    const link = broker.connect(
      client("i", [], {
        subscriptions: [],
        onConnect: () => story.push(`up@${clock.now_ms()}`),
        onDisconnect: () => story.push("down"),
      }),
    );
    await clock.run();
    const start = clock.now_ms();
    void link.publish(message("lost")).catch((error: Error) => story.push(error.name));
    link.cut(500);
    await expect(link.publish(message("offline"))).rejects.toThrow("lost");
    await clock.run();
    expect(story).toEqual([`up@${start}`, "down", "LabError", `up@${start + 500}`]);
    expect(inbox).toEqual([]);
  });

  test("duplicates arrive twice, only at QoS 1", async () => {
    const { clock, broker } = network(1);
    const inbox: string[] = [];
    broker.connect(client("r", inbox));
    const sender = broker.connect(client("s", [], { subscriptions: [] }));
    await clock.run();
    void sender.publish(message("twice"));
    void sender.publish(message("once", false, 0));
    await clock.run();
    expect(inbox.toSorted()).toEqual(["once", "twice", "twice"]);
  });
});

test("topic filters follow MQTT", () => {
  expect(matchesFilter("a/+/c", "a/b/c")).toBe(true);
  expect(matchesFilter("a/+", "a/b/c")).toBe(false);
  expect(matchesFilter("a/#", "a/b/c")).toBe(true);
  expect(matchesFilter("a/#", "a")).toBe(true);
  expect(matchesFilter("a/b", "a/b/c")).toBe(false);
  expect(matchesFilter("a/b/c", "a/b")).toBe(false);
});
