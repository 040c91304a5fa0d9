import { describe, expect, test } from "vitest";
import { MESSAGES, type MessageName } from "../../../adapters/mqtt/contract.ts";
import {
  encodeOperatorRequest,
  readAgentMessage,
} from "../../../adapters/mqtt/operator-messages.ts";
import { createWireCodec } from "../../../adapters/mqtt/wire-codec.ts";
import { fc } from "../../support/properties.ts";
import { bytes, NAMES, SAMPLES, SITE, sampleTopic, wrap } from "./sample-messages.ts";

const codec = createWireCodec({ site: SITE });
const agent = { site: SITE, agentId: "a1", epoch: 4 };
const TIME_ms = Date.UTC(2026, 10, 23, 9, 0, 0);

function decode(name: MessageName, message: unknown, retained = false) {
  return codec.decode(sampleTopic(name), bytes(message), retained);
}

describe("decode", () => {
  test.each(NAMES)("%s: a valid message is understood, the agent's own are ignored", (name) => {
    const decoded = decode(name, wrap(name, SAMPLES[name]));
    const { from } = MESSAGES[name];
    const expected = from === "agent" ? "ignored" : name === "telemetry" ? "telemetry" : "fact";
    expect(decoded).toMatchObject({ kind: expected });
  });

  test("a result becomes the fact word for word, unknown fields left out", () => {
    const decoded = decode("jobResult", wrap("jobResult", { ...SAMPLES.jobResult, colour: null }));
    expect(decoded).toEqual({
      kind: "fact",
      fact: {
        type: "job.result",
        instrumentId: "furnace1",
        message: { source: "instrument/furnace1", id: "m-1" },
        ...SAMPLES.jobResult,
      },
      sent_ms: Date.parse("2026-11-23T09:00:00Z"),
    });
  });

  test("an approval keeps its candidates, a withdrawal its job", () => {
    expect(
      decode("campaignApprove", wrap("campaignApprove", SAMPLES.campaignApprove)),
    ).toMatchObject({
      fact: { type: "operator.command", action: "approve", candidateIds: ["p1", "p2"], batch: 2 },
    });
    expect(
      decode("campaignWithdraw", wrap("campaignWithdraw", SAMPLES.campaignWithdraw)),
    ).toMatchObject({
      fact: { action: "withdraw", jobId: "c1.e1.s1", campaignId: "c1" },
    });
  });

  test("a person's report and an earlier result are held against the contract", () => {
    const bad = [{ kind: "objective", name: "mass", value: 1, unit: "furlong!" }];
    const report = { ...SAMPLES.campaignReport, report: { outcome: "done", observations: bad } };
    expect(decode("campaignReport", wrap("campaignReport", report))).toMatchObject({
      kind: "quarantine",
      detail: expect.stringContaining("data.report.observations[0]"),
    });
    const told = { ...SAMPLES.campaignTell, observations: bad };
    expect(decode("campaignTell", wrap("campaignTell", told))).toMatchObject({
      kind: "quarantine",
      detail: expect.stringContaining("data.observations[0]"),
    });
  });

  const result = (change: Record<string, unknown>): object =>
    wrap("jobResult", { ...SAMPLES.jobResult, ...change });
  const observed = (observation: object): object => result({ observations: [observation] });
  const objective = { kind: "objective", name: "y", value: 1, unit: "1" };

  test.each<[string, MessageName, unknown, string, string]>([
    ["bytes that are no JSON", "jobResult", "{", "notJson", "not JSON"],
    [
      "the NaN that Python writes",
      "jobResult",
      JSON.stringify(observed({ ...objective, value: 0 })).replace('"value":0', '"value":NaN'),
      "notJson",
      "data.observations[0].value: NaN is not a JSON number",
    ],
    [
      "an infinity by overflow",
      "telemetry",
      JSON.stringify(wrap("telemetry", { value: 7, unit: "K" })).replace("7,", "1e999,"),
      "invalidData",
      "data.value",
    ],
    [
      "null, which a NaN became",
      "jobResult",
      observed({ ...objective, value: null }),
      "invalidData",
      "data.observations[0].value: Invalid input: expected number, received null; leave out what is not there; pydantic, msgspec and orjson write null for NaN, too",
    ],
    [
      "null for a field that is absent, as a generated class writes it",
      "jobResult",
      result({ actual: null }),
      "invalidData",
      "received null; leave out what is not there",
    ],
    [
      "an unknown unit",
      "jobResult",
      observed({ ...objective, unit: "furlong" }),
      "invalidData",
      'data.observations[0].unit: "furlong" is not a known UCUM unit',
    ],
    [
      "an unknown unit of a reading",
      "telemetry",
      wrap("telemetry", { value: 1, unit: "degC" }),
      "invalidData",
      "data.unit",
    ],
    [
      "an unknown unit in a birth",
      "instrumentBirth",
      wrap("instrumentBirth", {
        ...SAMPLES.instrumentBirth,
        capabilities: [
          {
            name: "a",
            parameters: { T: { unit: "Kelvin" } },
            results: [],
            repeatable: true,
            expectedDuration_s: 1,
          },
        ],
      }),
      "invalidData",
      "data.capabilities[0].parameters.T.unit",
    ],
    ["no envelope", "jobResult", SAMPLES.jobResult, "notCloudEvent", "specversion"],
    ["an array", "jobResult", [], "notCloudEvent", "message"],
    [
      "local time",
      "jobAccepted",
      wrap("jobAccepted", SAMPLES.jobAccepted, { time: "2026-11-23T09:00:00" }),
      "notCloudEvent",
      "time",
    ],
    [
      "a type that nobody knows",
      "jobAccepted",
      wrap("jobAccepted", SAMPLES.jobAccepted, { type: "tieline.job.exploded" }),
      "unknownType",
      "exploded",
    ],
    [
      "the type of another topic",
      "jobAccepted",
      wrap("jobAccepted", SAMPLES.jobAccepted, { type: "tieline.job.result" }),
      "wrongTopic",
      "type",
    ],
    [
      "another job than the topic's",
      "jobAccepted",
      wrap("jobAccepted", { jobId: "other", attempt: 1 }),
      "wrongTopic",
      "data.jobId: other",
    ],
    [
      "another instrument than the topic's",
      "jobAccepted",
      wrap("jobAccepted", SAMPLES.jobAccepted, { source: "instrument/robot" }),
      "wrongTopic",
      "source",
    ],
    [
      "an operator speaking as an instrument",
      "jobAccepted",
      wrap("jobAccepted", SAMPLES.jobAccepted, { source: "operator/ryo" }),
      "wrongTopic",
      "source",
    ],
    [
      "attempt 0",
      "jobAccepted",
      wrap("jobAccepted", { jobId: "c1.e1.s1", attempt: 0 }),
      "invalidData",
      "data.attempt",
    ],
    [
      "a phase's fraction that was not found",
      "jobResult",
      observed({ kind: "phases", phases: ["a"], fractions: { b: 1 } }),
      "invalidData",
      "fractions.b",
    ],
    [
      "atomic percent",
      "jobResult",
      observed({ kind: "phases", phases: ["a"], compositions: { a: { Al: 95, Zn: 5 } } }),
      "invalidData",
      "compositions.a.Al",
    ],
    [
      "curves of unequal length",
      "jobResult",
      observed({
        kind: "curve",
        name: "m",
        axis: { name: "H", unit: "T", values: [0, 1] },
        values: [0],
        unit: "1",
      }),
      "invalidData",
      "values: 1 values, expected 2",
    ],
    [
      "an observation of an unknown kind",
      "jobResult",
      observed({ kind: "smell" }),
      "invalidData",
      "data.observations[0].kind",
    ],
  ])("%s is refused with the path", (_, name, message, reason, detail) => {
    const decoded = decode(name, message);
    expect(decoded).toMatchObject({ kind: "quarantine", reason });
    expect(decoded.kind === "quarantine" && decoded.detail).toContain(detail);
  });

  test("a payload over 1 MiB is refused, one of 1 MiB is read", () => {
    const padded = (size: number): string => {
      const text = JSON.stringify(wrap("jobAccepted", SAMPLES.jobAccepted, { padding: "" }));
      return text.replace('"padding":""', `"padding":"${"x".repeat(size - text.length)}"`);
    };
    expect(decode("jobAccepted", padded(1024 * 1024))).toMatchObject({ kind: "fact" });
    expect(decode("jobAccepted", padded(1024 * 1024 + 1))).toMatchObject({ reason: "oversized" });
  });

  test("a retained command is refused, a retained birth and emergency stop are not", () => {
    expect(
      decode("campaignAbort", wrap("campaignAbort", SAMPLES.campaignAbort), true),
    ).toMatchObject({
      reason: "retainedCommand",
    });
    expect(
      decode("instrumentBirth", wrap("instrumentBirth", SAMPLES.instrumentBirth), true).kind,
    ).toBe("fact");
    expect(decode("emergencyStop", wrap("emergencyStop", SAMPLES.emergencyStop), true).kind).toBe(
      "fact",
    );
  });

  test("an empty payload deletes a retained message; it says nothing", () => {
    expect(decode("instrumentBirth", "")).toEqual({ kind: "ignored" });
    expect(decode("jobResult", "")).toMatchObject({ reason: "notJson" });
  });

  test("topics outside the site are ignored, topics outside the contract are not", () => {
    const payload = bytes(wrap("jobAccepted", SAMPLES.jobAccepted));
    expect(codec.decode("other/topic", payload, false)).toEqual({ kind: "ignored" });
    expect(codec.decode("tieline/v1/lab2/instrument/x/online", payload, false)).toEqual({
      kind: "ignored",
    });
    for (const local of [
      "instrument/f/job/j/results",
      "campaign/c/command/explode",
      "instrument//online",
      "",
      "instrument/a b/online",
    ])
      expect(codec.decode(`tieline/v1/lab1/${local}`, payload, false)).toMatchObject({
        reason: "wrongTopic",
      });
  });

  test.each(["__proto__", "\\u005f_proto__"])("the key %s is refused", (key) => {
    const text = JSON.stringify(result({})).replace('"actual":{', `"actual":{"${key}":1,`);
    expect(decode("jobResult", text)).toMatchObject({ reason: "notJson" });
    expect(decode("jobResult", JSON.stringify(result({ actual: { constructor: 2 } }))).kind).toBe(
      "fact",
    );
  });

  test("any bytes on any topic get one of the four answers", () => {
    const topic = fc.oneof(fc.constantFrom(...NAMES.map(sampleTopic)), fc.string());
    fc.assert(
      fc.property(
        topic,
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        (where, payload, retained) => {
          const { kind } = codec.decode(where, payload, retained);
          expect(["fact", "telemetry", "ignored", "quarantine"]).toContain(kind);
          expect(kind === "fact" || kind === "telemetry").toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("any JSON in any field gets one of the four answers", () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.jsonValue(), fc.nat(), (name, value, pick) => {
        const sample = SAMPLES[name];
        const key = Object.keys(sample)[pick % Object.keys(sample).length] ?? "";
        const decoded = decode(name, wrap(name, { ...sample, [key]: value }));
        expect(["fact", "telemetry", "ignored", "quarantine"]).toContain(decoded.kind);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("encode", () => {
  const start = {
    type: "startJob",
    commandId: "cmd.17",
    instrumentId: "furnace1",
    jobId: "c1.e1.s1",
    attempt: 1,
    campaignId: "c1",
    notAfter_ms: TIME_ms + 10_500,
    capability: "anneal",
    parameters: { temperature: 600 },
    sampleIds: ["c1.e1"],
  } as const;

  test("start is the contract's message: not retained, QoS 1, it expires", () => {
    const message = codec.encode(start, agent, TIME_ms);
    expect({ ...message, payload: JSON.parse(message.payload) }).toEqual({
      topic: "tieline/v1/lab1/instrument/furnace1/command/start",
      qos: 1,
      retain: false,
      expiry_s: 11,
      payload: {
        specversion: "1.0",
        id: "cmd.17",
        source: "agent/a1",
        type: "tieline.job.start",
        time: "2026-11-23T09:00:00.000Z",
        data: {
          commandId: "cmd.17",
          jobId: "c1.e1.s1",
          attempt: 1,
          campaignId: "c1",
          epoch: 4,
          notAfter: "2026-11-23T09:00:10.500Z",
          validFor_s: 10.5,
          capability: "anneal",
          parameters: { temperature: 600 },
          sampleIds: ["c1.e1"],
        },
      },
    });
  });

  test("sent again later it has the same id and says what is left of its time", () => {
    const again = JSON.parse(codec.encode(start, agent, TIME_ms + 5000).payload);
    const first = JSON.parse(codec.encode(start, agent, TIME_ms).payload);
    expect(again.data.validFor_s).toBe(5.5);
    const shown = (message: typeof first) => ({ ...message.data, validFor_s: 0, id: message.id });
    expect(shown(again)).toEqual(shown(first));
  });

  test("a clock that was set makes no start longer valid, and every other command says how long it is", () => {
    const given = { ...start, validFor_ms: 30_000 };
    const back = codec.encode(given, agent, TIME_ms - 6 * 3_600_000);
    expect(JSON.parse(back.payload).data).toMatchObject({
      validFor_s: 30,
      notAfter: "2026-11-23T03:00:30.000Z",
    });
    expect(back.expiry_s).toBe(30);
    const about = { commandId: "k", instrumentId: "furnace1", jobId: "c1.e1.s1" } as const;
    const others = [
      ...(["hold", "resume", "cancel"] as const).map(
        (action) => ({ type: "controlJob", action, ...about }) as const,
      ),
      { type: "reconcileJobs", jobIds: ["c1.e1.s1"], commandId: "k", instrumentId: "f" } as const,
    ];
    for (const command of others) {
      const message = codec.encode(command, agent, TIME_ms);
      expect(message.expiry_s).toBe(30);
      expect(JSON.parse(message.payload).data).toMatchObject({
        validFor_s: 30,
        notAfter: "2026-11-23T09:00:30.000Z",
      });
    }
  });

  test.each([
    [
      { type: "controlJob", commandId: "k", instrumentId: "f", action: "hold", jobId: "j" },
      "instrument/f/command/hold",
    ],
    [
      { type: "controlJob", commandId: "k", instrumentId: "f", action: "resume", jobId: "j" },
      "instrument/f/command/resume",
    ],
    [
      { type: "controlJob", commandId: "k", instrumentId: "f", action: "cancel", jobId: "j" },
      "instrument/f/command/cancel",
    ],
    [
      { type: "reconcileJobs", commandId: "k", instrumentId: "f", jobIds: ["j", "l"] },
      "instrument/f/command/reconcile",
    ],
    [
      { type: "acknowledgeResult", instrumentId: "f", jobId: "j", attempt: 2, position: 9 },
      "instrument/f/job/j/ack",
    ],
    [
      { type: "replyToOperator", campaignId: "c", commandId: "k", accepted: false, reason: "no" },
      "campaign/c/reply",
    ],
  ] as const)("%j goes where the contract says and reads back", (command, topic) => {
    const message = codec.encode(command, agent, TIME_ms);
    expect(message.topic).toBe(`tieline/v1/lab1/${topic}`);
    expect(message).toMatchObject({ qos: 1, retain: false });
    expect(readAgentMessage(SITE, message.topic, bytes(message.payload))).toBeDefined();
  });

  test("an operator's request decodes to what was asked, whoever asks", () => {
    const message = encodeOperatorRequest(
      {
        site: SITE,
        campaignId: "c1",
        action: "withdraw",
        commandId: "w1",
        by: "Ryo Tamura",
        jobId: "j1",
      },
      TIME_ms,
    );
    expect(codec.decode(message.topic, bytes(message.payload), false)).toMatchObject({
      kind: "fact",
      fact: {
        type: "operator.command",
        action: "withdraw",
        jobId: "j1",
        by: "Ryo Tamura",
        commandId: "w1",
      },
    });
  });
});
