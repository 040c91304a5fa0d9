import { LabError } from "../../../src/core/errors.ts";
import type { Leadership, LeaseEnd, LogLease } from "../../../src/events/log-lease.ts";
import { BEATS_IN_LEASE } from "./postgres-pace.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { delay, type PostgresSession } from "./postgres-session.ts";
import type { Statements } from "./postgres-statements.ts";

const PAUSE_ms = 200;

interface LeaseNeeds {
  readonly place: PostgresPlace;
  readonly sql: Statements;
  readonly epoch: string;
  readonly node: string;
  readonly page: () => string | undefined;
  /** When the lease was asked for, by our clocks. */
  readonly asked: Moment;
  /** A connection to the server that takes writes; one try. */
  readonly session: () => Promise<PostgresSession>;
}

/** By a clock that no one sets, and by one that a machine that slept has not lost. */
interface Moment {
  readonly monotonic_ms: number;
  readonly wall_ms: number;
}

export const momentNow = (): Moment => ({
  monotonic_ms: performance.now(),
  wall_ms: Date.now(),
});

/** A commit that waited for a standby and was made to stop waiting is on one machine only. */
export const NOT_REPLICATED = /synchronous replication/i;

/**
 * The lease in the database, renewed three times within its length. It counts from before it was asked for, so that ours has
 * always run out before the database's has.
 */
export class PostgresLease implements LogLease {
  private readonly needs: LeaseNeeds;
  private renewed: Moment;
  private lost: Error | undefined;
  private isHandoverTold = false;
  private renewing: Promise<void> | undefined;
  private standbys: Leadership["standbys"] = [];
  private readonly enders: ((end: LeaseEnd) => void)[] = [];
  private readonly onlookers: (() => void)[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(needs: LeaseNeeds) {
    this.needs = needs;
    this.renewed = needs.asked;
    const every_ms = Math.max(100, needs.place.lease_ms / BEATS_IN_LEASE);
    this.timer = setInterval(() => void this.renew().catch(() => {}), every_ms);
    this.timer.unref();
  }

  holds(): boolean {
    const { monotonic_ms, wall_ms } = momentNow();
    const passed_ms = Math.max(
      monotonic_ms - this.renewed.monotonic_ms,
      wall_ms - this.renewed.wall_ms,
    );
    return this.lost === undefined && passed_ms < this.needs.place.lease_ms;
  }

  async confirm(): Promise<void> {
    const deadline_ms = performance.now() + this.needs.place.patience_ms;
    while (!this.holds()) {
      if (this.lost !== undefined) throw this.lost;
      const why = await this.renew().catch((error: unknown) => error);
      if (this.holds()) return;
      if (performance.now() > deadline_ms)
        throw new LabError("TL-4003", `The lease cannot be renewed (${String(why)})`);
      await delay(PAUSE_ms);
    }
  }

  /** One renewal at a time; rejects where no server could be asked. */
  renew(): Promise<void> {
    this.renewing ??= this.renewOnce().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  /** Found out by an append, or by a renewal. */
  lose(error: Error): void {
    if (this.lost !== undefined) return;
    this.lost = error;
    for (const tell of this.enders) tell({ kind: "lost", error });
  }

  onEnd(listener: (end: LeaseEnd) => void): void {
    this.enders.push(listener);
    if (this.lost !== undefined) listener({ kind: "lost", error: this.lost });
  }

  onChange(listener: () => void): void {
    this.onlookers.push(listener);
  }

  leadership(): Leadership {
    const { node, page } = this.needs;
    const leader = this.lost === undefined ? { node, page: page() } : undefined;
    return { role: "leads", node, leader, standbys: this.standbys };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async renewOnce(): Promise<void> {
    const { place, sql, epoch, page } = this.needs;
    const asked = momentNow();
    const session = await this.needs.session();
    const { rows, warnings } = await session.query<{ position: string; handover: string | null }>(
      sql.renew,
      [epoch, place.lease_ms, page() ?? null],
    );
    const [lease] = rows;
    if (lease === undefined) {
      const error = replaced();
      this.lose(error);
      throw error;
    }
    if (warnings.some((text) => NOT_REPLICATED.test(text)))
      throw Object.assign(new Error("the standby has not confirmed the commit"), { code: "57014" });
    this.renewed = asked;
    await this.look(session, Number(lease.position));
    if (lease.handover !== null && !this.isHandoverTold) {
      this.isHandoverTold = true;
      for (const tell of this.enders) tell({ kind: "handover", by: lease.handover });
    }
  }

  private async look(session: PostgresSession, position: number): Promise<void> {
    const { place, sql } = this.needs;
    const standbys = await followersOf(session, sql, place, position);
    const isOther = JSON.stringify(standbys) !== JSON.stringify(this.standbys);
    this.standbys = standbys;
    if (isOther) for (const tell of this.onlookers) tell();
  }
}

/** Those that stand by now, and how far they are behind the log's end. */
export async function followersOf(
  session: PostgresSession,
  sql: Statements,
  { lease_ms }: PostgresPlace,
  end: number,
): Promise<Leadership["standbys"]> {
  const { rows } = await session.query<FollowerRow>(sql.followers, [lease_ms]);
  return standbysFrom(rows, end);
}

export interface FollowerRow {
  readonly node: string;
  readonly page: string | null;
  readonly position: string | number;
}

export function standbysFrom(rows: readonly FollowerRow[], end: number): Leadership["standbys"] {
  const inOrder = [...rows].sort((a, b) => (a.node < b.node ? -1 : 1));
  return inOrder.map(({ node, page, position }) => ({
    node,
    ...(page === null ? {} : { page }),
    behind: Math.max(0, end - Number(position)),
  }));
}

export function replaced(): LabError {
  return new LabError("TL-4003", "Another daemon has taken over this event log", {
    hint: "Nothing more is written by this one. Look which daemon leads before you start it again.",
  });
}
