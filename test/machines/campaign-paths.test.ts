import { describe, expect, test } from "vitest";
import { CAMPAIGN_INPUT, point } from "./campaign-events.ts";
import { Driven } from "./explore.ts";

const BY = { commandId: "c1", by: "ada" };
const GO_ON = { kind: "continue" };

function started(change: object = {}): Driven<"campaign"> {
  const input = { ...CAMPAIGN_INPUT, budget: 3, failuresInARow_max: 2, ...change };
  return new Driven("campaign", input).tell("campaign.start", BY);
}

/** The planner answers with these points. */
function propose(campaign: Driven<"campaign">, ids: string[], verdict: object = GO_ON) {
  const requestId = campaign.state.context.request?.requestId;
  const points = ids.map(point);
  return campaign.tell("campaign.proposed", { requestId, points, refused: [], verdict });
}

function end(campaign: Driven<"campaign">, type: string, reason?: string) {
  const [{ experimentId, candidateId } = { experimentId: "", candidateId: "" }] =
    campaign.state.context.open;
  return campaign.tell(type, { experimentId, candidateId, reason });
}

const accepted = (campaign: Driven<"campaign">) =>
  campaign.commands("replyToOperator").map((reply) => reply["accepted"]);
const measuring = (change: object = {}) => propose(started(change), ["a", "b"]);

