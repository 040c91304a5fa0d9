import { randomBytes } from "node:crypto";
import type { LabError } from "../../../src/core/errors.ts";
import type { Logger } from "../../../src/core/logger.ts";
import {
  ARRAY_max,
  type BatchSystem,
  isNotAllowed,
  type PilotOrder,
  pilotsOf,
  SubmissionRefused,
  type SubmittedPilot,
} from "./batch-system.ts";
import type { PilotRecord, WorkFolder } from "./work-folder.ts";

export interface FleetOptions {
  readonly work: WorkFolder;
  readonly batch: BatchSystem;
  /** As many pilots at most, waiting ones included. */
  readonly pilots_max: number;
  /** A pilot takes no further work after so long, s. */
  readonly lifetime_s: number;
  /** A pilot without work ends after so long, s. */
  readonly idle_s: number;
  /** A pilot that the controller does not list and that was not heard of for so long is gone, ms. */
  readonly silence_ms: number;
  /** Node hours that may be used in all; absent: no bound. */
  readonly nodeHours?: number | undefined;
  readonly logger: Logger;
}

/** The controller is asked once a second at most. */
const TICK_ms = 1000;
/** What the names of all pilots begin with. */
export const PILOT_PREFIX = "tieline-";
const PAUSE_AFTER_FAILURE_ms = 5000;

/** Keeps as many pilots as there is work for, and notices those that are gone. */
export interface PilotFleet {
  /** Why no job is taken now; `undefined` where one is. */
  refuse(): string | undefined;
  /** Looks around once; a timer does it every second. */
  tick(): Promise<void>;
  stop(): void;
}

export function createPilotFleet(options: FleetOptions): PilotFleet {
  const fleet = new Fleet(options);
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    fleet
      .tick()
      .catch((error: unknown) => options.logger.warn({ why: String(error) }, "cluster.notLooked"))
      .finally(() => {
        isLooking = false;
      });
  }, TICK_ms);
  return {
    refuse: () => fleet.refuse(),
    tick: () => fleet.tick(),
    stop: () => clearInterval(timer),
  };
}

class Fleet {
  private readonly options: FleetOptions;
  private notBefore_ms = 0;
  /** Pilots of one order at most: halved where one was not accepted, doubled where it was. */
  private together = ARRAY_max;
  private isSpentTold = false;
  private isAway = false;
  /** Why the cluster does not know us any more. */
  private lockedOut: LabError | undefined;

  constructor(options: FleetOptions) {
    this.options = options;
  }

  refuse(): string | undefined {
    return this.lockedOut?.toLine() ?? (this.isSpent() ? "the node hours are used up" : undefined);
  }

  private isSpent(): boolean {
    const { nodeHours, work, logger } = this.options;
    if (nodeHours === undefined || work.hours() < nodeHours) return false;
    if (!this.isSpentTold) logger.error({ nodeHours }, "cluster.budgetIsSpent");
    this.isSpentTold = true;
    return true;
  }

  async tick(): Promise<void> {
    const { work } = this.options;
    const known = work.pilots();
    const isAtWork = known.length + workOf(work) > 0;
    // One that is locked out refuses jobs: it has to ask by itself whether it is known again, and need not every second.
    if (this.lockedOut === undefined ? !isAtWork : Date.now() < this.notBefore_ms) return;
    const listed = await this.list();
    // A controller that does not answer says nothing about any pilot.
    if (listed === undefined) return;
    const alive = this.everyPilot(known, listed).filter((pilot) => !this.isGone(pilot, listed));
    // Counted now: what was just taken from a pilot that is gone is no work of another.
    await this.submitWanted(workOf(work) - alive.length, alive.length);
  }

  private async list(): Promise<readonly SubmittedPilot[] | undefined> {
    const { batch, logger } = this.options;
    try {
      const listed = await batch.list();
      if (this.isAway || this.lockedOut !== undefined) logger.info({}, "cluster.controllerIsBack");
      this.isAway = false;
      this.lockedOut = undefined;
      return listed;
    } catch (error) {
      if (isNotAllowed(error)) this.lockOut(error);
      else if (!this.isAway) logger.warn({ why: String(error) }, "cluster.controllerAway");
      this.isAway = true;
      return undefined;
    }
  }

