import { expect, test } from "vitest";
import { createWireCodec } from "../../../adapters/mqtt/wire-codec.ts";
import { FAULT_NAMES, planFaults } from "../../../simulators/index.ts";
import { anneal, createVirtualAgent, diffraction, synthesis } from "../support/virtual-agent.ts";

// The simulators write the wire by themselves and the daemon reads it by its codec: here the two meet.
const codec = createWireCodec({ site: "default" });
const agentIdentity = { site: "default", agentId: "a1", epoch: 1 };

async function listenToEverything(options: Parameters<typeof createVirtualAgent>[0]) {
  const agent = createVirtualAgent(options);
  const kinds: string[] = [];
  agent.laboratory.broker.observe(({ topic, payload, retain }) => {
    if (topic.includes("/command/") || topic.endsWith("/ack")) return;
    const decoded = codec.decode(topic, new TextEncoder().encode(payload), retain);
    kinds.push(decoded.kind === "quarantine" ? `quarantine: ${decoded.detail}` : decoded.kind);
  });
  await agent.listen();
  const order = async (instrumentId: string, data: Record<string, unknown>, seconds: number) => {
    agent.start(instrumentId, data);
    await agent.run(seconds);
  };
  for (const name of ["e1", "e2", "e3"]) {
    await order("robot-1", synthesis(`${name}.s1`, name, [0.5, 0.2, 0.3]), 300);
    await order("furnace-1", anneal(`${name}.s2`, name), 1200);
    await order("diffractometer-1", diffraction(`${name}.s3`, name), 400);
  }
  agent.laboratory.crashInstrument("robot-1", 10);
  agent.control("furnace-1", "reconcile", { jobIds: ["e1.s2", "never"] });
  agent.laboratory.emergencyStop(true, "anna", "smoke");
  agent.laboratory.operate("map", "pause", { reason: "tea" });
  await agent.run(100);
  return kinds;
}

test("honest instruments say nothing that the daemon's codec refuses", async () => {
  const kinds = await listenToEverything({ noise: { composition_molFraction: 0.01 } });
  expect(kinds.filter((kind) => kind !== "fact" && kind !== "telemetry")).toEqual([]);
  expect(kinds.length).toBeGreaterThan(60);
});

test("every kind of nonsense and every wrong unit is refused, and nothing else", async () => {
  const lab = {
    seed: "1",
    instrumentIds: ["robot-1", "furnace-1", "furnace-2", "diffractometer-1"],
  };
  for (const fault of ["nonsense", "wrong-unit"]) {
    expect(FAULT_NAMES).toContain(fault);
    const { faults } = planFaults(fault, lab);
    const strong = Object.fromEntries(
      lab.instrumentIds.map((id) => [
        id,
        fault === "nonsense" ? { nonsense: 1 } : { wrongUnit: 1 },
      ]),
    );
    const kinds = await listenToEverything({ faults: { ...faults, instruments: strong } });
    const refused = kinds.filter((kind) => kind.startsWith("quarantine"));
    // Only the diffractometer's observations have anything to misstate.
    expect(refused).toHaveLength(fault === "nonsense" ? 9 : 3);
  }
});

test("instruments understand what the daemon's codec writes", async () => {
  const agent = createVirtualAgent();
  await agent.listen();
  const { clock, broker } = agent.laboratory;
  const send = (command: Parameters<typeof codec.encode>[0]): void => {
    const { topic, payload, qos, retain } = codec.encode(command, agentIdentity, clock.now_ms());
    broker.receive({ topic, payload, qos, retain });
  };
  const job = { instrumentId: "robot-1", jobId: "map.e1.s1", attempt: 1 };
  send({
    type: "startJob",
    commandId: "12:start map.e1.s1#1",
    ...job,
    campaignId: "map",
    notAfter_ms: clock.now_ms() + 30_000,
    capability: "synthesise",
    parameters: { x_Al: 0.2, x_Mg: 0.3, x_Zn: 0.5 },
    sampleIds: ["map.e1"],
  });
  await agent.run(20);
  send({ type: "controlJob", commandId: "13:hold", action: "hold", ...job });
  await agent.run(20);
  expect(agent.last("instrument.state")).toMatchObject({ operation: "held" });
  send({ type: "controlJob", commandId: "14:resume", action: "resume", ...job });
  send({ type: "reconcileJobs", commandId: "15:ask", instrumentId: "robot-1", jobIds: ["nope"] });
  await agent.run(300);
  expect(agent.last("job.unknown")).toEqual({ jobId: "nope" });
  expect(agent.last("job.result")).toMatchObject({ jobId: "map.e1.s1", attempt: 1 });
  send({ type: "acknowledgeResult", ...job, position: 7 });
  await agent.run(1);
  expect(agent.laboratory.check()).toEqual([]);
});
