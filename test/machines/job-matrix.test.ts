import { describe, expect, test } from "vitest";
import { explore, matrixText, outcomeOf, reached, swallowed } from "./explore.ts";
import {
  JOB_INPUT,
  jobEvents,
  jobKey,
  LOAD_INPUT,
  loadEvents,
  memberEvents,
} from "./job-events.ts";

const explored = (change: object) =>
  explore({
    kind: "job",
    input: { ...JOB_INPUT, ...change },
    events: jobEvents,
    keyOf: jobKey,
  });
const STATES = [
  "awaitingApproval",
  "begun.accepted",
  "begun.running",
  "cancelled",
  "cancelling",
  "deadLetter",
  "dispatched",
  "done",
  "failed",
  "held",
  "proposed",
  "queued",
  "reserved",
  "retryWait",
  "timedOut",
  "unknown",
];

describe.each([true, false])("a job that is repeatable: %s", (repeatable) => {
  const steps = explored({ repeatable });

  test("reaches every state of the design", () => {
    expect(reached(steps)).toEqual(STATES);
  });

  test("every event in every state acts, is named as harmless, or is recorded", () => {
    expect(swallowed(steps)).toEqual([]);
  });

  test("does in each state what the reviewed table says", async () => {
    const file = `./matrix/job-${repeatable ? "repeatable" : "physical"}.txt`;
    await expect(matrixText(steps)).toMatchFileSnapshot(file);
  });

  test("takes a result in every state after it was queued, and only once", () => {
    const results = steps.filter(({ event }) => event.type === "job.result");
    for (const step of results) {
      const [state] = step.from.states;
      if (state === "proposed" || state === "awaitingApproval")
        expect(outcomeOf(step)).toBe("unexpected");
      else if (state === "done") expect(outcomeOf(step)).toBe("ignored");
      else expect(step.to.states).toEqual(["done"]);
    }
  });

  test("reports its end to its experiment and lets its station go, in every end", () => {
    const ENDS = ["done", "failed", "cancelled", "deadLetter"];
    const ending = steps.filter(
      ({ from, to }) => !ENDS.includes(from.states[0] ?? "") && ENDS.includes(to.states[0] ?? ""),
    );
    for (const { effects } of ending) {
      const told = effects.flatMap((effect) => (effect.kind === "tell" ? [effect.to.machine] : []));
      expect(told).toContain("experiment");
      expect(told).toContain("reservation");
    }
  });
});

describe("a job that a person does", () => {
  const steps = explored({ byPerson: true });

  test("is asked, and never sent, doubted or timed out", () => {
    expect(reached(steps)).toEqual([
      ...["asked", "awaitingApproval", "cancelled", "deadLetter", "done", "failed"],
      ...["proposed", "queued", "reserved", "retryWait"],
    ]);
    expect(swallowed(steps)).toEqual([]);
  });

  test("does in each state what the reviewed table says", async () => {
    await expect(matrixText(steps)).toMatchFileSnapshot("./matrix/job-person.txt");
  });

  test("sends nothing to anybody: its list is the log", () => {
    const sent = steps.flatMap(({ effects }) =>
      effects.flatMap((one) => (one.kind === "command" ? [one.command.type] : [])),
    );
    expect(new Set(sent)).toEqual(new Set(["startTimer", "cancelTimer"]));
  });

  test("calls when its time is over, and stays", () => {
    const late = steps.filter(
      ({ from, event, effects }) =>
        from.states[0] === "asked" && event.type === "timer.fired" && effects.length > 0,
    );
    expect(late.length).toBeGreaterThan(0);
    for (const { to, effects } of late) {
      expect(to.states).toEqual(["asked"]);
      expect(effects).toMatchObject([{ kind: "alarm", alarm: { severity: "warning" } }]);
    }
  });
});

describe("a load of two samples", () => {
  const steps = explore({ kind: "job", input: LOAD_INPUT, events: loadEvents, keyOf: jobKey });
  const ENDS = ["done", "failed", "cancelled", "deadLetter"];

  test("is tried once: it ends, and is never a dead letter of its own", () => {
    expect(reached(steps)).toEqual(
      STATES.filter((state) => state !== "retryWait" && state !== "deadLetter"),
    );
    expect(swallowed(steps)).toEqual([]);
  });

  test("does in each state what the reviewed table says", async () => {
    await expect(matrixText(steps)).toMatchFileSnapshot("./matrix/job-load.txt");
  });

  test("tells its end to every sample and no experiment, and lets its station go", () => {
    const ending = steps.filter(
      ({ from, to }) => !ENDS.includes(from.states[0] ?? "") && ENDS.includes(to.states[0] ?? ""),
    );
    expect(ending.length).toBeGreaterThan(0);
    for (const { effects } of ending) {
      const told = effects.flatMap((one) => (one.kind === "tell" ? [one] : []));
      const members = told.filter(({ event }) => event.type === "job.loadEnded");
      expect(members.map(({ to }) => to.id)).toEqual(["map.1.s1", "map.2.s1"]);
      expect(told.filter(({ to }) => to.machine === "reservation")).toHaveLength(1);
      expect(told.filter(({ to }) => to.machine === "experiment" && to.id !== "")).toEqual([]);
    }
  });

  test("is cancelled when none of its samples is wanted, and not before", () => {
    for (const { from, event, to } of steps) {
      if (event.type !== "job.unwanted" || !from.states[0]?.startsWith("begun")) continue;
      const isLast = from.context.unwanted?.some((id) => id !== event["jobId"]) === true;
      expect(to.states[0]).toBe(isLast ? "cancelling" : from.states[0]);
    }
  });
});

describe.each([true, false])("a sample of a load, repeatable: %s", (repeatable) => {
  const steps = explore({
    ...{ kind: "job", input: { ...JOB_INPUT, repeatable }, events: memberEvents, keyOf: jobKey },
  });
  const inLoad = steps.filter(({ from }) => from.states[0] === "loaded");

  test("does in a load what the reviewed table says, and leaves every deadline to it", async () => {
    const file = `./matrix/job-loaded-${repeatable ? "repeatable" : "physical"}.txt`;
    await expect(matrixText(inLoad)).toMatchFileSnapshot(file);
    expect(swallowed(inLoad)).toEqual([]);
    for (const { to, effects } of inLoad) {
      if (to.states[0] !== "loaded") continue;
      expect(effects.filter((one) => one.kind === "command")).toEqual([]);
    }
  });

  test("whose load nobody knows anything of is done again only where that harms nothing", () => {
    const lost = inLoad.filter(({ event, from }) => {
      const isLost = event["reason"] === "unknownToInstrument";
      return isLost && from.context.cancelReason === undefined && from.context.attempt === 1;
    });
    expect(lost.length).toBeGreaterThan(0);
    for (const { to } of lost) expect(to.states).toEqual([repeatable ? "retryWait" : "deadLetter"]);
  });
});