  /** Nothing that we ask is done, until a person has renewed what the cluster knows us by: that is said, and no job is taken. */
  private lockOut(error: LabError): void {
    const { logger } = this.options;
    if (this.lockedOut === undefined)
      logger.error({ code: error.code, why: error.toLine() }, "cluster.notAllowed");
    this.lockedOut = error;
    this.notBefore_ms = Date.now() + PAUSE_AFTER_FAILURE_ms;
  }

  /**
   * Those that we wait for, and those that were given up and are there after all: such as have work, whose claims must be taken away once
   * they are gone, and such as the controller lists and that have begun here, so that no more are submitted than are wanted.
   */
  private everyPilot(
    known: readonly PilotRecord[],
    listed: readonly SubmittedPilot[],
  ): readonly PilotRecord[] {
    const { work } = this.options;
    const pilots = new Map(known.map((pilot) => [pilot.name, pilot]));
    const submitted_ms = Date.now();
    for (const { name } of listed)
      if (!pilots.has(name) && work.heardOf(name)?.ended === false)
        pilots.set(name, { name, submitted_ms });
    for (const pilot of work.claimants())
      if (!pilots.has(pilot.name)) pilots.set(pilot.name, pilot);
    return [...pilots.values()];
  }

  private isGone(pilot: PilotRecord, listed: readonly SubmittedPilot[]): boolean {
    const { work, silence_ms, logger } = this.options;
    const { name, jobId, submitted_ms } = pilot;
    const row = listed.find((one) => one.name === name);
    const heard = work.heardOf(name);
    if (heard?.ended !== true) {
      // Accepted, though we were not told so.
      if (row !== undefined && row.jobId !== jobId) work.note({ ...pilot, jobId: row.jobId });
      if (row !== undefined) return false;
      if (Date.now() - (heard?.beat_ms ?? submitted_ms) < silence_ms) return false;
    }
    const lost = work.revoke(name);
    if (heard?.ended !== true || lost.length > 0)
      logger.warn({ pilot: name, jobId, lost: lost.length }, "cluster.pilotIsGone");
    work.dismiss(name);
    return true;
  }

  /** One order a look: an array, where more than one pilot is wanted. */
  private async submitWanted(wanted: number, alive: number): Promise<void> {
    const { work, batch, pilots_max, lifetime_s, idle_s } = this.options;
    const count = Math.min(wanted, pilots_max - alive, this.together);
    if (count <= 0 || Date.now() < this.notBefore_ms || this.isSpent()) return;
    const name = `${PILOT_PREFIX}${randomBytes(8).toString("hex")}`;
    const args = [work.path, name, String(lifetime_s), String(idle_s)];
    const order = { name, count, args: count === 1 ? args : [...args, "array"] };
    const submitted_ms = Date.now();
    for (const pilot of pilotsOf(order)) work.note({ name: pilot, submitted_ms });
    try {
      const jobId = await batch.submit(order);
      for (const [task, pilot] of pilotsOf(order).entries())
        work.note({
          ...{ name: pilot, submitted_ms },
          jobId: count === 1 ? jobId : `${jobId}_${task}`,
        });
      this.together = Math.min(ARRAY_max, 2 * this.together);
    } catch (error) {
      this.notSubmitted(order, error);
    }
  }

  private notSubmitted(order: PilotOrder, error: unknown): void {
    const { work, logger } = this.options;
    const { name, count } = order;
    // Perhaps it was accepted: then its pilots are listed under their names, or heard of; else they are gone after the silence.
    if (error instanceof SubmissionRefused || isNotAllowed(error))
      for (const pilot of pilotsOf(order)) work.dismiss(pilot);
    if (isNotAllowed(error)) {
      this.lockOut(error);
      return;
    }
    logger.warn({ pilots: name, count, why: String(error) }, "cluster.notSubmitted");
    // Where an array is too large for this cluster, or none is allowed, a smaller one may pass: in the end a single job.
    this.together = Math.max(1, Math.floor(count / 2));
    this.notBefore_ms = Date.now() + PAUSE_AFTER_FAILURE_ms;
  }
}

/** Pieces of work that wait for a pilot or have one. */
function workOf(work: WorkFolder): number {
  const { offered, claimed } = work.counts();
  return offered + claimed;
}
