import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createPatternInterpreter } from "../../../adapters/interpreters/pattern-interpreter.ts";
import { findResultProblem } from "../../../adapters/mqtt/consistency.ts";
import { MESSAGES } from "../../../adapters/mqtt/contract.ts";
import { readReferences } from "../../../adapters/patterns/read-references.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { PatternObservation, PhasesObservation } from "../../../src/domain/observation.ts";
import { measuredPattern, type PhaseShare } from "../../support/pattern-spread.ts";

const CARDS = resolve(import.meta.dirname, "../../fixtures/diffraction");
const interpreter = createPatternInterpreter();
afterAll(() => interpreter.stop?.());

function observed(mixture: readonly PhaseShare[]): PatternObservation {
  const sources = new Map(readReferences([CARDS]).map((source) => [source.name, source]));
  return measuredPattern(sources, mixture, "pattern interpreter");
}

function interpret(
  pattern: PatternObservation,
  references: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
) {
  const spec = {
    goal: "phase-diagram",
    space: { kind: "grid", axes: [] },
    model: { patterns: { references, elements: ["Ni", "Ti", "Zn", "O"], ...more } },
  } as unknown as CampaignSpec;
  const settings = interpreter.settings(spec, pattern);
  if (settings === undefined) throw new Error("the campaign names references");
  const call = { signal: new AbortController().signal };
  return interpreter.interpret(pattern, settings, call) as Promise<PhasesObservation>;
}

const HALVES = [
  { name: "NiO", share: 0.5, strain: 0 },
  { name: "TiO2-rutile", share: 0.5, strain: 0 },
];

