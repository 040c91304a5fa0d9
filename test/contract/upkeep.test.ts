import { describe, expect, test } from "vitest";
import { reasonInWords } from "../../src/domain/reason.ts";
import { labAlarms } from "../../src/runtime/lab-alarms.ts";
import { type LimitedDaemon, newLab, places } from "../support/limited-daemon.ts";
import type { Script, StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const CAMPAIGN = `campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 5
    inFlight: 1
    space: { kind: grid, axes: [{ name: dose_g, min: 2, max: 2.9, step: 0.1 }] }
    recipe:
      - { capability: mix, parameters: { dose_g: { axis: dose_g } } }
      - { capability: pull, repeatable: true }
    model: { objectives: [{ name: strength, direction: max, unit: MPa }] }
`;

const MIXER: Script = {
  id: "mixer-1",
  capabilities: [
    {
      ...{ name: "mix", parameters: { dose_g: { unit: "g", min: 0, max: 10 } }, results: [] },
      ...{ repeatable: false, expectedDuration_s: 600 },
      consumes: [
        { stock: "Al powder", amount: 1, by: "dose_g" },
        { stock: "crucibles", amount: 1 },
      ],
    },
  ],
  measure: () => [],
  actual: ({ parameters }) => ({ dose_g: Number(parameters["dose_g"]) + 0.01 }),
};

const TESTER: Script = {
  id: "tester-1",
  capabilities: [
    {
      ...{ name: "pull", parameters: {}, results: ["objective"], repeatable: true },
      expectedDuration_s: 1,
    },
  ],
  measure: () => [{ kind: "objective", name: "strength", value: 400, unit: "MPa" }],
};

const inAnHour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
type Start = StartCommand & { readonly earlier?: readonly object[] };

const openLab = async (place: ReturnType<typeof places>[number]) => {
  const lab = newLab();
  return await lab.start(place, CAMPAIGN);
};
const alarmsOf = (lab: LimitedDaemon) =>
  Object.fromEntries(labAlarms(lab.daemon.lab).map((one) => [one.alarmId, one]));
const reasonsOf = (lab: LimitedDaemon) =>
  (lab.daemon.view.campaign("c1")?.reasons ?? []).map(reasonInWords).join("\n");

// What is looked at has nothing to do with the broker: one of them.
describe.each(places().slice(0, 1))("the upkeep of an instrument on $name", (place) => {
  test("its stock is counted down; somebody is called before it ends, and nothing begins that it is not enough for", async () => {
    const lab = await openLab(place);
    const stock = {
      "Al powder": { amount: 9, unit: "g", low: 5 },
      crucibles: { amount: 40, unit: "1" },
    };
    const mixer = await lab.add({ ...MIXER, stock });
    const tester = await lab.add(TESTER);
    await until(() => reasonsOf(lab).includes("are needed"), "the end of the powder");
    const used = mixer.started.reduce(
      (sum, { parameters }) => sum + Number(parameters["dose_g"]),
      0,
    );
    expect(mixer.started).toHaveLength(3);
    const left = lab.daemon.lab.stocks.get("mixer-1")?.left;
    expect(left?.["Al powder"]).toBeCloseTo(9 - used, 9);
    expect(left?.["crucibles"]).toBe(37);
    expect(reasonsOf(lab)).toMatch(
      /an instrument that can do mix: mixer-1 is not usable because .* g of Al powder are left/,
    );
    expect(alarmsOf(lab)["stock/mixer-1/Al powder"]).toMatchObject({ severity: "critical" });
    expect(alarmsOf(lab)["stock/mixer-1/crucibles"]).toBeUndefined();
    expect(lab.daemon.view.instrument("mixer-1")?.upkeep).toEqual([
      expect.stringMatching(/^Al powder: [\d.]+ g left$/),
      "crucibles: 37 left",
    ]);
    // Told the same once more (as after a reconnection) it is not full again; refilled it goes on.
    mixer.sayBirth();
    mixer.sayBirth({ stock: { ...stock, "Al powder": { amount: 100, unit: "g", low: 5 } } });
    await until(() => mixer.started.length === 5, "the fifth start");
    expect(alarmsOf(lab)["stock/mixer-1/Al powder"]).toBeUndefined();
    // What the step before has found of the sample goes with the start.
    const [first] = tester.started as Start[];
    expect(first?.earlier).toEqual([
      {
        ...{ sampleId: "c1.1", step: 0, capability: "mix", instrumentId: "mixer-1" },
        actual: { dose_g: Number(mixer.started[0]?.parameters["dose_g"]) + 0.01 },
      },
    ]);
    expect((mixer.started[0] as Start).earlier).toBeUndefined();
  });

  test("nothing begins that would run into its maintenance, with the reason; a calibration that is past calls somebody", async () => {
    const lab = await openLab(place);
    const soon = { from: inAnHour(0.1), until: inAnHour(0.2), what: "a new heating element" };
    const mixer = await lab.add({
      ...{ ...MIXER, maintenance: [soon] },
      calibration: { id: "cal-88", validUntil: inAnHour(-1) },
    });
    await lab.add({ ...TESTER, calibration: { id: "cal-1", validUntil: inAnHour(1) } });
    await until(() => reasonsOf(lab).includes("new heating element"), "the reason");
    expect(mixer.started).toEqual([]);
    expect(reasonsOf(lab)).toMatch(/mix would run into a new heating element, from .* UTC/);
    expect(lab.daemon.lab.timers.get("lab/maintenance")?.at_ms).toBe(Date.parse(soon.until));
    expect(alarmsOf(lab)["calibration/mixer-1"]?.text).toMatch(/cal-88 was valid until/);
    expect(alarmsOf(lab)["calibration/tester-1"]).toBeUndefined();
    expect(lab.daemon.lab.timers.has("lab/calibration")).toBe(true);
    // The window is put off: a birth that says so is enough.
    mixer.sayBirth({ maintenance: [{ from: inAnHour(5), until: inAnHour(6) }] });
    await until(() => mixer.started.length > 0, "a start");
  });
});
