import { describeLimit, type Interval } from "../candidate.ts";

/** What happens when a guard trips, mildest first. */
export type GuardAction =
  /** An alarm and nothing else; the daemon's own, for a guard that never hears its channel. */
  | "tell"
  /** The instrument gets no new job (a campaign's guard: the campaign starts nothing new) until it clears by itself. */
  | "pause"
  /** As `pause`, and what runs on the instrument is cancelled. */
  | "cancel"
  /** As `cancel`, and the laboratory's emergency stop is set; a person clears it. */
  | "stop";

/** What must hold of one channel of telemetry. */
export interface Guard extends Interval {
  readonly channel: string;
  /** UCUM unit of min, max and hysteresis; readings in other units are converted. */
  readonly unit: string;
  /** Fastest change allowed, either way. */
  readonly rate?: { readonly max: number; readonly unit: string } | undefined;
  /** Longest time without a reading while the instrument is there. */
  readonly stale_s?: number | undefined;
  readonly action: GuardAction;
  /** How far inside its limits a reading must lie again before the guard clears. */
  readonly hysteresis?: number | undefined;
  /** How long all must be well before the guard clears. */
  readonly settle_s?: number | undefined;
  /** Of a campaign's guard: only this instrument; absent: every one that offers what the recipe asks for. */
  readonly instrument?: string | undefined;
}

/** What a guard allows, as a person reads it: `-inf to 900 K, at most 20 K/min, told every 30 s`. */
export function describeGuard({ min, max, unit, rate, stale_s }: Guard): string {
  const range = min === undefined && max === undefined ? [] : [describeLimit({ min, max, unit })];
  return [
    ...range,
    ...(rate === undefined ? [] : [`at most ${rate.max} ${rate.unit}`]),
    ...(stale_s === undefined ? [] : [`told every ${stale_s} s`]),
  ].join(", ");
}

/** A guard in its place: whose it is and which instrument it looks at. */
export interface PlacedGuard {
  /** Names the guard and the instrument for ever, e.g. `furnace-1/temperature/1` or `c1@furnace-1/temperature/1`. */
  readonly guardId: string;
  readonly instrumentId: string;
  readonly campaignId?: string | undefined;
  readonly guard: Guard;
}
