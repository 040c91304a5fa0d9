import { describe, expect, test } from "vitest";
import { anneal, createVirtualAgent, START_MS, synthesis } from "../support/virtual-agent.ts";

async function listening(options: Parameters<typeof createVirtualAgent>[0] = {}) {
  const agent = createVirtualAgent(options);
  await agent.listen();
  return agent;
}

const startsOf = (agent: ReturnType<typeof createVirtualAgent>, jobId: string): number =>
  agent.laboratory.ledger().filter((e) => e.event === "started" && e.jobId === jobId).length;

const aluminium = synthesis("e1.s1", "e1", [1, 0, 0]);

describe("an instrument obeys once", () => {
  test("the same command again, or the same attempt under another id, starts nothing", async () => {
    const agent = await listening();
    agent.start("robot-1", aluminium);
    await agent.run(10);
    agent.start("robot-1", aluminium);
    agent.start("robot-1", { ...aluminium, commandId: "another" });
    await agent.run(300);
    agent.start("robot-1", aluminium);
    await agent.run(10);
    expect(startsOf(agent, "e1.s1")).toBe(1);
    expect(agent.ofType("job.accepted")).toHaveLength(3);
    const results = agent.ofType("job.result");
    expect(results.length).toBeGreaterThan(1);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  });

  test("a result comes again, ever more slowly, until its ack", async () => {
    const agent = await listening();
    agent.start("robot-1", aluminium);
    await agent.run(240 + 30 + 60 + 120 + 5);
    const times = agent.ofType("job.result").map(({ time_ms }) => Math.round(time_ms / 1000));
    expect(times).toHaveLength(4);
    expect(times.slice(1).map((t, k) => t - (times[k] ?? 0))).toEqual([30, 60, 120]);
    agent.ack("robot-1", "e1.s1");
    await agent.run(3600);
    expect(agent.ofType("job.result")).toHaveLength(4);
    expect(agent.laboratory.check()).toEqual([]);
  });

  test("states carry the boot and count up", async () => {
    const agent = await listening();
    agent.start("robot-1", aluminium);
    await agent.run(300);
    const states = agent
      .ofType("instrument.state")
      .filter(({ topic }) => topic.includes("robot-1"))
      .map(({ data }) => [data["seq"], data["operation"], data["jobId"]]);
    expect(states).toEqual([
      [1, "idle", undefined],
      [2, "busy", "e1.s1"],
      [3, "idle", undefined],
    ]);
  });
});

describe("an instrument refuses", () => {
  const cases: [string, string, Record<string, unknown>, RegExp, boolean][] = [
    ["what it cannot do", "robot-1", { ...anneal("j.s1", "s") }, /cannot anneal/, false],
    [
      "a set point outside its range",
      "furnace-1",
      { ...anneal("j.s1", "s"), parameters: { temperature_K: 1450, duration_h: 1 } },
      /1450 K: allowed is 293 to 1373 K/,
      false,
    ],
    [
      "a missing set point",
      "furnace-1",
      { ...anneal("j.s1", "s"), parameters: { temperature_K: 600 } },
      /needs duration_h/,
      false,
    ],
    [
      "a set point that it does not know",
      "furnace-1",
      { ...anneal("j.s1", "s"), parameters: { temperature_K: 600, duration_h: 1, colour: 3 } },
      /no set point colour/,
      false,
    ],
    [
      "text for a number",
      "furnace-1",
      { ...anneal("j.s1", "s"), parameters: { temperature_K: "hot", duration_h: 1 } },
      /a number for temperature_K/,
      false,
    ],
    [
      "fractions that do not add up",
      "robot-1",
      synthesis("j.s1", "s", [0.5, 0.5, 0.5]),
      /add up to 1.5/,
      false,
    ],
    [
      "a command that comes too late",
      "robot-1",
      { ...aluminium, notAfter: new Date(START_MS).toISOString() },
      /after its notAfter/,
      true,
    ],
    [
      "a load that is too large",
      "furnace-1",
      { ...anneal("j.s1", "s"), sampleIds: Array.from({ length: 13 }, (_, k) => `s${k}`) },
      /takes 12 samples/,
      false,
    ],
  ];
  test.each(cases)("%s", async (_, instrumentId, order, reason, retryable) => {
    const agent = await listening();
    agent.start(instrumentId, order);
    await agent.run(1);
    expect(agent.last("job.rejected")).toMatchObject({ attempt: 1, retryable });
    expect(agent.last("job.rejected")?.["reason"]).toMatch(reason);
    expect(agent.laboratory.ledger().map(({ event }) => event)).toEqual(["refused"]);
  });

  test("an older epoch, a second job while it is busy, and a retained command", async () => {
    const agent = await listening();
    agent.start("robot-1", { ...aluminium, epoch: 4 });
    await agent.run(1);
    agent.start("robot-1", { ...synthesis("e2.s1", "e2", [1, 0, 0]), epoch: 3 });
    agent.start("robot-1", { ...synthesis("e3.s1", "e3", [1, 0, 0]), epoch: 4 });
    agent.start("furnace-1", { ...anneal("e4.s1", "e4"), epoch: 4 }, true);
    await agent.run(1);
    const reasons = agent.ofType("job.rejected").map(({ data }) => [data["jobId"], data["reason"]]);
    expect(Object.fromEntries(reasons)).toMatchObject({
      "e2.s1": "the command's epoch 3 is older than 4",
      "e3.s1": "busy with job e1.s1",
    });
    // Retained only towards those who subscribe later: the furnace reboots and finds it.
    agent.laboratory.crashInstrument("furnace-1", 5);
    await agent.run(10);
    expect(startsOf(agent, "e4.s1")).toBe(0);
  });

  test("everything while a person has taken it over", async () => {
    const agent = await listening();
    agent.laboratory.setControl("robot-1", "local");
    agent.start("robot-1", aluminium);
    await agent.run(1);
    expect(agent.last("instrument.state")).toMatchObject({ control: "local" });
    expect(agent.last("job.rejected")).toMatchObject({ retryable: true });
    expect(agent.last("job.rejected")?.["reason"]).toMatch(/local control/);
  });

  test("messages that make no sense change nothing", async () => {
    const agent = await listening();
    agent.say("instrument/robot-1/command/start", "tieline.job.start", { jobId: "x" });
    agent.say("instrument/robot-1/command/start", "tieline.job.cancel", { jobId: "x" });
    agent.say("instrument/robot-1/command/dance", "tieline.job.dance", {});
    agent.say("safety/emergency-stop", "tieline.safety.emergencyStop", { active: "yes" });
    await agent.run(10);
    expect(agent.laboratory.ledger()).toEqual([]);
    agent.start("robot-1", aluminium);
    await agent.run(250);
    expect(agent.ofType("job.result")).toHaveLength(1);
  });
});

