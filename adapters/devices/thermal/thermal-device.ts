import type { Thermal } from "../../../config/devices/thermal-schema.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { LabError } from "../../../src/core/errors.ts";
import type { Logger } from "../../../src/core/logger.ts";
import type {
  Capability,
  Device,
  DeviceJob,
  DeviceResult,
  DeviceStatus,
  Recovery,
} from "../../gateway/index.ts";
import type { ThermalController, ThermalLook } from "./controller.ts";
import { idleStatus, isMoving, isNear } from "./idle-status.ts";
import {
  beyondProblem,
  inWords,
  judge,
  pause,
  planOf,
  readingsOf,
  thermalCapability,
} from "./plan.ts";
import { NEW_WITNESS, type RunRecord, readRecord, witness, writeRecord } from "./run-record.ts";
import { stoppedError } from "./stopped-error.ts";

export interface ThermalOptions {
  readonly controller: ThermalController;
  readonly thermal: Thermal;
  /** Only differences count, so a steady one: a computer's clock that is set makes no dwell shorter. */
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  /** Samples that it takes at once; all of them share its program. */
  readonly capacity?: number | undefined;
}

/** Looks at which a sensor may be broken before the job is stopped. */
const BROKEN_LOOKS_MAX = 3;
/** How long the device may take until it shows that it has begun. */
const BEGIN = { looks: 25, pause_ms: 200 };
/** How often a job's first look is tried. */
const FIRST_LOOKS = 3;
/** The record is written at each change, and else so often. */
const SAVE_EVERY_ms = 5000;

/**
 * A furnace, hotplate or cryostat as a device: goes to a temperature at a rate and holds it there. Done is what was *seen* within the
 * tolerance for the time that was asked, by the gateway's clock; a controller's own "complete" is not enough, and neither is the
 * first touch of the band.
 */
export class ThermalDevice implements Device {
  readonly #controller: ThermalController;
  readonly #thermal: Thermal;
  readonly #clock: Clock;
  readonly #capacity: number | undefined;
  #able:
    | { readonly limits: ThermalController["limits"]; readonly list: readonly Capability[] }
    | undefined;
  #look: ThermalLook | undefined;
  #run: (RunRecord & { readonly folder: string }) | undefined;
  #saved_ms = 0;
  #beginning: AbortController | undefined;

  constructor({ controller, thermal, clock, capacity }: ThermalOptions) {
    this.#capacity = capacity;
    this.#controller = controller;
    this.#thermal = thermal;
    this.#clock = clock;
  }

  get kind(): string {
    return this.#controller.kind;
  }

