import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { builtMain } from "../support/built-program.ts";
import { type ExportedCampaign, phasesOf, ROOT } from "./lammps-laboratory.ts";

const MAIN = await builtMain();
const folder = mkdtempSync(join(tmpdir(), "tieline-structure-map-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tieline(...args: string[]): string {
  return execFileSync(process.execPath, [MAIN, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("the example maps silicon by itself, without LAMMPS, and its proposals replay", async () => {
  const example = await readFile(join(ROOT, "config/structure-map.example.yaml"), "utf8");
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    example
      .replace("port: 1883", "port: 0")
      .replace("port: 8080", "port: 0")
      .replaceAll("silicon/", join(ROOT, "config/silicon/")),
  );
  const data = join(folder, "data");
  const daemon = spawn(
    process.execPath,
    [
      ...[MAIN, "start", "--config", config, "--data", data],
      ...["--until-done", "--speed", "6000", "--seed", "1"],
    ],
    { cwd: ROOT, stdio: "ignore" },
  );
  expect(await once(daemon, "exit")).toEqual([0, null]);
  const exported = JSON.parse(
    tieline("export", "--format", "json", "--data", data),
  ) as ExportedCampaign;
  expect(exported.campaign.state).toBe("budgetExhausted");
  expect(phasesOf(exported)).toEqual(expect.arrayContaining(["crystal", "glass", "liquid"]));
  expect(tieline("replay", "--verify", "--data", data)).toContain("proposals agree");
});

test("one map from simulations and measurements, in virtual time", () => {
  const said = tieline(
    ...["simulate", "--config", "config/structure-map-mixed.example.yaml"],
    ...["--seed", "3", "--faults", "swarm", "--json"],
  );
  expect(JSON.parse(said)).toMatchObject({
    passed: true,
    campaigns: [{ state: "budgetExhausted", observations: 18 }],
  });
});

test("and in virtual time, whatever fails", () => {
  const said = tieline(
    ...["simulate", "--config", "config/structure-map.example.yaml"],
    ...["--seed", "2", "--faults", "swarm", "--json"],
  );
  expect(JSON.parse(said)).toMatchObject({
    passed: true,
    campaigns: [{ state: "budgetExhausted", observations: 12 }],
  });
});
