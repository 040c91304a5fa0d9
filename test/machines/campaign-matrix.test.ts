import { describe, expect, test } from "vitest";
import { CAMPAIGN_INPUT, campaignEvents, campaignKey } from "./campaign-events.ts";
import { explore, matrixText, nameOf, reached, swallowed } from "./explore.ts";

const OVER = ["converged", "budgetExhausted", "stopped", "aborted", "failed"];
const STATES = [
  ...OVER,
  "aborting",
  "emergencyStopped",
  "paused",
  "pausing",
  "recovering",
  "running.awaitingApproval",
  "running.hindered",
  "running.measuring",
  "running.proposing",
  "running.seeding",
  "running.updating",
  "stopping",
  "suspended",
  "validated",
];

describe.each(["automatic", "supervised"])("a campaign whose approval is %s", (approval) => {
  const steps = explore({
    kind: "campaign",
    input: { ...CAMPAIGN_INPUT, approval },
    events: campaignEvents,
    keyOf: campaignKey,
    pauses_ms: [1000],
  });

  test("reaches every state of the design", () => {
    expect(reached(steps)).toEqual([...STATES].sort());
  });

  test("every event in every state acts, is named as harmless, or is recorded", () => {
    expect(swallowed(steps)).toEqual([]);
  });

  test("does in each state what the reviewed table says", async () => {
    await expect(matrixText(steps)).toMatchFileSnapshot(`./matrix/campaign-${approval}.txt`);
  });

  test("answers every command of a person exactly once", () => {
    for (const { from, event, effects } of steps) {
      if (!("commandId" in event)) continue;
      const replies = effects.flatMap((effect) =>
        effect.kind === "command" && effect.command.type === "replyToOperator" ? [effect] : [],
      );
      expect(replies, `${nameOf(from)} | ${event.type}`).toHaveLength(1);
    }
  });

  test("never has more open than its budget leaves, nor more than may be in flight", () => {
    for (const { from, event, to } of steps) {
      if (event.type !== "campaign.proposed") continue;
      const { open, budget, inFlight_max, observed } = to.context;
      if (open.length <= from.context.open.length) continue;
      expect(open.length).toBeLessThanOrEqual(Math.min(inFlight_max, budget - observed));
    }
  });

  test("stays over once it is over, an emergency stop too, unless a person gives it more to do", () => {
    for (const { from, event, to } of steps) {
      const isFinished = ["converged", "budgetExhausted"].includes(nameOf(from));
      if (isFinished && event.type === "campaign.extend") continue;
      if (OVER.includes(nameOf(from))) expect(nameOf(to), event.type).toBe(nameOf(from));
      if (nameOf(from) === "aborting") expect(["aborting", "aborted"]).toContain(nameOf(to));
    }
  });
});