  get capabilities(): readonly Capability[] {
    const { limits } = this.#controller;
    // Asked after each look; only other limits make it another.
    if (this.#able?.limits !== limits) {
      const able = thermalCapability(this.#thermal, this.#controller);
      const capacity = this.#capacity;
      this.#able = { limits, list: [capacity === undefined ? able : { ...able, capacity }] };
    }
    return this.#able.list;
  }

  open(): Promise<void> {
    return this.#controller.open();
  }

  close(): void {
    this.#controller.close();
  }

  refuse(job: DeviceJob): string | undefined {
    const plan = planOf(job, this.#thermal, this.#controller);
    return typeof plan === "string" ? plan : this.#controller.refuse(plan);
  }

  async begin(job: DeviceJob): Promise<void> {
    const plan = planOf(job, this.#thermal, this.#controller);
    if (typeof plan === "string") throw new LabError("TL-3202", plan);
    const { signal } = this.#newBeginning();
    const { jobId, folder } = job;
    const { misfit } = await this.#lookFirst();
    const problem = misfit ?? beyondProblem(plan, this.#controller);
    if (problem !== undefined) throw new LabError("TL-3202", problem);
    if (signal.aborted) throw stoppedError();
    const common = { folder, jobId, plan, isHeld: false, isOver: false, witness: NEW_WITNESS };
    this.#keep(common);
    try {
      await this.#controller.prepare(plan, signal);
      if (signal.aborted) throw new LabError("TL-3204", "A stop came before it had begun");
      this.#keep({ ...common, started_ms: this.#clock.now_ms() });
      await this.#controller.start(plan, signal);
      await this.#untilBegun(signal);
    } catch (error) {
      // It said no to a part of it: what it has taken by then is taken back. A line that broke leaves a doubt, which is looked into.
      const isNo = error instanceof LabError && !error.retryable;
      if (isNo && !signal.aborted) await this.#controller.stop().catch(() => {});
      throw error;
    }
  }

  async status(): Promise<DeviceStatus> {
    const look = await this.#controller.look({ isIdle: this.#run === undefined });
    this.#look = look;
    return await this.#follow(look);
  }

  result({ jobId, folder }: DeviceJob): DeviceResult {
    const record = this.#run?.jobId === jobId ? this.#run : readRecord(folder);
    if (record === undefined) return { failed: "nothing is known of this job", retryable: false };
    // From now on a look is of whoever uses it next.
    if (this.#run?.jobId === jobId) this.#run = undefined;
    return judge(record, this.#thermal, this.#controller);
  }

  async halt(reason: string, job: DeviceJob | undefined): Promise<void> {
    this.#beginning?.abort();
    const run = this.#run;
    await this.#controller.stop();
    const record = job === undefined ? run : readRecord(job.folder);
    const folder = job?.folder ?? run?.folder;
    if (record !== undefined && folder !== undefined && !record.isOver)
      writeRecord(folder, { ...record, isOver: true, failed: reason });
    if (this.#run?.jobId === (job ?? run)?.jobId) this.#run = undefined;
  }

  async hold(): Promise<void> {
    if (!this.#controller.canHold)
      throw new LabError("TL-3202", `A ${this.#controller.model} cannot hold a job`);
    await this.#controller.hold();
    if (this.#run !== undefined) this.#keep({ ...this.#run, isHeld: true });
  }

  async resume(): Promise<void> {
    await this.#controller.resume();
    if (this.#run !== undefined) this.#keep({ ...this.#run, isHeld: false });
  }

  telemetry() {
    return this.#look === undefined ? [] : readingsOf(this.#look, this.#controller);
  }

  async recover(job: DeviceJob): Promise<Recovery> {
    const record = readRecord(job.folder);
    if (record === undefined) return "never-began";
    if (record.isOver) {
      this.#run = { ...record, folder: job.folder };
      return "done";
    }
    const look = await this.#controller.look();
    const isMoving = look.state === "busy" || look.state === "held";
    if (record.started_ms === undefined && !isMoving) return "never-began";
    const isOurs = this.#isOurs(record, look) && (await this.#controller.holds(record.plan));
    this.#run = isOurs ? { ...record, folder: job.folder } : undefined;
    if (!isOurs) return "unknown";
    const { state } = await this.#follow(look);
    if (state === "fault") throw new LabError("TL-3202", look.problem ?? "the device has a fault");
    if (state === "busy" || state === "held") return "running";
    if (state === "done") return "done";
    this.#run = undefined;
    return "unknown";
  }

  /** Nothing has been written yet: a line that fails costs no job, it is asked again. */
  async #lookFirst(): Promise<ThermalLook> {
    for (let times = 1; ; times++) {
      try {
        return await this.#controller.look();
      } catch (error) {
        if (!(error instanceof LabError) || !error.retryable || times >= FIRST_LOOKS) throw error;
      }
    }
  }

  async #untilBegun(signal: AbortSignal): Promise<void> {
    for (let looks = 1; looks <= BEGIN.looks && !signal.aborted; looks++) {
      const { state, misfit } = await this.#controller.look();
      if (misfit !== undefined) throw new LabError("TL-3202", misfit);
      if (state === "busy" || state === "done") return;
      await pause(BEGIN.pause_ms);
    }
    throw new LabError("TL-3204", "The device was told to start, and does not show that it has");
  }

  // ---- what a look means

  async #follow(look: ThermalLook): Promise<DeviceStatus> {
    const run = this.#run;
    if (run === undefined) return idleStatus(look, this.#controller);
    if (run.isOver) {
      // It was told to rest, and that was lost: not done before it does.
      if (await this.#stillWorks(run, look)) await this.#controller.stop();
      return { state: "done", jobId: run.jobId };
    }
    // Being told to begin: what stands there still belongs to before.
    if (run.started_ms === undefined) return { state: "ready", message: "being prepared" };
    if (!this.#isOurs(run, look)) {
      const message = `it holds job number ${look.token}, not ${run.plan.token}: it was switched off, or somebody else uses it`;
      return { state: "ready", message };
    }
    const seen = this.#witness(run, look);
    if (seen === undefined) return idleStatus(look, this.#controller);
    if (seen.witness.brokenLooks >= BROKEN_LOOKS_MAX) {
      const why = look.misfit ?? `The sensor is broken${inWords(look.problem)}`;
      const ended = this.#end(seen, `${why}; it was stopped`);
      await this.#controller.stop();
      return ended;
    }
    if (look.misfit !== undefined && look.state !== "ready")
      return { state: "busy", message: look.misfit, jobId: seen.jobId };
    const status = await (this.#controller.hasProgram
      ? this.#followProgram(seen, look)
      : this.#followSetPoint(seen, look));
    if (status.state === "done" || status.state === "fault") return status;
    const isBroken = look.measured === undefined;
    const message = isBroken ? "its sensor is broken" : (status.message ?? this.#words(seen, look));
    const control = look.isAutomatic ? status.control : ("local" as const);
    return { ...status, control, message, progress: this.#progress(seen), jobId: seen.jobId };
  }

  async #followProgram(run: Run, look: ThermalLook): Promise<DeviceStatus> {
    const { state, problem } = look;
    if (state === "fault") return { state, message: problem };
    if (state === "busy") return { state };
    if (state === "held")
      return run.isHeld
        ? { state }
        : { state, control: "local", message: "somebody else holds it" };
    // Idle again. A controller that was switched off looks so too: ended is what still holds our program and was seen to the end.
    const isSeen = this.#share(run) >= this.#thermal.held_min;
    if ((state === "done" || isSeen) && (await this.#controller.holds(run.plan)))
      return this.#end(run);
    return { state: "ready", message: "its program has ended, or was taken away, before its time" };
  }

  async #followSetPoint(run: Run, look: ThermalLook): Promise<DeviceStatus> {
    const { state, setPoint, problem } = look;
    const { rest, units } = this.#controller;
    if (state === "fault") return { state, message: problem };
    const isMoved = !this.#isNear(setPoint, run.plan.target);
    if (state === "ready" || (isMoved && this.#isNear(setPoint, rest)))
      return { state: "ready", message: "it is at rest before its time" };
    if (isMoved) {
      const message = `somebody else set ${setPoint} ${units.temperature}, not ${run.plan.target}`;
      return { state: "busy", control: "local", message };
    }
    if (this.#share(run) < 1) return { state: "busy" };
    const ended = this.#end(run);
    await this.#controller.stop();
    return ended;
  }

  #isNear(a: number, b: number): boolean {
    return isNear(a, b, this.#controller);
  }

  /** What was told to end goes on all the same. */
  async #stillWorks(run: Run, look: ThermalLook): Promise<boolean> {
    if (!this.#isOurs(run, look)) return false;
    if (this.#controller.hasProgram)
      return isMoving(look) && (await this.#controller.holds(run.plan));
    if (look.state === "ready") return false;
    // Of one that is set up otherwise no set point is believed: while it works, it is told to rest.
    return look.misfit !== undefined || this.#isNear(look.setPoint, run.plan.target);
  }

  #isOurs({ plan }: RunRecord, { token }: ThermalLook): boolean {
    return token === undefined || token === plan.token;
  }

  /** The share of the dwell that was seen within the band. */
  #share({ plan, witness: seen }: RunRecord): number {
    const dwell_ms = dwellOf(plan.dwell, this.#controller.units.dwell);
    return dwell_ms === 0 ? Number(seen.wasInBand) : seen.inBand_ms / dwell_ms;
  }

  #progress(run: RunRecord): number {
    return Math.min(1, this.#share(run));
  }

  #words(run: RunRecord, { measured, working }: ThermalLook): string {
    const { temperature } = this.#controller.units;
    const way = working === undefined ? "" : ` (set point now ${working})`;
    const held = `${Math.floor(100 * this.#progress(run))} % of the time within the band`;
    return `${measured} of ${run.plan.target} ${temperature}${way}, ${held}`;
  }

  /** `undefined`: halted meanwhile. */
  #witness(run: Run, look: ThermalLook): Run | undefined {
    if (this.#run !== run) return undefined;
    const { tolerance, silence_max_s } = this.#thermal;
    const now_ms = this.#clock.now_ms();
    const isHeld = look.state === "held";
    const band = { target: run.plan.target, tolerance, silence_max_ms: 1000 * silence_max_s };
    const seen = witness(run.witness, { now_ms, measured: look.measured, isHeld }, band);
    const hasChanged = seen.wasInBand !== run.witness.wasInBand;
    const next = { ...run, witness: seen };
    if (hasChanged || now_ms - this.#saved_ms >= SAVE_EVERY_ms) this.#keep(next);
    else this.#run = next;
    return next;
  }

  #end(run: Run, failed?: string): DeviceStatus {
    // Halted meanwhile: it is over already.
    if (this.#run !== run) return { state: "ready" };
    this.#keep({ ...run, isOver: true, ...(failed === undefined ? {} : { failed }) });
    return { state: "done", jobId: run.jobId };
  }

  #keep(run: Run): void {
    this.#run = run;
    this.#saved_ms = this.#clock.now_ms();
    const { folder, ...record } = run;
    writeRecord(folder, record);
  }

  #newBeginning(): AbortController {
    this.#beginning?.abort();
    this.#beginning = new AbortController();
    return this.#beginning;
  }
}

type Run = RunRecord & { readonly folder: string };

function dwellOf(dwell: number, unit: string): number {
  return 1000 * (unit === "s" ? dwell : unit === "min" ? 60 * dwell : 3600 * dwell);
}
