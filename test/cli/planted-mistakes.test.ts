import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFurnace } from "../../simulators/instruments/furnace.ts";
import { createMemoryJournal } from "../../simulators/instruments/journal.ts";
import { createPropertyTester } from "../../simulators/instruments/property-tester.ts";
import { PhysicalWorld } from "../../simulators/world/physical-world.ts";
import { tieline } from "../support/command-line.ts";
import { newLab, places } from "../support/limited-daemon.ts";

/** Each mistake stands in a line of its own, which ends in its number. */
const INSTRUMENTS = `
instruments:
  furnace-01:                                                      # 1: an id
    limits: { temperature_K: { max: 900 } }
  tester-1:
    limits:
      temprature_K: { max: 500 }                                   # 2: a set point
  furnace-1:
    guards:
      - channel: temprature                                        # 3: a channel
        unit: K
        max: 900
        then: stop
`;
const CAMPAIGNS = `campaigns:
  - id: bake
    goal: optimise
    budget: 2
    space: { kind: grid, axes: [{ name: temperature_K, values: [400, 500] }] }
    hours:
      approvals: "25-18"                                           # 4: hours
    limits:
      temperature_Kelvin: { max: 900 }                             # 5: a campaign's limit
    conditions:
      - always: "temperature_K * < 5"                              # 6: a condition
    recipe:
      - capability: anneall                                        # 7: a capability
        parameters: { temperature_K: { axis: temperature_K }, duration_h: 1 }
      - capability: strength-test
        parameters: { temperature_K: 400, duration_h: 1 }
    model:
      objectives: [{ name: strength, direction: max }]
  - id: test
    goal: optimise
    budget: 2
    space: { kind: grid, axes: [{ name: pressure_bar, values: [1, 2] }] }
    recipe:
      - capability: strength-test
        parameters:
          temperature_K: { axis: pressure_bar }                    # 8: a unit
          duration_h: 500                                          # 9: a constant beyond the birth's limits
          colour: red                                              # 10: a stranger
      - capability: strength-and-elongation-test
        parameters:                                                # 11: a set point that is missing
          temperature_K: 400
    model:
      objectives:
        - { name: strength_MPa, direction: max, unit: K }          # 12: an objective's unit
`;
const LABORATORY = `laboratory:
  simulated:
    instruments: [{ id: furnace-1, kind: furnace }, { id: tester-1, kind: property-tester }]
`;

/** Lines of the planted mistakes, by number. */
function plantedLines(text: string): Map<number, number> {
  return new Map(
    text.split("\n").flatMap((line, k) => {
      const number = /# (\d+): /.exec(line)?.[1];
      return number === undefined ? [] : [[Number(number), k + 1] as const];
    }),
  );
}

async function validate(text: string, ...options: string[]) {
  const file = join(mkdtempSync(join(tmpdir(), "tieline-planted-")), "lab.yaml");
  writeFileSync(file, text);
  const { out } = await tieline("validate", "--config", file, "--json", ...options);
  const { problems } = JSON.parse(out) as { problems: { line: number; text: string }[] };
  return problems;
}

test("validate names twelve planted mistakes in one go, each with its line and a cure", async () => {
  const text = `version: 1\n${LABORATORY}${INSTRUMENTS}${CAMPAIGNS}`;
  const problems = await validate(text);
  const told = new Set(problems.map(({ line }) => line));
  const unnamed = [...plantedLines(text)].filter(([, line]) => !told.has(line));
  expect(unnamed).toEqual([]);
  expect(problems).toHaveLength(12);
  const all = problems.map((one) => one.text).join("\n");
  for (const near of ["temperature_K", "anneal", "temperature"])
    expect(all).toContain(`did you mean "${near}"`);
});

describe.each(places())("with real instruments on $name", (place) => {
  test("validate --births names the same twelve", async () => {
    const lab = newLab();
    await lab.start(place, "campaigns: []\n");
    const world = new PhysicalWorld(createMemoryJournal());
    const { capabilities, channels } = createFurnace({ world });
    await lab.add({ id: "furnace-1", capabilities, channels });
    const tester = createPropertyTester({ noise: {} });
    await lab.add({ id: "tester-1", capabilities: tester.capabilities });
    const text = `version: 1\nsite: lab1\n${INSTRUMENTS}${CAMPAIGNS}`;
    const problems = await validate(text, "--births", lab.daemon.brokerUrl);
    const told = new Set(problems.map(({ line }) => line));
    expect([...plantedLines(text)].filter(([, line]) => !told.has(line))).toEqual([]);
    expect(problems).toHaveLength(12);
  });
});
