import { randomBytes } from "node:crypto";
import type { Logger } from "../../../src/core/logger.ts";
import type { BatchSystem, SlurmJob } from "./slurm-commands.ts";
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
const SUBMITTED_AT_ONCE = 4;
const PAUSE_AFTER_FAILURE_ms = 5000;

/** Keeps as many pilots as there is work for, and notices those that are gone. */
export interface PilotFleet {
  /** Whether the node hours are used up. */
  isSpent(): boolean;
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
    isSpent: () => fleet.isSpent(),
    tick: () => fleet.tick(),
    stop: () => clearInterval(timer),
  };
}

class Fleet {
  private readonly options: FleetOptions;
  private notBefore_ms = 0;
  private isSpentTold = false;

  constructor(options: FleetOptions) {
    this.options = options;
  }

  isSpent(): boolean {
    const { nodeHours, work, logger } = this.options;
    if (nodeHours === undefined || work.hours() < nodeHours) return false;
    if (!this.isSpentTold) logger.error({ nodeHours }, "cluster.budgetIsSpent");
    this.isSpentTold = true;
    return true;
  }

  async tick(): Promise<void> {
    const { work, batch, logger } = this.options;
    const { offered, claimed } = work.counts();
    const known = work.pilots();
    if (known.length + offered + claimed === 0) return;
    const listed = await batch.list().catch((error: unknown) => {
      logger.warn({ why: String(error) }, "cluster.controllerAway");
      return undefined;
    });
    // A controller that does not answer says nothing about any pilot.
    if (listed === undefined) return;
    const alive = known.filter((pilot) => !this.isGone(pilot, listed));
    await this.submitWanted(offered + claimed - alive.length, alive.length);
  }

  private isGone(pilot: PilotRecord, listed: readonly SlurmJob[]): boolean {
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

  private async submitWanted(wanted: number, alive: number): Promise<void> {
    const { work, batch, pilots_max, lifetime_s, idle_s, logger } = this.options;
    const room = Math.min(wanted, pilots_max - alive, SUBMITTED_AT_ONCE);
    if (room <= 0 || Date.now() < this.notBefore_ms || this.isSpent()) return;
    for (let k = 0; k < room; k++) {
      const name = `tieline-${randomBytes(8).toString("hex")}`;
      const pilot = { name, submitted_ms: Date.now() };
      work.note(pilot);
      try {
        const jobId = await batch.submit(name, [
          ...[work.path, name, String(lifetime_s), String(idle_s)],
        ]);
        work.note({ ...pilot, jobId });
      } catch (error) {
        // Perhaps it was accepted: then it is listed under its name, or heard of; else it is gone after the silence.
        logger.warn({ pilot: name, why: String(error) }, "cluster.notSubmitted");
        this.notBefore_ms = Date.now() + PAUSE_AFTER_FAILURE_ms;
        return;
      }
    }
  }
}
