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

  /** A ticket for this try, and those of the tries before. */
  draw(): { readonly ticket: string; readonly earlier: readonly string[] } {
    const earlier = this.drawn;
    const ticket = randomUUID();
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
