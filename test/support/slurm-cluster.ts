import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const JOBS_END_ms = 15_000;

/** A Slurm of our own in a temporary folder: munge, a controller that can be killed, and one node with many places. */
export class SlurmCluster {
  readonly folder = mkdtempSync(join(tmpdir(), "tieline-slurm-"));
  private readonly others: ChildProcess[] = [];
  private controller: ChildProcess | undefined;

  static isThere(): boolean {
    return ["munged", "slurmctld", "slurmd", "sbatch"].every(isInstalled);
  }

  static hasRest(): boolean {
    return isInstalled("slurmrestd");
  }

  get environment(): Record<string, string> {
    return { SLURM_CONF: join(this.folder, "slurm.conf") };
  }

  async start(places: number): Promise<void> {
    const at = (name: string): string => join(this.folder, name);
    for (const name of ["state", "spool", "munge"]) mkdirSync(at(name));
    chmodSync(this.folder, 0o755);
    writeFileSync(at("munge/key"), randomBytes(128), { mode: 0o400 });
    const [controller, node] = [await freePort(), await freePort()];
    const host = hostname();
    writeFileSync(
      at("slurm.conf"),
      [
        `ClusterName=proof\nSlurmctldHost=${host}(127.0.0.1)\nSlurmctldPort=${controller}\nSlurmdPort=${node}`,
        `AuthType=auth/munge\nCryptoType=crypto/munge\nAuthInfo=socket=${at("munge/sock")}`,
        `SlurmUser=root\nSlurmdUser=root\nStateSaveLocation=${at("state")}\nSlurmdSpoolDir=${at("spool")}`,
        `SlurmctldPidFile=${at("ctld.pid")}\nSlurmdPidFile=${at("slurmd.pid")}`,
        `SlurmctldLogFile=${at("ctld.log")}\nSlurmdLogFile=${at("slurmd.log")}`,
        "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nMpiDefault=none\nReturnToService=2",
        "SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\nJobAcctGatherType=jobacct_gather/none",
        "AccountingStorageType=accounting_storage/none\nSlurmdParameters=config_overrides",
        `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${places} RealMemory=4000 State=UNKNOWN`,
        "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n",
      ].join("\n"),
    );
    this.run("munged", [
      ...["--foreground", "--force", `--key-file=${at("munge/key")}`],
      ...[`--socket=${at("munge/sock")}`, `--pid-file=${at("munge/pid")}`],
      ...[`--log-file=${at("munge/log")}`, `--seed-file=${at("munge/seed")}`],
    ]);
    this.startController();
    this.run("slurmd", ["-D", "-f", at("slurm.conf")]);
    const deadline_ms = performance.now() + 60_000;
    while (!this.ask("sinfo", ["-h", "-o", "%t"]).includes("idle")) {
      if (performance.now() > deadline_ms) throw new Error("Slurm's node does not come up");
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** slurmrestd on a socket that only its own user may use; resolves with its address once it answers. */
  async startRest(): Promise<string> {
    const socket = join(this.folder, "rest.sock");
    const args = ["-a", "rest_auth/local", "-s", "openapi/v0.0.38", `unix:${socket}`];
    // It refuses to run as root, as tests in a container do.
    const isRoot = process.getuid?.() === 0;
    this.run("slurmrestd", args, isRoot ? { SLURMRESTD_SECURITY: "disable_user_check" } : {});
    const deadline_ms = performance.now() + 30_000;
    while (!existsSync(socket)) {
      if (performance.now() > deadline_ms) throw new Error("slurmrestd does not come up");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return `unix:${socket}`;
  }

  startController(): void {
    const args = ["-D", "-f", join(this.folder, "slurm.conf")];
    this.controller = spawn("slurmctld", args, { stdio: "ignore" });
  }

  async killController(): Promise<void> {
    const { controller } = this;
    if (controller === undefined) return;
    const exit = once(controller, "exit");
    controller.kill("SIGKILL");
    await exit;
  }

  /** What an administrator does about a node that a controller without its memory has drained; whether it was. */
  resumeNode(): boolean {
    if (!this.ask("sinfo", ["-h", "-o", "%t"]).includes("drain")) return false;
    this.ask("scontrol", ["update", `NodeName=${hostname()}`, "State=RESUME"]);
    return true;
  }

  /** What the controller has been asked since it was started, by its own count (`sdiag`): requests of each kind. */
  requests(): Map<string, number> {
    const said = this.ask("sdiag", []).split("statistics by user")[0] ?? "";
    const rows = said.matchAll(/^\s*(REQUEST_\w+)\s*\(\s*\d+\)\s*count:(\d+)/gm);
    return new Map([...rows].map(([, kind = "", count]) => [kind, Number(count)]));
  }

  ask(program: string, args: readonly string[]): string {
    const env = { ...process.env, ...this.environment };
    return spawnSync(program, [...args], { encoding: "utf8", env, timeout: 60_000 }).stdout ?? "";
  }

  async stop(): Promise<void> {
    await this.endJobs();
    for (const child of [this.controller, ...this.others]) child?.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 200));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A step that outlives its controller waits for it for ever, and is left behind as a process. */
  private async endJobs(): Promise<void> {
    this.ask("scancel", ["--me"]);
    const deadline_ms = performance.now() + JOBS_END_ms;
    while (performance.now() < deadline_ms && this.ask("squeue", ["-h"]).trim() !== "")
      await new Promise((resolve) => setTimeout(resolve, 300));
  }

  private run(
    program: string,
    args: readonly string[],
    further: Readonly<Record<string, string>> = {},
  ): void {
    const env = { ...process.env, ...this.environment, ...further };
    this.others.push(spawn(program, [...args], { stdio: "ignore", env }));
  }
}

function isInstalled(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}
