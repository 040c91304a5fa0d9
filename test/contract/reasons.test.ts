import { describe, expect, test } from "vitest";
import type { Capability, SetPointDeclaration } from "../../src/domain/instrument.ts";
import { reasonInWords } from "../../src/domain/reason.ts";
import type { CampaignView } from "../../src/views/campaign-view.ts";
import { noticesBetween } from "../../src/views/notices.ts";
import { type LimitedDaemon, newLab, places } from "../support/limited-daemon.ts";
import { retainedState } from "../support/retained-state.ts";
import type { Script } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const KELVIN: Record<string, SetPointDeclaration> = {
  temperature_K: { unit: "K", min: 293, max: 1373, required: true },
};

const furnace = (change: Partial<Script> = {}, offers: Partial<Capability> = {}): Script => ({
  id: "furnace-1",
  capabilities: [
    {
      ...{ name: "bake", parameters: KELVIN, results: ["objective"] },
      ...{ repeatable: true, expectedDuration_s: 1, ...offers },
    },
  ],
  measure: () => [{ kind: "objective", name: "strength", value: 1, unit: "MPa" }],
  ...change,
});

const ROBOT: Capability = {
  ...{ name: "synthesise", parameters: {}, results: ["sample"] },
  ...{ repeatable: true, expectedDuration_s: 1 },
};

interface Written {
  readonly capability?: string;
  readonly set?: string;
  readonly values?: string;
  readonly further?: string;
  readonly autoStart?: boolean;
}

const campaign = (written: Written = {}): string => {
  const { capability = "bake", values = "[600, 610, 620]", further = "" } = written;
  const { set = "temperature_K: { axis: temperature_K }", autoStart = true } = written;
  return `campaigns:
  - id: c1
    goal: optimise
    autoStart: ${autoStart}
    budget: 3
    inFlight: 2
    space: { kind: grid, axes: [{ name: temperature_K, values: ${values} }] }
    recipe: [{ capability: ${capability}, parameters: { ${set} }, repeatable: true, timeLimit_s: 60 }]
    model: { objectives: [{ name: strength, direction: max }] }
${further}`;
};

const seen = (lab: LimitedDaemon): CampaignView => {
  const view = lab.daemon.view.campaign("c1");
  if (view === undefined) throw new Error("there is no campaign c1");
  return view;
};
const sentences = (lab: LimitedDaemon): string[] => seen(lab).reasons.map(reasonInWords);

/** The sentence stands in the view, the retained topic that `status` reads, the overview and (with an alarm) the webhook. */
async function saysEverywhere(lab: LimitedDaemon, sentence: RegExp): Promise<void> {
  await until(() => sentences(lab).some((one) => sentence.test(one)), `${sentence}`);
  const [line] = lab.daemon.view.overview().campaigns;
  expect(line?.reasons.map(reasonInWords)).toContainEqual(expect.stringMatching(sentence));
  const { reasons } = await retainedState(lab.daemon.brokerUrl, "c1", ({ reasons = [] }) =>
    reasons.some((one) => sentence.test(one.sentence)),
  );
  expect(reasons?.map((one) => one.sentence)).toContainEqual(expect.stringMatching(sentence));
}

