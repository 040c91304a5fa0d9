import { describe, expect, test } from "vitest";
import { connectOperator } from "../../adapters/mqtt/operator-client.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { createLab } from "../../src/runtime/lab.ts";
import { type LimitedDaemon, newLab, places } from "../support/limited-daemon.ts";
import type { Script } from "../support/scripted-instrument.ts";
import { SITE } from "./brokers.ts";
import { until } from "./listener.ts";

const FURNACE: Script = {
  id: "furnace-1",
  capabilities: [
    {
      ...{ name: "bake", parameters: { temperature_K: { unit: "K" } }, results: ["objective"] },
      ...{ repeatable: true, expectedDuration_s: 1 },
    },
  ],
  channels: { temperature: { unit: "K" } },
};

const lines = (instruments: string, values = "[600, 700, 800]"): string => `
instruments: ${instruments}
campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 3
    inFlight: 1
    space: { kind: grid, axes: [{ name: temperature_K, values: ${values} }] }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } }, repeatable: true }]
    model: { objectives: [{ name: strength, direction: max }] }
`;

const isWaiting = (lab: LimitedDaemon): boolean =>
  lab.alarms().some((one) => /would allow more, and waits as change/.test(one));

async function approve(
  lab: LimitedDaemon,
  change: number,
  action: "approve" | "reject" = "approve",
) {
  const operator = await connectOperator({ url: lab.daemon.brokerUrl, site: SITE });
  const reply = await operator.command({ campaignId: "instruments", action, by: "bob", change });
  await operator.close();
  return reply;
}

/** The log replayed knows the same of instruments. */
async function expectReplay({ daemon }: LimitedDaemon): Promise<void> {
  const lab = createLab();
  for await (const event of daemon.readLog()) applyEvent(lab, event);
  const { policies, policyChange } = daemon.lab;
  expect(JSON.stringify([lab.policies, lab.policyChange])).toBe(
    JSON.stringify([policies, policyChange]),
  );
}

describe.each(places())("an edited configuration, read again on $name", (place) => {
  test("tightens an instrument's limits at once, and widens them when somebody has approved it", async () => {
    const lab = await newLab().start(
      place,
      lines("{ furnace-1: { limits: { temperature_K: { min: 500, max: 900 } } } }"),
    );
    const furnace = await lab.add(FURNACE);
    await until(() => furnace.started.length === 1, "the first job");
    const limit = () => lab.daemon.lab.policies["furnace-1"]?.limits["temperature_K"];
    // Narrower above, wider below: what is narrower holds, what is wider waits.
    await lab.edit(lines("{ furnace-1: { limits: { temperature_K: { min: 400, max: 590 } } } }"));
    expect(limit()).toEqual({ min: 500, max: 590 });
    await until(() => isWaiting(lab), "the alarm");
    expect(lab.alarms().join()).toContain(
      "furnace-1: temperature_K from 500 to 900 to 400 to 590. Approve it with tieline approve --campaign instruments --change 1",
    );
    const [first] = furnace.started;
    if (first !== undefined)
      furnace.finish(first, [{ kind: "objective", name: "strength", value: 1, unit: "MPa" }]);
    const state = () => lab.daemon.view.campaign("c1");
    await until(() => state()?.observations.total === 1, "the result");
    await until(() => /590/.test(lab.alarms().join()), "what the limit now forbids");
    expect(furnace.started).toHaveLength(1);
    await lab.edit(lines("{ furnace-1: {} }"));
    expect(limit()).toEqual({ min: 500, max: 590 });
    expect(await approve(lab, 1)).toMatchObject({ accepted: false });
    expect(await approve(lab, 2)).toMatchObject({ accepted: true });
    expect(limit()).toBeUndefined();
    await until(() => furnace.started.length === 2, "a job that is allowed again");
    expect(lab.alarms()).toEqual([]);
    await expectReplay(lab);
  });

  test("adds guards at once; one that is taken out goes on guarding until that is approved", async () => {
    const guard = "{ channel: temperature, unit: K, max: 900, then: pause }";
    const lab = await newLab().start(place, lines("{ furnace-1: {} }"));
    const furnace = await lab.add(FURNACE);
    await until(() => furnace.started.length === 1, "the first job");
    furnace.telemetry("temperature", 3000, "K");
    await lab.edit(lines(`{ furnace-1: { guards: [${guard}] } }`));
    furnace.telemetry("temperature", 3000, "K");
    await until(() => lab.daemon.lab.guards.size === 1, "the guard");
    await lab.edit(lines("{ furnace-1: {} }"));
    expect(lab.daemon.lab.guards.size).toBe(1);
    await until(() => isWaiting(lab), "the alarm");
    // A stricter one takes its place without asking, tripped as it is.
    await lab.edit(lines(`{ furnace-1: { guards: [${guard.replace("900", "800")}] } }`));
    expect(lab.daemon.lab.policyChange).toBeUndefined();
    furnace.telemetry("temperature", 850, "K");
    furnace.telemetry("temperature", 700, "K");
    await until(() => lab.daemon.lab.guards.size === 0, "the clearing");
    expect(lab.logged("guard.cleared").at(-1)?.fields["text"]).toContain("= 700 K again");
    await expectReplay(lab);
  });

  test("corrects a slip without asking, because it limited nothing", async () => {
    const lab = await newLab().start(
      place,
      lines("{ furnace-01: { limits: { temperature_K: { max: 700 } } } }", "[600, 610, 620]"),
    );
    const furnace = await lab.add(FURNACE);
    await until(() => lab.reasonsOf("furnace-1").length > 0, "the slip");
    expect(furnace.started).toEqual([]);
    await lab.edit(
      lines("{ furnace-1: { limits: { temperature_K: { max: 700 } } } }", "[600, 610, 620]"),
    );
    await until(() => furnace.started.length === 1, "the first job");
    expect(isWaiting(lab)).toBe(false);
  });

  test("closes an instrument at once, with the hour when it opens; opens it when that is approved", async () => {
    // Hours of a day that is neither today nor tomorrow: never open while the test runs.
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + 3) % 7];
    const lab = await newLab().start(place, lines(`{ furnace-1: { hours: "${day} 08-18" } }`));
    const furnace = await lab.add(FURNACE);
    const reasons = () => lab.daemon.view.campaign("c1")?.reasons.map(({ text }) => text) ?? [];
    await until(() => reasons().length > 0, "the reason");
    expect(reasons().join()).toMatch(
      /^an instrument that can do bake: furnace-1 is not usable because nothing starts on it outside \w+ 08-18 \(UTC\); it goes on by itself at 08:00 UTC/,
    );
    expect(lab.daemon.lab.timers.has("lab/hours")).toBe(true);
    await lab.edit(lines(`{ furnace-1: { hours: "${day} 09-18" } }`));
    expect(lab.daemon.lab.policies["furnace-1"]?.hours).toBe(`${day} 09-18`);
    await lab.edit(lines("{ furnace-1: {} }"));
    expect(furnace.started).toEqual([]);
    expect(await approve(lab, 1, "reject")).toMatchObject({ accepted: true });
    await lab.edit(lines("{}"));
    expect(furnace.started).toEqual([]);
    expect(await approve(lab, 2)).toMatchObject({ accepted: true });
    await until(() => furnace.started.length === 1, "the first job");
    await expectReplay(lab);
  });
});
