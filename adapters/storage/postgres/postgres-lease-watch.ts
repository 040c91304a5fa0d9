import type { LeaderRow } from "./postgres-followers-lease.ts";
import { leaseLengthOf } from "./postgres-tickets.ts";

/** Two machines' clocks may run apart by so much of what they measure (oscillators by 0.0001, one that is being put right by 0.0005). */
const DRIFT = 0.01;
const MARGIN_ms = 20;

/** A look, and, where the lease is over by our own clock only, the end that the database gives it. */
export type Judged = LeaderRow & { readonly overdue?: string | undefined };

/**
 * A lease that nobody has renewed for its own length is over, whatever the time of day is in the database: that of a server which was
 * promoted, or whose clock was set, may be behind by hours. What is measured is by our monotonic clock how long the same end has been seen, which is
 * never longer than it has been there.
 */
export class LeaseWatch {
  private until = "";
  private since_ms = 0;

  judge(row: LeaderRow, now_ms: number): Judged {
    if (row.until !== this.until) {
      this.until = row.until;
      this.since_ms = now_ms;
    }
    const length_ms = leaseLengthOf(row);
    if (row.free || length_ms === undefined) return row;
    const left_s = (this.since_ms + length_ms * (1 + DRIFT) + MARGIN_ms - now_ms) / 1000;
    if (left_s <= 0) return { ...row, free: true, left_s, overdue: row.until };
    return { ...row, left_s: Math.min(row.left_s, left_s) };
  }
}
