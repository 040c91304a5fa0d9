import { afterEach, describe, expect, test } from "vitest";
import { LimitedDaemon, places } from "../support/limited-daemon.ts";
import { until } from "./listener.ts";

const labs: LimitedDaemon[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.stop();
});

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

describe.each(places())("on $name", (place) => {
  test("a start that was lost before a stop is not sent again during it, but once somebody resumes", async () => {
    const lab = await new LimitedDaemon().start(place, CAMPAIGN);
    labs.push(lab);
    const parameters = { temperature_K: { unit: "K" } };
    const offers = { name: "bake", parameters, results: ["objective"], repeatable: true };
    const capabilities = [{ ...offers, expectedDuration_s: 1 }];
    const instrument = await lab.add({ id: "furnace-1", capabilities, isMute: true });
    await until(() => instrument.started.length === 1, "the start that is lost");
    const [{ jobId } = { jobId: "" }] = instrument.started;

    const message = { source: "operator/ada", id: "stop-1" };
    await lab.daemon.emergencyStop({ active: true, by: "ada", reason: "smoke", message });
    instrument.say(`job/${jobId}/unknown`, "job.unknown", { jobId });
    const job = () => lab.daemon.lab.machines.job.get(jobId);
    await until(() => job()?.states[0] === "queued", "the job, back in the queue");
    expect(instrument.started).toHaveLength(1);

    const again = { source: "operator/ada", id: "clear-1" };
    await lab.daemon.emergencyStop({ active: false, by: "ada", reason: "steam", message: again });
    expect(instrument.started).toHaveLength(1);
    await lab.command("resume");
    await until(() => instrument.started.length === 2, "the start after the resumption");
    expect(instrument.started[1]?.jobId).toBe(jobId);
  });
});
