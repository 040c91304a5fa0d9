import type { z } from "zod";
import { parseJson } from "../../src/core/strict-json.ts";
import type { MessageIdentity, QuarantineReason } from "../../src/events/lab-fact.ts";
import { findBirthProblem, findResultProblem, findTelemetryProblem } from "./consistency.ts";
import { MESSAGES, type MessageData, type MessageName } from "./contract.ts";
import { issueText } from "./issue-text.ts";
import { PAYLOAD_BYTES_MAX } from "./payload-limit.ts";
import { type Envelope, envelope } from "./primitive-schemas.ts";
import type { SignedParts } from "./signature.ts";
import { type ParsedTopic, parseTopic } from "./topics.ts";

/** A message of the contract, checked; `name` tells which `data` it has. */
export type WireMessage = {
  [Name in MessageName]: {
    readonly name: Name;
    readonly ids: Readonly<Record<string, string>>;
    readonly identity: MessageIdentity;
    /** When its sender says that it was sent, ms since 1970 UTC; NaN in a leap second. */
    readonly sent_ms: number;
    readonly data: MessageData<Name>;
    /** As sent, for the signature. */
    readonly signed?: Omit<SignedParts, "site"> & { readonly signature: string };
  };
}[MessageName];

export interface Refusal {
  readonly reason: QuarantineReason;
  /** One line that names the path, what was found and what was expected. */
  readonly detail: string;
}

export type ReadMessage =
  | { readonly kind: "message"; readonly message: WireMessage }
  | { readonly kind: "refused"; readonly refusal: Refusal };

const TYPES: ReadonlySet<string> = new Set(Object.values(MESSAGES).map(({ type }) => type));

/**
 * Reads the payload of a message whose topic is known: bytes -> JSON -> CloudEvents envelope -> `data`, and holds the
 * topic against the payload. Never throws.
 */
export function readMessage(topic: ParsedTopic, payload: Uint8Array): ReadMessage {
  if (payload.byteLength > PAYLOAD_BYTES_MAX)
    return refuse("oversized", `${payload.byteLength} bytes, at most ${PAYLOAD_BYTES_MAX}`);
  const parsed = parseJson(payload);
  if ("problem" in parsed) return refuse("notJson", parsed.problem);
  const head = envelope.safeParse(parsed.value);
  if (!head.success) return refuse("notCloudEvent", describe(head.error, []));
  const definition = MESSAGES[topic.message];
  const { type } = head.data;
  if (!TYPES.has(type)) return refuse("unknownType", `type: ${JSON.stringify(type)}`);
  if (type !== definition.type)
    return refuse("wrongTopic", `type: ${type}, expected ${definition.type} on this topic`);
  const data = definition.data.safeParse(head.data.data);
  if (!data.success) return refuse("invalidData", describe(data.error, ["data"]));
  const message = {
    name: topic.message,
    ids: topic.ids,
    identity: { source: head.data.source, id: head.data.id },
    sent_ms: Date.parse(head.data.time),
    data: data.data,
    ...signedParts(topic, head.data),
  } as WireMessage;
  const disagreement = findDisagreement(message, head.data);
  if (disagreement !== undefined) return refuse("wrongTopic", disagreement);
  const problem = findProblem(message);
  return problem === undefined ? { kind: "message", message } : refuse("invalidData", problem);
}

function signedParts({ ids }: ParsedTopic, head: Envelope) {
  const { signature, id, source, type, time, data } = head;
  return signature === undefined
    ? {}
    : { signed: { signature, ids, id, source, type, time, data } };
}

/** Takes the topic apart and reads; for whoever listens to a few topics only. */
export function readFrom(
  site: string,
  topic: string,
  payload: Uint8Array,
): ReadMessage | "foreign" | "unknown" {
  const parsed = parseTopic(site, topic);
  return typeof parsed === "string" ? parsed : readMessage(parsed, payload);
}

function findProblem(message: WireMessage): string | undefined {
  switch (message.name) {
    case "instrumentBirth":
      return findBirthProblem(message.data);
    case "telemetry":
      return findTelemetryProblem(message.data);
    case "jobResult":
    case "campaignTell":
      return findResultProblem(message.data);
    case "campaignReport":
      return findResultProblem(message.data.report, "data.report");
    default:
      return undefined;
  }
}

/** The topic, the source and the data name the same instrument and job. */
function findDisagreement(message: WireMessage, head: Envelope): string | undefined {
  const { from } = MESSAGES[message.name];
  const { ids } = message;
  const slash = head.source.indexOf("/");
  const kind = head.source.slice(0, slash);
  const speaker = head.source.slice(slash + 1);
  if (from !== "anyone" && kind !== from)
    return `source: ${head.source}, expected ${from}/... on this topic`;
  const expected = from === "instrument" ? ids["instrumentId"] : ids["agentId"];
  if (expected !== undefined && (from === "instrument" || from === "agent") && speaker !== expected)
    return `source: ${head.source}, but the topic says ${from}/${expected}`;
  const jobId = ids["jobId"];
  const data: object = message.data;
  if (jobId !== undefined && "jobId" in data && data.jobId !== jobId)
    return `data.jobId: ${String(data.jobId)}, but the topic says ${jobId}`;
  return undefined;
}

function describe(error: z.ZodError, root: readonly string[]): string {
  const issue = error.issues[0];
  if (issue === undefined) return "does not match the schema";
  const path = formatPath([...root, ...issue.path]);
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : "";
  return `${path === "" ? "message" : path}: ${issueText(issue)}${more}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, k) =>
      typeof part === "number" ? `[${part}]` : `${k > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
}

function refuse(reason: QuarantineReason, detail: string): ReadMessage {
  return { kind: "refused", refusal: { reason, detail: detail.slice(0, DETAIL_CHARACTERS_MAX) } };
}

/** A path may hold text of the sender's choice; the reason stays one line. */
const DETAIL_CHARACTERS_MAX = 300;
