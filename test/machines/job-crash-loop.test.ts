import { describe, expect, test } from "vitest";
import { advance, createMachineState, type MachineEvent } from "../../machines/index.ts";

const INPUT = {
  ...{ jobId: "j", campaignId: "c", experimentId: "e", step: 0, capability: "anneal" },
  ...{ parameters: {}, sampleIds: [], repeatable: false, retries: 2, timeLimit_s: 60 },
};

/** A job that was sent to an instrument with a journal, and how to tell it what happens. */
function dispatched() {
  let { state } = createMachineState("job", INPUT);
  let position = 0;
  const tell = (event: MachineEvent): void => {
    position += 1;
    ({ state } = advance("job", state, { time_ms: 1000 * position, position, ...event }));
  };
  tell({ type: "job.submit", needsApproval: false });
  tell({ type: "job.reserve", instrumentId: "f", bootId: "b" });
  tell({ type: "job.dispatch" });
  return { tell, state: () => state.states[0], context: () => state.context };
}

const doubt = { type: "job.doubt", mayHaveCostCommand: true };
const neverBegan = { type: "job.unknown", instrumentId: "f", sameMemory: true };

describe("a job that its instrument's journal never saw begin", () => {
  test("survives any number of restarts before its command left, and is still the first attempt", () => {
    const { tell, state, context } = dispatched();
    for (let restart = 0; restart < 50; restart++) {
      tell(doubt);
      if (restart % 3 === 0) tell(doubt);
      tell(neverBegan);
      expect(state(), `restart ${restart}`).toBe("dispatched");
    }
    expect(context().attempt).toBe(1);
    tell({ type: "job.accepted", instrumentId: "f", attempt: 1 });
    expect(state()).toBe("begun.accepted");
  });

  test("is given up where an instrument that is there ignores every start", () => {
    const { tell, state, context } = dispatched();
    for (let k = 0; k < 20 && state() !== "deadLetter"; k++) {
      tell({ type: "timer.fired", timerId: context().timerId ?? "" });
      if (state() === "unknown") tell(neverBegan);
    }
    expect(state()).toBe("deadLetter");
  });

  test("is never repeated where it may have begun", () => {
    const { tell, state } = dispatched();
    tell({ type: "job.accepted", instrumentId: "f", attempt: 1 });
    tell(doubt);
    tell(neverBegan);
    expect(state()).toBe("deadLetter");
  });
});
