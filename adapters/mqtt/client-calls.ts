import type { IClientOptions, MqttClient } from "mqtt";
import { LabError } from "../../src/core/errors.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";

/** So long a client waits for answers before it goes. */
const GOODBYE_ms = 3000;
/** And one that asks for an answer. */
const ANSWER_ms = 10_000;

/** Resolves with the broker's answer. */
export async function handOver(client: MqttClient, message: OutgoingMessage): Promise<unknown> {
  const { topic, payload, qos, retain, expiry_s } = message;
  const properties =
    expiry_s === undefined ? {} : { properties: { messageExpiryInterval: expiry_s } };
  return await client.publishAsync(topic, payload, { qos, retain, ...properties });
}

/**
 * A client says good-bye once everything is answered; what is not within a while, or cannot be, is not waited for. MQTT.js by itself waits
 * for ever: for answers although the connection is gone, and for the broker's end of a connection that it has ended itself.
 */
export async function endOf(client: MqttClient): Promise<void> {
  if (!client.connected) {
    await client.endAsync(true);
    return;
  }
  const gone = new Promise<void>((resolve) => void client.once("close", resolve));
  const late = setTimeout(() => client.stream.destroy(), GOODBYE_ms);
  client.end();
  await gone;
  clearTimeout(late);
}

/**
 * What a broker was asked, by a program that does not connect again: a broker that has stopped keeps the connection, and MQTT.js keeps
 * an unanswered publish over the connection's end. TL-2001 where it has not answered within a while, or the connection has ended.
 */
export async function answered<Answer>(
  client: MqttClient,
  asked: Promise<Answer>,
  within_ms = ANSWER_ms,
): Promise<Answer> {
  let fail = (): void => {};
  const silent = new Promise<never>((_, reject) => {
    fail = () =>
      reject(new LabError("TL-2001", "The broker took the connection and does not answer"));
  });
  const late = setTimeout(fail, within_ms);
  client.once("close", fail);
  try {
    return await Promise.race([asked, silent]);
  } finally {
    clearTimeout(late);
    client.off("close", fail);
  }
}

/** What the broker did not answer is not sent again by the client's own store. */
export function forgetUnanswered(client: MqttClient): void {
  for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
}

/** A message as the last will of a connection. */
export function willOf(message: OutgoingMessage): NonNullable<IClientOptions["will"]> {
  const { topic, payload, qos, retain } = message;
  return { topic, payload: Buffer.from(payload), qos, retain };
}
