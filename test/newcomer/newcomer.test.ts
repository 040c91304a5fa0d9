import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtMain } from "../support/built-program.ts";
import { tieline } from "../support/command-line.ts";

// The newcomer's tasks of CONTRIBUTING.md: what each takes, done with the public doors only.

const folder = mkdtempSync(join(tmpdir(), "tieline-newcomer-"));
let main: string;

beforeAll(async () => {
  main = await builtMain();
  for (const name of ["toy-device", "toy-interpreter"]) {
    const source = readFileSync(join(import.meta.dirname, `${name}.ts`), "utf8");
    const { code } = await transform(source, { loader: "ts", format: "esm" });
    writeFileSync(join(folder, `${name}.mjs`), code);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONFIGURATION = `
version: 1
broker: { port: 0 }
page: { enabled: false }
runners:
  - { id: spectrometer-1, device: ./toy-device.mjs, poll_ms: 20 }
interpreters: [./toy-interpreter.mjs]
instruments:
  spectrometer-1: { limits: { angle_deg: { max: 80 } } }
campaigns:
  - id: angle
    goal: optimise
    autoStart: true
    budget: 8
    inFlight: 1
    space: { kind: grid, axes: [{ name: angle_deg, min: 0, max: 80, step: 5 }] }
    recipe: [{ capability: scan, parameters: { angle_deg: { axis: angle_deg } }, repeatable: true }]
    model: { objectives: [{ name: brightness, direction: max }] }
`;

test("a device and an interpreter are one file and one line each: the daemon measures and learns with them", () => {
  const config = join(folder, "lab.yaml");
  writeFileSync(config, CONFIGURATION);
  const run = (...words: string[]): string =>
    execFileSync(process.execPath, [main, ...words], {
      ...{ cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    });
  run("start", "--config", config, "--data", "data", "--until-done");
  const exported = JSON.parse(run("export", "--format", "json", "--data", "data")) as {
    readonly observations: readonly { readonly parameters: Record<string, number> }[];
  };
  const log = readFileSync(join(folder, "data/events.jsonl"), "utf8");
  expect(exported.observations).toHaveLength(8);
  // The raw spectrum and what it means stand beside each other in the log.
  expect(log.match(/"name":"spectrum"[^\n]*"name":"brightness"/g)).toHaveLength(8);
  expect(run("replay", "--verify", "--data", "data")).toContain("proposals agree");
});

test("a toy device has at most 40 lines, a toy interpreter at most 25", () => {
  const lines = (name: string): number =>
    readFileSync(join(import.meta.dirname, name), "utf8")
      .trimEnd()
      .split("\n").length;
  expect(lines("toy-device.ts")).toBeLessThanOrEqual(40);
  expect(lines("toy-interpreter.ts")).toBeLessThanOrEqual(25);
});

test("a module that is not there is a problem with its line", async () => {
  const config = join(folder, "missing.yaml");
  writeFileSync(config, CONFIGURATION.replace("./toy-interpreter.mjs", "./typo.mjs"));
  const { code, err } = await tieline("validate", "--config", config);
  expect(code).toBe(1);
  expect(err).toMatch(/missing\.yaml:7: interpreters\[0\]: there is no module .*typo\.mjs/);
});

test("a module that is no device says what it lacks", async () => {
  const file = join(folder, "half.mjs");
  writeFileSync(
    file,
    "export const device = { kind: 'x', capabilities: [], begin() {}, status() {} };\n",
  );
  const { code, err } = await tieline("runner", "device", file);
  expect(code).toBe(1);
  expect(err).toMatch(/TL-1031: "device" of the module .*half\.mjs has no "result"/);
  const missing = await tieline("runner", "device", join(folder, "none.mjs"));
  expect(missing.err).toContain("TL-1002");
});
