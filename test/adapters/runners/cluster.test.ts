import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import {
  type BatchSystem,
  notAllowed,
  type PilotOrder,
  pilotsOf,
  SubmissionRefused,
} from "../../../adapters/runners/cluster/batch-system.ts";
import {
  createPilotFleet,
  type PilotFleet,
} from "../../../adapters/runners/cluster/pilot-fleet.ts";
import { PILOT_SCRIPT } from "../../../adapters/runners/cluster/pilot-script.ts";
import { runOnCluster } from "../../../adapters/runners/cluster/run-on-cluster.ts";
import { WorkFolder } from "../../../adapters/runners/cluster/work-folder.ts";
import { silentLogger } from "../../../src/core/logger.ts";

/** A batch system whose nodes are this machine: pilots are real, in processes of their own. */
class LocalBatch implements BatchSystem {
  readonly jobs = new Map<string, ChildProcess>();
  readonly submissions: string[] = [];
  /** How many pilots each order was for. */
  readonly orders: number[] = [];
  /** Larger arrays are refused. */
  array_max = 1000;
  /** Numbers that it lists under other names, as a controller does that lost its state. */
  isForgetful = false;
  isAway = false;
  /** It does not know us. */
  isLocked = false;
  private readonly script: string;

  constructor(script: string) {
    this.script = script;
  }

  async submit(order: PilotOrder): Promise<string> {
    if (this.isAway) throw new Error("no answer");
    if (this.isLocked) throw notAllowed("401", "Renew the token.");
    this.orders.push(order.count);
    if (order.count > this.array_max) throw new SubmissionRefused("Invalid job array");
    for (const [task, name] of pilotsOf(order).entries()) {
      this.submissions.push(name);
      for (let copy = 0; copy < 2; copy++) {
        // Every pilot is accepted twice, as after an answer that got lost.
        const child = spawn("bash", [this.script, ...order.args], {
          stdio: "ignore",
          env: { ...process.env, SLURM_ARRAY_TASK_ID: String(task), SLURM_JWT: "a.secret" },
        });
        if (copy === 0) this.jobs.set(name, child);
      }
    }
    return String(this.orders.length);
  }

  async list() {
    if (this.isAway) throw new Error("no answer");
    if (this.isLocked) throw notAllowed("401", "Renew the token.");
    return [...this.jobs].flatMap(([name, child], k) =>
      child.exitCode === null && child.signalCode === null
        ? [{ jobId: String(k + 1), name: this.isForgetful ? "another" : name, state: "RUNNING" }]
        : [],
    );
  }
}

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const end of cleanUp.splice(0).reverse()) end();
});

function cluster(pilots_max = 2) {
  const path = mkdtempSync(join(tmpdir(), "tieline-cluster-"));
  const work = new WorkFolder(join(path, "cluster"));
  const script = join(path, "pilot.sh");
  writeFileSync(script, PILOT_SCRIPT);
  chmodSync(script, 0o755);
  const batch = new LocalBatch(script);
  const bounds = { pilots_max, lifetime_s: 60, idle_s: 1, silence_ms: 5000 };
  const errors: string[] = [];
  const logger = { ...silentLogger, error: (_: object, event: string) => void errors.push(event) };
  const fleet: PilotFleet = createPilotFleet({ ...bounds, work, batch, logger });
  cleanUp.push(
    () => rmSync(path, { recursive: true, force: true }),
    () => {
      for (const child of batch.jobs.values()) child.kill("SIGKILL");
    },
    () => fleet.stop(),
  );
  let jobs = 0;
  const task = (shell: string, signal = new AbortController().signal, name = `job${++jobs}`) => {
    const folder = join(path, name);
    mkdirSync(folder, { recursive: true });
    const command = ["sh", "-c", shell];
    return { command, folder, environment: { WHAT: "it's" }, signal, onTick: () => {} };
  };
  /** Nothing is heard of a pilot any more, until the test is over or that is taken back. */
  const silence = (pilot: string): (() => void) => {
    const beat = join(work.path, "pilots", pilot, "beat");
    const timer = setInterval(() => utimesSync(beat, 0, 0), 100);
    const end = (): void => clearInterval(timer);
    cleanUp.push(end);
    return end;
  };
  /** A pilot that the runner does not know of: given up before it began, and begun after all. */
  const late = (name: string, isListed: boolean) => {
    const args = [script, work.path, name, "60", "60"];
    const child = spawn("bash", args, { stdio: "ignore", detached: true });
    cleanUp.push(() => child.kill("SIGKILL"));
    if (isListed) batch.jobs.set(name, child);
    return child;
  };
  return { work, batch, task, fleet, errors, late, silence };
}

test("pilots do every piece of work once, also where they were submitted twice, and the runner waits on after a restart", async () => {
  const { work, batch, task } = cluster();
  const tasks = Array.from({ length: 5 }, (_, k) =>
    task(`echo "$WHAT ${k}$SLURM_JWT"; mkdir ran || exit 9; exit ${k}`),
  );
  const ends = tasks.map((one) => runOnCluster(work, one));
  // A second runner of the same folder, as one that was killed and is started again.
  const again = runOnCluster(work, tasks[0] as (typeof tasks)[0]);
  expect(await Promise.all(ends)).toEqual([0, 1, 2, 3, 4].map((code) => ({ code })));
  expect(await again).toEqual({ code: 0 });
  expect(readFileSync(join(tasks[3]?.folder ?? "", "screen.txt"), "utf8")).toBe("it's 3\n");
  // What it knew of a result is kept: asked again, nothing runs.
  expect(await runOnCluster(work, tasks[4] as (typeof tasks)[0])).toEqual({ code: 4 });
  expect(work.counts()).toEqual({ offered: 0, claimed: 0 });
  expect(batch.submissions.length).toBeLessThanOrEqual(3);
});

