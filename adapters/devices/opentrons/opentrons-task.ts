import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Clock, Timers } from "../../../src/core/clock.ts";
import { LabError } from "../../../src/core/errors.ts";
import type { DeviceJob, DeviceResult, Task, TaskJob } from "../../gateway/index.ts";
import { type FileSetPoint, fileCapability } from "../files/file-capability.ts";
import { RobotClient, type RobotProtocol, type RobotRun } from "./robot-client.ts";

export interface OpentronsOptions {
  /** Of the robot's server, e.g. `http://10.0.0.9:31950`. */
  readonly at: string;
  /** A Python protocol whose runtime parameters are the set points. */
  readonly protocol: string;
  /** Set points; `as` is the parameter's `variable_name` where that is another. */
  readonly parameters: readonly (FileSetPoint & { readonly as?: string | undefined })[];
  readonly capability: string;
  readonly expectedDuration_s: number;
  /** Between two looks. Default 1000. */
  readonly look_ms?: number | undefined;
  readonly clock: Clock & Timers;
}

const LOOK_ms = 1000;
/** States of a run from which it does not go on. */
const ENDED = new Set(["succeeded", "failed", "stopped"]);
/** What a run that does not go on by itself waits for. */
const WAITS: Readonly<Record<string, string>> = {
  paused: "paused at the robot",
  "blocked-by-open-door": "its door is open",
  "awaiting-recovery": "an error waits for a person at the robot",
  "awaiting-recovery-paused": "an error waits for a person at the robot",
  "awaiting-recovery-blocked-by-open-door": "an error waits for a person; its door is open",
};

/**
 * An Opentrons robot: one job is one run of one protocol. Its server has no key that would make a request the same when it is
 * sent again, but knows a protocol by its contents: the job's name is a comment in the copy that is uploaded, so that protocol,
 * and the run that names it, are found again after a lost answer, a restart of the gateway and one of the daemon. The robot's
 * own analysis is the dry run: what it refuses is not run.
 */
export function createOpentronsTask(options: OpentronsOptions): Task {
  const robot = new RobotClient(options.at);
  const own = new Map<string, string>();
  let isClosed = false;
  const act = async (job: DeviceJob, actionType: "pause" | "play"): Promise<void> => {
    const run = own.get(job.jobId);
    if (run === undefined) return;
    const { problem } = await robot.post(`/runs/${run}/actions`, { actionType });
    if (problem !== "") throw new LabError("TL-3201", `${job.jobId}: ${problem}`);
  };
  return {
    kind: "opentrons-robot",
    capabilities: [fileCapability(options, [])],
    resumes: true,
    hold: (job) => act(job, "pause"),
    resume: (job) => act(job, "play"),
    stop: () => {
      isClosed = true;
    },
    run: async (job) => {
      const course = new RobotCourse(options, robot, job, () => isClosed);
      return await course.follow((run) => own.set(job.jobId, run));
    },
  };
}

/** The steps of one job; each may be asked again without harm, and is until the robot answers. */
class RobotCourse {
  readonly #options: OpentronsOptions;
  readonly #robot: RobotClient;
  readonly #job: TaskJob;
  readonly #isClosed: () => boolean;

  constructor(
    options: OpentronsOptions,
    robot: RobotClient,
    job: TaskJob,
    isClosed: () => boolean,
  ) {
    this.#options = options;
    this.#robot = robot;
    this.#job = job;
    this.#isClosed = isClosed;
  }

  async follow(onRun: (runId: string) => void): Promise<DeviceResult> {
    const protocol = await this.#again(() => this.#upload());
    if ("failed" in protocol) return protocol;
    const refusal = await this.#again(() => this.#analysed(protocol));
    if (refusal !== "sound") return refusal;
    const created = await this.#again(() => this.#runOf(protocol));
    if ("failed" in created) return created;
    onRun(created.id);
    return await this.#again(() => this.#watch(created.id));
  }

  /** Asks until there is an answer; the gateway's end ends it, and so does a stop before anything has begun. */
  async #again<T extends object | string>(step: () => Promise<T | undefined>): Promise<T | Failed> {
    for (;;) {
      if (this.#isClosed()) return { failed: "the gateway has ended", retryable: true };
      try {
        const done = await step();
        if (done !== undefined) return done;
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        this.#job.onProgress(0, error.message);
      }
      await this.#wait();
    }
  }

