import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import { loadConfiguration } from "../../config/load-configuration.ts";
import type { LabError } from "../../src/core/errors.ts";

const CONFIG = resolve(import.meta.dirname, "../../config");
const folder = mkdtempSync(join(tmpdir(), "structure-map-examples-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function changed(name: string, change: (text: string) => string): string {
  const file = join(folder, "changed.yaml");
  const text = readFileSync(join(CONFIG, name), "utf8").replaceAll(
    "silicon/",
    `${CONFIG}/silicon/`,
  );
  writeFileSync(file, change(text));
  return file;
}

function problemsOf(file: string): string {
  try {
    campaignSpecs(loadConfiguration(file), "1");
    return "";
  } catch (error) {
    const { problems = [] } = (error as LabError).context as { problems?: { text: string }[] };
    return [(error as LabError).message, ...problems.map(({ text }) => text)].join("\n");
  }
}

test.each([
  "structure-map.example.yaml",
  "structure-map-lammps.example.yaml",
  "structure-map-mixed.example.yaml",
])("%s is a campaign with a model that exists", (name) => {
  const [campaign] = campaignSpecs(loadConfiguration(join(CONFIG, name)), "1");
  expect(campaign?.spec.goal).toBe("structure-map");
});

test("the mixed example has a second recipe, by which points may be measured", () => {
  const loaded = loadConfiguration(join(CONFIG, "structure-map-mixed.example.yaml"));
  const [campaign] = campaignSpecs(loaded, "1");
  expect(campaign?.spec.alternatives?.["measurement"]?.steps).toMatchObject([
    { capability: "quench-and-diffract", repeatable: false },
  ]);
});

test("what is wrong with a second recipe is said", () => {
  const axis = changed("structure-map-mixed.example.yaml", (text) =>
    text.replace(/(measurement:[\s\S]*?axis: )temperature_K/, "$1heat"),
  );
  expect(problemsOf(axis)).toContain('there is no axis "heat"');
  const name = changed("structure-map-mixed.example.yaml", (text) =>
    text.replace("      measurement:\n", "      guess:\n"),
  );
  expect(problemsOf(name)).toContain("guess");
  const goal = changed("structure-map-mixed.example.yaml", (text) =>
    text
      .replace("goal: structure-map", "goal: phase-diagram")
      .replace(/ {6}structureModel[\s\S]*$/, "      coexistence: off\n"),
  );
  expect(problemsOf(goal)).toContain("alternatives are for goal: structure-map");
});

test("a model that is not there is said before anything runs", () => {
  const file = changed("structure-map.example.yaml", (text) =>
    text.replace("model.json", "nowhere.json"),
  );
  expect(problemsOf(file)).toContain("nowhere.json");
});
