import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SlurmCluster } from "../support/slurm-cluster.ts";
import { optionOf } from "./support/options.ts";

const SLOTS = 24;
const PILOTS = 8;
const DRIVER = join(import.meta.dirname, "support/cluster-driver.ts");
const PATIENCE_ms = 900_000;

/**
 * `npm run proof -- slurm [--jobs 500]`: a Slurm of its own (munge, controller, node), pilots, and so many jobs. At a quarter and at a
 * half the controller is killed by SIGKILL and started again a few seconds later, at a third and at two thirds the runner is killed.
 * A node that the forgetful controller drains ("Duplicate jobid") is resumed, as a person would. Counts jobs without a result, with another's, and such that were done twice.
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const jobs = Number(optionOf(options, "--jobs") ?? 500);
  if (!SlurmCluster.isThere()) {
    console.log("No Slurm (apt-get install slurm-wlm munge): nothing was run.");
    return false;
  }
  const folder = mkdtempSync(join(tmpdir(), "tieline-slurm-jobs-"));
  mkdirSync(join(folder, "jobs"));
  const slurm = new SlurmCluster();
  let driver: ChildProcess | undefined;
  let resumed = 0;
  const administrator = setInterval(() => {
    if (driver !== undefined && slurm.resumeNode()) resumed += 1;
  }, 3000);
  let said = "";
  const start = (): ChildProcess => {
    const args = ["tsx", DRIVER, folder, String(jobs), String(SLOTS), String(PILOTS)];
    const child = spawn("npx", args, {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...slurm.environment },
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null) return;
    const exit = once(child, "exit");
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await exit;
  };
  try {
    await slurm.start(PILOTS);
    const began_ms = performance.now();
    driver = start();
    for (const [share, what] of [
      [0.25, "controller"],
      [0.33, "runner"],
      [0.5, "controller"],
      [0.66, "runner"],
    ] as const) {
      await untilDone(folder, Math.floor(share * jobs));
      console.log(`${doneIn(folder)} of ${jobs}: the ${what} is killed`);
      if (what === "controller") {
        await slurm.killController();
        await wait(4000);
        slurm.startController();
      } else {
        await kill(driver);
        driver = start();
      }
    }
    if (driver.exitCode === null) await once(driver, "exit");
    const took_s = (performance.now() - began_ms) / 1000;
    return judge(folder, jobs, { took_s, said, resumed });
  } finally {
    clearInterval(administrator);
    if (driver?.exitCode === null && driver.signalCode === null) await kill(driver);
    await slurm.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function doneIn(folder: string): number {
  return readdirSync(join(folder, "jobs")).filter((job) =>
    existsSync(join(folder, "jobs", job, "exit")),
  ).length;
}

async function untilDone(folder: string, count: number): Promise<void> {
  const deadline_ms = performance.now() + PATIENCE_ms;
  while (doneIn(folder) < count) {
    if (performance.now() > deadline_ms) throw new Error(`stands still at ${doneIn(folder)} jobs`);
    await wait(200);
  }
}

function judge(
  folder: string,
  jobs: number,
  {
    took_s,
    said,
    resumed,
  }: { readonly took_s: number; readonly said: string; readonly resumed: number },
): boolean {
  const read = (k: number, name: string): string => {
    const file = join(folder, "jobs", String(k), name);
    return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  };
  const all = Array.from({ length: jobs }, (_, k) => k);
  const missing = all.filter((k) => read(k, "exit") !== "0").length;
  const strange = all.filter((k) => read(k, "result") !== String(k)).length;
  const twice = all.filter(
    (k) =>
      readdirSync(join(folder, "jobs", String(k))).filter((name) => name.startsWith("ran."))
        .length > 1,
  ).length;
  const pilots = readdirSync(join(folder, "cluster/pilots")).length;
  const lost = said.match(/^lost /gm)?.length ?? 0;
  const away = said.match(/controllerAway|notSubmitted/g)?.length ?? 0;
  console.log(
    JSON.stringify({
      ...{ jobs, missing, strange, twice, lost, pilots, away, resumed },
      took_s: Math.round(took_s),
    }),
  );
  // What was lost with its pilot is done anew: only then may a job have run twice.
  const isRight = missing + strange === 0 && twice <= lost;
  console.log(isRight ? "every job its own result" : "NOT AS CLAIMED");
  return isRight;
}
