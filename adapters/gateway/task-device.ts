import type { Capability } from "../../src/domain/instrument.ts";
import type { Awaitable, Device, DeviceJob, DeviceResult, DeviceStatus } from "./device.ts";
import { wordsOf } from "./device-calls.ts";

/** What a task is given besides its job. */
export interface TaskJob extends DeviceJob {
  /** Aborted when it must end: cancelled, or the emergency stop. The device is at rest when `run` has come back. */
  readonly signal: AbortSignal;
  /** How far it is, 0..1, and a word about it. */
  readonly onProgress: (fraction: number, message?: string) => void;
}

/** Work that is one function from a job to its result: a simulation, a script, a question to a person. */
export interface Task {
  readonly kind: string;
  readonly capabilities: readonly Capability[];
  readonly simulated?: boolean | undefined;
  readonly anySetPoints?: boolean | undefined;
  refuse?(job: DeviceJob): Awaitable<string | undefined>;
  run(job: TaskJob): Awaitable<DeviceResult>;
  hold?(job: DeviceJob): Awaitable<void>;
  resume?(job: DeviceJob): Awaitable<void>;
  /**
   * True where `run`, called again with the same folder, goes on with what an earlier call began (or does it anew, where that does
   * no harm), and with an aborted signal ends it. False (the default): a job that was under way at a restart is unknown.
   */
  readonly resumes?: boolean | undefined;
  stop?(): Awaitable<void>;
}

interface Run {
  readonly jobId: string;
  readonly abort: AbortController;
  status: DeviceStatus;
  result: DeviceResult | undefined;
}

/** A device whose work is a function; it is busy while the function runs. */
export function createTaskDevice(task: Task): Device {
  let run: Run | undefined;
  let changed = (): void => {};
  const begin = (job: DeviceJob, reason?: string): void => {
    const abort = new AbortController();
    if (reason !== undefined) abort.abort(reason);
    const { jobId, held } = job;
    const own: Run = { jobId, abort, status: { state: held ? "held" : "busy" }, result: undefined };
    run = own;
    const onProgress = (progress: number, message?: string): void => {
      if (run !== own || own.result !== undefined) return;
      own.status = { state: own.status.state, progress, message };
      changed();
    };
    const end = (result: DeviceResult): void => {
      own.result = result;
      own.status = { state: abort.signal.aborted ? "ready" : "done" };
      changed();
    };
    (async () => await task.run({ ...job, signal: abort.signal, onProgress }))().then(
      end,
      (error: unknown) => end({ failed: wordsOf(error), retryable: false }),
    );
  };
  const { hold, resume } = task;
  return {
    ...{ kind: task.kind, capabilities: task.capabilities, simulated: task.simulated },
    anySetPoints: task.anySetPoints,
    ...(task.refuse === undefined ? {} : { refuse: (job) => task.refuse?.(job) }),
    begin: (job) => begin(job),
    status: () => run?.status ?? { state: "ready" },
    result: () => run?.result ?? { failed: "there is no result", retryable: true },
    halt: (reason, job) => {
      if (run !== undefined) run.abort.abort(reason);
      else if (job !== undefined && task.resumes === true) begin(job, reason);
    },
    ...(hold === undefined ? {} : { hold: (job) => holdWith(hold.bind(task), job, "held") }),
    ...(resume === undefined ? {} : { resume: (job) => holdWith(resume.bind(task), job, "busy") }),
    recover: (job) => {
      if (run?.jobId === job.jobId) return run.result === undefined ? "running" : "done";
      if (task.resumes !== true) return "unknown";
      begin(job);
      return "running";
    },
    watch: (callback) => {
      changed = callback;
    },
    close: () => task.stop?.(),
  };

  async function holdWith(
    act: (job: DeviceJob) => Awaitable<void>,
    job: DeviceJob,
    state: "held" | "busy",
  ): Promise<void> {
    await act(job);
    if (run !== undefined && run.result === undefined) run.status = { ...run.status, state };
  }
}