  #wait(): Promise<void> {
    const { clock, look_ms = LOOK_ms } = this.#options;
    return new Promise((resolve) => void clock.schedule(clock.now_ms() + look_ms, resolve));
  }

  #stopped(): Failed | undefined {
    const { signal } = this.#job;
    return signal.aborted ? { failed: String(signal.reason), retryable: true } : undefined;
  }

  /** The same contents are the same protocol: sent again, the robot answers with the one that it has. */
  async #upload(): Promise<RobotProtocol | Failed | undefined> {
    const stopped = this.#stopped();
    const found = stopped && (await this.#existing());
    if (stopped !== undefined && found === undefined) return stopped;
    const { protocol } = this.#options;
    const { jobId, attempt } = this.#job;
    const text = `${readFileSync(protocol, "utf8").trimEnd()}\n# tieline ${jobId}#${attempt}\n`;
    const form = new FormData();
    form.append("files", new Blob([text]), basename(protocol));
    form.append("key", `${jobId}#${attempt}`);
    form.append("runTimeParameterValues", JSON.stringify(this.#values()));
    const { status, data, problem } = await this.#robot.upload("/protocols", form);
    // Its last analysis is not over yet: asked again.
    if (status === 503) return undefined;
    if (problem !== "")
      return { failed: `the robot does not take ${basename(protocol)}: ${problem}` };
    return data as RobotProtocol;
  }

  /** Stopped, only what is on the robot already is looked for. */
  async #existing(): Promise<object | undefined> {
    const key = `${this.#job.jobId}#${this.#job.attempt}`;
    const { data } = await this.#robot.get("/protocols");
    return (data as { key?: string }[]).find((one) => one.key === key);
  }

  #values(): Record<string, unknown> {
    const { parameters } = this.#options;
    const given = parameters.map(({ name, as = name }) => [as, this.#job.parameters[name]]);
    return Object.fromEntries(given);
  }

  /** The dry run. */
  async #analysed({ id, analysisSummaries }: RobotProtocol): Promise<"sound" | Failed | undefined> {
    // What has begun is followed, whatever is wanted now.
    if (this.#job.signal.aborted && (await this.#find(id)) !== undefined) return "sound";
    const stopped = this.#stopped();
    if (stopped !== undefined) return stopped;
    const analysisId = analysisSummaries.at(-1)?.id ?? "";
    const { data, problem } = await this.#robot.get(`/protocols/${id}/analyses/${analysisId}`);
    if (problem !== "") return { failed: `no dry run: ${problem}` };
    const { status, result, errors = [] } = data as Analysis;
    if (status === "pending") return undefined;
    if ((result ?? "ok") === "ok" && errors.length === 0) return "sound";
    const words = errors.map(({ detail }) => detail).join("; ");
    return { failed: `the dry run does not pass (${result}): ${words || "no reason given"}` };
  }

  async #find(protocolId: string): Promise<RobotRun | undefined> {
    const { data } = await this.#robot.get("/runs");
    return (data as RobotRun[]).findLast((run) => run.protocolId === protocolId);
  }

  /** The run of this job: found, where an answer was lost, or made. */
  async #runOf({ id: protocolId }: RobotProtocol): Promise<RobotRun | Failed | undefined> {
    const found = await this.#find(protocolId);
    if (found !== undefined) return found;
    const stopped = this.#stopped();
    if (stopped !== undefined) return stopped;
    const runTimeParameterValues = this.#values();
    const made = await this.#robot.post("/runs", { protocolId, runTimeParameterValues });
    if (made.problem === "") return made.data as RobotRun;
    if (made.status !== 409) return { failed: `the robot makes no run: ${made.problem}` };
    return { failed: `another run is on the robot: ${made.problem}`, retryable: true };
  }

  /** One look; the result where the run has ended. */
  async #watch(runId: string): Promise<DeviceResult | undefined> {
    const { data, status, problem } = await this.#robot.get(`/runs/${runId}`);
    if (status === 404) return { failed: `the robot has lost its run ${runId}; look at its deck` };
    if (problem !== "") return undefined;
    const run = data as RobotRun;
    if (ENDED.has(run.status)) return await this.#end(run);
    if (!run.current)
      return {
        failed: `the robot was restarted in its run ${runId} (${run.status}); look at its deck`,
      };
    if (this.#job.signal.aborted) await this.#act(runId, "stop");
    else if (run.status === "idle") await this.#act(runId, "play");
    else this.#job.onProgress(0, WAITS[run.status] ?? run.status);
    return undefined;
  }

  /** Refused (409), it is no longer so, or not yet: the next look tells. */
  async #act(runId: string, actionType: "play" | "stop"): Promise<void> {
    await this.#robot.post(`/runs/${runId}/actions`, { actionType });
  }

  async #end(run: RobotRun): Promise<DeviceResult> {
    // Lets the next run come; refused or unheard, the robot does it by itself when the next is made.
    await this.#robot.patch(`/runs/${run.id}`, { current: false }).catch(() => {});
    if (run.status === "stopped")
      return { failed: String(this.#job.signal.reason ?? "stopped at the robot") };
    const words = (run.errors ?? []).map(({ detail, errorType }) => detail ?? errorType).join("; ");
    if (run.status === "failed") return { failed: `the run failed: ${words || "no reason given"}` };
    const used = new Map(run.runTimeParameters?.map((one) => [one.variableName, one.value]));
    for (const [name, value] of Object.entries(this.#values()))
      if (used.has(name) && used.get(name) !== value)
        return { failed: `the robot ran with ${name} = ${used.get(name)} instead of ${value}` };
    return { observations: [], actual: this.#job.parameters };
  }
}

interface Analysis {
  readonly status: string;
  readonly result?: string | undefined;
  readonly errors?: readonly { readonly detail?: string | undefined }[] | undefined;
}

type Failed = Extract<DeviceResult, { readonly failed: string }>;
