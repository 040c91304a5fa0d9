import { describe, expect, test } from "vitest";
import { bakeCapability, bakingCampaign } from "../support/baking.ts";
import { newLab, places } from "../support/limited-daemon.ts";
import type { StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const furnace = (bootId: string, clientId: string) => ({
  ...{ id: "furnace-1", bootId, clientId, measure: () => undefined },
  capabilities: [bakeCapability()],
});

const CAMPAIGN = bakingCampaign(["budget: 3"]);

const STRENGTH = [{ kind: "objective", name: "strength", value: 1, unit: "MPa" }];

describe.each(places())("on $name", (place) => {
  test("two controllers under one id: an alarm names it, nothing more is started there, and a person settles it", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    const first = await lab.add(furnace("b1", "furnace-1"));
    await until(
      () => lab.daemon.view.instrument("furnace-1")?.connection === "online",
      "the birth",
    );
    const twin = await lab.add(furnace("b2", "furnace-1-copy"));
    const boot = () => lab.daemon.lab.machines.instrument.get("furnace-1")?.context.bootId;
    await until(() => boot() === "b2", "the twin's birth");
    await lab.command("start");
    // Who could tell before both obey? Afterwards it is known, by what each says of itself.
    await until(() => first.started.length + twin.started.length === 2, "both starts");
    await until(() => lab.alarms().length > 0, "the alarm");
    expect(lab.alarms().join()).toMatch(
      /furnace-1: Two controllers speak as furnace-1, under the boots b2 and b1/,
    );
    expect(lab.reasonsOf("furnace-1").join()).toMatch(
      /not usable because two controllers speak under its name \(boots b2 and b1\), and both would obey/,
    );
    first.finish(first.started[0] as StartCommand, STRENGTH);
    await until(() => lab.daemon.lab.queued.size === 1, "the next job, which waits");
    const { reasons } = lab.daemon.view.campaign("c1") ?? {};
    expect(JSON.stringify(reasons)).toMatch(/two controllers speak under its name/);
    expect(first.started.length + twin.started.length).toBe(2);
    // A person switches both off and starts the one that stays.
    await twin.stop();
    await first.stop();
    const alone = await lab.add(furnace("b3", "furnace-1"));
    await until(() => alone.started.length === 1, "the start after it was settled");
    expect(lab.alarms().join()).not.toMatch(/Two controllers/);
  });

  test("two controllers with one client id push each other out: told once, and nothing is started", async () => {
    const lab = await newLab().start(place, CAMPAIGN);
    await lab.command("start");
    await until(() => lab.daemon.lab.queued.size === 1, "the job that waits");
    const about = { capabilities: [] };
    const [first, twin] = [
      await lab.add({ ...furnace("b1", "furnace-1"), ...about }),
      await lab.add({ ...furnace("b2", "furnace-1"), ...about }),
    ];
    await until(() => lab.alarms().some((text) => /Two controllers/.test(text)), "the alarm");
    const { capabilities } = furnace("b1", "furnace-1");
    for (const one of [first, twin]) one.sayBirth({ capabilities });
    // Some more rounds of the two.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    let told = 0;
    for await (const { fact } of lab.daemon.readLog())
      if (/contested|settled/.test(fact.type)) told += 1;
    expect(told).toBe(1);
    expect(first.started.length + twin.started.length).toBe(0);
  });
});
