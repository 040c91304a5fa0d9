import type { Decoded } from "../../src/events/codec.ts";
import type {
  InstrumentFact,
  JobFact,
  LabFact,
  OperatorAction,
} from "../../src/events/lab-fact.ts";
import { MESSAGES } from "./contract.ts";
import { readMessage, type WireMessage } from "./read-message.ts";
import { canonicalText } from "./signature.ts";
import { parseTopic } from "./topics.ts";

/** Bytes -> what they mean to the daemon. Never throws; every message gets exactly one of the four answers. */
export function decode(
  site: string,
  topic: string,
  payload: Uint8Array,
  retained: boolean,
): Decoded {
  const parsed = parseTopic(site, topic);
  if (parsed === "foreign") return { kind: "ignored" };
  if (parsed === "unknown")
    return { kind: "quarantine", reason: "wrongTopic", detail: "not a topic of the contract" };
  const { from, retain } = MESSAGES[parsed.message];
  if (from === "agent") return { kind: "ignored" };
  // MQTT deletes a retained message by an empty one: housekeeping, not a message of the contract.
  if (payload.byteLength === 0 && retain) return { kind: "ignored" };
  if (retained && from === "operator")
    return {
      kind: "quarantine",
      reason: "retainedCommand",
      detail: "a command was sent with the retain flag and may be old; send it without",
    };
  const read = readMessage(parsed, payload);
  return read.kind === "refused"
    ? { kind: "quarantine", ...read.refusal }
    : interpret(site, read.message);
}

function interpret(site: string, message: WireMessage): Decoded {
  if (message.name === "telemetry") {
    const { instrumentId = "", channel = "" } = message.ids;
    return {
      kind: "telemetry",
      instrumentId,
      channel,
      ...message.data,
      sent_ms: message.sent_ms,
    };
  }
  const fact = instrumentFact(message) ?? jobFact(message) ?? operatorFact(message);
  return fact === undefined
    ? { kind: "ignored" }
    : { kind: "fact", fact, sent_ms: message.sent_ms, ...signedText(site, message) };
}

function signedText(site: string, { signed }: WireMessage) {
  return signed === undefined
    ? {}
    : { signed: { signature: signed.signature, text: canonicalText({ site, ...signed }) } };
}

function instrumentFact(message: WireMessage): InstrumentFact | undefined {
  const about = { instrumentId: message.ids["instrumentId"] ?? "", message: message.identity };
  switch (message.name) {
    case "instrumentOnline":
      return { type: "instrument.online", ...about, ...message.data };
    case "instrumentBirth":
      return { type: "instrument.birth", ...about, ...message.data };
    case "instrumentState":
      return { type: "instrument.state", ...about, ...message.data };
    default:
      return undefined;
  }
}

function jobFact(message: WireMessage): JobFact | undefined {
  const about = { instrumentId: message.ids["instrumentId"] ?? "", message: message.identity };
  switch (message.name) {
    case "jobAccepted":
      return { type: "job.accepted", ...about, ...message.data };
    case "jobRejected":
      return { type: "job.rejected", ...about, ...message.data };
    case "jobProgress": {
      const { message: text, ...data } = message.data;
      return { type: "job.progress", ...about, ...data, ...(text === undefined ? {} : { text }) };
    }
    case "jobResult":
      return { type: "job.result", ...about, ...message.data };
    case "jobFailed":
      return { type: "job.failed", ...about, ...message.data };
    case "jobUnknown":
      return { type: "job.unknown", ...about, ...message.data };
    default:
      return undefined;
  }
}

function operatorFact(message: WireMessage): LabFact | undefined {
  const campaignId = message.ids["campaignId"] ?? "";
  const command = (action: OperatorAction, data: { commandId: string; by: string }): LabFact => ({
    type: "operator.command",
    campaignId,
    action,
    ...data,
    message: message.identity,
  });
  switch (message.name) {
    case "campaignStart":
      return command("start", message.data);
    case "campaignPause":
      return command("pause", message.data);
    case "campaignResume":
      return command("resume", message.data);
    case "campaignStop":
      return command("stop", message.data);
    case "campaignAbort":
      return command("abort", message.data);
    case "campaignApprove":
      return command("approve", message.data);
    case "campaignReject":
      return command("reject", message.data);
    case "campaignWithdraw":
      return command("withdraw", message.data);
    case "campaignExtend":
      return command("extend", message.data);
    case "campaignPropose":
      return command("propose", message.data);
    case "campaignReport":
      return command("report", message.data);
    case "campaignComment":
      return command("comment", message.data);
    case "campaignTell":
      return command("tell", message.data);
    case "campaignReread":
      return command("reread", message.data);
    case "emergencyStop":
      return {
        type: "safety.emergencyStop",
        ...message.data,
        ...(Number.isNaN(message.sent_ms) ? {} : { sent_ms: message.sent_ms }),
        message: message.identity,
      };
    default:
      return undefined;
  }
}
