import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();
const BUDGET = 14;
const FIRST = 9;
const folder = mkdtempSync(join(tmpdir(), "tieline-added-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("candidates added at the end of a table join a campaign that was interrupted", async () => {
  const config = join(folder, "config.yaml");
  const table = join(folder, "candidates.csv");
  const rows = candidates();
  writeFileSync(config, await configuration());
  writeFileSync(table, `Al,Mg,Zn\n${rows.slice(0, FIRST).join("\n")}\n`);
  const words = ["start", "--config", config, "--data", join(folder, "data")];
  const start = (env: Record<string, string>) =>
    spawnSync(process.execPath, [MAIN, ...words, "--until-done", "--speed", "3000"], {
      cwd: ROOT,
      env: { ...process.env, ...env },
    });
  expect(start({ TIELINE_KILL_AT: "after-append:40" }).signal).toBe("SIGKILL");

  writeFileSync(table, `Al,Mg,Zn\n${rows.join("\n")}\n`);
  expect(start({}).status).toBe(0);
  const run = (...more: string[]): string =>
    execFileSync(process.execPath, [MAIN, ...more, "--data", join(folder, "data")], {
      cwd: ROOT,
      encoding: "utf8",
    });
  const exported = JSON.parse(run("export", "--format", "json")) as {
    observations: { candidateId: string }[];
    campaign: { state: string };
  };
  const measured = exported.observations.map((one) => Number(one.candidateId.slice(1)));
  expect(measured).toHaveLength(BUDGET);
  expect(new Set(measured).size).toBe(BUDGET);
  expect(Math.min(...measured)).toBeLessThan(FIRST);
  expect(Math.max(...measured)).toBeGreaterThanOrEqual(FIRST);
  expect(run("replay", "--verify")).toContain("proposals agree");
});

test("candidates join a campaign while it runs, when the daemon is told to read its configuration again", async () => {
  const config = join(folder, "running.yaml");
  const table = join(folder, "running.csv");
  const rows = candidates();
  const yaml = (await configuration()).replace("candidates.csv", "running.csv");
  writeFileSync(config, yaml);
  writeFileSync(table, `Al,Mg,Zn\n${rows.slice(0, FIRST).join("\n")}\n`);
  const words = ["start", "--config", config, "--data", join(folder, "running")];
  const daemon = spawn(process.execPath, [MAIN, ...words, "--until-done", "--speed", "400"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [daemon.stdout, daemon.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const said = async (text: string): Promise<void> => {
    while (!printed.includes(text)) await new Promise((wait) => setTimeout(wait, 50));
  };
  await said("Tieline runs");
  writeFileSync(config, `${yaml}nonsense: true\n`);
  daemon.kill("SIGHUP");
  await said("configuration.notTaken");
  // Limits of instruments are read again too: a tighter one holds, a wider one waits for a person.
  writeFileSync(config, yaml.replace("min: 293, max: 900", "min: 293, max: 890"));
  daemon.kill("SIGHUP");
  await said("instruments.configured");
  writeFileSync(config, yaml);
  writeFileSync(table, `Al,Mg,Zn\n${rows.join("\n")}\n`);
  daemon.kill("SIGHUP");
  await said("what is wider waits for approval");
  await said("campaign.candidatesAdded");
  const [code] = (await once(daemon, "exit")) as [number];
  expect(code).toBe(0);
  const exported = JSON.parse(
    execFileSync(
      process.execPath,
      [MAIN, "export", "--format", "json", "--data", join(folder, "running")],
      { cwd: ROOT, encoding: "utf8" },
    ),
  ) as { observations: { candidateId: string }[] };
  const measured = exported.observations.map((one) => Number(one.candidateId.slice(1)));
  expect(new Set(measured).size).toBe(BUDGET);
  expect(Math.max(...measured)).toBeGreaterThanOrEqual(FIRST);
});

/** A 20 % grid in a mixed order, so that the first rows already span the section. */
function candidates(): string[] {
  const rows: string[] = [];
  for (let i = 0; i <= 5; i++) {
    for (let j = 0; j <= 5 - i; j++) rows.push([i, j, 5 - i - j].map((k) => k / 5).join(","));
  }
  return rows.map((_, k) => rows[(k * 8) % rows.length] ?? "");
}

async function configuration(): Promise<string> {
  return readFileSync(join(ROOT, "config/default.yaml"), "utf8")
    .replace("port: 1883", `port: ${await freePort()}`)
    .replace(/ {2}webSocketPort: \d+\n/, "")
    .replace("port: 8080", "port: 0")
    .replace("budget: 60", `budget: ${BUDGET}`)
    .replace(
      /space: \{.*\}|space:\n( {6}.*\n)+/,
      "space: { kind: table, file: candidates.csv, axes: [Al, Mg, Zn], components: [Al, Mg, Zn] }\n",
    );
}
