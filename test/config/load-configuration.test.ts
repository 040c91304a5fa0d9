import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defaultConfigurationFile, loadConfiguration } from "../../config/load-configuration.ts";
import { type ConfigurationProblem, formatProblem } from "../../config/yaml-problems.ts";
import { LabError } from "../../src/core/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "tieline-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHIPPED = join(import.meta.dirname, "../../config");

function errorOf(text: string): LabError {
  const file = join(folder, "lab.yaml");
  writeFileSync(file, text);
  try {
    loadConfiguration(file);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

const problemsOf = (text: string): readonly ConfigurationProblem[] =>
  errorOf(text).context["problems"] as ConfigurationProblem[];
/** `line path` of every problem. */
const places = (text: string): string[] =>
  problemsOf(text).map(({ line, path }) => `${line} ${path}`);

/** The shipped configuration with some of its text exchanged. */
function changed(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`"${from}" is not in default.yaml`);
      return text.replace(from, to);
    },
    readFileSync(defaultConfigurationFile(), "utf8"),
  );
}
const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split("\n").length;

test("limits written the wrong way round are refused wherever they stand, never taken for none; equal ends are one value", () => {
  const lab = (min: number, max: number) => `version: 1
instruments:
  furnace-1:
    limits: { temperature_K: { min: ${min}, max: ${max} } }
    guards: [{ channel: T, unit: K, min: ${min}, max: ${max}, then: stop }]
campaigns:
  - id: c1
    goal: optimise
    budget: 1
    space: { kind: grid, axes: [{ name: temperature_K, values: [300] }] }
    limits: { temperature_K: { min: ${min}, max: ${max} } }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } } }]
    model: { objectives: [{ name: strength, direction: max, plausible: { min: ${min}, max: ${max} } }] }
`;
  const problems = problemsOf(lab(1200, 300));
  const upsideDown = problems.filter(({ text }) => text.includes("must not be larger"));
  expect(upsideDown.map(({ line }) => line)).toEqual([4, 5, 11, 13]);
  const file = join(folder, "equal.yaml");
  writeFileSync(file, lab(300, 300));
  expect(() => loadConfiguration(file)).not.toThrow();
});

test("a robot's protocol that is not there, and an address that is none, are told with their places", () => {
  const robot = (at: string) =>
    `version: 1\ngateways:\n  - id: ot\n    kind: opentrons\n    at: ${at}\n    protocol: ./none.py\n    capability: mix\n    parameters: [{ name: volume_uL, unit: uL }]\n`;
  expect(places(robot("http://robot:31950"))).toEqual(["6 gateways[0].protocol"]);
  expect(places(robot("robot:31950"))).toEqual(["5 gateways[0].at"]);
});

test("a load that can never be filled, and one of people, are told with their places", () => {
  const load = (key: string, text: string) =>
    changed([
      "        timeLimit_s: 86400\n",
      `        timeLimit_s: 86400\n        ${key}: ${text}\n`,
    ]);
  const never = load("load", "{ fill_min: 40 }");
  expect(problemsOf(never).map(({ path, text }) => [path, text])).toEqual([
    ["campaigns[0].recipe[1].load.fill_min", expect.stringMatching(/write inFlight: 80/)],
  ]);
  const peoples = load("by", "person\n        load: { wait_s: 60 }");
  expect(problemsOf(peoples)[0]?.text).toContain("is for a step of instruments");
});

