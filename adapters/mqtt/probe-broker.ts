import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { TlsFiles } from "./broker-address.ts";
import { writeMessage } from "./envelope.ts";
import { PAYLOAD_BYTES_MAX } from "./payload-limit.ts";

/** What came of a message that a client sent to itself through a broker. */
export interface SizeTried {
  readonly bytes: number;
  readonly outcome: "came back" | "ended the connection" | "was acknowledged and did not come back";
  readonly took_ms: number;
}

export interface BrokerProbe {
  readonly protocol: 4 | 5;
  /** Largest packet that it says it takes; absent where it says nothing. */
  readonly told_bytes?: number | undefined;
  /** From the largest that the contract allows down to the first that came back. */
  readonly tried: readonly SizeTried[];
}

/** Payloads that are tried in turn, bytes: the contract's largest, NATS's and usual brokers' bounds below it. */
const SIZES = [PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX - 1024, 262_144, 65_536, 16_384, 7_000];
const PATIENCE_ms = 8_000;

export interface ProbeOptions {
  readonly url: string;
  readonly site: string;
  readonly agentId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly protocol?: 4 | 5 | undefined;
}

/**
 * Sends a view of the largest size that the contract allows to itself, and smaller ones until one comes back. It is a message of
 * the contract, `dashboard/doctor`, not retained. Rejects with what the client says where the broker cannot be reached.
 */
export async function probeBroker(options: ProbeOptions): Promise<BrokerProbe> {
  const tried: SizeTried[] = [];
  let protocol = options.protocol ?? 5;
  let told_bytes: number | undefined;
  for (const bytes of SIZES) {
    const client = await open(options, protocol).catch(async (error: unknown) => {
      if (options.protocol !== undefined || protocol === 4) throw error;
      protocol = 4;
      return await open(options, protocol);
    });
    told_bytes = client.told_bytes;
    try {
      if (told_bytes !== undefined && bytes > told_bytes) continue;
      tried.push(await sendToSelf(client.client, options, bytes));
    } finally {
      await client.client.endAsync(true);
    }
    if (tried.at(-1)?.outcome === "came back") break;
  }
  return { protocol, told_bytes, tried };
}

async function open(
  { url, username, password, tls }: ProbeOptions,
  protocolVersion: 4 | 5,
): Promise<{ readonly client: MqttClient; readonly told_bytes: number | undefined }> {
  let told_bytes: number | undefined;
  const options: IClientOptions = {
    clientId: `tieline-doctor-${process.pid}`,
    ...{ protocolVersion, clean: true, reconnectPeriod: 0, connectTimeout: PATIENCE_ms, ...tls },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  const client = mqtt.connect(url, options);
  await new Promise<void>((resolve, reject) => {
    client.once("connect", ({ properties }) => {
      told_bytes = properties?.maximumPacketSize;
      resolve();
    });
    client.once("error", reject);
    client.once("close", () => reject(new Error("it ended the connection without a word")));
  }).catch(async (error: unknown) => {
    await client.endAsync(true);
    throw error;
  });
  client.on("error", () => {});
  return { client, told_bytes };
}

async function sendToSelf(
  client: MqttClient,
  { site, agentId }: ProbeOptions,
  bytes: number,
): Promise<SizeTried> {
  const write = (padding: string) =>
    writeMessage({
      ...{ site, name: "dashboardView", ids: { view: "doctor" }, source: `agent/${agentId}` },
      ...{ id: `doctor.${process.pid}.${bytes}`, time_ms: Date.now(), data: { padding } },
    });
  const { topic, payload } = write("");
  const whole = write("x".repeat(bytes - Buffer.byteLength(payload))).payload;
  const began_ms = performance.now();
  let isAcknowledged = false;
  const outcome = await new Promise<SizeTried["outcome"]>((resolve) => {
    const timer = setTimeout(
      () =>
        resolve(isAcknowledged ? "was acknowledged and did not come back" : "ended the connection"),
      PATIENCE_ms,
    );
    const end = (how: SizeTried["outcome"]): void => {
      clearTimeout(timer);
      resolve(how);
    };
    client.on("message", (_, heard) => {
      if (heard.toString() === whole) end("came back");
    });
    client.once("close", () => end("ended the connection"));
    client
      .subscribeAsync(topic, { qos: 1 })
      .then(() => client.publishAsync(topic, whole, { qos: 1 }))
      .then(
        () => {
          isAcknowledged = true;
        },
        () => {},
      );
  });
  return { bytes, outcome, took_ms: performance.now() - began_ms };
}
