import type { Validity } from "../../src/domain/agent-clock.ts";
import type { Parameters } from "../../src/domain/candidate.ts";
import { IDENTIFIER } from "../../src/domain/identifiers.ts";
import { readEnvelope } from "./envelope.ts";

/** A job as the agent orders it. */
export interface JobOrder {
  readonly commandId: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly campaignId: string;
  readonly epoch: number;
  readonly notAfter_ms: number;
  readonly validity: Validity;
  readonly capability: string;
  readonly parameters: Parameters;
  readonly sampleIds: readonly string[];
  readonly parametersBySample?: Readonly<Record<string, Parameters>> | undefined;
}

export interface ControlOrder {
  readonly commandId: string;
  readonly jobIds: readonly string[];
  readonly epoch: number;
  readonly validity: Validity;
}

/** What an instrument can be told. */
export type InstrumentMessage =
  | { readonly kind: "start"; readonly order: JobOrder }
  | {
      readonly kind: "hold" | "resume" | "cancel" | "reconcile";
      readonly order: ControlOrder;
    }
  | {
      readonly kind: "ack";
      readonly jobId: string;
      readonly attempt: number;
      /** Of the log that has the report; 0 where the message does not tell. */
      readonly position: number;
      readonly validity: Validity;
    }
  | {
      readonly kind: "emergencyStop";
      readonly active: boolean;
      readonly by: string;
      readonly reason: string;
    };

const COMMAND_CHARACTERS_MAX = 256;

const TYPES: Readonly<Record<string, "start" | "hold" | "resume" | "cancel" | "reconcile">> = {
  "tieline.job.start": "start",
  "tieline.job.hold": "hold",
  "tieline.job.resume": "resume",
  "tieline.job.cancel": "cancel",
  "tieline.job.reconcile": "reconcile",
};

/** Reads what arrived on one of an instrument's topics; `undefined` where it makes no sense (counted, never acted on). */
export function readInstrumentMessage(
  topic: string,
  payload: Uint8Array,
): InstrumentMessage | undefined {
  const envelope = readEnvelope(payload);
  if (envelope === undefined) return undefined;
  const { type, data } = envelope;
  if (topic.endsWith("/safety/emergency-stop")) {
    if (type !== "tieline.safety.emergencyStop" || typeof data["active"] !== "boolean")
      return undefined;
    // Whoever may stop; only a person, or the agent for one, clears.
    if (!data["active"] && !/^(operator|agent)\//.test(envelope.source)) return undefined;
    const { active, by, reason } = data;
    return { kind: "emergencyStop", active, by: String(by ?? ""), reason: String(reason ?? "") };
  }
  if (topic.endsWith("/ack")) {
    const { jobId, attempt, position } = data;
    if (type !== "tieline.job.ack" || !isId(jobId) || !isCount(attempt)) return undefined;
    const validity = { sent_ms: envelope.time_ms };
    return { kind: "ack", jobId, attempt, position: isCount(position) ? position : 0, validity };
  }
  const kind = TYPES[type];
  if (kind === undefined || !topic.endsWith(`/command/${kind}`)) return undefined;
  if (kind === "start") {
    const order = readStart(data, envelope.time_ms);
    return order === undefined ? undefined : { kind, order };
  }
  const order = readControl(data, envelope.time_ms);
  return order === undefined ? undefined : { kind, order };
}

function readValidity(data: Readonly<Record<string, unknown>>, sent_ms: number): Validity {
  const { notAfter, validFor_s } = data;
  return {
    sent_ms,
    notAfter_ms: typeof notAfter === "string" ? Date.parse(notAfter) : undefined,
    validFor_s: typeof validFor_s === "number" ? validFor_s : undefined,
  };
}

function readStart(data: Readonly<Record<string, unknown>>, sent_ms: number): JobOrder | undefined {
  const { commandId, jobId, attempt, campaignId, epoch, notAfter, capability } = data;
  const parameters = data["parameters"];
  const sampleIds = data["sampleIds"] ?? [];
  const parametersBySample = data["parametersBySample"] as JobOrder["parametersBySample"];
  const notAfter_ms = typeof notAfter === "string" ? Date.parse(notAfter) : Number.NaN;
  if (
    !(isName(commandId) && isId(jobId) && isId(campaignId) && isCount(attempt) && isCount(epoch)) ||
    typeof capability !== "string" ||
    !Number.isFinite(notAfter_ms) ||
    typeof parameters !== "object" ||
    parameters === null ||
    !Object.values(parameters).every((v) => typeof v === "number" || typeof v === "string") ||
    !(Array.isArray(sampleIds) && sampleIds.every(isId))
  )
    return undefined;
  return {
    commandId,
    jobId,
    attempt,
    campaignId,
    epoch,
    notAfter_ms,
    validity: readValidity(data, sent_ms),
    capability,
    parameters: parameters as Parameters,
    sampleIds,
    ...(parametersBySample === undefined ? {} : { parametersBySample }),
  };
}

function readControl(
  data: Readonly<Record<string, unknown>>,
  sent_ms: number,
): ControlOrder | undefined {
  const { commandId, jobId, epoch } = data;
  const jobIds = data["jobIds"] ?? [jobId];
  return isName(commandId) && isCount(epoch) && Array.isArray(jobIds) && jobIds.every(isId)
    ? { commandId, jobIds, epoch, validity: readValidity(data, sent_ms) }
    : undefined;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && IDENTIFIER.test(value);
}

/** Commands are named by their cause, which need not look like an identifier. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= COMMAND_CHARACTERS_MAX;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
