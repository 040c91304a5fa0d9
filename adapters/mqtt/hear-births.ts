import mqtt from "mqtt";
import { LabError } from "../../src/core/errors.ts";
import type { KnownBirth } from "../../src/domain/limits/known-laboratory.ts";
import { shownBroker, type TlsFiles } from "./broker-address.ts";
import { adviceOn } from "./broker-advice.ts";
import { answered } from "./client-calls.ts";
import { decode } from "./decode.ts";

/** The births that a broker has retained, and those that come within `wait_ms`. TL-2001 where it cannot be reached. */
export async function hearBirths(options: {
  readonly url: string;
  readonly site: string;
  readonly wait_ms: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsFiles | undefined;
}): Promise<Map<string, KnownBirth>> {
  const { url, site, wait_ms, username, password, tls } = options;
  const births = new Map<string, KnownBirth>();
  const login = { ...tls, ...(username && { username }), ...(password && { password }) };
  const client = await mqtt
    .connectAsync(url, { ...login, reconnectPeriod: 0, connectTimeout: 5000 }, false)
    .catch((cause: unknown) => {
      throw new LabError("TL-2001", `The broker ${shownBroker(url)} cannot be reached`, {
        cause,
        hint: adviceOn(cause),
      });
    });
  try {
    client.on("message", (topic, payload) => {
      const decoded = decode(site, topic, payload, false);
      if (decoded.kind === "fact" && decoded.fact.type === "instrument.birth")
        births.set(decoded.fact.instrumentId, decoded.fact);
    });
    const topic = `tieline/v1/${site}/instrument/+/birth`;
    await answered(client, client.subscribeAsync(topic, { qos: 1 }));
    await new Promise((resolve) => setTimeout(resolve, wait_ms));
  } finally {
    await client.endAsync(true);
  }
  return births;
}