describe.each(places())("on $name", (place) => {
  test("a constant outside a furnace's limits: not one point is drawn, and everybody says why", async () => {
    const set = "temperature_K: 1500";
    const lab = await newLab().start(place, campaign({ set, autoStart: false }));
    await lab.add(furnace());
    await until(() => lab.daemon.view.instrumentIds.length > 0, "the furnace");
    await lab.command("start");
    const why =
      /^waiting for a correction: furnace-1 refuses temperature_K = 1500 K: allowed is 293 to 1373 K/;
    await saysEverywhere(lab, why);
    expect(seen(lab)).toMatchObject({ inFlight: 0, waits: 0 });
    expect(await lab.drawn()).toEqual([]);
    await until(() => lab.logged("alarm.raised").length > 0, "the line in the log");
    expect(lab.alarms().join("\n")).toMatch(/is waiting for a correction: furnace-1 refuses/);
  });

  test("an axis that lies outside: the same", async () => {
    const lab = await newLab().start(
      place,
      campaign({ values: "[1400, 1500, 1600]", autoStart: false }),
    );
    await lab.add(furnace());
    await until(() => lab.daemon.view.instrumentIds.length > 0, "the furnace");
    await lab.command("start");
    await saysEverywhere(
      lab,
      /temperature_K = 1400 K: allowed .*no value of the axis temperature_K passes/,
    );
    expect(await lab.drawn()).toEqual([]);
  });

  test("a capability that nobody offers is waited for, and nothing is in flight", async () => {
    const lab = await newLab().start(place, campaign({ capability: "bakee" }));
    await lab.add(furnace());
    await saysEverywhere(
      lab,
      /^waiting for an instrument that offers "bakee": none does, did you mean "bake"\? There are bake$/,
    );
    expect(seen(lab)).toMatchObject({ inFlight: 0, waits: 2 });
    // A minute after the start whoever has not come is missed: an alarm, a notice, a line in the log.
    const before = lab.daemon.view.overview();
    await lab.daemon.submit({ type: "timer.fired", timerId: "lab/patience" });
    const notices = noticesBetween(before, lab.daemon.view.overview());
    expect(notices.map(({ text }) => text).join("\n")).toMatch(/no instrument offers "bakee"/);
    await saysEverywhere(lab, /^waiting for a correction: no instrument offers "bakee"/);
    await until(() => lab.logged("alarm.raised").length > 0, "the line in the log");
  });

  test("a later step that nobody offers: no sample is made, and it is said at once", async () => {
    const two = "{ capability: synthesise, parameters: {} }, { capability";
    const text = campaign({ capability: "bakee" }).replace("{ capability", two);
    const lab = await newLab().start(place, text);
    const robot = { id: "robot-1", capabilities: [{ ...ROBOT, name: "synthesise" }] };
    const instrument = await lab.add(furnace(robot));
    await lab.add(furnace());
    await saysEverywhere(
      lab,
      /^waiting for an instrument that offers "bakee": none does, did you mean "bake"\? There are bake, synthesise$/,
    );
    expect(seen(lab)).toMatchObject({ inFlight: 0, waits: 2 });
    expect(instrument.started).toEqual([]);
    await lab.daemon.submit({ type: "timer.fired", timerId: "lab/patience" });
    await saysEverywhere(lab, /^waiting for a correction: no instrument offers "bakee"/);
    expect(instrument.started).toEqual([]);
    // Whoever offers it may come any time.
    await lab.add(furnace({ id: "furnace-2" }, { name: "bakee" }));
    await until(() => instrument.started.length > 0, "the first sample");
  });

  test("a recipe that brings what the goal cannot use is refused before the first sample", async () => {
    const lab = await newLab().start(place, campaign());
    const instrument = await lab.add(furnace({}, { results: ["phases"] }));
    await saysEverywhere(
      lab,
      /furnace-1 brings phases from bake, but the goal optimise learns from objective: its results would teach nothing/,
    );
    expect(instrument.started).toEqual([]);
  });

  test("the first result that teaches nothing suspends until a person resumes, and costs no budget", async () => {
    const lab = await newLab().start(place, campaign());
    const measure = () => [{ kind: "phases", phases: ["fcc"] }];
    const instrument = await lab.add(furnace({ measure }));
    await saysEverywhere(
      lab,
      /^suspended because a result taught nothing: furnace-1: it brings phases, but the goal optimise needs objective$/,
    );
    expect(seen(lab).budget).toEqual({ used: 0, total: 3 });
    expect(seen(lab).state).toBe("suspended");
    expect(instrument.started.length).toBeLessThanOrEqual(2);
    expect(lab.logged("campaign.suspended")[0]?.fields["why"]).toMatch(/taught nothing/);
    expect([...lab.daemon.lab.timers.keys()].filter((id) => id.startsWith("c1/t"))).toEqual([]);
    expect(lab.alarms().join("\n")).toMatch(/Nothing of it was charged to the budget/);
  });

  test("a furnace that is offline, and one that is there but is operated by hand", async () => {
    const lab = await newLab().start(place, campaign({ autoStart: false }));
    const instrument = await lab.add(furnace());
    instrument.sayState({ control: "local" });
    await until(() => lab.reasonsOf("furnace-1").length > 0, "the state");
    await lab.command("start");
    await saysEverywhere(
      lab,
      /^waiting for an instrument that can do bake: furnace-1 is not usable because somebody operates it by hand$/,
    );
    expect(seen(lab)).toMatchObject({ inFlight: 0, waits: 2 });
    await instrument.stop();
    await saysEverywhere(lab, /furnace-1 is not usable because (it is offline|nothing)/);
    await until(() => lab.logged("instrument.went").length > 0, "the line in the log");
    expect(lab.logged("instrument.came")[0]?.fields["instrumentId"]).toBe("furnace-1");
  });

  test("an approval that is awaited, since when, and when approvals are taken", async () => {
    const lab = await newLab().start(place, campaign({ further: "    approval: supervised\n" }));
    await lab.add(furnace());
    await saysEverywhere(
      lab,
      /^waiting for approval of batch 1 \(2 points\), since \d\d:\d\d UTC on /,
    );
    expect(seen(lab)).toMatchObject({ inFlight: 0, waits: 2 });
    expect(lab.logged("campaign.waitsForApproval")[0]?.fields).toMatchObject({
      campaignId: "c1",
      batch: 1,
    });
    await lab.command("approve", { batch: 1 });
    await until(() => seen(lab).observations.total === 2, "the results");
  });

  test("hours in which nothing starts, with when they begin", async () => {
    // Hours of a day that is neither today nor tomorrow: never open while the test runs.
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + 3) % 7];
    const further = `    hours: { starts: { bake: "${day} 08-09" } }\n`;
    const lab = await newLab().start(place, campaign({ further }));
    await lab.add(furnace());
    await saysEverywhere(
      lab,
      /^waiting for the hours of bake \(\w+ 08-09, UTC\); it goes on by itself at 08:00 UTC on /,
    );
    expect(seen(lab)).toMatchObject({ inFlight: 0, waits: 2 });
  });

  test("a guard, with the reading and the bound", async () => {
    const guards = "guards: [{ channel: t, unit: K, max: 600, then: pause }]";
    const lab = await newLab().start(
      place,
      `instruments: { furnace-1: { ${guards} } }\n${campaign({ autoStart: false })}`,
    );
    const instrument = await lab.add(furnace());
    await until(() => lab.daemon.view.instrumentIds.length > 0, "the furnace");
    instrument.telemetry("t", 700, "K");
    await until(() => lab.reasonsOf("furnace-1").length > 0, "the guard");
    await lab.command("start");
    await saysEverywhere(lab, /furnace-1 is not usable because .*700 K.*600/);
    // Lines follow the published overview, a few a second: an alarm that came and went between two has its guard's lines.
    await until(() => lab.logged("alarm.raised").length > 0, "the alarm's line");
    instrument.telemetry("t", 500, "K");
    await until(() => lab.logged("alarm.cleared").length > 0, "the line in the log");
  });

  test("a campaign that begins, is paused and ends has a line for each", async () => {
    const lab = await newLab().start(place, campaign({ autoStart: false }));
    await lab.add(furnace());
    await saysEverywhere(lab, /^waiting for somebody to start it$/);
    await lab.command("start");
    await until(() => lab.logged("campaign.ended").length > 0, "the end");
    expect(lab.logged("campaign.begun")).toHaveLength(1);
    expect(lab.logged("campaign.ended")[0]?.fields).toMatchObject({
      ...{ campaignId: "c1", state: "budgetExhausted", measured: 3, budget: 3 },
      why: "ended because its budget is spent",
    });
    await saysEverywhere(lab, /^ended because its budget is spent$/);
  });
});

describe("an instrument that is online and says nothing", () => {
  test("a start that it does not answer: how often it was sent, to whom; then a job past its limit", async () => {
    const place = places()[0];
    if (place === undefined) throw new Error("there is a broker in the daemon");
    const lab = await newLab().start(place, campaign());
    const instrument = await lab.add(furnace({ isMute: true }));
    await until(() => instrument.started.length > 0, "the start");
    const [jobId = ""] = instrument.started.map((one) => one.jobId);
    // The resend comes after ten seconds of silence; a timer that fires is all that it needs.
    await lab.fire(jobId);
    await saysEverywhere(
      lab,
      new RegExp(
        `^waiting for an answer to the start of ${jobId}: sent twice, no answer from furnace-1$`,
      ),
    );
    expect(seen(lab).inFlight).toBe(2);
    expect(lab.alarms().join("\n")).toContain("sent twice, no answer from furnace-1");
    instrument.accept(jobId);
    await until(() => seen(lab).jobs.some((job) => job.state === "accepted"), "the acceptance");
    await lab.fire(jobId);
    await saysEverywhere(
      lab,
      new RegExp(
        `^waiting for the end of ${jobId} on furnace-1: past its limit of 60 s \\(at .*, cancelled$`,
      ),
    );
  });
});
