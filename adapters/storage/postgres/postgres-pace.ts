/** So often the log is looked at while something is written, and when nothing has been for a while. */
const POLL_ms = { busy: 250, idle: 1000 };
const IDLE_AFTER_ms = 5000;
/** Behind the end of a lease, so that the database's clock has passed it. */
const MARGIN_ms = 20;

/**
 * Until a standby's next look at the lease, ms, where nothing has come for `quiet_ms`: a lease that ends before is looked at then. One that
 * is free is to be taken: a try that has failed is made again soon, however quiet the log has been.
 */
export function pauseBefore(
  lease: { readonly free: boolean; readonly left_s: number } | undefined,
  quiet_ms: number,
): number {
  if (quiet_ms <= IDLE_AFTER_ms || lease === undefined || lease.free) return POLL_ms.busy;
  return Math.min(POLL_ms.idle, Math.max(0, 1000 * lease.left_s) + MARGIN_ms);
}
