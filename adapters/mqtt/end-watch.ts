/** So many ends of a connection that had been accepted, within this, are no accident. */
const ENDS_MAX = 5;
const WITHIN_ms = 5 * 60_000;

/**
 * Notices a connection that is made and ended over and over, each time late enough to look like a network's bad moment. `note`
 * returns how many ends there were once they are too many, and then not again before as many more have come.
 */
export class EndWatch {
  private ends_ms: number[] = [];

  note(now_ms: number): number | undefined {
    this.ends_ms = [...this.ends_ms.filter((at_ms) => now_ms - at_ms < WITHIN_ms), now_ms];
    const { length } = this.ends_ms;
    if (length < ENDS_MAX) return undefined;
    this.ends_ms = [];
    return length;
  }
}
