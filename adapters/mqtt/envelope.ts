import { toRfc3339 } from "../../src/core/clock.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import { MESSAGES, type MessageData, type MessageName } from "./contract.ts";
import { canonicalText, signText } from "./signature.ts";
import { topicOf } from "./topics.ts";

/** One message on its way out, before it becomes bytes. */
export interface Outgoing<Name extends MessageName> {
  readonly name: Name;
  readonly site: string;
  /** Fills the braces of the topic. */
  readonly ids: Readonly<Record<string, string>>;
  /** `agent/<id>` or `operator/<name>`. */
  readonly source: string;
  /** The same message, sent again, has the same id. */
  readonly id: string;
  readonly time_ms: number;
  readonly data: MessageData<Name>;
  readonly expiry_s?: number | undefined;
  /** An operator's; the message is signed with it. */
  readonly key?: string | undefined;
}

/** Wraps `data` in its CloudEvents envelope, with topic, QoS and retain as the contract's table says. */
export function writeMessage<Name extends MessageName>(message: Outgoing<Name>): OutgoingMessage {
  const { topic: _, type, qos, retain } = MESSAGES[message.name];
  const { site, ids, id, source, data, key } = message;
  const head = { id, source, type, time: toRfc3339(message.time_ms), data };
  const signature =
    key === undefined ? undefined : signText(key, canonicalText({ site, ids, ...head }));
  const payload = JSON.stringify({ specversion: "1.0", ...head, signature });
  return {
    topic: topicOf(message.site, message.name, message.ids),
    payload,
    qos,
    retain,
    ...(message.expiry_s === undefined ? {} : { expiry_s: message.expiry_s }),
  };
}
