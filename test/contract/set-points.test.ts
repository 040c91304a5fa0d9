import { describe, expect, test } from "vitest";
import type { SetPointDeclaration } from "../../src/domain/instrument.ts";
import { campaignStatePayload } from "../../src/views/wire-payloads.ts";
import { newLab, places } from "../support/limited-daemon.ts";
import type { Script } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

type Declared = Record<string, SetPointDeclaration>;

const furnace = (id: string, parameters: Declared, name = "bake"): Script => ({
  id,
  capabilities: [
    { name, parameters, results: ["objective"], repeatable: true, expectedDuration_s: 1 },
  ],
  measure: () => [{ kind: "objective", name: "strength", value: 1, unit: "MPa" }],
});

const KELVIN: Declared = { temperature_K: { unit: "K", min: 293, max: 1373, required: true } };

interface Campaign {
  readonly parameters?: string;
  readonly further?: string;
  readonly axes?: string;
}

const campaign = ({ parameters, further = "", axes }: Campaign = {}): string => `campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 2
    inFlight: 1
    space: { kind: grid, axes: [${axes ?? "{ name: temperature_K, values: [600, 610, 620] }"}] }
    recipe:
      - capability: bake
        parameters: { ${parameters ?? "temperature_K: { axis: temperature_K }"} }
        repeatable: true
    model: { objectives: [{ name: strength, direction: max }] }
${further}`;

describe.each(places())("on $name", (place) => {
  test("a limit for a misspelt id keeps the instrument that is meant from working, and says so", async () => {
    const limits = "instruments: { furnace-01: { limits: { temperature_K: { max: 500 } } } }\n";
    const lab = await newLab().start(place, limits + campaign());
    const instrument = await lab.add(furnace("furnace-1", KELVIN));
    await until(() => lab.alarms().length > 0, "the alarm");
    expect(lab.alarms()[0]).toMatch(
      /^furnace-1: lab\.yaml:4 instruments\.furnace-01: no instrument "furnace-01" has been heard; did you mean "furnace-1"/,
    );
    expect(lab.logged("limits.problem")).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(instrument.started).toEqual([]);
    expect(lab.daemon.view.instrument("furnace-1")?.reasons?.[0]?.text).toContain("furnace-01");
  });

  test("a limit on a set point that the birth lacks keeps the instrument from working", async () => {
    const limits = "instruments: { furnace-1: { limits: { temperature_Kelvin: { max: 500 } } } }\n";
    const lab = await newLab().start(place, limits + campaign());
    const instrument = await lab.add(furnace("furnace-1", KELVIN));
    await until(() => lab.alarms().length > 0, "the alarm");
    expect(lab.alarms()[0]).toContain('did you mean "temperature_K"?');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(instrument.started).toEqual([]);
    // Its next birth has it: it works.
    instrument.sayBirth({
      bootId: "b2",
      ...furnace("furnace-1", { ...KELVIN, temperature_Kelvin: { unit: "K" } }),
    });
    await until(() => instrument.started.length > 0, "work after the cure");
    expect(lab.alarms()).toEqual([]);
  });

  test("kelvins go to a furnace that counts degrees Celsius as degrees Celsius, and this is shown", async () => {
    const lab = await newLab().start(place, campaign({ parameters: "temperature_K: 472" }));
    const celsius = { temperature_K: { unit: "Cel", min: 20, max: 400 } };
    const instrument = await lab.add({
      ...furnace("furnace-1", celsius),
      measure: () => undefined,
    });
    await until(() => instrument.started.length > 0, "the start");
    expect(instrument.started[0]?.parameters).toEqual({ temperature_K: 198.85 });
    const text = "temperature_K = 472 K is sent as 198.85 Cel";
    expect(lab.logged("setPoint.converted")[0]?.fields["what"]).toBe(text);
    const shown = lab.daemon.view.campaign("c1");
    expect(shown?.jobs[0]?.conversions).toEqual([text]);
    expect(shown && campaignStatePayload(shown).conversions).toEqual([text]);
  });

  test.each([
    [
      "millivolts",
      { temperature_K: { unit: "mV" } },
      "temperature_K: 472",
      /in mV, but the name says K/,
    ],
    [
      "a stranger's set point",
      KELVIN,
      "temperature_K: 472, colour: red",
      /takes no set point colour/,
    ],
    [
      "a set point that is missing",
      { ...KELVIN, duration_h: { unit: "h", required: true } },
      "temperature_K: 472",
      /needs duration_h/,
    ],
    ["a text for a number", KELVIN, 'temperature_K: "472"', /takes a number for temperature_K/],
    [
      "a word that is no choice",
      { ...KELVIN, gas: { type: "choice", choices: ["Ar", "N2"] } },
      "temperature_K: 472, gas: O2",
      /takes one of Ar, N2 for gas/,
    ],
    [
      "a ramp that is too steep",
      {
        temperature_K: { unit: "K", ramp: { max: 10, unit: "K/min" } },
        ramp_K_min: { unit: "K/min" },
      },
      "temperature_K: 472, ramp_K_min: 20",
      /may change by 10 K\/min at most/,
    ],
    [
      "a number outside the birth's limits",
      KELVIN,
      "temperature_K: 1500",
      /refuses temperature_K = 1500 K: allowed is 293 to 1373 K/,
    ],
  ] as const)(
    "%s: nothing starts, and the campaign says why",
    async (_, declared, parameters, why) => {
      const lab = await newLab().start(place, campaign({ parameters }));
      const instrument = await lab.add(furnace("furnace-1", declared as Declared));
      const seen = () => lab.daemon.view.campaign("c1");
      const told = () => [seen()?.stateReason, ...lab.alarms()].join("\n");
      await until(() => why.test(told()), `the reason, ${why}`);
      expect(instrument.started).toEqual([]);
    },
  );

  test("a condition on two set points refuses the points that break it", async () => {
    const lab = await newLab().start(
      place,
      campaign({
        parameters: "temperature_K: { axis: temperature_K }, duration_h: { axis: duration_h }",
        axes: "{ name: temperature_K, values: [600, 900] }, { name: duration_h, values: [1, 10] }",
        further: `    conditions: [{ always: "temperature_K * duration_h <= 6000", why: creep }]\n`,
      }),
    );
    const instrument = await lab.add(
      furnace("furnace-1", { ...KELVIN, duration_h: { unit: "h", min: 0 } }),
    );
    await until(() => lab.daemon.isFinished(), "the end");
    for (const { parameters } of instrument.started)
      expect(
        Number(parameters["temperature_K"]) * Number(parameters["duration_h"]),
      ).toBeLessThanOrEqual(6000);
    expect(instrument.started.length).toBe(2);
  });
});
