/** When a command was sent and how long it may be obeyed, as it says itself. Agents of the first days say no duration. */
export interface Validity {
  /** By the agent's clock. */
  readonly sent_ms: number;
  readonly notAfter_ms?: number | undefined;
  readonly validFor_s?: number | undefined;
}

/** A message of the agent that has just come. */
export interface Arrival {
  readonly validity: Validity;
  /** The receiver's clock, and a count of ms that no setting of a clock moves. */
  readonly received_ms: number;
  readonly ticks_ms: number;
}

/** Two clocks of a laboratory may differ by this much before it counts. */
const TOLERANCE_ms = 5_000;
/** Messages further apart than this, that came as far apart as they were sent, have not waited on the way. */
const APART_ms = 1_000;
const EQUAL_ms = 1_000;

/**
 * How old an agent's command is, by two clocks that need not agree. A receiver takes its own clock for the agent's until
 * messages prove an offset: two of them that came as far apart as they were sent (by a count that no clock's setting
 * moves) were under way equally long, that is not at all. What a broker had kept comes in a heap and proves nothing.
 */
export class AgentClock {
  /** Own clock minus the agent's, ms. */
  #offset_ms = 0;
  #isProven = false;
  #last: { readonly sent_ms: number; readonly ticks_ms: number } | undefined;

  /** Takes note of every live message of the agent: commands and acknowledgements. */
  hear({ validity: { sent_ms }, received_ms, ticks_ms }: Arrival): void {
    if (!Number.isFinite(sent_ms)) return;
    const last = this.#last;
    this.#last = { sent_ms, ticks_ms };
    if (last === undefined) return;
    const sentApart_ms = sent_ms - last.sent_ms;
    const cameApart_ms = ticks_ms - last.ticks_ms;
    if (sentApart_ms < APART_ms || Math.abs(sentApart_ms - cameApart_ms) > EQUAL_ms) return;
    this.#offset_ms = received_ms - sent_ms;
    this.#isProven = true;
  }

  /**
   * Why a command must not be begun now: `ticks_ms` after it came, by its duration and by its time, the stricter. A
   * clock that has been set makes one refusal, not a start that is hours old: the agent's next try proves the offset.
   */
  whyNot({ validity, received_ms, ticks_ms: came }: Arrival, ticks_ms: number): string | undefined {
    const { sent_ms, notAfter_ms, validFor_s } = validity;
    const held_ms = ticks_ms - came;
    const agentNow_ms = received_ms + held_ms - this.#offset_ms;
    if (notAfter_ms !== undefined && !(agentNow_ms <= notAfter_ms))
      return "the command came after its notAfter";
    if (validFor_s === undefined) return undefined;
    const age_ms = agentNow_ms - sent_ms;
    if (age_ms < -TOLERANCE_ms) return `the command comes from the future by ${inSeconds(-age_ms)}`;
    return Math.max(age_ms, held_ms) > validFor_s * 1000
      ? `the command is ${inSeconds(age_ms)} old and was valid for ${validFor_s} s`
      : undefined;
  }

  /** True where it is certain that a command is too old: what leads to safety is obeyed in doubt. */
  isSurelyOld(arrival: Arrival, ticks_ms: number): boolean {
    return this.#isProven && this.whyNot(arrival, ticks_ms) !== undefined;
  }
}

function inSeconds(duration_ms: number): string {
  return `${Math.round(duration_ms / 1000)} s`;
}
