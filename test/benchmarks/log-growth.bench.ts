import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOG_FILE } from "../../adapters/storage/file-event-log.ts";
import { builtMain } from "../support/built-program.ts";
import { makeLargeLog } from "./make-large-log.ts";

const EVENTS = Number(process.env["TIELINE_EVENTS"] ?? 100_000);
/** `main.js` of another build to stand beside this one. */
const BASE = process.env["TIELINE_BASE_MAIN"];
const CONFIG = `version: 1
site: default
broker: { host: 127.0.0.1, port: 0 }
page: { host: 127.0.0.1, port: 0 }
campaigns: []
`;

interface Opening {
  readonly cpu_s: number;
  readonly page_s: number;
  readonly peak_MB: number;
}

/**
 * What a long log costs: opening it (CPU of the daemon until its page is served, time of the page's first view, peak memory)
 * and exporting one of its campaigns, with and without a snapshot, beside another build on the same log. `TIELINE_EVENTS`
 * (100 000) and `TIELINE_BASE_MAIN` (a `main.js`) choose.
 */
export async function run(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "tieline-growth-"));
  try {
    const made = join(home, "made");
    const campaign = await makeLargeLog(made, EVENTS);
    const main = await builtMain();
    console.log(
      `${EVENTS} events; CPU in s until the page is served, page in s, peak memory in MB`,
    );
    const base =
      BASE === undefined
        ? undefined
        : await measure(BASE, copyOf(made, join(home, "base")), campaign);
    const folder = copyOf(made, join(home, "own"));
    const first = await measure(main, folder, campaign);
    const again = await measure(main, folder, campaign);
    for (const [name, row] of Object.entries({ base, first, again })) {
      if (row === undefined) console.log(`${name}: left out (TIELINE_BASE_MAIN names no build)`);
      else console.log(`${name}: ${JSON.stringify(row)}`);
    }
    if (base === undefined) return;
    console.log(`opening: 1/${(base.cpu_s / again.cpu_s).toFixed(0)} of the base build's CPU`);
    console.log(`export: 1/${(base.export_s / again.export_s).toFixed(0)} of it`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function copyOf(made: string, folder: string): string {
  mkdirSync(folder);
  copyFileSync(join(made, LOG_FILE), join(folder, LOG_FILE));
  writeFileSync(join(folder, "lab.yaml"), CONFIG);
  return folder;
}

async function measure(main: string, folder: string, campaign: string) {
  const opening = await open(main, folder);
  return { ...opening, export_s: exportOf(main, folder, campaign) };
}

async function open(main: string, folder: string): Promise<Opening> {
  const args = [main, "start", "--config", join(folder, "lab.yaml"), "--data", folder];
  const daemon = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TIELINE_LOG_LEVEL: "error" },
  });
  const url = await pageOf(daemon);
  const cpu_s = cpuOf(daemon.pid ?? 0);
  const before = performance.now();
  await (await fetch(new URL("api/overview", url))).text();
  const page_s = (performance.now() - before) / 1000;
  const status = readFileSync(`/proc/${daemon.pid}/status`, "utf8");
  const peak_MB = Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
  daemon.kill("SIGTERM");
  await once(daemon, "exit");
  return { cpu_s, page_s: Number(page_s.toFixed(2)), peak_MB };
}

function pageOf(daemon: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    daemon.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const url = /Page (http\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    daemon.once("exit", () => reject(new Error(`the daemon ended: ${said}`)));
  });
}

/** User and system time of a process so far, s; the kernel counts in hundredths. */
function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** CPU of `export --campaign`, s. */
function exportOf(main: string, folder: string, campaign: string): number {
  const args = [main, "export", "--data", folder, "--campaign", campaign, "--format", "json"];
  const times = spawnSync("bash", ["-c", 'time "$@"', "bash", process.execPath, ...args], {
    ...{ encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, TIMEFORMAT: "%U %S" } },
  });
  const [user = 0, system = 0] =
    times.stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  if (times.status !== 0) throw new Error(times.stderr);
  return Number((user + system).toFixed(2));
}
