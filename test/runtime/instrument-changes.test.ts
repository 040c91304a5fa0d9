import { expect, test } from "vitest";
import { INSTRUMENTS } from "../../src/domain/limits/policy-changes.ts";
import type { LabCommand } from "../../src/events/lab-command.ts";
import type { LabFact } from "../../src/events/lab-fact.ts";
import { applyEvent } from "../../src/runtime/apply-event.ts";
import { BEHAVIOUR } from "../../src/runtime/behaviour.ts";
import { createLab } from "../../src/runtime/lab.ts";

const limited = (max: number) => ({ "furnace-1": { temperature_K: { min: 293, max } } });
const started = (epoch: number, max: number): LabFact => ({
  ...{ type: "daemon.started", site: "s", agentId: "a", epoch, version: "0", timeZone: "UTC" },
  ...{ behaviour: BEHAVIOUR, instrumentLimits: limited(max) },
});
const birth: LabFact = {
  ...{ type: "instrument.birth", instrumentId: "furnace-1", bootId: "b1", kind: "furnace" },
  capabilities: [
    {
      ...{ name: "bake", results: ["phases"], repeatable: false, expectedDuration_s: 60 },
      parameters: { temperature_K: { unit: "K", min: 0, max: 1373 } },
    },
  ],
  simulated: false,
  message: { source: "instrument/furnace-1", id: "b1" },
};
const edited = (max: number): LabFact => ({
  type: "instruments.configured",
  instrumentLimits: limited(max),
});
const approve = (change: number): LabFact => ({
  ...{ type: "operator.command", campaignId: INSTRUMENTS, action: "approve", by: "ada", change },
  ...{ commandId: `approve-${change}`, message: { source: "operator/ada", id: "1" } },
});

/** What the furnace, limited to 600 K at first, may be told after these facts, and what was said of the last. */
function after(...further: readonly LabFact[]) {
  const facts = [started(1, 600), birth, ...further];
  const lab = createLab();
  let said: readonly LabCommand[] = [];
  for (const [k, fact] of facts.entries())
    said = applyEvent(lab, { position: k + 1, time_ms: 1000 * k, fact });
  const answer = said.find((one) => one.type === "replyToOperator");
  return {
    max_K: lab.policies["furnace-1"]?.limits["temperature_K"]?.max,
    accepted: answer?.type === "replyToOperator" ? answer.accepted : undefined,
  };
}

test("wider limits of an instrument hold once they are approved, not before", () => {
  expect(after(edited(900)).max_K).toBe(600);
  expect(after(edited(900), approve(1))).toEqual({ max_K: 900, accepted: true });
});

test("a change that the file has taken back is approved by nobody", () => {
  const facts = [edited(900), edited(600), approve(1)];
  expect(after(...facts)).toEqual({ max_K: 600, accepted: false });
});

test("a change that waited when the daemon was started anew is approved by nobody: the file may say something else since", () => {
  const facts = [edited(900), started(2, 600), approve(1)];
  expect(after(...facts)).toEqual({ max_K: 600, accepted: false });
});
