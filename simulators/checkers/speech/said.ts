import { readEnvelopeText } from "../../wire/envelope.ts";

/** A message of the daemon as it left it. */
export interface OutgoingText {
  readonly topic: string;
  readonly payload: string;
}

/** What the daemon said, as far as it binds anybody. */
export type Said =
  | {
      readonly kind: "start";
      readonly instrumentId: string;
      readonly sent_ms: number;
      readonly data: StartData;
    }
  | {
      readonly kind: "control";
      readonly instrumentId: string;
      readonly sent_ms: number;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "ack";
      readonly instrumentId: string;
      readonly jobId: string;
      readonly attempt: number;
      readonly position: number;
    }
  | {
      readonly kind: "batch";
      readonly campaignId: string;
      readonly n: number;
      readonly candidateIds: readonly string[];
    }
  | { readonly kind: "reply"; readonly commandId: string; readonly accepted: boolean };

export interface StartData {
  readonly commandId: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly campaignId: string;
  readonly epoch: number;
  readonly notAfter?: string;
  readonly validFor_s?: number;
  readonly capability: string;
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly sampleIds?: readonly string[];
  readonly parametersBySample?: Readonly<Record<string, StartData["parameters"]>>;
}

/** Reads what the daemon said; `undefined` for what only shows (views, states). */
export function readSaid({ topic, payload }: OutgoingText): Said | undefined {
  if (topic.includes("/dashboard/")) return undefined;
  const words = topic.split("/").slice(3);
  const [what, id = "", third, fourth] = words;
  if (what === "instrument" && third === "command") {
    const { data, time_ms: sent_ms } = envelopeOf(payload);
    return fourth === "start"
      ? { kind: "start", instrumentId: id, sent_ms, data: data as unknown as StartData }
      : { kind: "control", instrumentId: id, sent_ms, data };
  }
  if (what === "instrument" && words[4] === "ack") {
    const { data } = envelopeOf(payload);
    const { jobId, attempt, position } = data as {
      jobId: string;
      attempt: number;
      position: number;
    };
    return { kind: "ack", instrumentId: id, jobId, attempt, position };
  }
  if (what === "campaign" && third === "batch") {
    const { data } = envelopeOf(payload);
    const points = data["points"] as readonly { readonly candidateId: string }[];
    const candidateIds = points.map((point) => point.candidateId);
    return { kind: "batch", campaignId: id, n: Number(data["n"]), candidateIds };
  }
  if (what === "campaign" && words.includes("reply")) {
    const { data } = envelopeOf(payload);
    return {
      kind: "reply",
      commandId: String(data["commandId"]),
      accepted: data["accepted"] === true,
    };
  }
  return undefined;
}

function envelopeOf(payload: string): NonNullable<ReturnType<typeof readEnvelopeText>> {
  const read = readEnvelopeText(payload);
  if (read === undefined) throw new Error("The daemon said what is no CloudEvent");
  return read;
}
