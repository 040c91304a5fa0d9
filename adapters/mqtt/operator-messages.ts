import type { OperatorAction, OperatorCommand } from "../../src/events/lab-fact.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import type { MessageData, MessageName } from "./contract.ts";
import { writeMessage } from "./envelope.ts";
import { readFrom, type WireMessage } from "./read-message.ts";

/** A command as it is sent. */
export interface OperatorRequest extends OperatorCommand {
  readonly site: string;
  /** Unique; the reply names it. */
  readonly commandId: string;
  /** The operator's; the command is signed with it. */
  readonly key?: string | undefined;
}

const MESSAGE = {
  start: "campaignStart",
  pause: "campaignPause",
  resume: "campaignResume",
  stop: "campaignStop",
  abort: "campaignAbort",
  approve: "campaignApprove",
  reject: "campaignReject",
  withdraw: "campaignWithdraw",
  extend: "campaignExtend",
  propose: "campaignPropose",
  report: "campaignReport",
  comment: "campaignComment",
  tell: "campaignTell",
  reread: "campaignReread",
} as const satisfies Record<OperatorAction, MessageName>;

/** The message of an operator's command, as `tieline pause` and its sisters send it. */
export function encodeOperatorRequest(request: OperatorRequest, time_ms: number): OutgoingMessage {
  const { site: _, campaignId, action, key, ...given } = request;
  const { commandId, by } = given;
  // What is absent stays absent: JSON leaves undefined fields out.
  const data = given as MessageData<"campaignApprove"> &
    MessageData<"campaignWithdraw"> &
    MessageData<"campaignExtend"> &
    MessageData<"campaignPropose"> &
    MessageData<"campaignReport"> &
    MessageData<"campaignComment"> &
    MessageData<"campaignTell"> &
    MessageData<"campaignReread">;
  return writeMessage({
    name: MESSAGE[action],
    site: request.site,
    ids: { campaignId },
    source: `operator/${toSourceName(by)}`,
    id: commandId,
    time_ms,
    data,
    key,
  });
}

/** A person's word on the emergency stop, as it is sent. */
export interface StopRequest {
  readonly site: string;
  readonly messageId: string;
  readonly active: boolean;
  readonly by: string;
  readonly reason: string;
  readonly key?: string | undefined;
}

/**
 * A stop is retained, so that instruments that come later meet it even where no daemon runs; a clear is not: what clears
 * is the daemon's own word, once it has taken the clear.
 */
export function encodeStopRequest(request: StopRequest, time_ms: number): OutgoingMessage {
  const { site, messageId, active, by, reason, key } = request;
  const message = writeMessage({
    name: "emergencyStop",
    site,
    ids: {},
    source: `operator/${toSourceName(by)}`,
    id: messageId,
    time_ms,
    data: { active, by, reason },
    key,
  });
  return { ...message, retain: active };
}

/** A message of the agent (state, batch, model, reply, view ...) as an operator's program reads it; `undefined` where it is none. */
export function readAgentMessage(
  site: string,
  topic: string,
  payload: Uint8Array,
): WireMessage | undefined {
  const read = readFrom(site, topic, payload);
  return typeof read === "object" && read.kind === "message" ? read.message : undefined;
}

/** `by` is free text; the envelope's source takes identifiers only. */
function toSourceName(by: string): string {
  return by.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64) || "unnamed";
}
