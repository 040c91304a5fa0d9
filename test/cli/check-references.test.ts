import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import { refuseBadModels } from "../../src/cli/check-models.ts";
import { LabError } from "../../src/core/errors.ts";

const CARDS = resolve(import.meta.dirname, "../fixtures/diffraction");
const folder = mkdtempSync(join(tmpdir(), "check-references-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TERNARY = "{ kind: simplex-grid, components: [Ni, Ti, Zn], step: 0.1 }";
const BINARY = "{ kind: table, file: binary.csv, axes: [x_Ni, temperature_K] }";

/** The problems of a campaign on patterns, each with its path. */
function problemsOf(patterns: string, space = TERNARY, whole = 1): string[] {
  const rows = [0, 0.3, 0.7, 1].map((x) => `${x * whole},1000\n${x * whole},1200`);
  writeFileSync(join(folder, "binary.csv"), `x_Ni,temperature_K\n${rows.join("\n")}\n`);
  const file = join(folder, "lab.yaml");
  writeFileSync(
    file,
    `version: 1
site: s
campaigns:
  - id: c1
    goal: phase-diagram
    budget: 9
    space: ${space}
    recipe: [{ capability: diffraction, timeLimit_s: 60 }]
    model: { patterns: { ${patterns} } }
`,
  );
  const loaded = loadConfiguration(file);
  try {
    refuseBadModels(loaded, campaignSpecs(loaded, ""));
    return [];
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const problems = error.context["problems"] as { path: string; text: string }[];
    return problems.map(({ path, text }) => `${path}: ${text}`);
  }
}

const references = `references: [${CARDS}]`;

test("names that no reference has are refused, in limits and in cells alike", () => {
  expect(
    problemsOf(`${references}, strainLimits: { NiO: 0.01 }, vegard: { ZnO: [{ at: { Zn: 1 } }] }`),
  ).toEqual([]);
  const found = problemsOf(
    `${references}, strainLimits: { Ni0: 0.01 }, vegard: { ZnOx: [{ at: { Zn: 1 } }] }`,
  );
  expect(found).toHaveLength(2);
  expect(found.join()).toMatch(/vegard\.ZnOx.*no reference is called "ZnOx"; did you mean "ZnO"/);
  expect(found.join()).toMatch(/strainLimits\.Ni0.*did you mean "NiO"/);
});

test("cells beyond the strain that is looked for are refused; the reference's own limit counts", () => {
  const cells = (strain: number) =>
    `vegard: { NiO: [{ at: { Ni: 1 } }, { at: { Ni: 7, Zn: 3 }, strain: ${strain} }] }`;
  expect(problemsOf(`${references}, ${cells(0.069)}`)).toEqual([]);
  expect(problemsOf(`${references}, ${cells(-0.08)}`).join()).toMatch(/-0.08 is beyond 0.07/);
  const raised = `${references}, strainLimits: { NiO: 0.09 }, ${cells(-0.08)}`;
  expect(problemsOf(raised)).toEqual([]);
  const lowered = `${references}, strainLimits: { NiO: 0.01 }, ${cells(0.012)}`;
  expect(problemsOf(lowered).join()).toMatch(/0.012 is beyond 0.01/);
});

test("beside an axis in per cent a composition names both components", () => {
  const half = `${references}, vegard: { NiO: [{ at: { Ni: 0.7 } }] }`;
  const both = `${references}, vegard: { NiO: [{ at: { Ni: 0.7, Zn: 0.3 } }] }`;
  expect(problemsOf(half, BINARY)).toEqual([]);
  expect(problemsOf(half, BINARY, 100).join()).toMatch(/vegard\.NiO.*x_Ni is in per cent/);
  expect(problemsOf(both, BINARY, 100)).toEqual([]);
});

test("references that cannot be read are a problem of the configuration", () => {
  writeFileSync(join(folder, "broken.cif"), "data_x\n_cell_length_a 4\n");
  expect(problemsOf("references: [broken.cif]").join()).toMatch(
    /patterns\.references.*broken\.cif/,
  );
  mkdirSync(join(folder, "cards", "NiO.cif"), { recursive: true });
  expect(problemsOf("references: [cards]").join()).toMatch(
    /patterns\.references.*NiO\.cif cannot be read/,
  );
});
