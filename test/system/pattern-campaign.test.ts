import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadPhaseTruth } from "../../simulators/truths/phase-truth.ts";
import type { PhasesObservation } from "../../src/domain/observation.ts";
import { builtMain } from "../support/built-program.ts";
import { ROOT } from "./lammps-laboratory.ts";

const MAIN = await builtMain();
const folder = mkdtempSync(join(tmpdir(), "tieline-patterns-"));
const BUDGET = 14;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Exported {
  readonly campaign: { readonly state: string };
  readonly observations: readonly {
    readonly sample?: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly result: readonly { readonly kind: string }[];
  }[];
}

function tieline(...args: string[]): string {
  return execFileSync(process.execPath, [MAIN, ...args], {
    ...{ cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("a campaign on raw patterns names its phases by itself, and its proposals replay", async () => {
  const config = join(folder, "config.yaml");
  const example = readFileSync(join(ROOT, "config/phase-diagram-patterns.example.yaml"), "utf8");
  writeFileSync(
    config,
    example
      .replace("port: 1883", "port: 0")
      .replace("port: 8080", "port: 0")
      .replace("budget: 60", `budget: ${BUDGET}`)
      .replaceAll("patterns/", join(ROOT, "config/patterns/")),
  );
  const data = join(folder, "data");
  const daemon = spawn(
    process.execPath,
    [
      ...[MAIN, "start", "--config", config, "--data", data],
      ...["--until-done", "--speed", "1000", "--seed", "1"],
    ],
    { cwd: ROOT, stdio: "ignore" },
  );
  expect(await once(daemon, "exit")).toEqual([0, null]);
  const { campaign, observations } = JSON.parse(
    tieline("export", "--format", "json", "--data", data),
  ) as Exported;
  expect(campaign.state).toBe("budgetExhausted");
  // Samples in doubt are scanned again, for no budget.
  expect(observations.filter(({ sample }) => sample === undefined)).toHaveLength(BUDGET);
  const truth = loadPhaseTruth("fe-mg-ti_773K");
  let exact = 0;
  for (const { parameters, result } of observations) {
    // The raw pattern stays in the log beside the phases that were named from it.
    expect(result.map(({ kind }) => kind).sort()).toEqual(["pattern", "phases"]);
    const named = result.find(({ kind }) => kind === "phases") as PhasesObservation;
    const there = truth.at(parameters, 773).phases;
    // Caution: what is named is there.
    for (const phase of named.phases)
      expect(there.includes(phase) || phase.startsWith("unknown-")).toBe(true);
    exact += [...named.phases].sort().join() === [...there].sort().join() ? 1 : 0;
  }
  // Light magnesium under some 15 % of the atoms gives lines that are too weak to be sure of.
  expect(exact).toBeGreaterThanOrEqual(BUDGET / 2);
  expect(tieline("replay", "--verify", "--data", data)).toContain("proposals agree");
}, 90_000);
