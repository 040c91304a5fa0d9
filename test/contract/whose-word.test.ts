import { describe, expect, test } from "vitest";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { bakeCapability, bakingCampaign } from "../support/baking.ts";
import { type LimitedDaemon, newLab, places } from "../support/limited-daemon.ts";
import type { StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const bake = (id: string) => ({
  id,
  capabilities: [bakeCapability()],
});

const CAMPAIGN = bakingCampaign(["autoStart: true", "budget: 1"]);

const strength = (value: number) => [
  { kind: "objective", name: "strength", value, unit: "MPa", standardUncertainty: 1 },
];

async function factsOf(lab: LimitedDaemon): Promise<LabFact[]> {
  const facts: LabFact[] = [];
  for await (const { fact } of lab.daemon.readLog()) facts.push(fact);
  return facts;
}

const quarantined = (lab: LimitedDaemon) => lab.daemon.view.overview().counters.quarantinedByReason;

const learnt = (lab: LimitedDaemon): unknown[] =>
  (lab.daemon.lab.results.get("c1") ?? []).map(({ observations }) => observations[0]);

describe.each(places())("on $name", (place) => {
  test("only the instrument that an attempt was sent to reports it; nobody else's report is acknowledged", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const furnace = await lab.add({ ...bake("furnace-1"), measure: () => undefined });
    await until(() => furnace.started.length === 1, "the start");
    const start = furnace.started[0] as StartCommand;
    // Never born: it says nothing of itself, only of another's job.
    const stranger = await lab.add({ ...bake("zz-9"), capabilities: [] });
    stranger.finish(start, strength(1));
    await until(() => quarantined(lab).notItsInstrument === 1, "the stranger's report");
    expect(learnt(lab)).toEqual([]);
    furnace.finish(start, strength(480));
    await until(() => lab.daemon.isFinished(), "the end");
    await until(() => furnace.acknowledged.length > 0, "the ack");
    expect(learnt(lab)).toEqual(strength(480));
    expect(stranger.acknowledged).toEqual([]);
  });

  test("a second, other result of one attempt is kept aside and not acknowledged", async () => {
    const lab = await newLab().start(place, CAMPAIGN.replace("budget: 1", "budget: 2"));
    const furnace = await lab.add({ ...bake("furnace-1"), measure: () => undefined });
    await until(() => furnace.started.length === 1, "the start");
    const start = furnace.started[0] as StartCommand;
    furnace.finish(start, strength(480));
    await until(() => furnace.acknowledged.length === 1, "the ack");
    furnace.finish(start, strength(481));
    await until(() => quarantined(lab).conflictingResult === 1, "the other result");
    await until(() => furnace.started.length === 2, "the next start");
    furnace.finish(furnace.started[1] as StartCommand, strength(482));
    // Acks come in the order of the log: one for the other result would have come before this.
    await until(() => furnace.acknowledged.length === 2, "the ack of the next");
    expect(furnace.acknowledged).toEqual([start.jobId, furnace.started[1]?.jobId]);
  });

  test("a result for a job on no instrument is not taken", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    await until(() => lab.daemon.lab.queued.size === 1, "the job that waits");
    const [jobId = ""] = lab.daemon.lab.queued;
    const early = await lab.add({ ...bake("early-1"), capabilities: [] });
    early.finish({ jobId, attempt: 1, parameters: {} }, strength(1));
    await until(() => quarantined(lab).notItsInstrument === 1, "the quarantine");
    expect(learnt(lab)).toEqual([]);
    expect(lab.daemon.lab.queued.size).toBe(1);
    expect(early.acknowledged).toEqual([]);
  });

  test("garbage costs the log the first of a kind, then numbers, and an alarm names its sender", {
    timeout: 300_000,
  }, async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const babbler = await lab.add({ ...bake("babbler-1"), capabilities: [] });
    const garbage = "x".repeat(60_000);
    for (let k = 0; k < 200; k++)
      babbler.say("nonsense", "nonsense", { garbage: `${garbage}${k}` });
    await until(() => quarantined(lab).wrongTopic === 200, "the count", 30_000);
    const facts = (await factsOf(lab)).filter(({ type }) => /quarantine/.test(type));
    expect(JSON.stringify(facts).length).toBeLessThan(100_000);
    expect(facts.filter(({ type }) => type === "message.quarantined")).toHaveLength(1);
    expect(lab.alarms().join()).toMatch(
      /instrument\/babbler-1 sends what is refused \(wrongTopic\)/,
    );
  });
});
