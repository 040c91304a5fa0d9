import { describe, expect, test } from "vitest";
import { EXPERIMENT_INPUT, experimentEvents, STEP } from "./experiment-events.ts";
import { Driven, explore, matrixText, reached, swallowed } from "./explore.ts";

describe("an experiment", () => {
  const steps = explore({
    kind: "experiment",
    input: EXPERIMENT_INPUT,
    events: experimentEvents,
    keyOf: ({ states, context }) => JSON.stringify([states, context.step, context.cancelled]),
  });

  test("handles or records every event in every state", async () => {
    expect(reached(steps)).toEqual(["abandoned", "failed", "observed", "planned", "step"]);
    expect(swallowed(steps)).toEqual([]);
    await expect(matrixText(steps)).toMatchFileSnapshot("./matrix/experiment.txt");
  });

  test("runs its steps one after the other on one sample and is observed by the last", () => {
    const experiment = new Driven("experiment", EXPERIMENT_INPUT);
    experiment.tell("experiment.submit", { needsApproval: false });
    const created = () =>
      experiment.last.flatMap((effect) => (effect.kind === "create" ? [effect.what.id] : []));
    expect(created()).toEqual(["map.1.s1"]);
    experiment.tell("job.done", { step: 0, isFailure: false });
    expect([experiment.name, ...created()]).toEqual(["step", "map.1.s2"]);
    experiment.tell("job.done", { step: 1, isFailure: false });
    expect(experiment.name).toBe("observed");
    expect(experiment.told("experiment.observed")).toHaveLength(1);
  });

  test("is failed by a step that ends without a result; a late result is an observation", () => {
    const experiment = new Driven("experiment", { ...EXPERIMENT_INPUT, recipe: { steps: [STEP] } });
    experiment.tell("experiment.submit", { needsApproval: false });
    experiment.tell("job.ended", { step: 0, reason: "instrumentLost" });
    expect(experiment.name).toBe("failed");
    expect(experiment.told("experiment.failed")).toMatchObject([{ reason: "instrumentLost" }]);
    expect(experiment.tell("job.done", { step: 0, isFailure: false }).name).toBe("observed");
  });

  test("waits for a person, and is abandoned where the person says no", () => {
    const experiment = new Driven("experiment", EXPERIMENT_INPUT);
    experiment.tell("experiment.submit", { needsApproval: true });
    expect(experiment.name).toBe("planned");
    experiment.tell("experiment.cancel", { reason: "cancelledByOperator" });
    expect(experiment.told("job.cancel")).toHaveLength(1);
    experiment.tell("job.ended", { step: 0, reason: "cancelledByOperator" });
    expect(experiment.told("experiment.abandoned")).toHaveLength(1);
  });
});

describe("a reservation", () => {
  const steps = explore({
    kind: "reservation",
    input: { instrumentId: "furnace-1" },
    events: () =>
      ["a", "b"].flatMap((jobId) => [
        { type: "reservation.request", jobId },
        { type: "reservation.release", jobId },
        { type: "nonsense" },
      ]),
    keyOf: ({ states, context }) => JSON.stringify([states, context.jobId]),
  });

  test("holds one job, only that job lets it go, and everything else is recorded", async () => {
    expect(reached(steps)).toEqual(["free", "granted"]);
    expect(swallowed(steps)).toEqual([]);
    await expect(matrixText(steps)).toMatchFileSnapshot("./matrix/reservation.txt");
    const stolen = steps.filter(
      ({ from, to }) =>
        from.context.jobId !== undefined &&
        to.context.jobId !== undefined &&
        from.context.jobId !== to.context.jobId,
    );
    expect(stolen).toEqual([]);
  });
});
