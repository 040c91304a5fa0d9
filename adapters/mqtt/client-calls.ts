import type { IClientOptions, MqttClient } from "mqtt";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";

/** So long a client waits for answers before it goes. */
const GOODBYE_ms = 3000;

/** Resolves with the broker's answer. */
export async function handOver(client: MqttClient, message: OutgoingMessage): Promise<unknown> {
  const { topic, payload, qos, retain, expiry_s } = message;
  const properties =
    expiry_s === undefined ? {} : { properties: { messageExpiryInterval: expiry_s } };
  return await client.publishAsync(topic, payload, { qos, retain, ...properties });
}

/** A client says good-bye once everything is answered; what is not within a while, or cannot be, is not waited for. */
export async function endOf(client: MqttClient): Promise<void> {
  const isOpen = (): boolean => client.connected && Object.keys(client.outgoing).length > 0;
  if (isOpen())
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, GOODBYE_ms);
      for (const event of ["outgoingEmpty", "close"] as const)
        client.once(event, () => {
          clearTimeout(late);
          resolve();
        });
    });
  await client.endAsync(!client.connected || isOpen());
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
