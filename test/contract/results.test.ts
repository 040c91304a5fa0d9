import { describe, expect, test } from "vitest";
import { bakeCapability, bakingCampaign } from "../support/baking.ts";
import { type LimitedDaemon, newLab, places } from "../support/limited-daemon.ts";
import type { Script, StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const furnace = (
  measure: (command: StartCommand, k: number) => readonly object[],
  actual?: Script["actual"],
  unit = "K",
): Script => {
  let k = 0;
  return {
    id: "furnace-1",
    capabilities: [bakeCapability({ unit, min: 0, max: 1373 })],
    measure: (command) => measure(command, k++),
    ...(actual === undefined ? {} : { actual }),
  };
};

const strength = (value: number, unit: string, name = "strength") => ({
  kind: "objective",
  name,
  value,
  unit,
  standardUncertainty: 1,
});

const campaign = (objective = "", further = ""): string =>
  `${bakingCampaign(["autoStart: true", "budget: 4", "failuresInARow_max: 3"], objective)}${further}`;

const learnt = (lab: LimitedDaemon) =>
  (lab.daemon.lab.results.get("c1") ?? []).flatMap(({ observations }) => observations);

describe.each(places())("results on $name", (place) => {
  test("in kPa are taken as MPa, with their errors, and this is told", async () => {
    const lab = await newLab().start(place, campaign(", unit: MPa"));
    const units = ["MPa", "kPa", "MPa", "kPa"];
    await lab.add(
      furnace((_, k) => [strength(units[k] === "kPa" ? 480_000 : 480, units[k] ?? "MPa")]),
    );
    await until(() => lab.daemon.isFinished(), "the end");
    const values = learnt(lab).map((one) => one.kind === "objective" && [one.value, one.unit]);
    expect(values).toEqual(Array.from({ length: 4 }, () => [480, "MPa"]));
    expect(learnt(lab).map((one) => one.kind === "objective" && one.standardUncertainty)).toEqual([
      1, 0.001, 1, 0.001,
    ]);
    expect(lab.logged("result.converted")[0]?.fields["what"]).toBe(
      "strength = 480000 kPa is taken as 480 MPa",
    );
  });

  test.each([
    [
      "in kelvins, where the first were in MPa",
      "",
      strength(480, "K"),
      /strength is in K, but this campaign counts it in MPa/,
    ],
    ["of 1e308", "", strength(1e308, "MPa"), /cannot be true/],
    [
      "outside what is plausible",
      ", plausible: { min: 0, max: 2000 }",
      strength(48_000, "MPa"),
      /plausible is 0 to 2000 MPa/,
    ],
    [
      "without the objective",
      "",
      strength(480, "MPa", "strenght"),
      /brings no strength: did you mean "strenght"\?/,
    ],
  ] as const)(
    "%s are set aside, are not learnt and cost no budget",
    async (_, objective, bad, why) => {
      const lab = await newLab().start(place, campaign(objective));
      await lab.add(furnace((_command, k) => [k === 1 ? bad : strength(480, "MPa")]));
      await until(() => lab.daemon.isFinished(), "the end");
      expect(learnt(lab)).toHaveLength(4);
      expect(learnt(lab).every((one) => one.kind === "objective" && one.value === 480)).toBe(true);
      expect(lab.daemon.view.campaign("c1")?.warnings.join()).toMatch(why);
      expect(lab.logged("result.setAside")).toHaveLength(1);
    },
  );

  test("that are never usable suspend the campaign, with the reason", async () => {
    const lab = await newLab().start(place, campaign());
    await lab.add(furnace(() => []));
    const seen = () => lab.daemon.view.campaign("c1");
    await until(() => seen()?.state.startsWith("suspended") === true, "the suspension");
    expect(seen()?.stateReason).toMatch(
      /furnace-1: it brings nothing, but the goal optimise needs/,
    );
    expect(seen()?.budget.used).toBe(0);
    expect(learnt(lab)).toEqual([]);
  });

  test("whose instrument reports 2500 K are set aside, with an alarm", async () => {
    const limits = "instruments: { furnace-1: { limits: { temperature_K: { max: 900 } } } }\n";
    const lab = await newLab().start(place, limits + campaign());
    await lab.add(
      furnace(
        () => [strength(1, "MPa")],
        () => ({ temperature_K: 2500 }),
      ),
    );
    await until(() => lab.alarms().length > 0, "the alarm");
    expect(lab.alarms().join()).toMatch(/temperature_K = 2500 K: allowed is/);
    await until(() => lab.logged("result.setAside").length > 0, "the result");
    expect(learnt(lab)).toEqual([]);
  });

  test("what a furnace reports in degrees Celsius is kept in the kelvins of the axis", async () => {
    const lab = await newLab().start(place, campaign());
    const sent: number[] = [];
    const actual = ({ parameters }: StartCommand) => {
      sent.push(Number(parameters["temperature_K"]));
      return { temperature_K: Number(parameters["temperature_K"]) + 0.5 };
    };
    await lab.add(furnace(() => [strength(1, "MPa")], actual, "Cel"));
    await until(() => lab.daemon.isFinished(), "the end");
    const results = lab.daemon.lab.results.get("c1") ?? [];
    expect(results[0]?.actual?.["temperature_K"]).toBeCloseTo(
      Number(results[0]?.parameters["temperature_K"]) + 0.5,
      6,
    );
    expect(sent[0]).toBeCloseTo(Number(results[0]?.parameters["temperature_K"]) - 273.15, 6);
  });
});