describe("an instrument is steered", () => {
  test("hold freezes the time, resume goes on", async () => {
    const agent = await listening();
    agent.start("robot-1", aluminium);
    await agent.run(100);
    agent.control("robot-1", "hold", { jobId: "e1.s1" });
    await agent.run(1000);
    expect(agent.last("instrument.state")).toMatchObject({ operation: "held", jobId: "e1.s1" });
    expect(agent.ofType("job.result")).toHaveLength(0);
    agent.laboratory.crashInstrument("robot-1", 50);
    await agent.run(100);
    agent.control("robot-1", "resume", { jobId: "e1.s1" });
    await agent.run(130);
    expect(agent.ofType("job.result")).toHaveLength(0);
    await agent.run(15);
    expect(agent.ofType("job.result")).toHaveLength(1);
  });

  test("cancel ends the job as failed, once", async () => {
    const agent = await listening();
    agent.start("robot-1", aluminium);
    await agent.run(100);
    agent.control("robot-1", "cancel", { jobId: "e1.s1" });
    await agent.run(10);
    expect(agent.last("job.failed")).toMatchObject({ reason: "cancelled by command" });
    agent.ack("robot-1", "e1.s1");
    await agent.run(1000);
    expect(agent.ofType("job.failed")).toHaveLength(1);
    expect(agent.ofType("job.result")).toHaveLength(0);
    agent.start("robot-1", { ...aluminium, attempt: 2 });
    await agent.run(300);
    expect(agent.last("job.result")).toMatchObject({ attempt: 2 });
    agent.ack("robot-1", "e1.s1", 2);
    await agent.run(1);
    expect(agent.laboratory.check()).toEqual([]);
  });

  test("the emergency stop reaches it directly, stays, and is cleared by a person only", async () => {
    const agent = await listening();
    agent.start("robot-1", aluminium);
    await agent.run(100);
    agent.laboratory.emergencyStop(true, "anna", "smoke");
    await agent.run(1);
    expect(agent.last("job.failed")).toMatchObject({
      reason: "emergency stop by anna: smoke",
      retryable: false,
    });
    expect(agent.last("instrument.state")).toMatchObject({ safety: "emergencyStopped" });
    agent.laboratory.crashInstrument("robot-1", 10);
    await agent.run(20);
    agent.start("robot-1", synthesis("e2.s1", "e2", [1, 0, 0]));
    await agent.run(1);
    expect(agent.last("job.rejected")?.["reason"]).toBe("the emergency stop is active");
    agent.laboratory.emergencyStop(false, "anna", "it was the toaster");
    await agent.run(1);
    agent.start("robot-1", synthesis("e3.s1", "e3", [1, 0, 0]));
    await agent.run(1);
    expect(agent.last("job.accepted")).toMatchObject({ jobId: "e3.s1" });
  });
});
