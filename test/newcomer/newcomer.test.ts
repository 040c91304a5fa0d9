import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtMain } from "../support/built-program.ts";
import { tieline } from "../support/command-line.ts";

// The newcomer's tasks of CONTRIBUTING.md: what each takes, done with the public doors only.

const ROOT = join(import.meta.dirname, "../..");
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

/** The example of examples/own-device.yaml on free ports, with the toys in place of its modules. */
const CONFIGURATION = readFileSync(join(ROOT, "examples/own-device.yaml"), "utf8")
  .replace("port: 1883", "port: 0")
  .replace("port: 8080", "port: 0")
  .replace("./spectrometer.mjs, poll_ms: 100", "./toy-device.mjs, poll_ms: 20")
  .replace("./largest-value.mjs", "./toy-interpreter.mjs");

test.each([
  ["of the example", "./spectrometer.mjs", "./largest-value.mjs"],
  ["that use the public doors' types", "toy-device.mjs", "toy-interpreter.mjs"],
])(
  "a device and an interpreter %s are one file and one line each: the daemon measures and learns with them",
  (_, device, interpreter) => {
    const place = device.startsWith(".") ? join(ROOT, "examples") : folder;
    const data = join(folder, `${device}.data`);
    const config = join(folder, "lab.yaml");
    const text = CONFIGURATION.replace("./toy-device.mjs", join(place, device));
    writeFileSync(config, text.replace("./toy-interpreter.mjs", join(place, interpreter)));
    const run = (...words: string[]): string =>
      execFileSync(process.execPath, [main, ...words], {
        ...{ cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
      });
    run("start", "--config", config, "--data", data, "--until-done");
    const exported = JSON.parse(run("export", "--format", "json", "--data", data)) as {
      readonly observations: readonly { readonly parameters: Record<string, number> }[];
    };
    const log = readFileSync(join(data, "events.jsonl"), "utf8");
    expect(exported.observations).toHaveLength(8);
    // The raw spectrum and what it means stand beside each other in the log.
    expect(log.match(/"name":"spectrum"[^\n]*"name":"brightness"/g)).toHaveLength(8);
    expect(run("replay", "--verify", "--data", data)).toContain("proposals agree");
  },
);

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
  expect(err).toMatch(/missing\.yaml:\d+: interpreters\[0\]: there is no module .*typo\.mjs/);
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
