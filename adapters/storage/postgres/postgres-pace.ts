import type { PostgresPlace } from "./postgres-place.ts";

/** A standby is heard of so often within a lease that one missed beat is no absence. */
export const BEATS_IN_LEASE = 3;
/** So often the log is looked at while something is written, and when nothing has been for a while. */
const POLL_ms = { busy: 250, idle: 1000 };
const IDLE_AFTER_ms = 5000;
/** Who has written nothing for so long calls with its next event: nobody who follows looks seldom before. */
const CALL_AFTER_ms = IDLE_AFTER_ms / 2;
/** Where a call did not go through, none is tried again for so long. */
const CALL_AGAIN_ms = 60_000;
/** Behind the end of a lease, so that the database's clock has passed it. */
const MARGIN_ms = 20;
/** A timer that rings a moment early is not to leave a beat out. */
const EARLY = 0.9;

interface Pace {
  /** Since something was followed last, ms. */
  readonly quiet_ms: number;
  readonly lease_ms: PostgresPlace["lease_ms"];
  /** Whether a call is heard when something is written again, or the lease is given back; otherwise only looking tells. */
  readonly isCalled: boolean;
}

/**
 * Until a standby's next look at the lease, ms: a lease that ends before is looked at then. One that is free is to be taken: a try
 * that has failed is made again soon, however quiet the log has been. Who is called looks when its next sign of life is due.
 */
export function pauseBefore(
  lease: { readonly free: boolean; readonly left_s: number } | undefined,
  { quiet_ms, lease_ms, isCalled }: Pace,
): number {
  if (quiet_ms <= IDLE_AFTER_ms || lease === undefined || lease.free) return POLL_ms.busy;
  const idle_ms = isCalled ? lease_ms / BEATS_IN_LEASE : POLL_ms.idle;
  return Math.min(idle_ms, Math.max(0, 1000 * lease.left_s) + MARGIN_ms);
}

/** Whether a standby's next sign of life is due, `since_ms` after its last. */
export function isBeatDue(since_ms: number, lease_ms: number): boolean {
  return since_ms >= (EARLY * lease_ms) / BEATS_IN_LEASE;
}

/** When an append calls those that follow. */
export class CallPace {
  private written_ms = Number.NEGATIVE_INFINITY;
  private failed_ms = Number.NEGATIVE_INFINITY;

  isDue(now_ms: number): boolean {
    return now_ms - this.written_ms >= CALL_AFTER_ms && now_ms - this.failed_ms >= CALL_AGAIN_ms;
  }

  wrote(now_ms: number): void {
    this.written_ms = now_ms;
  }

  failed(now_ms: number): void {
    this.failed_ms = now_ms;
  }
}
