import { describe, expect, test } from "vitest";
import { newLab, places } from "../support/limited-daemon.ts";
import { until } from "./listener.ts";

const CAMPAIGN = `campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 1
    inFlight: 1
    space: { kind: grid, axes: [{ name: temperature_K, values: [600, 610] }] }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } }, repeatable: true }]
    model: { objectives: [{ name: strength, direction: max }] }
`;

const OFFERS = {
  ...{ name: "bake", parameters: { temperature_K: { unit: "K" } } },
  ...{ results: ["objective"], repeatable: true, expectedDuration_s: 1 },
};
const FURNACE = { id: "furnace-1", capabilities: [OFFERS], isMute: true };

describe.each(places())("on $name", (place) => {
  test("a start that was lost before a stop is not sent again during it, but once somebody resumes", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const instrument = await lab.add(FURNACE);
    await until(() => instrument.started.length === 1, "the start that is lost");
    const [{ jobId } = { jobId: "" }] = instrument.started;

    await lab.stopAll("stop-1");
    instrument.say(`job/${jobId}/unknown`, "job.unknown", { jobId });
    const job = () => lab.daemon.lab.machines.job.get(jobId);
    await until(() => job()?.states[0] === "queued", "the job, back in the queue");
    expect(instrument.started).toHaveLength(1);

    await lab.clear("clear-1");
    expect(instrument.started).toHaveLength(1);
    await lab.command("resume");
    await until(() => instrument.started.length === 2, "the start after the resumption");
    expect(instrument.started[1]?.jobId).toBe(jobId);
  });

  test("a start that nobody answers is not sent again once the campaign is paused: it is asked about", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const instrument = await lab.add(FURNACE);
    await until(() => instrument.started.length === 1, "the start that is lost");
    const [{ jobId } = { jobId: "" }] = instrument.started;
    await lab.command("pause");
    await lab.fire(jobId);
    await until(() => instrument.commands.some(({ name }) => name === "reconcile"), "the question");
    instrument.say(`job/${jobId}/unknown`, "job.unknown", { jobId });
    const job = () => lab.daemon.lab.machines.job.get(jobId);
    await until(() => job()?.states[0] === "queued", "the job, back in the queue");
    expect(instrument.started).toHaveLength(1);
    await lab.command("resume");
    await until(() => instrument.started.length === 2, "the start after the resumption");
  });

  test("a start that an instrument's library has acknowledged and its program never saw is asked about after its restart, and comes again", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const instrument = await lab.add(FURNACE);
    await until(() => instrument.started.length === 1, "the start that is lost");
    const [{ jobId } = { jobId: "" }] = instrument.started;

    instrument.say("online", "instrument.online", { online: false, bootId: "b1" });
    const job = () => lab.daemon.lab.machines.job.get(jobId);
    await until(() => job()?.states[0] === "unknown", "the doubt, as soon as it is gone");
    instrument.say("online", "instrument.online", { online: true, bootId: "b2" });
    instrument.sayBirth({ capabilities: FURNACE.capabilities, bootId: "b2" });
    await until(() => instrument.commands.some(({ name }) => name === "reconcile"), "the question");
    // Its restart is what is asked about, not the time that went by without an answer.
    expect(instrument.started).toHaveLength(1);
    instrument.say(`job/${jobId}/unknown`, "job.unknown", { jobId });
    await until(() => instrument.started.length === 2, "the start, again");
    expect(instrument.started[1]?.jobId).toBe(jobId);
  });

  test("the end of an earlier attempt, told again, says that a lost start has left no record", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const instrument = await lab.add(FURNACE);
    await until(() => instrument.started.length === 1, "the first start");
    const [{ jobId } = { jobId: "" }] = instrument.started;
    const clogged = { jobId, attempt: 1, reason: "clogged", retryable: true };
    const tellTheFirst = (): void =>
      instrument.say(`job/${jobId}/failed`, "job.failed", clogged, "first-failed");
    tellTheFirst();
    await until(() => instrument.started.length === 2, "the second start, which is lost", 20_000);
    expect(instrument.started[1]).toMatchObject({ jobId, attempt: 2 });

    await lab.stopAll("stop-1");
    // It is asked where the job stands, and knows of the first attempt alone.
    tellTheFirst();
    const job = () => lab.daemon.lab.machines.job.get(jobId);
    await until(() => job()?.states[0] === "queued", "the job, back in the queue");
    await lab.clear("clear-1");
    await lab.command("resume");
    await until(() => instrument.started.length === 3, "the second attempt, once more");
    expect(instrument.started[2]).toMatchObject({ jobId, attempt: 2 });
    expect(lab.alarms()).toEqual([]);
  }, 40_000);
});
