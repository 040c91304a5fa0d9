import { describe, expect, test } from "vitest";
import { createLabView, type LabView } from "../../src/views/lab-view.ts";
import { campaignBatchPayload, campaignModelPayload } from "../../src/views/wire-payloads.ts";
import { createScriptedLaboratory, type ScriptOptions } from "../support/scripted-laboratory.ts";

function scripted(options: ScriptOptions = {}) {
  let view: LabView | undefined;
  const early: Parameters<LabView["fold"]>[0][] = [];
  const laboratory = createScriptedLaboratory({
    ...options,
    onEvent: (event) => (view === undefined ? early.push(event) : view.fold(event)),
  });
  view = createLabView({ site: "lab", agentId: "agent1", state: laboratory.state });
  for (const event of early) view.fold(event);
  return { laboratory, view };
}

const CAMPAIGN = "al-mg-zn";
const message = { source: "test", id: "x" };

describe("the fold of the laboratory", () => {
  test("shows each result as an observation with its position, place and result", () => {
    const { laboratory, view } = scripted();
    laboratory.propose(4);
    laboratory.finishOne();
    const campaign = view.campaign(CAMPAIGN);
    expect(campaign?.observations.total).toBe(1);
    expect(campaign?.observations.recent[0]).toMatchObject({
      position: laboratory.events.length,
      candidateId: laboratory.measured[0],
      results: [{ kind: "phases" }],
    });
    expect(campaign?.inFlight).toBe(3);
    expect(campaign?.batch?.points.map((p) => p.state)).toEqual([
      "measured",
      "running",
      "running",
      "running",
    ]);
    expect(view.overview().counters.results).toBe(1);
  });

  test("a result that arrives twice is one observation", () => {
    const { laboratory, view } = scripted();
    laboratory.propose(1);
    laboratory.finishOne();
    const result = laboratory.events.at(-1);
    if (result?.fact.type !== "job.result") throw new Error("the script changed");
    laboratory.write({ ...result.fact, attempt: 2 });
    expect(view.campaign(CAMPAIGN)?.observations.total).toBe(1);
  });

  test("time is left while something goes on, not while everything waits for a person", () => {
    const { laboratory } = scripted();
    const { state } = laboratory;
    let waits = 0;
    const held: typeof state = {
      ...state,
      campaignStatus: (id) => {
        const status = state.campaignStatus(id);
        const hold = (_job: object, k: number) => (k < waits ? { waitsFor: "approval" } : {});
        return status && { ...status, jobs: status.jobs.map((j, k) => ({ ...j, ...hold(j, k) })) };
      },
    };
    const view = createLabView({ site: "lab", agentId: "agent1", state: held });
    laboratory.propose(4);
    laboratory.finishOne();
    laboratory.finishOne();
    for (const event of laboratory.events) view.fold(event);
    const left = () => view.campaign(CAMPAIGN)?.remaining_s;
    expect(left()).toBeGreaterThan(0);
    waits = 1;
    expect(left()).toBeGreaterThan(0);
    waits = 2;
    expect(left()).toBeUndefined();
  });

  test("results are counted from 1, whatever else the log holds, and keep their numbers", () => {
    const { laboratory, view } = scripted();
    laboratory.propose(3);
    for (let k = 0; k < 3; k++) laboratory.finishOne();
    const before = view.observations(CAMPAIGN);
    expect(before.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(before[0]?.position).toBeGreaterThan(3);
    const jobId = before[1]?.jobId ?? "";
    laboratory.write({
      type: "operator.command",
      ...{ campaignId: CAMPAIGN, commandId: "w1", by: "ada", action: "withdraw", jobId, message },
    });
    expect(view.observations(CAMPAIGN).map(({ n }) => n)).toEqual([1, 3]);
  });

  test("a withdrawn observation leaves the list and the count", () => {
    const { laboratory, view } = scripted();
    laboratory.propose(2);
    laboratory.finishOne();
    laboratory.finishOne();
    laboratory.write({
      type: "operator.command",
      campaignId: CAMPAIGN,
      action: "withdraw",
      commandId: "c1",
      by: "ada",
      jobId: `${CAMPAIGN}.e1.s1`,
      message,
    });
    expect(view.campaign(CAMPAIGN)?.observations).toMatchObject({ total: 1, withdrawn: [11] });
    expect(view.observations(CAMPAIGN)).toHaveLength(1);
    expect(view.campaign(CAMPAIGN)?.decisions.at(-1)).toMatchObject({
      by: "ada",
      action: "withdraw",
    });
  });

  test("names exactly the views that an event changes", () => {
    const { laboratory, view } = scripted();
    view.takeChanged();
    laboratory.propose(1);
    expect(new Set(view.takeChanged())).toEqual(
      new Set(["overview", "events", "todo", `campaign/${CAMPAIGN}`]),
    );
    expect(view.takeChanged()).toEqual([]);
  });

  test("an alarm lasts exactly as long as its reason", () => {
    const { laboratory, view } = scripted();
    expect(view.overview().alarms).toEqual([]);
    const stop = { type: "safety.emergencyStop", by: "ada", reason: "smoke", message } as const;
    laboratory.write({ ...stop, active: true });
    expect(view.overview().alarms.map((a) => a.alarmId)).toEqual(["emergency-stop"]);
    laboratory.write({ ...stop, active: false });
    expect(view.overview().alarms).toEqual([]);
    laboratory.write({
      type: "instrument.online",
      instrumentId: "XRD1",
      online: false,
      bootId: "b1",
      message,
    });
    expect(view.overview().alarms.map((a) => a.alarmId)).toEqual(["connection/XRD1"]);
  });

  test("a planner that failed is an alarm that says what comes next, until it has proposed", () => {
    const { laboratory, view } = scripted();
    const failure = { type: "planner.failed", campaignId: CAMPAIGN, requestId: "r1" } as const;
    laboratory.write({ ...failure, reason: "a singular matrix" });
    expect(view.overview().alarms.map(({ text }) => text)).toEqual([
      "The planner failed: a singular matrix. It is asked again at once; after three failures in a row the campaign is suspended until a person resumes it.",
    ]);
    laboratory.propose(1);
    expect(view.overview().alarms).toEqual([]);
  });

  test("a lost broker is an alarm until it is there again", () => {
    const { view } = scripted();
    view.noteBroker(false);
    expect(view.overview().alarms).toMatchObject([{ alarmId: "broker", severity: "critical" }]);
    view.noteBroker(true);
    expect(view.overview().alarms).toEqual([]);
  });

  test("an older state of the same start of an instrument doesn't undo a newer one", () => {
    const { laboratory, view } = scripted();
    const state = {
      type: "instrument.state",
      instrumentId: "XRD1",
      bootId: "b1",
      control: "automatic",
      safety: "ok",
      message,
    } as const;
    laboratory.write({ ...state, seq: 9, operation: "busy", jobId: "j" });
    laboratory.write({ ...state, seq: 8, operation: "idle" });
    expect(view.instrument("XRD1")?.operation).toBe("busy");
    laboratory.write({ ...state, bootId: "b2", seq: 1, operation: "idle" });
    expect(view.instrument("XRD1")?.operation).toBe("idle");
  });

  test("quarantined and duplicate messages are counted with their reasons", () => {
    const { laboratory, view } = scripted();
    for (const reason of ["notJson", "notJson", "oversized"] as const) {
      const topic = "tieline/v1/lab/x";
      laboratory.write({ type: "message.quarantined", topic, payloadBase64: "", bytes: 3, reason });
    }
    view.noteDuplicate();
    expect(view.overview().counters).toMatchObject({
      duplicates: 1,
      quarantined: 3,
      quarantinedByReason: { notJson: 2, oversized: 1 },
    });
  });

  test("progress and telemetry show in the instrument's view", () => {
    const { laboratory, view } = scripted();
    laboratory.propose(1);
    const jobId = `${CAMPAIGN}.e1.s1`;
    view.noteProgress({ instrumentId: "XRD1", jobId, fraction: 0.4 });
    view.noteTelemetry({
      instrumentId: "FURNACE1",
      channel: "T",
      unit: "K",
      value: 608,
      time_ms: 1,
    });
    expect(view.campaign(CAMPAIGN)?.jobs[0]?.fraction).toBe(0.4);
    expect(view.instrument("FURNACE1")?.traces).toEqual([
      { channel: "T", unit: "K", time_ms: [1], values: [608] },
    ]);
  });

  test("every word of a search must occur in a line of the event stream", () => {
    const { laboratory, view } = scripted();
    laboratory.propose(1);
    laboratory.finishOne();
    expect(view.searchEvents("accepted xrd1", 10).map((l) => l.type)).toEqual(["job.accepted"]);
    expect(view.searchEvents("accepted nobody", 10)).toEqual([]);
  });
});

describe("bounded views", () => {
  test("a long campaign's message stays below the wire's 1 MiB and the memory doesn't grow with telemetry", () => {
    const { laboratory, view } = scripted({ step: 0.01, budget: 5151 });
    for (let k = 0; k < 5151; k++) {
      laboratory.propose(1);
      laboratory.finishOne();
    }
    for (let k = 0; k < 10_000; k++) {
      view.noteTelemetry({
        instrumentId: "FURNACE1",
        channel: `c${k % 100}`,
        unit: "K",
        value: k,
        time_ms: k,
      });
    }
    const campaign = view.campaign(CAMPAIGN);
    expect(campaign?.observations.total).toBe(5151);
    expect(campaign?.history.length).toBeLessThanOrEqual(401);
    expect(campaign?.history.at(-1)?.observations).toBe(5150);
    for (const shown of [campaign, view.overview(), view.events(), view.instrument("FURNACE1")]) {
      expect(JSON.stringify(shown).length).toBeLessThan(300_000);
    }
    expect(view.instrument("FURNACE1")?.traces).toHaveLength(32);
    expect(view.observations(CAMPAIGN)).toHaveLength(5151);
  });
});

describe("the contract's payloads", () => {
  test("state, batch and model carry the fields of the contract's table", () => {
    const { laboratory, view } = scripted({ approval: "supervised" });
    laboratory.propose(2);
    laboratory.finishOne();
    laboratory.propose(1);
    const campaign = view.campaign(CAMPAIGN);
    if (campaign === undefined) throw new Error("no view");
    expect(view.campaignState(CAMPAIGN)).toEqual({
      state: "running.awaitingApproval",
      revision: campaign.revision,
      approval: "supervised",
      budget: { used: 1, total: 80 },
      inFlight: 2,
      observations: 1,
    });
    const batch = campaignBatchPayload(campaign);
    expect(batch).toMatchObject({ n: 2, seed: "1", approval: "waiting", model: { version: 2 } });
    expect(batch?.points).toHaveLength(1);
    expect(batch?.pending).toHaveLength(1);
    expect(Object.keys(batch?.points[0] ?? {}).sort()).toEqual([
      "candidateId",
      "jobId",
      "parameters",
      "score",
      "why",
    ]);
    expect(campaignModelPayload(campaign)).toMatchObject({
      version: 2,
      goal: "phase-diagram",
      observations: 1,
    });
  });
});
