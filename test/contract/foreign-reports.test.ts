import { describe, expect, test } from "vitest";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { type LimitedDaemon, newLab, places } from "../support/limited-daemon.ts";
import type { Script, ScriptedInstrument, StartCommand } from "../support/scripted-instrument.ts";
import { until } from "./listener.ts";

const CAMPAIGN = `campaigns:
  - id: c1
    goal: optimise
    autoStart: true
    budget: 2
    inFlight: 1
    space: { kind: grid, axes: [{ name: temperature_K, min: 600, max: 700, step: 10 }] }
    recipe: [{ capability: bake, parameters: { temperature_K: { axis: temperature_K } }, retries: 2 }]
    model: { objectives: [{ name: strength, direction: max }] }
`;

const able = (name: string): Script["capabilities"] => [
  {
    ...{ name, results: ["objective"], repeatable: false, expectedDuration_s: 1 },
    parameters: { temperature_K: { unit: "K", min: 0, max: 1373 } },
  },
];
const strength = (value: number) => [{ kind: "objective", name: "strength", value, unit: "MPa" }];

/** A daemon, a furnace that has been told to bake and goes on with it, and a stranger that can do something else. */
async function bakery() {
  const lab = newLab();
  const [place] = places();
  if (place === undefined) throw new Error("there is no broker");
  await lab.start(place, CAMPAIGN);
  const furnace = await lab.add({ id: "furnace-1", capabilities: able("bake") });
  const stranger = await lab.add({ id: "zz-9", capabilities: able("divine") });
  await until(() => furnace.started.length === 1, "the start");
  return { lab, furnace, stranger, command: furnace.started[0] as StartCommand };
}

const quarantined = (lab: LimitedDaemon): readonly unknown[] =>
  lab.logged("message.quarantined").map(({ fields }) => fields["reason"]);

const learnt = (lab: LimitedDaemon): unknown[] =>
  (lab.daemon.lab.results.get("c1") ?? []).flatMap(({ observations }) =>
    observations.map((one) => one.kind === "objective" && one.value),
  );

function fail(instrument: ScriptedInstrument, { jobId, attempt }: StartCommand): void {
  const data = { jobId, attempt, reason: "it burnt", retryable: true };
  instrument.say(`job/${jobId}/failed`, "job.failed", data);
}

describe("a report by an instrument that was never told to do the job", () => {
  test("ends nothing: neither a failure nor a refusal, from whomever", async () => {
    const { lab, furnace, stranger, command } = await bakery();
    const { jobId, attempt } = command;
    const refusal = { jobId, attempt, reason: "not here", retryable: false };
    fail(stranger, command);
    await until(() => quarantined(lab).length === 1, "the quarantine");
    stranger.say(`job/${jobId}/rejected`, "job.rejected", refusal);
    furnace.finish(command, strength(480));
    await until(() => learnt(lab).length === 1, "the result");
    expect(lab.daemon.lab.machines.job.get(jobId)?.states).toEqual(["done"]);
    expect(lab.daemon.lab.machines.job.get(jobId)?.context.attempt).toBe(1);
  });

  test("of an attempt that was never ordered is taken from nobody, and acknowledged to nobody", async () => {
    const { lab, furnace, command } = await bakery();
    furnace.finish({ ...command, attempt: 2 }, strength(999));
    await until(() => quarantined(lab).includes("notItsInstrument"), "the quarantine");
    expect(learnt(lab)).toEqual([]);
    furnace.finish(command, strength(480));
    await until(() => furnace.acknowledged.length === 1, "the result");
    expect(learnt(lab)).toEqual([480]);
  });

  test("is no word about the job where it is logged as a sign of life", async () => {
    const { lab, command } = await bakery();
    const { jobId, attempt } = command;
    const known = lab.daemon.lab;
    const job = () => known.machines.job.get(jobId);
    await until(() => job()?.states[0]?.startsWith("begun") === true, "the acceptance");
    const message = { source: "instrument/zz-9", id: "late" };
    const about = { instrumentId: "zz-9", jobId, attempt, message };
    applyEvent(known, {
      position: known.position + 1,
      time_ms: known.time_ms,
      fact: { type: "job.rejected", ...about, reason: "not here", retryable: false },
    });
    expect(job()?.states[0]).toMatch(/^begun/);
  });

  test("of an attempt that went to another instrument is a stranger's", async () => {
    const { lab, furnace, command } = await bakery();
    const other = await lab.add({ id: "furnace-2", capabilities: able("bake") });
    // The first stays busy, so that the second attempt goes to the other.
    fail(furnace, command);
    furnace.sayState({ operation: "busy" });
    await until(() => other.started.length === 1, "the second attempt");
    const [second] = other.started;
    furnace.finish(second as StartCommand, strength(999));
    await until(() => quarantined(lab).includes("notItsInstrument"), "the quarantine");
    expect(learnt(lab)).toEqual([]);
    other.finish(second as StartCommand, strength(480));
    await until(() => learnt(lab).length === 1, "the true result");
  });
});
