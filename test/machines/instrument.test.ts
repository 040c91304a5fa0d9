import { describe, expect, test } from "vitest";
import { Driven, explore, reached, swallowed } from "./explore.ts";
import { birth, INSTRUMENT_INPUT, instrumentEvents, report } from "./instrument-events.ts";

describe("an instrument", () => {
  test("handles or records every event in every state, and reaches all of them", () => {
    const steps = explore({
      kind: "instrument",
      input: INSTRUMENT_INPUT,
      events: instrumentEvents,
      keyOf: ({ states, context }) =>
        JSON.stringify([states, context.bootId, context.formerBootIds.length > 0]),
      pauses_ms: [1000],
    });
    expect(reached(steps)).toEqual(
      [
        ...["offline", "online", "stale"].map((name) => `connection.${name}`),
        ...["idle", "busy", "held", "fault"].map((name) => `operation.${name}`),
        ...["automatic", "local", "maintenance"].map((name) => `control.${name}`),
        ...["ok", "interlocked", "emergencyStopped"].map((name) => `safety.${name}`),
        "ledger.known",
      ].sort(),
    );
    expect(swallowed(steps)).toEqual([]);
  });

  const online = () => {
    const { type, ...fields } = birth("b1");
    return new Driven("instrument", INSTRUMENT_INPUT).tell(type, fields);
  };
  const connection = (instrument: Driven<"instrument">) =>
    instrument.state.states.find((name) => name.startsWith("connection."));

  test("lost and back with a new boot: what still comes from the old one changes nothing", () => {
    const instrument = online().tell("instrument.online", { online: false, bootId: "b1" });
    expect(connection(instrument)).toBe("connection.offline");
    const { type, ...fields } = birth("b2");
    instrument.tell(type, fields);
    expect(connection(instrument)).toBe("connection.online");
    instrument.tell("instrument.online", { online: false, bootId: "b1" });
    const { type: stateType, ...late } = report("b1", 99, { operation: "fault" });
    instrument.tell(stateType, late);
    expect(connection(instrument)).toBe("connection.online");
    expect(instrument.state.states).toContain("operation.idle");
    expect(instrument.state.context.bootId).toBe("b2");
  });

  test("states of one boot count by their number, whatever their order of arrival", () => {
    const instrument = online();
    const { type, ...newer } = report("b1", 7, { operation: "busy" });
    const { type: _, ...older } = report("b1", 6, { operation: "fault" });
    instrument.tell(type, newer).tell(type, older);
    expect(instrument.state.states).toContain("operation.busy");
  });

  test("silent about a job: stale, asked again after ever longer pauses, back at its first word", () => {
    const instrument = online().tell("instrument.silent", { jobId: "map.1.s1" });
    expect(connection(instrument)).toBe("connection.stale");
    const pauses_ms: number[] = [];
    for (let k = 0; k < 8; k++) {
      const since_ms = instrument.time_ms;
      instrument.ring();
      pauses_ms.push(instrument.time_ms - since_ms);
      expect(instrument.commands("reconcileJobs")).toMatchObject([{ jobIds: ["map.1.s1"] }]);
    }
    expect(pauses_ms).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((minutes) => minutes * 60_000));
    instrument.tell("instrument.answered");
    expect([connection(instrument), instrument.timers.size]).toEqual(["connection.online", 0]);
  });
});
