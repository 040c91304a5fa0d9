import type { Readable } from "node:stream";
import memory from "aedes-persistence";

/** What may wait for one kept session while its client is away: some 10 000 messages of 5 kB. */
export const SESSION_BYTES_MAX = 64 * 1024 * 1024;
/** What a message takes besides its payload. */
const MESSAGE_BYTES = 1024;

interface Packet {
  readonly qos?: 0 | 1 | 2;
  readonly payload?: string | Uint8Array | undefined;
}
interface Named {
  readonly id: string;
}
interface Subscriber {
  readonly clientId: string;
}

/** What the broker's library asks of its memory of sessions, as far as it concerns the messages that wait. */
interface Sessions {
  outgoingEnqueue(subscriber: Subscriber, packet: Packet): Promise<void>;
  outgoingEnqueueCombi(subscribers: readonly Subscriber[], packet: Packet): Promise<void>;
  outgoingClearMessageId(client: Named, packet: Packet): Promise<Packet | undefined>;
  outgoingStream(client: Named): Readable;
  cleanSubscriptions(client: Named): Promise<unknown>;
}

interface Waiting {
  bytes: number;
  /** Until something is fetched nothing more is taken, nor said. */
  isFull: boolean;
}

/**
 * Sessions in memory, each with a bound. The library's own keep every message of QoS 1 for as long as a client with a kept
 * session stays away, without a bound, and still when the session has expired. The newest are left out, as Mosquitto does:
 * what the contract says must hold without them (an answer that is lost is asked for again, a start has expired, a stop is
 * retained).
 */
export function boundedSessions(onFull: (clientId: string, bytes: number) => void): object {
  const sessions = (memory as unknown as () => Sessions)();
  const { outgoingEnqueueCombi, outgoingClearMessageId, cleanSubscriptions } = sessions;
  const waiting = new Map<string, Waiting>();

  const takes = ({ clientId }: Subscriber, bytes: number): boolean => {
    const one = waiting.get(clientId) ?? { bytes: 0, isFull: false };
    waiting.set(clientId, one);
    if (one.isFull) return false;
    one.isFull = one.bytes + bytes > SESSION_BYTES_MAX;
    if (one.isFull) onFull(clientId, one.bytes);
    else one.bytes += bytes;
    return !one.isFull;
  };
  const enqueue = async (subscribers: readonly Subscriber[], packet: Packet): Promise<void> => {
    const bytes = sizeOf(packet);
    const taken = subscribers.filter((one) => takes(one, bytes));
    await outgoingEnqueueCombi.call(sessions, taken, packet);
  };

  return Object.assign(sessions, {
    outgoingEnqueueCombi: enqueue,
    outgoingEnqueue: (subscriber, packet) => enqueue([subscriber], packet),
    outgoingClearMessageId: async (client, packet) => {
      const cleared = await outgoingClearMessageId.call(sessions, client, packet);
      const one = waiting.get(client.id);
      if (one !== undefined && cleared !== undefined) {
        one.bytes = Math.max(0, one.bytes - sizeOf(cleared));
        one.isFull = false;
      }
      return cleared;
    },
    cleanSubscriptions: async (client) => {
      waiting.delete(client.id);
      for await (const packet of sessions.outgoingStream(client))
        await outgoingClearMessageId.call(sessions, client, packet as Packet);
      return await cleanSubscriptions.call(sessions, client);
    },
  } satisfies Partial<Sessions>);
}

/** With QoS 2 a message is replaced by a word without payload on its way: it counts the same at both ends. */
function sizeOf({ qos, payload }: Packet): number {
  return MESSAGE_BYTES + (qos === 2 ? 0 : (payload?.length ?? 0));
}
