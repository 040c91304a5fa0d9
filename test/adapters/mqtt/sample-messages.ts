import { MESSAGES, type MessageName } from "../../../adapters/mqtt/contract.ts";
import { topicOf } from "../../../adapters/mqtt/topics.ts";

export const SITE = "lab1";
const IDS = {
  instrumentId: "furnace1",
  jobId: "c1.e1.s1",
  campaignId: "c1",
  channel: "temperature",
  view: "overview",
  agentId: "a1",
  reason: "notJson",
};

/** One valid `data` of every message of the contract. */
export const SAMPLES: Readonly<Record<MessageName, Record<string, unknown>>> = {
  instrumentOnline: { online: true, bootId: "b1" },
  instrumentBirth: {
    bootId: "b1",
    kind: "furnace",
    capabilities: [
      {
        name: "anneal",
        parameters: { temperature: { unit: "Cel", min: 20, max: 1100 }, dwell: { unit: "h" } },
        results: [],
        repeatable: false,
        expectedDuration_s: 7200,
      },
    ],
    simulated: true,
  },
  instrumentState: {
    bootId: "b1",
    seq: 3,
    operation: "busy",
    control: "automatic",
    safety: "ok",
    jobId: "c1.e1.s1",
  },
  telemetry: { value: 873.2, unit: "K" },
  jobStart: {
    commandId: "cmd.17",
    jobId: "c1.e1.s1",
    attempt: 1,
    campaignId: "c1",
    epoch: 4,
    notAfter: "2026-11-23T10:00:00.000Z",
    capability: "anneal",
    parameters: { temperature: 600, atmosphere: "argon" },
    sampleIds: ["c1.e1"],
  },
  jobHold: { commandId: "cmd.18", jobId: "c1.e1.s1", epoch: 4 },
  jobResume: { commandId: "cmd.19", jobId: "c1.e1.s1", epoch: 4 },
  jobCancel: { commandId: "cmd.20", jobId: "c1.e1.s1", epoch: 4 },
  jobReconcile: { commandId: "cmd.21", jobIds: ["c1.e1.s1", "c1.e2.s1"], epoch: 4 },
  jobAccepted: { jobId: "c1.e1.s1", attempt: 1 },
  jobRejected: { jobId: "c1.e1.s1", attempt: 1, reason: "door open", retryable: true },
  jobProgress: { jobId: "c1.e1.s1", attempt: 1, fraction: 0.5, message: "soaking" },
  jobResult: {
    jobId: "c1.e1.s1",
    attempt: 1,
    observations: [
      {
        kind: "phases",
        sampleId: "c1.e1",
        phases: ["fcc", "hcp"],
        fractions: { fcc: 0.7, hcp: 0.3 },
        compositions: { fcc: { Al: 0.95, Zn: 0.05 }, hcp: { Al: 0.1, Zn: 0.9 } },
        confidence: 0.93,
      },
      {
        kind: "objective",
        name: "creep_rate",
        value: 0.41,
        unit: "%/h",
        standardUncertainty: 0.05,
      },
      {
        kind: "curve",
        name: "magnetisation",
        axis: { name: "H", unit: "T", values: [0, 1, 2] },
        values: [0, 0.4, 0.5],
        unit: "1",
        standardUncertainty: [0.01, 0.01, 0.01],
      },
      {
        kind: "trajectory",
        frames: {
          uri: "file:///data/run1.xyz",
          sha256: "0".repeat(64),
          bytes: 81_234,
          format: "extxyz",
        },
      },
      { kind: "failure", reason: "sample melted" },
    ],
    actual: { temperature: 599.2 },
    raw: [{ uri: "file:///data/1.xrdml", sha256: "a".repeat(64), bytes: 10 }],
    simulated: true,
  },
  jobFailed: { jobId: "c1.e1.s1", attempt: 1, reason: "heater broke", retryable: false },
  jobUnknown: { jobId: "c1.e1.s1" },
  jobAck: { jobId: "c1.e1.s1", attempt: 1, position: 42 },
  campaignStart: { commandId: "op1", by: "ryo" },
  campaignPause: { commandId: "op2", by: "ryo", reason: "lunch" },
  campaignResume: { commandId: "op3", by: "ryo" },
  campaignStop: { commandId: "op4", by: "ryo" },
  campaignAbort: { commandId: "op5", by: "ryo" },
  campaignApprove: { commandId: "op6", by: "ryo", batch: 2, candidateIds: ["p1", "p2"] },
  campaignReject: { commandId: "op7", by: "ryo" },
  campaignWithdraw: { commandId: "op8", by: "ryo", reason: "wrong sample", jobId: "c1.e1.s1" },
  campaignExtend: {
    commandId: "op9",
    by: "ryo",
    changes: {
      budget: 20,
      approval: "supervised",
      limits: { temperature_K: { max: 700 } },
      hours: { approvals: "08-18", starts: { anneal: "mon-fri 06-18" } },
      stop: { error_max: 0.02 },
    },
  },
  campaignReport: {
    commandId: "op11",
    by: "ryo",
    reason: "two cracks",
    jobId: "c1.e1.s1",
    report: {
      outcome: "done",
      observations: [{ kind: "objective", name: "hardness", value: 212, unit: "MPa" }],
      actual: { temperature_K: 599.2 },
      raw: [{ uri: "file:///data/1.jpg", sha256: "a".repeat(64), bytes: 10 }],
    },
  },
  campaignComment: { commandId: "op12", by: "ryo", reason: "lid was open", sampleId: "c1.e1" },
  campaignTell: {
    commandId: "op13",
    by: "ryo",
    points: [{ parameters: { Al: 0.5 } }],
    observations: [{ kind: "phases", phases: ["fcc"] }],
  },
  campaignPropose: {
    ...{ commandId: "op10", by: "ryo", points: [{ parameters: { Al: 0.5 } }], needsApproval: true },
  },
  campaignReread: { commandId: "op11", by: "ryo", patterns: { names: { "unknown-1": "Mg2Ti" } } },
  campaignState: {
    state: "running",
    revision: 7,
    budget: { used: 3, total: 60 },
    inFlight: 2,
    observations: 3,
  },
  campaignBatch: {
    n: 2,
    points: [
      { candidateId: "p1", parameters: { Al: 0.5 }, score: 0.9, why: "least certain", jobId: "j1" },
    ],
    pending: ["p0"],
    model: { version: 3 },
    seed: "1",
    approval: "automatic",
  },
  campaignModel: { version: 3, goal: "phase-diagram", observations: 3, summary: { phases: 2 } },
  campaignReply: { commandId: "op1", accepted: false, reason: "already running" },
  dashboardView: { anything: [1, 2] },
  dashboardCampaign: { phases: {} },
  dashboardInstrument: { operation: "idle" },
  agentOnline: { online: true, epoch: 4, version: "0.1.0" },
  emergencyStop: { active: true, by: "ryo", reason: "smoke" },
  quarantine: { topic: "x", payloadBase64: "AA==", reason: "notJson" },
};

export const NAMES = Object.keys(SAMPLES) as MessageName[];

export function sampleTopic(name: MessageName): string {
  return topicOf(SITE, name, IDS);
}

/** An envelope around `data`, as an independent client would write it. */
export function wrap(
  name: MessageName,
  data: unknown,
  changes: Record<string, unknown> = {},
): object {
  const speaker = {
    instrument: "instrument/furnace1",
    agent: "agent/a1",
    operator: "operator/ryo",
    anyone: "operator/ryo",
  }[MESSAGES[name].from];
  return {
    specversion: "1.0",
    id: "m-1",
    source: speaker,
    type: MESSAGES[name].type,
    time: "2026-11-23T09:00:00Z",
    data,
    ...changes,
  };
}

export function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}
