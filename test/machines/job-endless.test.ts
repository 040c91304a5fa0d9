import { expect, test } from "vitest";
import { advance, createMachineState, type MachineEvent } from "../../machines/index.ts";

test("an instrument that ignores the cancel and goes on reporting progress does not keep its job alive", () => {
  let { state } = createMachineState("job", {
    jobId: "j",
    campaignId: "c",
    experimentId: "e",
    step: 0,
    capability: "anneal",
    parameters: {},
    sampleIds: [],
    repeatable: false,
    retries: 2,
    timeLimit_s: 60,
  });
  let time_ms = 0;
  const tell = (event: MachineEvent): void => {
    ({ state } = advance("job", state, { ...event, time_ms, position: time_ms }));
  };
  const about = { instrumentId: "f", attempt: 1 };
  tell({ type: "job.submit", needsApproval: false });
  tell({ type: "job.reserve", instrumentId: "f", bootId: "b" });
  tell({ type: "job.dispatch" });
  tell({ type: "job.accepted", ...about });
  tell({ type: "job.progress", ...about, fraction: 0.1 });
  for (; time_ms <= 600_000 && !state.states.includes("deadLetter"); time_ms += 5_000) {
    tell({ type: "job.progress", ...about, fraction: 0.5 });
    if (time_ms > 60_000) tell({ type: "timer.fired", timerId: state.context.timerId ?? "" });
  }
  expect(state.states).toEqual(["deadLetter"]);
});
