import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { builtMain } from "../support/built-program.ts";
import { freePort } from "../support/free-port.ts";
import { peerIsThere } from "../support/peer.ts";

export const ROOT = resolve(import.meta.dirname, "../..");
const MAIN = await builtMain();

/** What `export --format json` says, as far as it is looked at here. */
export interface ExportedCampaign {
  readonly campaign: { readonly state: string };
  readonly observations: readonly {
    readonly candidateId: string;
    readonly parameters: Readonly<Record<string, number>>;
    readonly result: unknown;
  }[];
  readonly jobs: readonly {
    readonly jobId: string;
    readonly state: string;
    readonly attempts: number;
    readonly starts: number;
  }[];
}

export interface LammpsLaboratoryOptions {
  readonly folder: string;
  /** Changes the text of config/structure-map-lammps.example.yaml. */
  readonly configure?: ((text: string) => string) | undefined;
  /** `--set` of the runner. */
  readonly constants?: readonly string[] | undefined;
}

export function hasLammps(): boolean {
  return peerIsThere("LAMMPS", spawnSync("lmp", ["-h"]).status === 0, "apt-get install lammps");
}

/** A daemon and a LAMMPS runner as processes of their own, as a person would start them, to be killed at will. */
export async function lammpsLaboratory(options: LammpsLaboratoryOptions) {
  const { folder } = options;
  const runnerFolder = join(folder, "md-1");
  mkdirSync(runnerFolder, { recursive: true });
  const port = await freePort();
  const config = writeConfiguration(options, port);
  const lmp = writeCountingLammps(folder);
  const data = join(folder, "data");
  const log = openSync(join(folder, "processes.log"), "a");
  const started: ChildProcess[] = [];
  const start = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: ROOT,
      stdio: ["ignore", log, log],
    });
    started.push(child);
    return child;
  };
  const set = (options.constants ?? []).length > 0 ? ["--set", ...(options.constants ?? [])] : [];
  return {
    startDaemon: () => start("start", "--config", config, "--data", data, "--until-done"),
    startRunner: () =>
      start(
        ...["runner", "lammps", "--template", join(ROOT, "config/silicon/quench.lmp")],
        ...["--broker", `mqtt://127.0.0.1:${port}`, "--id", "md-1", "--folder", runnerFolder],
        ...["--lmp", lmp, ...set],
      ),
    /** Folders of the simulations that LAMMPS has been started for, one entry a start. */
    begun: () =>
      existsSync(join(folder, "begun")) ? lines(readFileSync(join(folder, "begun"), "utf8")) : [],
    /** The simulations that are under way. */
    underWay: () => {
      const jobs = join(runnerFolder, "jobs");
      if (!existsSync(jobs)) return [];
      return readdirSync(jobs).filter(
        (job) => existsSync(join(jobs, job, "pid")) && !existsSync(join(jobs, job, "exit")),
      );
    },
    said: () => readFileSync(join(folder, "processes.log"), "utf8"),
    export: () =>
      JSON.parse(
        execFileSync(process.execPath, [MAIN, "export", "--format", "json", "--data", data], {
          cwd: ROOT,
          encoding: "utf8",
          maxBuffer: 1 << 26,
        }),
      ) as ExportedCampaign,
    close: () => {
      for (const child of started) child.kill("SIGKILL");
      closeSync(log);
    },
  };
}

export type LammpsLaboratory = Awaited<ReturnType<typeof lammpsLaboratory>>;

/** Kills a process as a power cut would, and waits until it is gone. */
async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Waits until a simulation other than those in `before` is under way, so that a kill hits the middle of one. */
async function untilUnderWay(
  laboratory: LammpsLaboratory,
  before: ReadonlySet<string>,
  deadline_ms: number,
): Promise<string> {
  const end_ms = performance.now() + deadline_ms;
  while (performance.now() < end_ms) {
    const fresh = laboratory.underWay().find((job) => !before.has(job));
    if (fresh !== undefined) return fresh;
    await new Promise((settle) => setTimeout(settle, 30));
  }
  throw new Error(`no simulation began: ${laboratory.said().slice(-2000)}`);
}

/**
 * Lets the campaign end while the daemon, then the runner, then both are killed, each in the middle of another
 * simulation. Returns the exit code of the last daemon.
 */
export async function liveThroughKills(
  laboratory: LammpsLaboratory,
  underWayWithin_ms: number,
): Promise<number | null> {
  const hit = new Set<string>();
  const next = async (): Promise<void> => {
    hit.add(await untilUnderWay(laboratory, hit, underWayWithin_ms));
  };
  let daemon = laboratory.startDaemon();
  let runner = laboratory.startRunner();
  await next();
  await killHard(daemon);
  daemon = laboratory.startDaemon();
  await next();
  await killHard(runner);
  runner = laboratory.startRunner();
  await next();
  await Promise.all([killHard(daemon), killHard(runner)]);
  runner = laboratory.startRunner();
  daemon = laboratory.startDaemon();
  const [code] = (await once(daemon, "exit")) as [number | null];
  runner.kill("SIGTERM");
  return code;
}

/** Phases of every observation, e.g. `crystal` or `glass+liquid`. */
export function phasesOf(exported: ExportedCampaign): string[] {
  return exported.observations.map(({ result }) => {
    const text = JSON.stringify(result);
    const found = /"phases":\[([^\]]*)\]/.exec(text)?.[1] ?? "";
    return found.replaceAll('"', "").split(",").sort().join("+");
  });
}

function writeConfiguration({ folder, configure }: LammpsLaboratoryOptions, port: number): string {
  const example = readFileSync(join(ROOT, "config/structure-map-lammps.example.yaml"), "utf8");
  const text = (configure?.(example) ?? example)
    .replace("port: 1883", `port: ${port}`)
    .replace("port: 8080", "port: 0")
    .replace("silicon/model.json", join(ROOT, "config/silicon/model.json"));
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  return file;
}

/** LAMMPS behind a script that notes each start: nothing else can tell that a simulation was begun twice. */
function writeCountingLammps(folder: string): string {
  const file = join(folder, "lmp-counted");
  writeFileSync(
    file,
    `#!/bin/sh\n[ "$1" = -h ] || pwd >> '${join(folder, "begun")}'\nexec lmp "$@"\n`,
    {
      mode: 0o755,
    },
  );
  return file;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
