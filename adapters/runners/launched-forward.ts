import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Parameters } from "../../src/domain/candidate.ts";
import type { Observation } from "../../src/domain/observation.ts";
import {
  createForwardCalculator,
  readRequestText,
} from "../../src/planning/effective-model/forward-calculation.ts";
import type { DeviceJob, DeviceResult } from "../gateway/device.ts";
import type { Task, TaskJob } from "../gateway/task-device.ts";
import { writeWhole } from "../system/write-whole.ts";
import { type ChildEnd, type ChildTask, forgetChild } from "./child-run.ts";
import { FORWARD_TASK } from "./forward-program.ts";

const REQUEST = "request.json";
const RESULT = "result.json";
/** A calculation whose machine went down is begun anew so often. */
const BEGINNINGS_MAX = 3;

export interface LaunchedForwardOptions {
  /** How Tieline is called where the calculation runs. */
  readonly command: readonly string[];
  readonly launch: (task: ChildTask) => Promise<ChildEnd>;
  /** Why no job is taken now. */
  readonly refuse: () => string | undefined;
}

type Calculated = { readonly observations: readonly Observation[] } | { readonly error: string };

/**
 * Forward calculations of spin models as programs of their own, on a node of a cluster: the request goes by a file of the job's folder, and so does
 * the result.
 */
export function createLaunchedForward(options: LaunchedForwardOptions): Task {
  return {
    ...FORWARD_TASK,
    refuse: (job: DeviceJob) => options.refuse() ?? FORWARD_TASK.refuse(job),
    run: (job) => run(job, options),
  };
}

async function run(
  { folder, parameters, signal, onProgress }: TaskJob,
  { command, launch }: LaunchedForwardOptions,
): Promise<DeviceResult> {
  if (!existsSync(join(folder, REQUEST)))
    writeWhole(join(folder, REQUEST), JSON.stringify(parameters));
  const child = {
    command: [...command, "runner", "effective-model", "--calculate", folder],
    ...{ folder, environment: {}, signal, onTick: () => onProgress(0) },
  };
  for (let beginning = 0; beginning < BEGINNINGS_MAX; beginning++) {
    const end = await launch(child);
    if (end === "aborted") return { failed: String(signal.reason ?? "cancelled"), retryable: true };
    if (end !== "lost") return outcomeOf(folder, end.code);
    forgetChild(folder);
  }
  return { failed: `the calculation disappeared ${BEGINNINGS_MAX} times`, retryable: true };
}

function outcomeOf(folder: string, code: number): DeviceResult {
  const file = join(folder, RESULT);
  if (code !== 0 || !existsSync(file))
    return { failed: `the calculation ended with exit code ${code}`, retryable: true };
  const result = JSON.parse(readFileSync(file, "utf8")) as Calculated;
  if ("error" in result) return { failed: result.error.slice(0, 1000), retryable: false };
  return { observations: [...result.observations] };
}

/** Does the calculation that a job's folder asks for: what runs on the node. A wrong request is a result, too. */
export function calculateFolder(folder: string): void {
  writeWhole(join(folder, RESULT), JSON.stringify(calculate(folder)));
}

function calculate(folder: string): Calculated {
  try {
    const parameters = JSON.parse(readFileSync(join(folder, REQUEST), "utf8")) as Parameters;
    const calculator = createForwardCalculator(readRequestText(parameters));
    return { observations: calculator.calculate(parameters) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