test("pilots are submitted together as an array; where that is refused, fewer at a time, and nothing is waited for", async () => {
  const { batch, task, work } = cluster(4);
  batch.array_max = 2;
  const tasks = Array.from({ length: 6 }, (_, k) => task(`sleep 1; exit ${k}`));
  const ends = await Promise.all(tasks.map((one) => runOnCluster(work, one)));
  expect(ends).toEqual([0, 1, 2, 3, 4, 5].map((code) => ({ code })));
  expect(batch.orders.slice(0, 2)).toEqual([4, 2]);
  expect(batch.submissions.slice(0, 2).map((name) => name.split("-").at(-1))).toEqual(["0", "1"]);
  // What was refused is not counted among those that may still come.
  const known = work.pilots().map(({ name }) => name);
  expect(known.filter((name) => !batch.submissions.includes(name))).toEqual([]);
});

test("work of a pilot that is gone is lost, and what is left of it counts no more; a controller that is away proves nothing", async () => {
  const { work, batch, task } = cluster(1);
  const long = task("touch begun; sleep 30; touch survived");
  const end = runOnCluster(work, long);
  await until(() => existsSync(join(long.folder, "begun")));
  const [pilot = ""] = batch.submissions;
  const silent = () => utimesSync(join(work.path, "pilots", pilot, "beat"), 0, 0);
  batch.isAway = true;
  silent();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(work.counts().claimed).toBe(1);
  // Its number belongs to somebody else's job now, and it is not heard of: it is gone.
  batch.isForgetful = true;
  batch.isAway = false;
  const beating = setInterval(silent, 100);
  expect(await end).toBe("lost");
  clearInterval(beating);
  // The pilot itself lives: it sees that its claim was taken away and ends the work.
  batch.isForgetful = false;
  const next = task("exit 7");
  expect(await runOnCluster(work, next)).toEqual({ code: 7 });
  expect(existsSync(join(long.folder, "survived"))).toBe(false);
});

test("a pilot that was given up and begins after all is named again: it counts, and what it has is taken away once it is gone", async () => {
  const { work, task, late, batch, silence } = cluster(1);
  const listed = late("tieline-late", true);
  await until(() => work.heardOf("tieline-late") !== undefined);
  // It is there, and slow.
  listed.kill("SIGSTOP");
  const first = task("touch begun; sleep 30");
  const end = runOnCluster(work, first);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  listed.kill("SIGCONT");
  await until(() => existsSync(join(first.folder, "begun")));
  await until(() => work.pilots().length > 0);
  // The one that may be there is there already: no other was wanted.
  expect([work.pilots().map(({ name }) => name), batch.submissions]).toEqual([
    ["tieline-late"],
    [],
  ]);
  listed.kill("SIGKILL");
  const endSilence = silence("tieline-late");
  expect(await end).toBe("lost");
  endSilence();
  // One that the controller does not list either has to be found by what it took.
  const hidden = late("tieline-hidden", false);
  await until(() => work.heardOf("tieline-hidden") !== undefined);
  batch.isAway = true;
  const second = task("touch begun; sleep 30");
  const other = runOnCluster(work, second);
  await until(() => existsSync(join(second.folder, "begun")));
  hidden.kill("SIGKILL");
  batch.isAway = false;
  silence("tieline-hidden");
  expect(await other).toBe("lost");
  // What was taken from one that is gone asks for no other pilot.
  expect(batch.submissions).toEqual([]);
});

test("a cluster that does not know us any more is told, no job is taken, and it is asked again until it does", async () => {
  const { work, task, batch, fleet, errors } = cluster(1);
  batch.isLocked = true;
  const end = runOnCluster(work, task("exit 3"));
  await until(() => fleet.refuse() !== undefined);
  expect(fleet.refuse()).toBe(
    "TL-7033: The cluster does not know who asks (401). Renew the token.",
  );
  await fleet.tick();
  expect([errors, batch.orders, work.pilots()]).toEqual([["cluster.notAllowed"], [], []]);
  batch.isLocked = false;
  expect(await end).toEqual({ code: 3 });
  expect(fleet.refuse()).toBe(undefined);
}, 20_000);

test("a job that is cancelled is taken back while nobody has it, and ended where a pilot has", async () => {
  const { work, task, batch } = cluster(1);
  batch.isAway = true;
  const early = new AbortController();
  const waiting = runOnCluster(work, task("exit 0", early.signal));
  early.abort();
  expect(await waiting).toBe("aborted");
  batch.isAway = false;
  const late = new AbortController();
  const one = task("touch begun; sleep 30", late.signal);
  const running = runOnCluster(work, one);
  await until(() => existsSync(join(one.folder, "begun")));
  late.abort();
  expect(await running).toBe("aborted");
  expect(work.counts()).toEqual({ offered: 0, claimed: 0 });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}
