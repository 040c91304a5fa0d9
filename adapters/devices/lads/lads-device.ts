import type { Clock } from "../../../src/core/clock.ts";
import { LabError } from "../../../src/core/errors.ts";
import type {
  Capability,
  Device,
  DeviceJob,
  DeviceResult,
  DeviceStatus,
  Reading,
  Recovery,
} from "../../gateway/index.ts";
import { decimal } from "./decimal.ts";
import { judgeRun, type RunRules } from "./judge-run.ts";
import { isRefusal, type LadsLink, type LadsLook, type LadsRun } from "./lads-link.ts";
import { forgetOwnRun, type OwnRun, readOwnRun, writeOwnRun } from "./own-run.ts";

export interface LadsDeviceOptions extends RunRules {
  readonly link: LadsLink;
  readonly capability: Capability;
  /** `DeviceTemplateId`. */
  readonly program: string;
  /** Keys of the program's properties by set point, where they are others. */
  readonly keys: Readonly<Record<string, string>>;
  /** What is shown live: the channel, its unit, and the browse name of the unit's function. */
  readonly telemetry?:
    | readonly {
        readonly channel: string;
        readonly unit: string;
        readonly as?: string | undefined;
      }[]
    | undefined;
  /** The unit's lock is held while a job of ours runs. */
  readonly lock?: boolean | undefined;
  readonly clock: Clock;
}

/** A device may take so long until its state follows a start, and its result an end. */
const SETTLE_ms = 10_000;
/** Looks for a start whose answer was lost, and the rest between two. */
const EVIDENCE = { looks: 5, pause_ms: 200 };
/** A Stop that changed nothing so often is followed by Abort. */
const STOPS_MAX = 3;

/**
 * A functional unit of a LADS device (OPC 30500-1): one job is one run of one program. The job is its SupervisoryJobId and the attempt
 * its SupervisoryTaskId, so that a run is known again whatever was lost in between; a server takes a second StartProgram all the same, so
 * that the unit's state is looked at before. Another start time of the server is another life: what it ran before has no end that
 * could be believed, unless its result is there.
 */
export class LadsDevice implements Device {
  readonly kind = "lads-device";
  readonly capabilities: readonly Capability[];
  readonly #options: LadsDeviceOptions;
  readonly channels: Device["channels"];
  #readings: LadsLook["readings"] = {};
  #own: OwnRun | undefined;
  /** Of the own run, since when the unit is seen at rest. */
  #restSince_ms: number | undefined;
  #stops = 0;
  #canAbort = false;

  constructor(options: LadsDeviceOptions) {
    this.#options = options;
    this.capabilities = [options.capability];
    const shown = (options.telemetry ?? []).map(
      ({ channel, unit }) => [channel, { unit }] as const,
    );
    this.channels = shown.length === 0 ? undefined : Object.fromEntries(shown);
  }

  async open(): Promise<void> {
    const { link } = this.#options;
    const { device, unit, methods } = await link.open();
    this.#canAbort = methods.includes("Abort");
    const { boot } = await link.look();
    if (boot !== "") return;
    const why = "its server does not say since when it runs, so that a restart could not be seen";
    throw new LabError("TL-3202", `${unit} of ${device}: ${why}`);
  }

  async close(): Promise<void> {
    await this.#options.link.close();
  }

