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

/** What asks for the list of jobs, by either door, and what submits. */
const LISTS = ["REQUEST_JOB_INFO", "REQUEST_JOB_USER_INFO"];
const SUBMITS = ["REQUEST_SUBMIT_BATCH_JOB"];

/**
 * `npm run proof -- slurm [--jobs 500] [--door commands | rest]`: a Slurm of its own (munge, controller, node; slurmrestd), pilots, and so many
 * jobs, through sbatch and squeue and then through slurmrestd. At a quarter and at a
 * half the controller is killed by SIGKILL and started again a few seconds later, at a third and at two thirds the runner is killed.
 * A node that the forgetful controller drains ("Duplicate jobid") is resumed, as a person would. Counts jobs without a result, with another's, and such that
 * were done twice, and what the controller was asked, by its own count (before each kill and at the end: some seconds may be missing).
 */
export async function run(options: readonly string[]): Promise<boolean> {
  const jobs = Number(optionOf(options, "--jobs") ?? 500);
  const only = optionOf(options, "--door");
  if (!SlurmCluster.isThere()) {
    console.log("No Slurm (apt-get install slurm-wlm slurmrestd munge): nothing was run.");
    return false;
  }
  let isRight = true;
  for (const door of ["commands", "rest"] as const) {
    if ((only ?? door) !== door) continue;
    const canRun = door === "commands" || SlurmCluster.hasRest();
    if (!canRun) console.log("No slurmrestd (apt-get install slurmrestd): that door was not run.");
    isRight = canRun && (await runThrough(door, jobs)) && isRight;
  }
  return isRight;
}

async function runThrough(door: "commands" | "rest", jobs: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-slurm-jobs-"));
  mkdirSync(join(folder, "jobs"));
  const slurm = new SlurmCluster();
  let driver: ChildProcess | undefined;
  let resumed = 0;
  const administrator = setInterval(() => {
    if (driver !== undefined && slurm.resumeNode()) resumed += 1;
  }, 3000);
  let said = "";
  let address: string | undefined;
  const asked = { lists: 0, submits: 0 };
  const count = (): void => {
    const requests = slurm.requests();
    const sum = (kinds: readonly string[]) =>
      kinds.reduce((total, kind) => total + (requests.get(kind) ?? 0), 0);
    asked.lists += sum(LISTS);
    asked.submits += sum(SUBMITS);
  };
  const start = (): ChildProcess => {
    const args = ["tsx", DRIVER, folder, String(jobs), String(SLOTS), String(PILOTS)];
    if (address !== undefined) args.push(address);
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
    if (door === "rest") address = await slurm.startRest();
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
        count();
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
    count();
    return judge(folder, { door, jobs, took_s, said, resumed, ...asked });
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

interface Course {
  readonly door: string;
  readonly jobs: number;
  readonly took_s: number;
  readonly said: string;
  readonly resumed: number;
  readonly lists: number;
  readonly submits: number;
}

function judge(folder: string, course: Course): boolean {
  const { door, jobs, took_s, said, resumed, lists, submits } = course;
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
      ...{ door, jobs, missing, strange, twice, lost, pilots, away, resumed },
      ...{
        took_s: Math.round(took_s),
        lists,
        submits,
        listsEachSecond: (lists / took_s).toFixed(2),
      },
    }),
  );
  // What was lost with its pilot is done anew: only then may a job have run twice.
  const isRight = missing + strange === 0 && twice <= lost && lists > 0 && lists <= took_s;
  console.log(isRight ? "every job its own result" : "NOT AS CLAIMED");
  return isRight;
}
