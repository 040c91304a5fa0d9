import { expect, test } from "vitest";
import { createWireCodec } from "../../adapters/mqtt/wire-codec.ts";
import { silentLogger } from "../../src/core/logger.ts";
import type { LabCommand } from "../../src/events/lab-command.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { createExecutor } from "../../src/runtime/executor.ts";
import { createLab } from "../../src/runtime/lab.ts";

const NOW_ms = 1_800_000_000_000;

const start: LabCommand = {
  ...{ type: "startJob", commandId: "map.1.s1.a1", instrumentId: "furnace-1", jobId: "map.1.s1" },
  ...{ attempt: 1, campaignId: "map", capability: "anneal", parameters: { temperature_K: 608 } },
  ...{ sampleIds: ["map.1"], notAfter_ms: NOW_ms + 20_000, validFor_ms: 20_000 },
};

/** Starts that job on a bus that does so with it; what the log hears of it, and what left. */
async function started(publish: () => Promise<void>, now_ms = NOW_ms) {
  const said: LabFact[] = [];
  const topics: string[] = [];
  const bus = {
    publish: ({ topic }: { readonly topic: string }) => {
      topics.push(topic);
      return publish();
    },
  };
  const executor = createExecutor({
    ports: {
      ...{ bus, codec: createWireCodec({ site: "s" }), logger: silentLogger },
      clock: { now_ms: () => now_ms },
    } as never,
    options: { site: "s", agentId: "a", version: "1", policies: {} },
    lab: createLab(),
    submit: async (fact) => {
      said.push(fact);
      return undefined as never;
    },
  });
  executor.openGate();
  executor.execute([start]);
  await executor.settled();
  return { said, topics };
}

const outcome = { type: "command.outcome", commandId: "map.1.s1.a1" };

test("a start that left is logged as sent", async () => {
  const { said } = await started(async () => {});
  expect(said).toEqual([{ ...outcome, sent: true, reason: undefined }]);
});

test("a start that the broker did not take is logged as not sent, with the reason", async () => {
  const { said } = await started(() => Promise.reject(new Error("the connection is lost")));
  expect(said).toEqual([{ ...outcome, sent: false, reason: "the connection is lost" }]);
});

test("a start that has waited for the broker past its time does not leave, and is logged as not sent", async () => {
  const { said, topics } = await started(async () => {}, NOW_ms + 20_000);
  expect(topics).toEqual([]);
  expect(said).toEqual([
    { ...outcome, sent: false, reason: "it has waited for the broker past its time" },
  ]);
});

test("a stop does not wait for a model that takes minutes, nor is another one asked", async () => {
  const asked: string[] = [];
  const planner = {
    propose: (campaignId: string) => {
      asked.push(campaignId);
      return new Promise(() => {});
    },
  };
  const said: LabFact[] = [];
  const executor = createExecutor({
    ports: { planner, logger: silentLogger } as never,
    options: { site: "s", agentId: "a", version: "1", policies: {} },
    lab: createLab(),
    submit: async (fact) => {
      said.push(fact);
      return undefined as never;
    },
  });
  const about = { type: "requestProposal", requestId: "r1", through: 0, request: {} } as const;
  executor.execute([{ ...about, campaignId: "map" } as unknown as LabCommand]);
  executor.stop();
  executor.execute([{ ...about, campaignId: "late" } as unknown as LabCommand]);
  await executor.settled();
  expect([asked, said]).toEqual([["map"], []]);
});

test("a stop does not wait until a campaign's patterns have been read again: the next start begins anew", async () => {
  const lab = createLab();
  lab.rereads.set("map", { commandId: "r1" } as never);
  lab.specs.set("map", {} as never);
  lab.results.set("map", [{ position: 1, observations: [] }] as never);
  const executor = createExecutor({
    ports: { reread: () => new Promise(() => {}), logger: silentLogger } as never,
    options: { site: "s", agentId: "a", version: "1", policies: {} },
    lab,
    submit: () => Promise.reject(new Error("nobody hears of it")),
  });
  executor.rereadPending();
  expect(executor.busy()).toBe(true);
  executor.stop();
  await executor.settled();
  expect(executor.busy()).toBe(false);
});
