import { describe, expect, test } from "vitest";
import { AgentClock, type Arrival } from "../../src/domain/agent-clock.ts";
import { fc } from "../support/properties.ts";

const HOUR_ms = 3_600_000;
const VALID_s = 30;

/** A message sent at a true time and received after a delay, by clocks that are off by so much. */
function arrival(about: {
  readonly sent_ms: number;
  readonly delay_ms?: number;
  readonly agentOff_ms?: number;
  readonly ownOff_ms?: number;
}): Arrival {
  const { sent_ms, delay_ms = 0, agentOff_ms = 0, ownOff_ms = 0 } = about;
  const sent = sent_ms + agentOff_ms;
  const validity = { sent_ms: sent, notAfter_ms: sent + VALID_s * 1000, validFor_s: VALID_s };
  const came_ms = sent_ms + delay_ms;
  return { validity, received_ms: came_ms + ownOff_ms, ticks_ms: came_ms };
}

function judge(clock: AgentClock, one: Arrival, held_ms = 0): string | undefined {
  clock.hear(one);
  return clock.whyNot(one, one.ticks_ms + held_ms);
}

describe("the age of a command", () => {
  test("fresh is obeyed, old is not: by its delay, by the time that it is held, by its time alone", () => {
    expect(judge(new AgentClock(), arrival({ sent_ms: 0, delay_ms: 200 }))).toBeUndefined();
    expect(judge(new AgentClock(), arrival({ sent_ms: 0, delay_ms: 31_000 }))).toContain(
      "notAfter",
    );
    expect(judge(new AgentClock(), arrival({ sent_ms: 0 }), 31_000)).toContain("notAfter");
    const dateless = arrival({ sent_ms: 0, delay_ms: 31_000 });
    const { notAfter_ms: _, ...validity } = dateless.validity;
    expect(judge(new AgentClock(), { ...dateless, validity })).toContain("31 s old");
  });

  test.each([
    ["the agent's clock is set forward", 6 * HOUR_ms, 0],
    ["the agent's clock is set back", -6 * HOUR_ms, 0],
    ["the instrument's clock is set forward", 0, 6 * HOUR_ms],
    ["the instrument's clock is set back", 0, -6 * HOUR_ms],
  ])(
    "%s by 6 h: one refusal at most, then the next try is obeyed, and an old command is not",
    (_, agentOff_ms, ownOff_ms) => {
      const clock = new AgentClock();
      expect(judge(clock, arrival({ sent_ms: 0 }))).toBeUndefined();
      const off = { agentOff_ms, ownOff_ms };
      // Our own clock's step is seen at once: what counts the ticks between two messages did not step.
      const first = judge(clock, arrival({ sent_ms: 60_000, ...off }));
      expect(first !== undefined).toBe(agentOff_ms !== 0);
      expect(judge(clock, arrival({ sent_ms: 65_000, ...off }))).toBeUndefined();
      // One that a broker had kept for 6 h comes with the next connection.
      expect(
        judge(clock, arrival({ sent_ms: 70_000, delay_ms: 6 * HOUR_ms, ...off })),
      ).toBeDefined();
    },
  );

  test("a heap that a broker had kept proves nothing", () => {
    const clock = new AgentClock();
    for (let k = 0; k < 10; k++) {
      const sent_ms = k * 10_000;
      const one = arrival({ sent_ms, delay_ms: HOUR_ms - sent_ms });
      expect(judge(clock, one)).toBeDefined();
    }
  });

  test("once an offset is proven no command that waited longer than it is valid is obeyed, whatever the clocks", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -12 * HOUR_ms, max: 12 * HOUR_ms }),
        fc.integer({ min: -12 * HOUR_ms, max: 12 * HOUR_ms }),
        fc.integer({ min: 1_000, max: 600_000 }),
        fc.integer({ min: VALID_s * 1000 + 2_500, max: 48 * HOUR_ms }),
        (agentOff_ms, ownOff_ms, apart_ms, delay_ms) => {
          const clock = new AgentClock();
          const off = { agentOff_ms, ownOff_ms };
          judge(clock, arrival({ sent_ms: 0, ...off }));
          expect(
            judge(clock, arrival({ sent_ms: apart_ms, delay_ms: 100, ...off })),
          ).toBeUndefined();
          const late = arrival({ sent_ms: apart_ms + 1, delay_ms, ...off });
          expect(judge(clock, late)).toBeDefined();
          expect(clock.isSurelyOld(late, late.ticks_ms)).toBe(true);
        },
      ),
    );
  });
});