describe("patterns as observations", () => {
  test("become a set of phases with its probability and fractions of atoms", async () => {
    const found = await interpret(observed(HALVES), [CARDS]);
    expect([...found.phases].sort()).toEqual(["NiO", "TiO2-rutile"]);
    expect(found.confidence).toBeGreaterThan(0.5);
    // Half by weight: 2 atoms of 74.7 g/mol beside 3 of 79.9 g/mol.
    const expected = 2 / 74.69 / (2 / 74.69 + 3 / 79.87);
    expect(found.fractions?.["NiO"]).toBeCloseTo(expected, 1);
    expect(found.unfamiliar).toBeUndefined();
    for (const { probability } of found.alternatives ?? []) {
      expect(probability).toBeLessThanOrEqual(found.confidence!);
    }
  });

  test("every reference gets its fraction of atoms, and an error by which little of it can be excluded", async () => {
    const { fractions, estimates = {} } = await interpret(observed(HALVES), [CARDS]);
    expect(estimates["NiO"]?.fraction).toBeCloseTo(fractions!["NiO"]!, 3);
    for (const name of ["ZnO", "NiTiO3"]) {
      const { fraction, error } = estimates[name]!;
      expect(Math.abs(fraction)).toBeLessThan(4 * error);
      // Noise is 1 % of the strongest line: 3 % of another phase would be seen.
      expect(error).toBeLessThan(0.01);
    }
    // What the log gives back is what was learnt: JSON has no negative zero.
    expect(JSON.parse(JSON.stringify(estimates))).toEqual(estimates);
    const little = { name: "ZnO", share: 0.06, strain: 0 };
    const more = await interpret(observed([...HALVES, little]), [CARDS]);
    const { fraction, error } = more.estimates!["ZnO"]!;
    expect(fraction).toBeGreaterThan(5 * error);
    expect(fraction).toBeCloseTo(0.05, 1.5);
  });

  test("lines of no reference are told as a phase `unknown` with its spacings", async () => {
    const cards = ["NiO", "ZnO", "NiTiO3"].map((name) => join(CARDS, `${name}.cif`));
    const found = await interpret(observed(HALVES), cards);
    expect(found.phases).toEqual(["NiO", "unknown"]);
    expect(found.fractions).toBeUndefined();
    // What is left over would be taken for phases that it is not.
    expect(found.estimates).toBeUndefined();
    // The strongest line of rutile is 1 1 0 at 3.25 A.
    expect(found.unfamiliar?.d_A.some((d) => Math.abs(d - 3.249) < 0.02)).toBe(true);
  });

  test("a solid solution's cell tells the ends of the tie-line, where the campaign says how cells move", async () => {
    // NiO takes up ZnO to a third: its cell grows by 1.2 %; rutile takes up nothing.
    const vegard = {
      NiO: [{ at: { Ni: 1 } }, { at: { Ni: 0.7, Zn: 0.3 }, strain: 0.012 }],
      "TiO2-rutile": [{ at: { Ti: 1 } }],
    };
    const halves = observed([{ ...HALVES[0]!, strain: 0.008 }, HALVES[1]!]);
    const { compositions } = await interpret(halves, [CARDS], { vegard });
    expect(compositions?.["NiO"]?.["Zn"]).toBeCloseTo(0.2, 1);
    expect(compositions?.["NiO"]?.["Ni"]).toBeCloseTo(1 - compositions!["NiO"]!["Zn"]!, 3);
    expect(compositions?.["TiO2-rutile"]).toEqual({ Ti: 1 });
    // One phase whose cell says nothing leaves the tie-line without an end.
    const { NiO } = vegard;
    for (const rules of [{}, { vegard: { NiO } }])
      expect((await interpret(halves, [CARDS], rules)).compositions).toBeUndefined();
    // A sample of one phase is its own end.
    const alone = await interpret(observed([{ ...HALVES[0]!, share: 1 }]), [CARDS], { vegard });
    expect(alone).toMatchObject({ phases: ["NiO"] });
    expect(alone.compositions).toBeUndefined();
  });

  test.each([
    [{ kind: "simplex-grid", components: ["Ni", "Ti"], step: 0.1 }, undefined, 2],
    [{ kind: "simplex-grid", components: ["Ni", "Ti", "Zn"], step: 0.1 }, undefined, 3],
    [{ kind: "simplex-grid", components: ["Ni", "Ti", "Zn"], step: 0.1 }, 4, 4],
    [{ kind: "table", components: ["A", "B", "C", "D", "E"], rows: [] }, undefined, 4],
    [{ kind: "grid", axes: [] }, undefined, 4],
  ])("the phase rule limits a sample's phases: %j, told %s: %d", (space, phases_max, allowed) => {
    const model = { patterns: { references: [CARDS], ...(phases_max && { phases_max }) } };
    const spec = { goal: "phase-diagram", space, model } as unknown as CampaignSpec;
    expect(interpreter.settings(spec, observed(HALVES))?.phases_max).toBe(allowed);
  });

  test("a campaign without references is left alone; unreadable references say why", async () => {
    const plain = {
      goal: "phase-diagram",
      space: { kind: "grid", axes: [] },
      model: {},
    } as unknown as CampaignSpec;
    expect(interpreter.settings(plain, observed(HALVES))).toBeUndefined();
    await expect(interpret(observed(HALVES), ["/nowhere"])).rejects.toThrow(/nowhere/);
  });

  test.each([
    ["as it is", {}, undefined],
    [
      "another unit of the axis",
      { axis: { name: "twoTheta", unit: "1/nm" } },
      /twoTheta is in deg/,
    ],
    ["an axis that turns back", { turn: true }, /neither rising nor falling/],
    ["fewer values", { values: 25 }, /25 values, expected 30/],
  ] as const)("the contract judges a pattern: %s", (_, change, problem) => {
    const values = Array.from({ length: 30 }, (_, k) => 20 + k);
    if ("turn" in change) values[10] = 5;
    const axis = {
      name: "twoTheta",
      unit: "deg",
      values,
      ...("axis" in change ? change.axis : {}),
    };
    const observation = {
      ...{ kind: "pattern", axis: { ...axis, values }, unit: "counts" },
      values: values.slice(0, "values" in change ? change.values : 30),
    };
    const data = MESSAGES.jobResult.data.parse({
      ...{ jobId: "j", attempt: 1, simulated: false },
      observations: [observation],
    });
    const found = findResultProblem(data);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});
