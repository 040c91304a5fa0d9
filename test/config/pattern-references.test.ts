import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { simulatedBirths } from "../../simulators/laboratory/simulated-births.ts";

const EXAMPLE = resolve(import.meta.dirname, "../../config/phase-diagram-fine.example.yaml");
const CARDS = resolve(import.meta.dirname, "../fixtures/diffraction");
const folder = mkdtempSync(join(tmpdir(), "pattern-references-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function withPatterns(references: string, more = ""): string {
  const patterns = `patterns: { references: [${references}], elements: [Ni, O], strainLimits: { NiO: 0.01 }${more} }`;
  const text = readFileSync(EXAMPLE, "utf8").replace(
    /^(\s*)model:\n/m,
    `$1model:\n$1  ${patterns}\n`,
  );
  const file = join(folder, "lab.yaml");
  writeFileSync(file, text);
  return file;
}

test("a campaign's references are found from the configuration's folder", () => {
  const { spec } = campaignSpecs(loadConfiguration(withPatterns(CARDS)), "")[0]!;
  expect(spec.goal === "phase-diagram" ? spec.model.patterns : undefined).toEqual({
    references: [CARDS],
    elements: ["Ni", "O"],
    strainLimits: { NiO: 0.01 },
  });
});

test("references that are not there are refused before anything is measured", () => {
  const loaded = loadConfiguration(withPatterns("./nowhere"));
  expect(() => campaignSpecs(loaded, "")).toThrow(/no references .*nowhere/);
});

test.each([
  [
    "components that there are",
    "{ at: { Al: 1 } }, { at: { Al: 3, Mg: 1 }, strain: 0.01 }",
    undefined,
  ],
  ["a component that is not there", "{ at: { Al: 1, Ni: 1 } }", /no component "Ni"/],
  ["two compositions of one cell", "{ at: { Al: 1 } }, { at: { Mg: 1 } }", /have the strain 0/],
  ["nothing", "{ at: { Al: 0 } }", /name what the phase is of/],
] as const)("compositions by cells are checked: %s", (_, points, problem) => {
  const read = () => loadConfiguration(withPatterns(CARDS, `, vegard: { NiO: [${points}] }`));
  if (problem !== undefined) expect(read).toThrow(problem);
  else {
    const { spec } = campaignSpecs(read(), "")[0]!;
    expect(spec.goal === "phase-diagram" && spec.model.patterns?.vegard?.["NiO"]).toHaveLength(2);
  }
});

test("the example on patterns is a whole configuration, and its simulated laboratory knows every line", () => {
  const file = resolve(import.meta.dirname, "../../config/phase-diagram-patterns.example.yaml");
  const { configuration, folder: from } = loadConfiguration(file);
  const { truth, patterns } = configuration.laboratory!.simulated;
  const births = simulatedBirths({
    truth,
    patterns: patterns && { ...patterns, lines: resolve(from, patterns.lines) },
  });
  expect(births.get("diffractometer-1")?.capabilities?.[0]?.results).toEqual(["pattern"]);
  const { spec } = campaignSpecs(loadConfiguration(file), "")[0]!;
  expect(spec.goal === "phase-diagram" ? spec.model.patterns?.references : undefined).toEqual([
    resolve(from, "patterns/references"),
  ]);
});