describe("the configurations that ship", () => {
  const files = readdirSync(SHIPPED).filter((name) => name.endsWith(".yaml"));

  test.each(files)("%s loads", (name) => {
    const loaded = loadConfiguration(join(SHIPPED, name));
    expect(loaded.configuration.version).toBe(1);
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("an empty daemon (no campaign, no laboratory) needs one line", () => {
    const file = join(folder, "small.yaml");
    writeFileSync(file, "version: 1\n");
    expect(loadConfiguration(file).configuration).toMatchObject({
      campaigns: [],
      broker: { port: 1883 },
    });
  });
});

describe("a bad configuration", () => {
  test("shows every problem at once, in order, each with its file, line, path and what to write", () => {
    const text = changed(
      ["site: default", "site: two words"],
      ["port: 1883", "port: 99999"],
      ["budget: 60", "budgett: 60"],
      ["approval: automatic", "approval: perhaps"],
      ["timeLimit_s: 7200", "timeLimit_s: -1"],
    );
    const problems = problemsOf(text);
    const found = problems.map(({ line, path }) => `${line} ${path}`);
    const expected = [
      ["site: two", "site"],
      ["port: 99999", "broker.port"],
      ["approval: perhaps", "campaigns[0].approval"],
      ["budgett", "campaigns[0].budgett"],
      ["timeLimit_s: -1", "campaigns[0].recipe[0].timeLimit_s"],
    ].map(([part = "", path]) => `${lineOf(text, part)} ${path}`);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(problems.some(({ path }) => path === "campaigns[0].budget")).toBe(true);
    const lines = problems.map((problem) => problem.line);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    for (const problem of problems) {
      expect(problem.text.length, problem.path).toBeGreaterThan(10);
      expect(formatProblem(problem)).toMatch(/lab\.yaml:\d+: \S+: /);
    }
    expect(errorOf(text)).toMatchObject({ code: "TL-1010", exitCode: 2 });
    expect(errorOf(text).toLine()).not.toContain("\n");
  });

  test("says what to write instead", () => {
    const texts = problemsOf(
      changed(
        ["budget: 60", "budgett: 60"],
        ["approval: automatic", "approval: perhaps"],
        ["version: 1", "version: 7"],
      ),
    ).map((problem) => problem.text);
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringContaining("version: 1"),
        expect.stringContaining('the key "budgett" is not known here'),
        expect.stringContaining("is missing; write a number"),
        expect.stringMatching(/automatic.*supervised/),
      ]),
    );
  });

  test("a value of the wrong kind is told beside what should be there, in the model too", () => {
    const texts = problemsOf(
      changed(
        ["budget: 60", "budget: many"],
        ["phases: [FCC_A1]", "phasen: [FCC_A1]"],
        ["page:", "pages: []\npage:"],
      ),
    ).map(({ path, text }) => `${path}: ${text}`);
    expect(texts).toEqual([
      expect.stringMatching(/^pages: the key "pages" is not known here/),
      'campaigns[0].budget: must be a number, not "many"',
      "campaigns[0].model.known[0].phases: is missing; write a list",
      expect.stringMatching(/^campaigns\[0\]\.model\.known\[0\]\.phasen: the key "phasen" is not/),
    ]);
  });

  test("a misspelt fault of the simulated laboratory is not silently no fault", () => {
    const text = `version: 1
laboratory:
  simulated:
    instruments: [{ id: robot-1, kind: toaster }]
    faults: { instruments: { robot-1: { silnt: 0.1, rejects: 7 } } }
    noise: { composition: 0.1 }
`;
    expect(places(text)).toEqual([
      "4 laboratory.simulated.instruments[0].kind",
      "5 laboratory.simulated.faults.instruments.robot-1.rejects",
      "5 laboratory.simulated.faults.instruments.robot-1.silnt",
      "6 laboratory.simulated.noise.composition",
    ]);
  });

  test("that is not YAML is TL-1011 with its line", () => {
    const text = "version: 1\nsite: [a, b\nagent: x\n";
    expect(errorOf(text)).toMatchObject({ code: "TL-1011", exitCode: 2 });
    expect(problemsOf(text)[0]?.line).toBeGreaterThan(1);
  });

  test.each([
    ["nowhere.yaml", "it does not exist"],
    [".", "it is a folder"],
  ])("that cannot be read is TL-1002, and says why (%s)", (file, why) => {
    const told = { code: "TL-1002", exitCode: 2, message: expect.stringContaining(why) };
    expect(() => loadConfiguration(join(folder, file))).toThrow(expect.objectContaining(told));
  });

  test.each(["", "nonsense", "- a\n- b\n", "version: 1\ncampaigns: 5\n", "42"])(
    "of the wrong shape (%j) is told, never thrown at the reader",
    (text) => {
      expect(places(text).length).toBeGreaterThan(0);
    },
  );

  test("rules between parts: an unknown axis, an id used twice, a budget that the space cannot fill", () => {
    const text = changed(
      ["x_Mg: { axis: Mg }", "x_Mg: { axis: Magnesium }"],
      ["budget: 60", "budget: 5000"],
    );
    expect(places(text)).toEqual([
      `${lineOf(text, "budget: 5000")} campaigns[0].budget`,
      `${lineOf(text, "x_Mg")} campaigns[0].recipe[0].parameters.x_Mg.axis`,
    ]);
    const [campaign = ""] = /\n {2}- id: al-mg-zn[\s\S]*$/.exec(changed()) ?? [];
    const twice = problemsOf(`${changed()}${campaign}`);
    expect(twice).toMatchObject([{ path: "campaigns[1].id" }]);
  });
});
