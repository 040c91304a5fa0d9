import { z } from "zod";
import { VERSION } from "../../src/core/version.ts";
import { MESSAGES, type MessageDefinition, type MessageName } from "./contract.ts";
import { PAYLOAD_BYTES_MAX } from "./payload-limit.ts";
import { envelope } from "./primitive-schemas.ts";
import { TOPIC_ROOT } from "./topics.ts";

/** Version of the contract; the topics carry its first number. */
const CONTRACT_VERSION = "1.0.0";

/** One file of the published contract. */
export interface ContractDocument {
  readonly file: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const NAMES = Object.keys(MESSAGES) as MessageName[];

/**
 * The contract for everybody else, from the same table and schemas that this program decodes with: one JSON Schema
 * (2020-12) a message, envelope included, an AsyncAPI 3 document, and an index with topic, type, QoS and retain.
 */
export function contractDocuments(): ContractDocument[] {
  return [
    { file: "index.json", content: index() },
    { file: "asyncapi.json", content: asyncApi() },
    ...NAMES.map((name) => ({ file: schemaFile(name), content: messageSchema(name) })),
  ];
}

/** JSON Schema 2020-12 of a whole message: the CloudEvents envelope around its `data`. */
export function messageSchema(name: MessageName): Record<string, unknown> {
  const { summary } = MESSAGES[name];
  return {
    $id: `urn:tieline:contract:v1:${name}`,
    title: name,
    description: summary,
    ...z.toJSONSchema(wholeMessage(name), { target: "draft-2020-12", io: "input" }),
  };
}

/** What a message of this name must be, apart from what consistency.ts adds. */
export function wholeMessage(name: MessageName): z.ZodType {
  const definition: MessageDefinition = MESSAGES[name];
  return envelope.extend({
    type: z.literal(definition.type),
    source: sourceOf(definition.from),
    data: definition.data,
  });
}

function sourceOf(from: MessageDefinition["from"]): z.ZodType {
  return from === "anyone"
    ? envelope.shape.source
    : z.string().regex(new RegExp(`^${from}\\/[A-Za-z0-9._-]{1,64}$`));
}

function schemaFile(name: MessageName): string {
  return `${name}.schema.json`;
}

function index(): Record<string, unknown> {
  return {
    contract: CONTRACT_VERSION,
    producedBy: `tieline ${VERSION}`,
    topicRoot: `${TOPIC_ROOT}/{site}`,
    payloadBytes_max: PAYLOAD_BYTES_MAX,
    messages: NAMES.map((name) => {
      const { topic, type, from, qos, retain, summary } = MESSAGES[name];
      return { name, topic, type, from, qos, retain, summary, schema: schemaFile(name) };
    }),
  };
}

/** AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0), written from the agent's side. */
function asyncApi(): Record<string, unknown> {
  const entries = <Value>(value: (name: MessageName) => Value): Record<string, Value> =>
    Object.fromEntries(NAMES.map((name) => [name, value(name)]));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Tieline wire contract",
      version: CONTRACT_VERSION,
      description:
        "Everything between the agent, its instruments, its operators and its dashboards, over MQTT 3.1.1 or 5. " +
        "Payloads are CloudEvents 1.0 in structured mode. Commands are never retained; a result is resent until its ack.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/cloudevents+json",
    servers: {
      laboratory: {
        host: "127.0.0.1:1883",
        protocol: "mqtt",
        description: "The embedded broker; any other MQTT broker by its address.",
      },
    },
    channels: entries(channel),
    operations: entries(operation),
    components: { messages: entries(asyncMessage) },
  };
}

function channel(name: MessageName): Record<string, unknown> {
  const { topic, summary } = MESSAGES[name];
  const ids = ["site", ...[...topic.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")];
  return {
    address: `${TOPIC_ROOT}/{site}/${topic}`,
    description: summary,
    parameters: Object.fromEntries(ids.map((id) => [id, { description: "[A-Za-z0-9._-]{1,64}" }])),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  };
}

function operation(name: MessageName): Record<string, unknown> {
  const { from, qos, retain, summary, topic } = MESSAGES[name];
  const answered = from === "operator" && topic.startsWith("campaign/");
  return {
    action: from === "agent" ? "send" : "receive",
    summary,
    channel: { $ref: `#/channels/${name}` },
    messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
    bindings: { mqtt: { qos, retain, bindingVersion: "0.2.0" } },
    ...(answered
      ? {
          reply: {
            channel: { $ref: "#/channels/campaignReply" },
            messages: [{ $ref: "#/channels/campaignReply/messages/campaignReply" }],
          },
        }
      : {}),
  };
}

function asyncMessage(name: MessageName): Record<string, unknown> {
  const { type, summary } = MESSAGES[name];
  const { $schema: _, ...schema } = z.toJSONSchema(wholeMessage(name), {
    target: "draft-7",
    io: "input",
  });
  return {
    name: type,
    title: name,
    summary,
    contentType: "application/cloudevents+json",
    // Draft 7 is what AsyncAPI tools read without a plug-in.
    payload: { schemaFormat: "application/schema+json;version=draft-07", schema },
  };
}
