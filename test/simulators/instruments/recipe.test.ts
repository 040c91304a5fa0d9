import { expect, test } from "vitest";
import {
  anneal,
  createVirtualAgent,
  diffraction,
  START_MS,
  synthesis,
} from "../support/virtual-agent.ts";

test("instruments introduce themselves with retained births and states", async () => {
  const agent = createVirtualAgent();
  await agent.run(1);
  await agent.listen();
  expect(agent.ofType("instrument.online").map(({ data }) => data["online"])).toEqual([
    true,
    true,
    true,
    true,
  ]);
  const births = agent.ofType("instrument.birth");
  expect(births.every(({ retained }) => retained)).toBe(true);
  const robot = births.find(({ topic }) => topic.includes("robot-1"))?.data;
  expect(robot).toMatchObject({ kind: "synthesis-robot", simulated: true });
  expect(robot?.["capabilities"]).toMatchObject([
    { name: "synthesise", parameters: { x_Zn: { unit: "1", min: 0, max: 1 } }, repeatable: false },
  ]);
  const state = agent.ofType("instrument.state").at(-1)?.data;
  expect(state).toMatchObject({ operation: "idle", control: "automatic", safety: "ok", seq: 1 });
  expect(state?.["bootId"]).toBe(births.at(-1)?.data["bootId"]);
});

test("a sample goes from the robot through the furnace to the diffractometer, which tells the truth", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", synthesis("e1.s1", "e1", [0.5, 0.25, 0.25]));
  await agent.run(300);
  expect(agent.ofType("job.accepted")).toHaveLength(1);
  expect(agent.last("job.result")).toEqual({
    jobId: "e1.s1",
    attempt: 1,
    observations: [],
    actual: { x_Al: 0.5, x_Mg: 0.25, x_Zn: 0.25 },
    simulated: true,
  });
  agent.ack("robot-1", "e1.s1");
  agent.start("furnace-1", anneal("e1.s2", "e1"));
  await agent.run(3600);
  expect(agent.last("job.result")).toMatchObject({ jobId: "e1.s2", actual: { duration_h: 0.15 } });
  agent.ack("furnace-1", "e1.s2");
  agent.start("diffractometer-1", diffraction("e1.s3", "e1"));
  await agent.run(400);
  agent.ack("diffractometer-1", "e1.s3");
  await agent.run(1);
  const observations = agent.last("job.result")?.["observations"];
  const observation = Array.isArray(observations) ? observations[0] : undefined;
  // Row 0.5,0.25,0.25 of the table.
  expect(observation).toMatchObject({ kind: "phases", sampleId: "e1", phases: ["FCC_A1", "TAU"] });
  const fractions = Object.values(observation?.["fractions"] as Record<string, number>);
  expect(fractions.reduce((sum, f) => sum + f, 0)).toBeCloseTo(1, 4);
  expect(agent.laboratory.check({ budgets: { map: 1 } })).toEqual([]);
});

test("a cold furnace takes longer than a hot one, and tells its temperature", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", synthesis("e1.s1", "e1", [1, 0, 0]));
  await agent.run(300);
  const duration_s = async (jobId: string): Promise<number> => {
    agent.start("furnace-2", anneal(jobId, "e1", 0.1));
    await agent.run(1200);
    const times = agent.laboratory
      .ledger()
      .filter((entry) => entry.jobId === jobId && entry.event !== "acked")
      .map(({ time_ms }) => time_ms);
    agent.ack("furnace-2", jobId);
    return ((times[1] ?? 0) - (times[0] ?? 0)) / 1000;
  };
  const cold_s = await duration_s("a.s1");
  // tau ln(315 K / 2 K) = 202 s of heating, then 360 s.
  expect(cold_s).toBeCloseTo(40 * Math.log(315 / 2) + 360, 1);
  agent.start("furnace-2", anneal("b.s1", "e1", 0.05));
  await agent.run(180 + 40 * Math.log(315 / 2));
  expect(await duration_s("c.s1")).toBeLessThan(cold_s - 20);
  const readings = agent
    .ofType("instrument.telemetry")
    .filter(({ topic }) => topic.includes("furnace-2/telemetry/temperature"))
    .map(({ data }) => Number(data["value"]));
  expect(Math.max(...readings)).toBeGreaterThan(606);
  expect(Math.max(...readings)).toBeLessThanOrEqual(608);
});

test("a sample that was not annealed, or is unknown, is no measurement of the equilibrium", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", synthesis("e1.s1", "e1", [0, 0.5, 0.5]));
  await agent.run(300);
  agent.start("diffractometer-1", diffraction("e1.s2", "e1"));
  await agent.run(400);
  expect(agent.last("job.result")?.["observations"]).toMatchObject([{ kind: "failure" }]);
  agent.start("diffractometer-1", diffraction("e2.s2", "nowhere"));
  agent.start("furnace-1", anneal("e2.s3", "nowhere"));
  await agent.run(1);
  expect(agent.ofType("job.rejected").map(({ data }) => data["reason"])).toEqual([
    "sample nowhere does not exist",
    "sample nowhere does not exist",
  ]);
});

test("several samples share one load", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", synthesis("e1.s1", "e1", [1, 0, 0]));
  await agent.run(300);
  agent.start("robot-1", synthesis("e2.s1", "e2", [0, 0, 1]));
  await agent.run(300);
  agent.start("furnace-1", { ...anneal("load.s1", "e1"), sampleIds: ["e1", "e2"] });
  await agent.run(1200);
  agent.start("diffractometer-1", { ...diffraction("look.s1", "e1"), sampleIds: ["e1", "e2"] });
  await agent.run(900);
  expect(agent.last("job.result")?.["observations"]).toMatchObject([
    { sampleId: "e1", phases: ["FCC_A1"] },
    { sampleId: "e2", phases: ["HCP_ZN"] },
  ]);
});

test("composition noise: `actual` tells what was made, and the same seed makes the same", async () => {
  const make = async (): Promise<Record<string, number>> => {
    const agent = createVirtualAgent({ noise: { composition_molFraction: 0.01 } });
    await agent.listen();
    agent.start("robot-1", synthesis("e1.s1", "e1", [0.5, 0.5, 0]));
    await agent.run(300);
    return agent.last("job.result")?.["actual"] as Record<string, number>;
  };
  const actual = await make();
  expect(actual["x_Al"]).not.toBe(0.5);
  expect(actual["x_Zn"]).toBe(0);
  expect((actual["x_Al"] ?? 0) + (actual["x_Mg"] ?? 0)).toBeCloseTo(1, 12);
  expect(await make()).toEqual(actual);
});

test("messages carry virtual time", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  agent.start("robot-1", synthesis("e1.s1", "e1", [1, 0, 0]));
  await agent.run(300);
  const [started] = agent.laboratory.ledger();
  expect(started?.time_ms).toBeGreaterThan(START_MS + 1000);
  expect(started?.time_ms).toBeLessThan(START_MS + 1100);
});
