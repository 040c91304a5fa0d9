import type { Clock, Timers } from "../../src/core/clock.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { Device, DeviceStatus, Reading } from "./device.ts";
import { type Deadlines, DeviceCalls, wordsOf } from "./device-calls.ts";
import { DeviceWatch } from "./device-watch.ts";
import { Halting } from "./halting.ts";
import { type CourseOptions, JobCourse, jobOf } from "./job-course.ts";
import type { JobJournal, JobOrder } from "./job-journal.ts";

export interface DriverOptions
  extends Pick<
    CourseOptions,
    "folder" | "journal" | "silence_ms" | "onProgress" | "onEnded" | "onLost"
  > {
  readonly device: Device;
  readonly deadlines_ms: Deadlines;
  readonly clock: Clock & Timers;
  readonly logger: Logger;
  readonly poll_ms: number;
  /** The status may have changed. */
  readonly onStatus: () => void;
  readonly onReadings: (readings: readonly Reading[]) => void;
}

/**
 * Drives one device: one task at a time in a lane, except `halt`, which never waits. Knows of no messages; what it promises is in
 * the journal before it is told to anybody.
 */
export class JobDriver {
  readonly #options: DriverOptions;
  readonly #journal: JobJournal;
  readonly #calls: DeviceCalls;
  readonly #watch: DeviceWatch;
  readonly #halting: Halting;
  #course: JobCourse | undefined;
  #lane: Promise<void> = Promise.resolve();
  /** The broker has been heard: a stop that is latched there is known. */
  #mayRun = false;
  /** A start that nobody waits for any more may still be carried out. */
  #mayBeginLate = false;
  #isLookQueued = false;
  #isStopped = false;
  #cancelPoll = (): void => {};

  constructor(options: DriverOptions) {
    const { device, clock, logger, journal } = options;
    this.#options = options;
    this.#journal = journal;
    this.#calls = new DeviceCalls(device, options.deadlines_ms, clock);
    this.#watch = new DeviceWatch(device, this.#calls, clock, logger);
    const record = journal.unfinished();
    if (record !== undefined) this.#course = this.#courseOf(record.order, true);
    const isStopWanted = record?.cancelling !== undefined || journal.emergency !== undefined;
    const parts = { device, calls: this.#calls, watch: this.#watch, logger };
    this.#halting = new Halting(parts, isStopWanted);
  }

  get status(): DeviceStatus {
    return this.#watch.status;
  }

  get jobId(): string | undefined {
    return this.#course?.order.jobId;
  }

  /** A stop is wanted, and the device has not been seen at rest. */
  get isHalting(): boolean {
    return this.#halting.isWanted;
  }

  /** And it does not obey. */
  get isHaltOverdue(): boolean {
    return this.#halting.isOverdue;
  }

  /** Opens the device and takes the first look; then it is polled until `stop`. Rejects with what `open` throws. */
  async start(isFatal: (error: unknown) => boolean): Promise<void> {
    const { device, logger } = this.#options;
    await this.#calls.open().catch((error: unknown) => {
      if (isFatal(error)) throw error;
      logger.error({ problem: wordsOf(error) }, "gateway.deviceNotOpened");
    });
    device.watch?.(() => this.#lookSoon());
    await this.inLane(() => this.look());
    this.#poll();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelPoll();
    await this.#lane;
    await this.#calls
      .close()
      .catch((error: unknown) =>
        this.#options.logger.warn({ problem: wordsOf(error) }, "gateway.deviceNotClosed"),
      );
  }

