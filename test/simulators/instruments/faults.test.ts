import { expect, test } from "vitest";
import { drawNonsense } from "../../../simulators/faults/nonsense.ts";
import type { InstrumentFaults } from "../../../simulators/index.ts";
import { FAULT_NAMES, NO_FAULTS, planFaults } from "../../../simulators/index.ts";
import { LabError } from "../../../src/core/errors.ts";
import { createPrng } from "../../../src/core/prng.ts";
import { createVirtualAgent, synthesis } from "../support/virtual-agent.ts";

const aluminium = synthesis("e1.s1", "e1", [1, 0, 0]);

async function withFaults(faults: InstrumentFaults, instrumentId = "robot-1") {
  const agent = createVirtualAgent({
    faults: { instruments: { [instrumentId]: faults }, network: {} },
  });
  await agent.listen();
  return agent;
}

test("silent: neither an answer nor a deed, however often it is told", async () => {
  const agent = await withFaults({ silent: 1 });
  agent.start("robot-1", aluminium);
  await agent.run(20);
  agent.start("robot-1", aluminium);
  await agent.run(600);
  expect(agent.heard.filter(({ type }) => type.startsWith("job."))).toEqual([]);
  expect(agent.laboratory.ledger()).toEqual([]);
});

test("rejects: refused with retryable", async () => {
  const agent = await withFaults({ rejects: 1 });
  agent.start("robot-1", aluminium);
  await agent.run(1);
  expect(agent.last("job.rejected")).toMatchObject({ reason: "not today", retryable: true });
});

test("answers late, and repeats itself word for word", async () => {
  const agent = await withFaults({ answersLate_s: 7, repeats: 2 });
  agent.start("robot-1", aluminium);
  await agent.run(6);
  expect(agent.ofType("job.accepted")).toHaveLength(0);
  await agent.run(2);
  const accepted = agent.ofType("job.accepted");
  expect(accepted).toHaveLength(3);
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(1);
  await agent.run(250);
  expect(agent.ofType("job.result")).toHaveLength(3);
});

test("nonsense first, then the truth", async () => {
  const agent = await withFaults({ nonsense: 1 });
  agent.start("robot-1", aluminium);
  await agent.run(245);
  const first = agent.heard.filter(({ topic }) => topic.endsWith("/result"));
  expect(first).toHaveLength(1);
  await agent.run(40);
  const both = agent.heard.filter(({ topic }) => topic.endsWith("/result"));
  expect(both).toHaveLength(2);
  expect(both[1]?.data).toMatchObject({ jobId: "e1.s1", actual: { x_Al: 1 } });
  expect(both[1]?.id).not.toBe(both[0]?.id);
});

test("every kind of nonsense can be drawn and differs from the truth", () => {
  const data = { jobId: "j", attempt: 1, observations: [], simulated: true };
  const envelope = (said: object): string => JSON.stringify({ type: "t", data: said });
  const drawn = new Map(
    Array.from({ length: 200 }, (_, k) => {
      const { name, payload } = drawNonsense(data, envelope, createPrng(k));
      return [name, payload] as const;
    }),
  );
  expect(drawn.size).toBe(8);
  for (const payload of drawn.values()) expect(payload).not.toBe(envelope(data));
  expect(Buffer.byteLength(drawn.get("oversized") ?? "")).toBeGreaterThan(1024 * 1024);
});

test("disappears mid-job and comes back with a new bootId; the job still runs once", async () => {
  const agent = await withFaults({ disappears: 1, disappearsFor_s: 60 });
  agent.start("robot-1", aluminium);
  await agent.run(700);
  const online = agent.ofType("instrument.online").filter(({ topic }) => topic.includes("robot-1"));
  expect(online.map(({ data }) => data["online"])).toEqual([true, false, true]);
  expect(agent.last("job.result")).toMatchObject({ jobId: "e1.s1" });
  expect(agent.laboratory.ledger().filter(({ event }) => event === "started")).toHaveLength(1);
});

test("a wrong unit first: a unit that does not exist", async () => {
  const agent = createVirtualAgent({
    instruments: [{ instrumentId: "tester-1", kind: "property-tester" }],
    faults: { instruments: { "tester-1": { wrongUnit: 1 } }, network: {} },
  });
  await agent.listen();
  agent.start("tester-1", {
    jobId: "e1.s1",
    capability: "strength-test",
    parameters: { temperature_K: 463, duration_h: 8 },
  });
  await agent.run(650);
  const units = agent
    .ofType("job.result")
    .map(({ data }) => (data["observations"] as { unit: string }[])[0]?.unit);
  expect(units).toEqual(["furlong/fortnight", "MPa"]);
});

test("the sample fails: the robot's job with retryable, the measurement as a failure", async () => {
  const agent = await withFaults({ sampleFails: 1 });
  agent.start("robot-1", aluminium);
  await agent.run(250);
  expect(agent.last("job.failed")).toMatchObject({ retryable: true });
});

test("faults by name, from a swarm, or an error that lists them", () => {
  const lab = { seed: "5", instrumentIds: ["a", "b"] };
  expect(planFaults("none", lab)).toEqual({ faults: NO_FAULTS, noise: {} });
  expect(planFaults("silent, cuts", lab)).toMatchObject({
    faults: {
      instruments: { a: { silent: 0.05 }, b: { silent: 0.05 } },
      network: { cutFor_s: 20 },
    },
  });
  expect(planFaults("swarm", lab)).toEqual(planFaults("swarm", lab));
  const swarms = Array.from({ length: 20 }, (_, seed) =>
    JSON.stringify(planFaults("swarm", { ...lab, seed: String(seed) })),
  );
  expect(new Set(swarms).size).toBe(20);
  expect(FAULT_NAMES).toContain("wrong-unit");
  try {
    planFaults("gremlins", lab);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(LabError);
    expect(error).toMatchObject({ code: "TL-0102", exitCode: 2 });
  }
});
