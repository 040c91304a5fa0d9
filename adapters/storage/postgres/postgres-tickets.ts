import { randomUUID } from "node:crypto";

/** An answer that was lost before so many further tries is not waited for any more. */
const TICKETS_max = 100;

/** What each try of a daemon to take the lease is known by; the newest are kept. */
export class Tickets {
  private readonly node: string;
  private drawn: string[] = [];

  constructor(node: string) {
    this.node = node;
  }

  /** A ticket for this try to take a lease of so many ms, and those of the tries before. */
  draw(lease_ms: number): { readonly ticket: string; readonly earlier: readonly string[] } {
    const earlier = this.drawn;
    const ticket = `${randomUUID()} for ${lease_ms} ms of ${this.node}`;
    this.drawn = [...earlier, ticket].slice(-TICKETS_max);
    return { ticket, earlier };
  }

  /**
   * Whether the lease is this daemon's, taken in a try whose answer was lost. The holder decides as well: a daemon that draws no tickets (of a
   * release before) may have taken it since, and left ours where it was.
   */
  have(lease: { readonly holder: string | null; readonly ticket: string | null }): boolean {
    const { holder, ticket } = lease;
    return holder === this.node && ticket !== null && this.drawn.includes(ticket);
  }
}

/** How long the lease is that a holder took, ms; unknown where its ticket does not say so, or is another one's. */
export function leaseLengthOf(lease: {
  readonly holder: string | null;
  readonly ticket: string | null;
}): number | undefined {
  const [, length_ms, node] = /^\S+ for ([\d.]+) ms of (.*)$/s.exec(lease.ticket ?? "") ?? [];
  return node === lease.holder && length_ms !== undefined ? Number(length_ms) : undefined;
}