  /** Everything retained has been heard: what was under way may go on. */
  mayRun(): void {
    if (this.#mayRun) return;
    this.#mayRun = true;
    this.#lookSoon();
  }

  /** Does one thing after the other. */
  inLane<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#lane.then(task);
    this.#lane = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  /** In the lane: why the device itself refuses the order. */
  async refuse(order: JobOrder): Promise<string | undefined> {
    const { device, folder } = this.#options;
    if (device.refuse === undefined) return undefined;
    const job = jobOf(folder, { order });
    return await this.#calls.call("refuse", () => device.refuse?.(job));
  }

  /** In the lane: begins a job that the journal holds as accepted. */
  async begin(order: JobOrder): Promise<void> {
    this.#course = this.#courseOf(order, false);
    await this.#begin(this.#course);
    await this.look();
  }

  /** In the lane. */
  async hold(kind: "hold" | "resume"): Promise<void> {
    const { device, logger } = this.#options;
    const course = this.#course;
    const act = device[kind];
    if (course === undefined) return;
    const { jobId, attempt } = course.order;
    if (act === undefined) {
      logger.warn({ jobId }, `gateway.cannot${kind === "hold" ? "Hold" : "Resume"}`);
      return;
    }
    this.#journal.append({ note: kind === "hold" ? "held" : "resumed", jobId, attempt });
    try {
      await this.#calls.call(kind, (call) => act.call(device, course.job, call));
    } catch (error) {
      logger.error({ jobId, problem: wordsOf(error) }, `gateway.${kind}Failed`);
    }
    await this.look();
  }

  /** Ends the job under way: at once, and then again until the device is at rest. */
  cancel(reason: string): void {
    const course = this.#course;
    if (course === undefined) return;
    this.halt(reason);
    const { jobId, attempt } = course.order;
    this.#journal.append({ note: "cancelling", jobId, attempt, reason });
  }

  /** Stops the device, whatever it does. */
  halt(reason: string): void {
    this.#halting.request(reason, this.#course?.job);
    this.#lookSoon();
  }

  /** In the lane: asks the device where it stands now, and does what follows from it. */
  async look(): Promise<void> {
    this.#isLookQueued = false;
    if (this.#isStopped) return;
    const { onStatus, onReadings, logger } = this.#options;
    try {
      if (await this.#watch.ask()) this.#course?.doubt();
      await this.#act();
    } catch (error) {
      // The journal cannot be written: nothing more is promised.
      logger.error({ problem: wordsOf(error) }, "gateway.broken");
      this.#watch.fail(wordsOf(error));
    }
    onStatus();
    onReadings(await this.#watch.readings());
  }

  #lookSoon(): void {
    if (this.#isLookQueued || this.#isStopped) return;
    this.#isLookQueued = true;
    void this.inLane(() => this.look());
  }

  #poll(): void {
    if (this.#isStopped) return;
    const { clock, poll_ms } = this.#options;
    const wait_ms = this.#halting.isWanted ? Math.min(poll_ms, this.#halting.pause_ms) : poll_ms;
    this.#cancelPoll = clock.schedule(clock.now_ms() + wait_ms, () => {
      void this.inLane(() => this.look()).then(() => this.#poll());
    });
  }

  async #act(): Promise<void> {
    const course = this.#course;
    const isMovingWhileLatched = this.#journal.emergency !== undefined && this.#watch.isWorking;
    if (this.#halting.isWanted || isMovingWhileLatched) {
      await this.#halt(course);
    } else if (course !== undefined) {
      if (this.#mayRun && (await course.follow()) === "begin") await this.#begin(course);
    } else if (this.#mayBeginLate && this.#watch.isWorking) {
      this.#options.logger.error({}, "gateway.beganLate");
      this.halt("a start that nobody waited for any more");
    }
    if (this.#course?.isOver === true) this.#course = undefined;
  }

  async #halt(course: JobCourse | undefined): Promise<void> {
    const record = course && this.#journal.byAttempt(course.order.jobId, course.order.attempt);
    const reason = record?.cancelling ?? this.#journal.emergency ?? "halted";
    if (await this.#halting.attempt(reason, course?.job)) course?.halted(reason);
  }

  async #begin(course: JobCourse): Promise<void> {
    const how = await course.begin();
    this.#mayBeginLate = how === "late";
    if (how === "late") this.cancel('the device did not answer "begin" in time; it was halted');
  }

  #courseOf(order: JobOrder, isDoubtful: boolean): JobCourse {
    const parts = { ...this.#options, calls: this.#calls, watch: this.#watch };
    return new JobCourse(parts, order, isDoubtful);
  }
}
