import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../system/write-whole.ts";
import type { ThermalPlan } from "./controller.ts";

/** One job on the device, kept in the job's folder so that a gateway that was killed knows what it had done. */
export interface RunRecord {
  readonly jobId: string;
  readonly plan: ThermalPlan;
  /** Absent: it was not told to start yet. */
  readonly started_ms?: number | undefined;
  /** We hold it. */
  readonly isHeld: boolean;
  readonly witness: Witness;
  /** Why it ended without a result. */
  readonly failed?: string | undefined;
  /** It ended: the device is at rest, or on its way there. */
  readonly isOver: boolean;
}

/** What was seen of the time within the band; time by the gateway's clock. */
export interface Witness {
  readonly inBand_ms: number;
  /** Sum of measured value times time within the band. */
  readonly valueTime: number;
  readonly looked_ms?: number | undefined;
  /** The look before was within the band. */
  readonly wasInBand: boolean;
  /** Looks in a row at which the sensor was broken. */
  readonly brokenLooks: number;
}

export const NEW_WITNESS: Witness = {
  inBand_ms: 0,
  valueTime: 0,
  wasInBand: false,
  brokenLooks: 0,
};

/**
 * One look more. Time counts while both this look and the one before were within the band; a silence in between counts where it is
 * no longer than `silence_max_ms`, for a furnace does not leave its band and come back unseen under the same program in that time.
 */
export function witness(
  before: Witness,
  look: {
    readonly now_ms: number;
    readonly measured: number | undefined;
    readonly isHeld: boolean;
  },
  band: { readonly target: number; readonly tolerance: number; readonly silence_max_ms: number },
): Witness {
  const { now_ms, measured } = look;
  const isInBand = measured !== undefined && Math.abs(measured - band.target) <= band.tolerance;
  const since_ms = before.looked_ms === undefined ? 0 : Math.max(0, now_ms - before.looked_ms);
  const counts = isInBand && before.wasInBand && since_ms <= band.silence_max_ms && !look.isHeld;
  return {
    inBand_ms: before.inBand_ms + (counts ? since_ms : 0),
    valueTime: before.valueTime + (counts ? since_ms * (measured ?? 0) : 0),
    looked_ms: now_ms,
    wasInBand: isInBand,
    brokenLooks: measured === undefined ? before.brokenLooks + 1 : 0,
  };
}

/** Kept whole or not at all. */
export function writeRecord(folder: string, record: RunRecord): void {
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, "run.json"), JSON.stringify(record));
}

export function readRecord(folder: string): RunRecord | undefined {
  const file = join(folder, "run.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunRecord) : undefined;
}
