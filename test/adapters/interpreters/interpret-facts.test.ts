import { describe, expect, test } from "vitest";
import { createFactInterpreter, type Interpreter } from "../../../adapters/interpreters/index.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import type { CampaignSpec } from "../../../src/domain/campaign.ts";
import type { CurveObservation, Observation } from "../../../src/domain/observation.ts";
import type { LabFact } from "../../../src/events/lab-fact.ts";

const SPEC = { campaignId: "c", goal: "optimise" } as unknown as CampaignSpec;

const curve = (sampleId?: string, top = 3): CurveObservation => ({
  ...{ kind: "curve", name: "xrd", unit: "1", values: [0, top] },
  axis: { name: "twoTheta", unit: "deg", values: [10, 20] },
  ...(sampleId === undefined ? {} : { sampleId }),
});

function result(...observations: Observation[]) {
  return {
    ...{ type: "job.result", instrumentId: "x", jobId: "c.1.s1", attempt: 1, simulated: false },
    ...{ observations, message: { source: "instrument/x", id: "1" } },
  } as const satisfies LabFact;
}

/** The largest value of a curve; `interpret` may be replaced by one that fails. */
function interpreterOf(
  interpret: Interpreter<"curve", number>["interpret"] = peak,
  more: Partial<Interpreter<"curve", number>> = {},
) {
  const interpreter: Interpreter<"curve", number> = {
    ...{ name: "peak", takes: "curve", gives: "objective", interpret },
    settings: (spec, { name }) => (spec.goal === "optimise" && name === "xrd" ? 2 : undefined),
    ...more,
  };
  return createFactInterpreter({
    interpreters: [interpreter],
    specOf: (jobId) => (jobId.startsWith("c.") ? SPEC : undefined),
    logger: silentLogger,
  });
}

function peak(raw: CurveObservation, factor: number): Observation {
  const value = factor * Math.max(...raw.values);
  // Fields in another order, and one that the contract does not know.
  return { unit: "1", extra: 1, value, name: "peak", kind: "objective" } as unknown as Observation;
}

describe("what a raw observation means", () => {
  test("stands behind it in the same result, as the contract has it; everything else is passed by as it is", async () => {
    const { interpret } = interpreterOf();
    const fact = result(curve());
    const completed = await interpret(fact);
    expect(JSON.stringify(completed)).toBe(
      JSON.stringify({
        ...fact,
        observations: [curve(), { kind: "objective", name: "peak", value: 6, unit: "1" }],
      }),
    );
    const others: LabFact[] = [
      { ...fact, jobId: "other.1.s1" },
      result({ ...curve(), name: "ftir" }),
      result({ kind: "failure", reason: "melted" }),
      result(curve(), { kind: "objective", name: "peak", value: 5, unit: "1" }),
      { type: "timer.fired", timerId: "t" },
    ];
    for (const other of others) expect(interpret(other)).toBe(other);
  });

  test("is told for each sample that does not bring it already", async () => {
    const known: Observation = {
      ...{ kind: "objective", sampleId: "b", name: "peak", value: 1, unit: "1" },
    };
    const fact = result(curve("a"), curve("b"), known, curve("c", 5));
    const { observations } = (await interpreterOf().interpret(fact)) as typeof fact;
    expect(observations.slice(4)).toEqual([
      { kind: "objective", sampleId: "a", name: "peak", value: 6, unit: "1" },
      { kind: "objective", sampleId: "c", name: "peak", value: 10, unit: "1" },
    ]);
  });

  test("is found once however often the result is said; what failed is tried again", async () => {
    let asked = 0;
    const { interpret } = interpreterOf(async (raw, factor) => {
      asked += 1;
      if (asked === 1) throw new Error("no reference pattern");
      return peak(raw, factor);
    });
    const failed = await interpret(result(curve()));
    expect(failed).toMatchObject({
      observations: [
        {},
        { kind: "failure", reason: expect.stringContaining("no reference pattern") },
      ],
    });
    const both = await Promise.all([interpret(result(curve())), interpret(result(curve()))]);
    expect(both[0]).toEqual(both[1]);
    await interpret(result(curve()));
    expect(asked).toBe(2);
  });

  test.each([
    ["hangs", () => new Promise<never>(() => {}), "longer than 0.03 s"],
    ["gives a NaN", () => ({ ...objective, value: Number.NaN }), "value: "],
    ["gives an unknown unit", () => ({ ...objective, unit: "furlong!" }), "not a known UCUM unit"],
  ])("is a failure with its reason where the interpreter %s", async (_, interpret, why) => {
    const completed = await interpreterOf(interpret, { deadline_ms: 30 }).interpret(
      result(curve()),
    );
    const [, failure] = completed.type === "job.result" ? completed.observations : [];
    expect(failure).toMatchObject({ kind: "failure" });
    expect(failure?.kind === "failure" && failure.reason).toContain(why);
  });

  test("is not waited for when the daemon stops", async () => {
    const facts = interpreterOf(() => new Promise<never>(() => {}));
    const completed = facts.interpret(result(curve()));
    await facts.stop();
    expect(await completed).toMatchObject({ observations: [{}, { kind: "failure" }] });
  });
});

const objective = { kind: "objective" as const, name: "peak", value: 1, unit: "1" };
