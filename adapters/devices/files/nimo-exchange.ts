import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import { toRfc3339 } from "../../../src/core/clock.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import type { DeviceJob, DeviceResult, Task, TaskJob } from "../../gateway/index.ts";
import { writeWhole } from "../../system/write-whole.ts";
import { type FileSetPoint, fileCapability } from "./file-capability.ts";

export interface NimoOptions {
  /** The folder that NIMO's `preparation_input` writes for the robot, and the one that the robot answers in. */
  readonly inputFolder: string;
  readonly outputFolder: string;
  /** The set points in the order of the robot's columns. */
  readonly parameters: readonly FileSetPoint[];
  /** The columns of `results.csv`. */
  readonly objectives: readonly { readonly name: string; readonly unit: string }[];
  readonly capability: string;
  readonly expectedDuration_s: number;
  readonly clock: Clock & Timers;
}

/** How often the folders are looked at. */
const LOOK_ms = 200;
/** `outputend.txt` is there, but `results.csv` is no whole table: so long it may still be written. */
const WRITE_WITHIN_ms = 30_000;

/**
 * A robot that NIMO drives, without NIMO: the files of nimo 2.1.8's "standard" robot. A file named by the time with the set points,
 * then the empty `inputend.txt`; the robot answers with `results.csv`, then the empty `outputend.txt`, which is taken away.
 * The exchange has no word for "stop": a robot that has taken its input is at rest when it has answered, not before.
 */
export function createNimoTask(options: NimoOptions): Task {
  const { inputFolder, outputFolder, clock } = options;
  mkdirSync(inputFolder, { recursive: true });
  mkdirSync(outputFolder, { recursive: true });
  const end = join(outputFolder, "outputend.txt");
  let isClosed = false;
  return {
    kind: "nimo-robot",
    capabilities: [fileCapability(options, ["objective"])],
    resumes: true,
    refuse: (job) => {
      const told = existsSync(join(job.folder, "told.json"));
      if (!told && existsSync(end))
        return `${end} of an earlier run lies there; nobody knows whose it is`;
      return undefined;
    },
    stop: () => {
      isClosed = true;
    },
    run: async (job) => {
      if (!tell(job, options)) return { failed: String(job.signal.reason), retryable: true };
      let ended_ms: number | undefined;
      for (;;) {
        // The next gateway takes the job up: an answer that comes now is its.
        if (isClosed) return { failed: "the gateway has ended", retryable: true };
        if (job.signal.aborted && withdraw(options))
          return { failed: String(job.signal.reason), retryable: true };
        if (existsSync(end)) {
          ended_ms ??= clock.now_ms();
          const values = readResults(options);
          const isLate = clock.now_ms() - ended_ms > WRITE_WITHIN_ms;
          if (values !== undefined || isLate) return finish(job, values, options);
        }
        await new Promise<void>((resolve) => {
          clock.schedule(clock.now_ms() + LOOK_ms, resolve);
        });
      }
    },
  };
}

/** Writes the job for the robot, once; false where it was stopped before. */
function tell(job: TaskJob, options: NimoOptions): boolean {
  const note = join(job.folder, "told.json");
  if (existsSync(note)) return true;
  if (job.signal.aborted) return false;
  const { inputFolder, outputFolder, parameters, clock } = options;
  const values = parameters.map(({ name }) => String(job.parameters[name]));
  // yymmddhhmmss, as NIMO names it.
  const name = toRfc3339(clock.now_ms()).replace(/\D/g, "").slice(2, 14);
  mkdirSync(job.folder, { recursive: true });
  rmSync(join(outputFolder, "results.csv"), { force: true });
  writeWhole(
    join(inputFolder, "proposals.csv"),
    `actions,${parameters.map((one) => one.name).join(",")}\n0,${values.join(",")}\n`,
  );
  writeWhole(join(inputFolder, `${name}.csv`), `input file for machine\n${values.join(",")}`);
  // Before the robot can see it: a gateway that is killed now waits for an answer, and never tells it twice.
  writeWhole(note, JSON.stringify({ name, told: toRfc3339(clock.now_ms()) }));
  writeWhole(join(inputFolder, "inputend.txt"), "");
  return true;
}

/** True where the robot has not taken the job yet: then it never will. */
function withdraw({ inputFolder }: NimoOptions): boolean {
  const start = join(inputFolder, "inputend.txt");
  if (!existsSync(start)) return false;
  rmSync(start);
  return true;
}

/** The first row of `results.csv`; `undefined` while it is not whole. */
function readResults({ outputFolder, objectives }: NimoOptions): number[] | undefined {
  const file = join(outputFolder, "results.csv");
  if (!existsSync(file)) return undefined;
  const [row = ""] = readFileSync(file, "utf8").split(/\r?\n/);
  const cells = row.split(",").slice(0, objectives.length);
  const values = cells.map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
  return values.length === objectives.length && values.every(Number.isFinite) ? values : undefined;
}

function finish(job: DeviceJob, values: number[] | undefined, options: NimoOptions): DeviceResult {
  const { outputFolder, objectives } = options;
  const file = join(outputFolder, "results.csv");
  // Copied, for the robot's folder may lie on another disk.
  if (existsSync(file)) writeWhole(join(job.folder, "results.csv"), readFileSync(file, "utf8"));
  rmSync(join(outputFolder, "outputend.txt"), { force: true });
  if (values === undefined)
    return {
      failed: `The robot ended, but results.csv has no ${objectives.length} numbers in its first line`,
    };
  const observations = objectives.map(({ name, unit }, k): Observation => {
    const [sampleId] = job.sampleIds;
    const value = values[k] ?? Number.NaN;
    return {
      kind: "objective",
      name,
      value,
      unit,
      ...(sampleId === undefined ? {} : { sampleId }),
    };
  });
  return { observations };
}
