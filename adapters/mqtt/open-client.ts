import { connect, type IClientOptions, type MqttClient } from "mqtt";

/** MQTT.js's client, every packet of which is sent at once: see {@link sendAtOnce}. */
export function openClient(url: string, options: IClientOptions): MqttClient {
  return sendAtOnce(connect(url, options));
}

/**
 * Turns Nagle's algorithm off at each of the client's connections (TCP_NODELAY). MQTT.js leaves it on: what is said right after a
 * PUBACK then waits for the broker's TCP acknowledgement, which Linux delays by 40 ms. Web sockets have it off already.
 */
export function sendAtOnce(client: MqttClient): MqttClient {
  const turnOff = (): void => {
    const { stream } = client as { readonly stream: { setNoDelay?: (on: boolean) => unknown } };
    stream.setNoDelay?.(true);
  };
  if (client.connected) turnOff();
  return client.on("connect", turnOff);
}
