import { describe, expect, test } from "vitest";
import type { Effect } from "../../machines/index.ts";
import { CAMPAIGN_INPUT, campaignEvents, campaignKey } from "./campaign-events.ts";
import {
  explore,
  matrixText,
  nameOf,
  offending,
  reached,
  type Step,
  swallowed,
} from "./explore.ts";

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
    const isReply = (effect: Effect): boolean =>
      effect.kind === "command" && effect.command.type === "replyToOperator";
    const commands = steps.filter(({ event }) => "commandId" in event);
    expect(commands.length).toBeGreaterThan(0);
    expect(offending(commands, ({ effects }) => effects.filter(isReply).length === 1)).toEqual([]);
  });

  test("never has more open than its budget leaves, nor more than may be in flight", () => {
    const opening = steps.filter(
      ({ from, event, to }) =>
        event.type === "campaign.proposed" && to.context.open.length > from.context.open.length,
    );
    expect(opening.length).toBeGreaterThan(0);
    const isWithin = ({ to }: Step<"campaign">): boolean => {
      const { open, budget, inFlight_max, observed } = to.context;
      return open.length <= Math.min(inFlight_max, budget - observed);
    };
    expect(offending(opening, isWithin)).toEqual([]);
  });

  test("stays over once it is over, an emergency stop too, unless a person gives it more to do", () => {
    const isExtended = ({ from, event }: Step<"campaign">): boolean =>
      ["converged", "budgetExhausted"].includes(nameOf(from)) && event.type === "campaign.extend";
    const over = steps.filter((step) => OVER.includes(nameOf(step.from)) && !isExtended(step));
    expect(over.length).toBeGreaterThan(0);
    expect(offending(over, ({ from, to }) => nameOf(to) === nameOf(from))).toEqual([]);
    const aborting = steps.filter(({ from }) => nameOf(from) === "aborting");
    expect(aborting.length).toBeGreaterThan(0);
    const staysAborted = ({ to }: Step<"campaign">): boolean =>
      ["aborting", "aborted"].includes(nameOf(to));
    expect(offending(aborting, staysAborted)).toEqual([]);
  });
});
