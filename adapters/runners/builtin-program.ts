import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../src/core/errors.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import { referTo } from "../frames/data-reference.ts";
import type { DeviceResult } from "../gateway/device.ts";
import type { Task, TaskJob } from "../gateway/task-device.ts";
import { writeWhole } from "../system/write-whole.ts";
import { type SyntheticPhase, syntheticFrame, syntheticPhase } from "./synthetic-frames.ts";

export interface BuiltinOptions {
  /** How long a simulation takes, s. */
  readonly duration_s: number;
  /** A CSV of set points and files of recorded frames, instead of synthetic ones. */
  readonly recorded?: string | undefined;
}

interface Recorded {
  readonly parameters: Parameters;
  readonly frames: string;
}

const FRAMES = 4;
const STEPS = 10;

/** Frames without a simulation program: made up, or recorded earlier and chosen by the nearest set points. */
export function createBuiltinProgram(options: BuiltinOptions): Task {
  const recorded = options.recorded === undefined ? undefined : readRecorded(options.recorded);
  return {
    kind: "molecular-dynamics",
    capabilities: [
      {
        name: "quench",
        parameters: {
          temperature_K: { unit: "K", min: 1, max: 10_000 },
          quenchRate_K_ps: { unit: "K/ps", min: 0, max: 1e6 },
        },
        results: ["trajectory"],
        repeatable: true,
        expectedDuration_s: options.duration_s,
      },
    ],
    simulated: true,
    resumes: true,
    run: (task) => run(task, options.duration_s, recorded),
  };
}

/** Writes labelled frames of each synthetic phase at two temperatures, to train a model on. */
export function writeSamples(folder: string): { file: string; label: SyntheticPhase }[] {
  const conditions: [SyntheticPhase, number][] = [
    ["crystal", 300],
    ["crystal", 1500],
    ["glass", 300],
    ["glass", 1500],
    ["liquid", 1800],
    ["liquid", 2600],
  ];
  return conditions.map(([label, temperature_K]) => {
    const file = join(folder, `${label}_${temperature_K}K.xyz`);
    const frames = Array.from({ length: FRAMES }, (_, k) =>
      syntheticFrame(label, temperature_K, `sample ${label} ${temperature_K} ${k}`),
    );
    writeFileSync(file, frames.join(""));
    return { file, label };
  });
}

async function run(
  task: TaskJob,
  duration_s: number,
  recorded: readonly Recorded[] | undefined,
): Promise<DeviceResult> {
  for (let step = 0; step < STEPS; step++) {
    if (task.signal.aborted) return { failed: String(task.signal.reason), retryable: true };
    task.onProgress(step / STEPS);
    await new Promise((resolve) => setTimeout(resolve, (1000 * duration_s) / STEPS));
  }
  if (recorded !== undefined) return resultOf(nearest(recorded, task.parameters).frames);
  const file = join(task.folder, "frames.xyz");
  if (!existsSync(file)) {
    const temperature_K = Number(task.parameters["temperature_K"]);
    const rate = Number(task.parameters["quenchRate_K_ps"]);
    const phase = syntheticPhase(temperature_K, rate);
    const frames = Array.from({ length: FRAMES }, (_, k) =>
      syntheticFrame(phase, temperature_K, `${task.jobId} ${k}`),
    );
    writeWhole(file, frames.join(""));
  }
  return resultOf(file);
}

async function resultOf(file: string): Promise<DeviceResult> {
  const format = /\.(lammpstrj|dump)(\.gz)?$/.test(file) ? "lammps-dump" : "extxyz";
  return {
    observations: [{ kind: "trajectory", frames: { ...(await referTo(file)), format } }],
  };
}

/** `temperature_K,quenchRate_K_ps,frames` -> rows; file names are relative to the CSV. */
function readRecorded(path: string): Recorded[] {
  let lines: string[];
  try {
    lines = readFileSync(path, "utf8").trim().split(/\r?\n/);
  } catch (cause) {
    throw new LabError("TL-1002", `${path} cannot be read`, { cause });
  }
  const names = (lines[0] ?? "").split(",").map((name) => name.trim());
  if (!names.includes("frames")) throw new LabError("TL-1021", `${path} has no column "frames"`);
  const rows = lines.slice(1).map((line) => {
    const fields = line.split(",").map((field) => field.trim());
    const all = Object.fromEntries(names.map((name, k) => [name, fields[k] ?? ""]));
    const { frames = "", ...rest } = all;
    const numbers = Object.entries(rest).map(([name, text]) => [name, Number(text)] as const);
    return { parameters: Object.fromEntries(numbers), frames: join(path, "..", frames) };
  });
  if (rows.length === 0) throw new LabError("TL-1020", `${path} has no rows`);
  return rows;
}

/** Nearest by relative difference of the set points. */
function nearest(rows: readonly Recorded[], wanted: Parameters): Recorded {
  const distance = (row: Recorded): number =>
    Object.entries(row.parameters).reduce((sum, [name, value]) => {
      const [a, b] = [Number(value), Number(wanted[name] ?? value)];
      return sum + ((a - b) / Math.max(1e-12, Math.abs(a) + Math.abs(b))) ** 2;
    }, 0);
  return rows.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}
