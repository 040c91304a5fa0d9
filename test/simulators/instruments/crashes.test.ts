import { expect, test } from "vitest";
import { anneal, createVirtualAgent, synthesis } from "../support/virtual-agent.ts";

const aluminium = synthesis("e1.s1", "e1", [1, 0, 0]);

test("a controller that dies mid-job says so by its will, boots with a new bootId and answers truthfully", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  const bootBefore = agent.last("instrument.online")?.["bootId"];
  agent.start("robot-1", aluminium);
  await agent.run(100);
  agent.laboratory.crashInstrument("robot-1", 60);
  await agent.run(30);
  expect(agent.last("instrument.online")).toMatchObject({ online: false });
  await agent.run(40);
  expect(agent.last("instrument.online")).toMatchObject({ online: true });
  expect(agent.last("instrument.online")?.["bootId"]).not.toBe(bootBefore);
  agent.control("robot-1", "reconcile", { jobIds: ["e1.s1", "e9.s1"] });
  await agent.run(1);
  expect(agent.last("job.accepted")).toEqual({ jobId: "e1.s1", attempt: 1 });
  expect(agent.last("job.unknown")).toEqual({ jobId: "e9.s1" });
  // The machine went on by itself: the job ends when it would have ended.
  await agent.run(80);
  const [started, ended] = agent.laboratory.ledger();
  expect([started?.event, ended?.event]).toEqual(["started", "ended"]);
  expect((ended?.time_ms ?? 0) - (started?.time_ms ?? 0)).toBe(240_000);
});

test("a job that ended while the controller was away is reported when it is back", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", aluminium);
  await agent.run(200);
  agent.laboratory.crashInstrument("robot-1", 600);
  await agent.run(590);
  expect(agent.ofType("job.result")).toHaveLength(0);
  await agent.run(20);
  expect(agent.last("job.result")).toMatchObject({ jobId: "e1.s1" });
});

test("unacknowledged results survive the controller, word for word", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", aluminium);
  await agent.run(245);
  agent.laboratory.crashInstrument("robot-1", 10);
  await agent.run(60);
  const results = agent.ofType("job.result");
  expect(results.length).toBeGreaterThanOrEqual(2);
  expect(new Set(results.map((r) => JSON.stringify([r.id, r.data]))).size).toBe(1);
});

test("forgets: the journal is gone, the job is lost, and reconcile says unknown", async () => {
  const agent = createVirtualAgent({
    faults: { instruments: { "robot-1": { forgets: true } }, network: {} },
  });
  await agent.listen();
  agent.start("robot-1", aluminium);
  await agent.run(100);
  agent.laboratory.crashInstrument("robot-1", 10);
  await agent.run(20);
  agent.control("robot-1", "reconcile", { jobIds: ["e1.s1"] });
  await agent.run(600);
  expect(agent.last("job.unknown")).toEqual({ jobId: "e1.s1" });
  expect(agent.ofType("job.result")).toHaveLength(0);
  expect(agent.laboratory.ledger().at(-1)).toMatchObject({ event: "ended", outcome: "lost" });
  // An agent that starts it again all the same is caught.
  agent.start("robot-1", aluminium);
  await agent.run(300);
  expect(agent.laboratory.check({ finished: false })).toMatchObject([
    { checker: "no job runs twice" },
  ]);
});

test("a result that was sent into a dead daemon reaches the next one", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("furnace-1", anneal("e1.s2", "e1"));
  agent.start("robot-1", aluminium);
  await agent.run(200);
  agent.kill();
  const before = agent.heard.length;
  await agent.run(100);
  expect(agent.heard.length).toBe(before);
  await agent.listen();
  expect(agent.last("job.result")).toMatchObject({ jobId: "e1.s1" });
  agent.ack("robot-1", "e1.s1");
  await agent.run(600);
  expect(agent.laboratory.check()).toEqual([]);
});

test("a cut cable loses no result", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", aluminium);
  await agent.run(230);
  agent.laboratory.cutInstrument("robot-1", 60);
  await agent.run(65);
  expect(agent.last("job.result")).toMatchObject({ jobId: "e1.s1" });
  const online = agent.ofType("instrument.online").filter(({ topic }) => topic.includes("robot-1"));
  expect(online.map(({ data }) => data["online"])).toEqual([true, false, true]);
  expect(new Set(online.map(({ data }) => data["bootId"])).size).toBe(1);
});