  async begin(job: DeviceJob): Promise<void> {
    const { link, clock, program, keys } = this.#options;
    const look = await link.look();
    const why = whyNot(look);
    if (why !== undefined) throw new LabError("TL-3203", why);
    if (this.#options.lock === true) await link.lock(job.jobId);
    const { jobId, attempt, folder, sampleIds, parameters } = job;
    const own = { jobId, attempt, folder, boot: look.boot, told_ms: clock.now_ms(), seen: false };
    // Before the device can know: a gateway that is killed now never starts it twice.
    this.#keep(own);
    const properties = Object.entries(parameters).map(
      ([name, value]) => [keys[name] ?? name, decimal(value)] as const,
    );
    const order = { program, jobId, taskId: String(attempt), properties, sampleIds };
    try {
      this.#keep({ ...own, runId: await link.start(order) });
    } catch (error) {
      if (error instanceof LabError && !isRefusal(error)) return await this.#findBegun(own, error);
      this.#own = undefined;
      forgetOwnRun(own);
      throw error;
    }
  }

  async status(): Promise<DeviceStatus> {
    const look = await this.#options.link.look();
    this.#readings = look.readings;
    const { boot, serves, state, lockedBy } = look;
    const control = lockedBy === undefined ? "automatic" : "local";
    const common = { boot, control } as const;
    if (!serves || state === undefined)
      return { ...common, state: "unknown", message: "the server shows no state of its unit" };
    if (state !== "Running") this.#stops = 0;
    const own = this.#own;
    await this.#keepLock(own, look);
    if (own !== undefined && own.boot === boot)
      return { ...common, ...(await this.#ours(own, look)) };
    if (state === "Stopped") return { ...common, state: "ready" };
    if (state === "Aborted") return { ...common, ...ABORTED };
    if (this.#stops > 0) return { ...common, state: "busy", message: "it is being stopped" };
    return { ...common, control: "local", state: "busy", message: "a run that is not ours" };
  }

  /** Of the look that the status was read by; what was not good then is not shown. */
  telemetry(): readonly Reading[] {
    return (this.#options.telemetry ?? []).flatMap(({ channel, unit, as = channel }) => {
      const value = this.#readings?.[as];
      return value === undefined ? [] : [{ channel, value, unit }];
    });
  }

  async result(job: DeviceJob): Promise<DeviceResult> {
    const { link } = this.#options;
    const run = await this.#runOf(job);
    const look = await link.look();
    const result = await this.#judge(job, run, look);
    this.#own = undefined;
    return result;
  }

  /** At once; a refusal where nothing runs is information. */
  async halt(_reason: string, job: DeviceJob | undefined): Promise<void> {
    const { link } = this.#options;
    this.#stops += 1;
    const method = this.#stops > STOPS_MAX && this.#canAbort ? "Abort" : "Stop";
    try {
      await link.call(method);
    } catch (error) {
      if (!isRefusal(error) || (await link.look()).state === "Running") throw error;
    }
    if (job === undefined || job.jobId === this.#own?.jobId) this.#own = undefined;
  }

  async hold(): Promise<void> {
    await this.#options.link.call("Hold");
  }

  async resume(): Promise<void> {
    await this.#options.link.call("Unhold");
  }

  async recover(job: DeviceJob): Promise<Recovery> {
    const own = readOwnRun(job);
    if (own === undefined) return "never-began";
    const run = await this.#runOf(job);
    const look = await this.#options.link.look();
    if (run?.isOver === true) {
      this.#own = { ...own, boot: look.boot, runId: run.runId };
      return "done";
    }
    if (own.boot !== look.boot) return "unknown";
    const runId = own.runId ?? run?.runId;
    // Nobody heard whether it was started: what runs may be anybody's.
    if (runId === undefined) return "unknown";
    if (look.state === "Running" && isOther(look, runId)) return "unknown";
    this.#keep({ ...own, runId });
    return "running";
  }

  /** The answer to the start was lost: the device itself must show the run. TL-3201: nobody knows. */
  async #findBegun(own: OwnRun, cause: LabError): Promise<void> {
    for (let looks = 0; looks < EVIDENCE.looks; looks++) {
      const run = await this.#runOf(own).catch(() => undefined);
      if (run !== undefined) return this.#keep({ ...own, runId: run.runId });
      await new Promise((resolve) => setTimeout(resolve, EVIDENCE.pause_ms));
    }
    const why = `${cause.message}: nobody knows whether the program was started`;
    throw new LabError("TL-3201", why, { cause, retryable: true });
  }

  async #judge(job: DeviceJob, run: LadsRun | undefined, look: LadsLook): Promise<DeviceResult> {
    if (run?.isOver !== true)
      return { failed: `the run ended without a result (${look.state ?? "no state"})` };
    if (look.state === "Aborted" && !isOther(look, run.runId))
      return { failed: "the run was aborted; clear the device" };
    const contents = await this.#options.link.contents(run.nodeId);
    return judgeRun(run, contents, job, this.#options);
  }

  async #ours(own: OwnRun, look: LadsLook): Promise<DeviceStatus> {
    const { clock } = this.#options;
    const { state, running, step } = look;
    const job = { jobId: own.jobId, message: step ?? running, progress: progressOf(look) };
    if (state === "Running") {
      const isForeign = own.runId !== undefined && isOther(look, own.runId);
      const isYoung = !own.seen && clock.now_ms() - own.told_ms < SETTLE_ms;
      if (isForeign && !isYoung)
        return { state: "busy", control: "local", jobId: `run ${look.runId}` };
      if (!own.seen && !isForeign) this.#keep({ ...own, seen: true });
      this.#restSince_ms = undefined;
      return { ...job, state: /^(Held|Holding|Suspend)/.test(running ?? "") ? "held" : "busy" };
    }
    if (state !== "Stopped" && state !== "Aborted") return { ...job, state: "busy" };
    if ((await this.#runOf(own))?.isOver === true) return { state: "done", jobId: own.jobId };
    this.#restSince_ms ??= clock.now_ms();
    if (clock.now_ms() - this.#restSince_ms < SETTLE_ms)
      return { state: "busy", jobId: own.jobId, message: "waits for the result" };
    return { state: "done", jobId: own.jobId };
  }

  /** A session that broke in mid-job took the lock with it; nobody needs it once the run was seen and the unit rests. */
  async #keepLock(own: OwnRun | undefined, { state, lockedBy }: LadsLook): Promise<void> {
    const { link, lock } = this.#options;
    if (lock !== true || lockedBy !== undefined) return;
    const isAtRest = state === "Stopped" || state === "Aborted";
    const isOurs = own !== undefined && !(own.seen && isAtRest);
    // What it refuses now is asked again at the next look.
    await (isOurs ? link.lock(own.jobId) : link.unlock()).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
    });
  }

  async #runOf({
    jobId,
    attempt,
  }: Pick<OwnRun, "jobId" | "attempt">): Promise<LadsRun | undefined> {
    const all = await this.#options.link.runs();
    return all.findLast((run) => run.jobId === jobId && run.taskId === String(attempt));
  }

  #keep(own: OwnRun): void {
    if (own.told_ms !== this.#own?.told_ms) this.#restSince_ms = undefined;
    this.#own = own;
    writeOwnRun(own);
  }
}

/** Nothing moves, and nothing will until a person has cleared it: the device's own latch. */
const ABORTED: DeviceStatus = {
  ...({ state: "fault", safety: "emergencyStopped" } as const),
  message: "the device is aborted: it waits to be cleared by a person",
};

function whyNot({ serves, state, lockedBy }: LadsLook): string | undefined {
  if (!serves || state === undefined) return "the server shows no state of its unit";
  if (lockedBy !== undefined) return `the unit is locked by ${lockedBy}`;
  return state === "Stopped" ? undefined : `the unit is ${state}, and starts only from Stopped`;
}

function isOther({ runId }: LadsLook, own: string): boolean {
  return runId !== undefined && runId !== own;
}

function progressOf({ runtime_ms, estimated_ms }: LadsLook): number | undefined {
  if (runtime_ms === undefined || estimated_ms === undefined || estimated_ms <= 0) return undefined;
  return Math.min(1, runtime_ms / estimated_ms);
}
