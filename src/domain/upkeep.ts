/** What an instrument says of its keeping: how long it is right, when it is closed, what it has left. */
export interface Upkeep {
  /** Its calibration; past `validUntil` (RFC 3339) somebody is called. */
  readonly calibration?:
    | { readonly id: string; readonly validUntil?: string | undefined }
    | undefined;
  /** Windows in which nothing may be running on it. */
  readonly maintenance?: readonly MaintenanceWindow[] | undefined;
  /** What jobs use up, by name, as it was when the instrument said so. */
  readonly stock?: Readonly<Record<string, StockItem>> | undefined;
}

export interface MaintenanceWindow {
  /** RFC 3339, UTC. */
  readonly from: string;
  readonly until: string;
  readonly what?: string | undefined;
}

export interface StockItem {
  readonly amount: number;
  readonly unit: string;
  /** Somebody is called below this; absent: below what the last job used, five times. */
  readonly low?: number | undefined;
}

/** Jobs like the last one that a stock should still be good for, where nothing else is said. */
const JOBS_AHEAD = 5;

/** The first window that a job of this length would run into; `undefined` where it would be over before, or begins after. */
export function windowAhead(
  { maintenance = [] }: Upkeep,
  now_ms: number,
  duration_s: number,
): MaintenanceWindow | undefined {
  return maintenance
    .filter(({ until }) => now_ms < Date.parse(until))
    .sort((a, b) => Date.parse(a.from) - Date.parse(b.from))
    .find(({ from }) => now_ms + duration_s * 1000 > Date.parse(from));
}

/** Below this somebody is called. */
export function lowMark({ low }: StockItem, lastUse: number): number {
  return low ?? JOBS_AHEAD * lastUse;
}

/** What is left of an instrument's stock. */
export interface Stock {
  /** As the instrument last said it: only other words begin a new count. */
  readonly told: string;
  readonly left: Readonly<Record<string, number>>;
  /** What the last job used. */
  readonly lastUse: Readonly<Record<string, number>>;
}