describe("a campaign's path", () => {
  test("each result asks for the next point with those in flight; the budget is met exactly", () => {
    const campaign = started();
    expect(campaign.commands("requestProposal")).toMatchObject([{ request: { count: 2 } }]);
    propose(campaign, ["a", "b"]);
    expect(campaign.name).toBe("running.measuring");
    end(campaign, "experiment.observed");
    expect(campaign.commands("requestProposal")).toMatchObject([
      { request: { count: 1, pending: [{ candidateId: "b" }] } },
    ]);
    propose(campaign, ["c"]);
    end(campaign, "experiment.observed");
    // One left in the budget, one in flight: asked only to learn.
    expect(campaign.commands("requestProposal")).toMatchObject([{ request: { count: 0 } }]);
    end(campaign, "experiment.observed");
    while (campaign.state.context.request !== undefined) propose(campaign, []);
    expect(campaign.name).toBe("budgetExhausted");
    expect([campaign.state.context.observed, campaign.state.context.created]).toEqual([3, 3]);
  });

  test("one that is over does not go on under a larger budget before the emergency stop is cleared", () => {
    const campaign = started({ budget: 1 });
    propose(campaign, ["a"]);
    end(campaign, "experiment.observed");
    while (campaign.state.context.request !== undefined) propose(campaign, []);
    const stop = { by: "bob", reason: "smoke" };
    const extend = () => campaign.tell("campaign.extend", { ...BY, changes: { budget: 2 } });
    campaign.tell("safety.emergencyStop", { ...stop, active: true });
    extend();
    expect([campaign.name, accepted(campaign)]).toEqual(["budgetExhausted", [false]]);
    campaign.tell("safety.emergencyStop", { ...stop, active: false });
    extend();
    expect([campaign.name, accepted(campaign)]).toEqual(["running.proposing", [true]]);
  });

  test("a map that no longer changes ends it once what is in flight has arrived", () => {
    const campaign = measuring();
    end(campaign, "experiment.observed");
    propose(campaign, [], { kind: "converged", reason: "the map no longer changes" });
    expect(campaign.name).toBe("running.measuring");
    end(campaign, "experiment.observed");
    propose(campaign, []);
    expect([campaign.name, campaign.state.context.reason]).toEqual([
      "converged",
      "the map no longer changes",
    ]);
  });

  test("pausing lets the jobs end and then waits for a person; results teach, nothing new begins", () => {
    const campaign = measuring().tell("campaign.pause", BY);
    expect([campaign.name, ...accepted(campaign)]).toEqual(["pausing", true]);
    end(campaign, "experiment.observed");
    expect(campaign.commands("requestProposal")).toMatchObject([{ request: { count: 0 } }]);
    expect(campaign.tell("campaign.settled").name).toBe("paused");
    expect(accepted(campaign.tell("campaign.pause", BY))).toEqual([false]);
    expect(campaign.tell("campaign.resume", BY).name).toMatch(/^running/);
  });

  test("stopping cancels nothing that is on its way, and ends with it", () => {
    const campaign = measuring().tell("campaign.stop", BY);
    expect([campaign.name, campaign.told("experiment.cancel").length]).toEqual(["stopping", 0]);
    end(campaign, "experiment.observed");
    end(campaign, "experiment.observed");
    expect(campaign.name).toBe("stopped");
  });

  test("aborting cancels all that is on its way; a late result is data", () => {
    const campaign = measuring().tell("campaign.abort", BY);
    expect([campaign.name, campaign.told("experiment.cancel").length]).toEqual(["aborting", 2]);
    end(campaign, "experiment.abandoned");
    end(campaign, "experiment.abandoned");
    expect(campaign.name).toBe("aborted");
    end(campaign, "experiment.observed");
    expect([campaign.name, campaign.state.context.observed]).toEqual(["aborted", 1]);
  });

  test("an emergency stop is latched: cleared by a person, then resumed by a person", () => {
    const campaign = measuring().tell("safety.emergencyStop", { active: true, by: "ada" });
    expect(campaign.name).toBe("emergencyStopped");
    expect(accepted(campaign.tell("campaign.resume", BY))).toEqual([false]);
    campaign.tell("safety.emergencyStop", { active: false, by: "ada" });
    expect(campaign.name).toBe("emergencyStopped");
    expect(campaign.tell("campaign.resume", BY).name).toMatch(/^running/);
  });

  test("an emergency stop while stopping: resumed, it goes on stopping", () => {
    const campaign = measuring().tell("campaign.stop", BY);
    campaign.tell("safety.emergencyStop", { active: true, by: "ada" });
    campaign.tell("safety.emergencyStop", { active: false, by: "ada" });
    expect(campaign.name).toBe("emergencyStopped");
    expect(campaign.tell("campaign.resume", BY).name).toBe("stopping");
    end(campaign, "experiment.observed");
    end(campaign, "experiment.observed");
    expect(campaign.name).toBe("stopped");
  });

  test("an emergency stop before the start forbids the start until it is cleared", () => {
    const campaign = new Driven("campaign", CAMPAIGN_INPUT);
    campaign.tell("safety.emergencyStop", { active: true, by: "ada" });
    expect(accepted(campaign.tell("campaign.start", BY))).toEqual([false]);
    campaign.tell("safety.emergencyStop", { active: false, by: "ada" });
    expect(campaign.tell("campaign.start", BY).name).toMatch(/^running/);
  });

  test("supervised: nothing begins unapproved, a limit refuses, a rejected point is not proposed again", () => {
    const campaign = measuring({ approval: "supervised" });
    expect(campaign.name).toBe("running.awaitingApproval");
    expect(campaign.told("experiment.submit")).toMatchObject([
      { needsApproval: true },
      { needsApproval: true },
    ]);
    campaign.tell("campaign.approve", { ...BY, refusal: "too hot" });
    expect([campaign.name, ...accepted(campaign)]).toEqual(["running.awaitingApproval", false]);
    const { batches } = campaign.state.context;
    for (const action of ["campaign.approve", "campaign.reject"] as const) {
      campaign.tell(action, { ...BY, batch: batches - 1 });
      expect(campaign.told("experiment.approve")).toHaveLength(0);
      expect(campaign.told("experiment.cancel")).toHaveLength(0);
      expect([campaign.name, ...accepted(campaign)]).toEqual(["running.awaitingApproval", false]);
    }
    // Points that are named are those that the person saw, whatever has been proposed since.
    campaign.tell("campaign.approve", { ...BY, batch: batches - 1, candidateIds: ["a"] });
    expect(campaign.told("experiment.approve")).toHaveLength(1);
    campaign.tell("campaign.reject", { ...BY, candidateIds: ["b"] });
    expect(campaign.told("experiment.cancel")).toHaveLength(1);
    expect(campaign.state.context.excluded).toEqual(["b"]);
  });

  test("a point that needs an approval is refused where nobody is asked, whoever changed that a moment ago", () => {
    const one = { points: [point("h1")], needsApproval: true };
    const supervised = started({ approval: "supervised" });
    supervised.tell("campaign.propose", { ...BY, ...one });
    expect(accepted(supervised)).toEqual([true]);
    expect(supervised.told("experiment.submit")).toMatchObject([{ needsApproval: true }]);
    const changed = started({ approval: "supervised" });
    changed.tell("campaign.extend", { ...BY, changes: { approval: "automatic" } });
    changed.tell("campaign.propose", { ...BY, ...one });
    expect(accepted(changed)).toEqual([false]);
    expect(changed.told("experiment.submit")).toEqual([]);
    // Without the condition it is measured at once, as it has always been.
    changed.tell("campaign.propose", { ...BY, points: [point("h1")] });
    expect(changed.told("experiment.submit")).toMatchObject([{ needsApproval: false }]);
  });

  test("a shorter expiry holds for approvals that have been given, counted from their own time; a longer one does not", () => {
    const campaign = measuring({ approval: "supervised" });
    const by12 = { ...BY, behaviour: 12 };
    campaign.tell("campaign.approve", { ...by12, batch: 1 });
    const ends = () => campaign.state.context.open.map((one) => one.approvedUntil_ms);
    const approved_ms = campaign.state.context.open[0]?.approved_ms ?? Number.NaN;
    expect(ends()).toEqual([undefined, undefined]);
    campaign.tell("campaign.extend", { ...by12, changes: { approvalExpires_s: 600 } });
    expect(ends()).toEqual([approved_ms + 600_000, approved_ms + 600_000]);
    expect(campaign.commands("startTimer")).toMatchObject([{ at_ms: approved_ms + 600_000 }]);
    for (const approvalExpires_s of [900, 0]) {
      campaign.tell("campaign.extend", { ...by12, changes: { approvalExpires_s } });
      expect(ends()).toEqual([approved_ms + 600_000, approved_ms + 600_000]);
    }
  });

  test("failures in a row suspend it; it goes on by itself after ever longer pauses, then has failed", () => {
    const campaign = measuring();
    const pauses_ms: number[] = [];
    for (let round = 0; round < 3; round++) {
      end(campaign, "experiment.failed", "instrumentLost");
      end(campaign, "experiment.failed", "instrumentLost");
      expect(campaign.name).toBe("suspended");
      const since_ms = campaign.time_ms;
      campaign.ring();
      pauses_ms.push(campaign.time_ms - since_ms);
      propose(campaign, ["a", "b"]);
      while (campaign.state.context.open.length < 2) propose(campaign, ["a", "b"]);
    }
    expect(pauses_ms).toEqual([60_000, 120_000, 240_000]);
    end(campaign, "experiment.failed", "instrumentLost");
    end(campaign, "experiment.failed", "instrumentLost");
    expect([campaign.name, campaign.timers.size]).toEqual(["failed", 0]);
  });

  test("a planner that keeps failing suspends it, and says why", () => {
    const campaign = started();
    for (let k = 0; k < 3; k++) {
      const requestId = campaign.state.context.request?.requestId;
      campaign.tell("campaign.planFailed", { requestId, reason: "singular matrix" });
    }
    expect([campaign.name, campaign.state.context.reason]).toEqual([
      "suspended",
      "singular matrix",
    ]);
  });

  test("after a restart it asks for what it had asked, and goes on once every doubt is settled", () => {
    const campaign = started();
    const before = campaign.commands("requestProposal");
    campaign.tell("campaign.doubt");
    expect(campaign.name).toBe("recovering");
    expect(campaign.commands("requestProposal")).toEqual(before);
    propose(campaign, ["a"]);
    expect(campaign.tell("campaign.settled").name).toMatch(/^running/);
  });
});
