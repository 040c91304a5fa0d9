import { LabError } from "../../../src/core/errors.ts";
import type { Leadership, LeaseEnd, LogLease, LogNode } from "../../../src/events/log-lease.ts";
import type { PostgresEventLog } from "./postgres-event-log.ts";

/** Who leads, as a look at the database tells. */
export interface LeaderRow {
  readonly holder: string | null;
  readonly page: string | null;
  readonly position: string;
  readonly free: boolean;
  readonly ticket: string | null;
  /** When it runs out, by the database's clock: s since 1970, as text. */
  readonly until: string;
  /** Until it runs out, s. */
  readonly left_s: number;
}

/** The lease of a daemon that may not have it yet. */
export class FollowersLease implements LogLease {
  private readonly node: string;
  private led: LogLease | undefined;
  private leader: LogNode | undefined;
  private standbys: Leadership["standbys"] = [];
  private readonly enders: ((end: LeaseEnd) => void)[] = [];
  private readonly onlookers: (() => void)[] = [];

  constructor(node: string) {
    this.node = node;
  }

  holds(): boolean {
    return this.led?.holds() ?? false;
  }

  async confirm(): Promise<void> {
    if (this.led === undefined) throw new LabError("TL-4003", "This daemon stands by");
    await this.led.confirm();
  }

  onEnd(listener: (end: LeaseEnd) => void): void {
    this.enders.push(listener);
  }

  onChange(listener: () => void): void {
    this.onlookers.push(listener);
  }

  leadership(): Leadership {
    if (this.led !== undefined) return this.led.leadership();
    return { role: "follows", node: this.node, leader: this.leader, standbys: this.standbys };
  }

  note({ holder, page, free }: LeaderRow, standbys: Leadership["standbys"]): void {
    const before = JSON.stringify(this.leadership());
    const leader = { node: holder ?? "", ...(page === null ? {} : { page }) };
    this.leader = free || holder === null ? undefined : leader;
    this.standbys = standbys;
    if (JSON.stringify(this.leadership()) !== before) this.tell();
  }

  lead({ lease }: PostgresEventLog): void {
    this.led = lease;
    lease?.onEnd((end) => {
      for (const tell of this.enders) tell(end);
    });
    lease?.onChange(() => this.tell());
    this.tell();
  }

  tell(): void {
    for (const tell of this.onlookers) tell();
  }
}
