import type { Readable } from "node:stream";
import memory from "aedes-persistence";

/**
 * What may wait for one kept session while its client is away: some 5000 messages of 5 kB. Half of what may lie unread on a connection:
 * all of it is written there at once when the client is back, beside what goes on.
 */
export const SESSION_BYTES_MAX = 32 * 1024 * 1024;
/** What a message takes besides its payload. */
const MESSAGE_BYTES = 1024;

interface Packet {
  readonly qos?: 0 | 1 | 2;
  readonly brokerCounter?: number;
  /** The client's number of it; absent until it is on its way. */
  readonly messageId?: number | undefined;
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
  outgoingUpdate(client: Named, packet: Packet): Promise<void>;
  outgoingClearMessageId(client: Named, packet: Packet): Promise<Packet | undefined>;
  outgoingStream(client: Named): Readable;
  cleanSubscriptions(client: Named): Promise<unknown>;
}

interface Waiting {
  bytes: number;
  /** Until something is fetched nothing more is taken, nor said. */
  isFull: boolean;
  /** Some of what its client is sent may not lie here. */
  hasLeftOut: boolean;
}

/** No client's number. */
const WITHHELD = -1;

/**
 * Sessions in memory, each with a bound. The library's own keep every message of QoS 1 for as long as a client with a kept
 * session stays away, without a bound, and still when the session has expired. The newest are left out, as Mosquitto does:
 * what the contract says must hold without them (an answer that is lost is asked for again, a start has expired, a stop is
 * retained). A client that is there is sent what its session has no room for all the same: the library would end its connection, each
 * time that it comes back.
 */
export function boundedSessions(onFull: (clientId: string, bytes: number) => void): object {
  const sessions = (memory as unknown as () => Sessions)();
  const { outgoingEnqueueCombi, outgoingUpdate, outgoingClearMessageId, cleanSubscriptions } =
    sessions;
  const waiting = new Map<string, Waiting>();

  const takes = ({ clientId }: Subscriber, bytes: number): boolean => {
    const one = waiting.get(clientId) ?? { bytes: 0, isFull: false, hasLeftOut: false };
    waiting.set(clientId, one);
    if (one.isFull) return false;
    one.isFull = one.bytes + bytes > SESSION_BYTES_MAX;
    if (!one.isFull) one.bytes += bytes;
    else {
      one.hasLeftOut = true;
      onFull(clientId, one.bytes);
    }
    return !one.isFull;
  };
  const enqueue = async (subscribers: readonly Subscriber[], packet: Packet): Promise<void> => {
    const bytes = sizeOf(packet);
    const taken = subscribers.filter((one) => takes(one, bytes));
    await outgoingEnqueueCombi.call(sessions, taken, packet);
  };

  const clear = async (client: Named, packet: Packet): Promise<Packet | undefined> => {
    const cleared = await outgoingClearMessageId.call(sessions, client, packet);
    const one = waiting.get(client.id);
    if (one !== undefined && cleared !== undefined) {
      one.bytes = Math.max(0, one.bytes - sizeOf(cleared));
      one.isFull = false;
    }
    return cleared;
  };
  /**
   * Clears what is not sent to a client that is there. The library clears by the number, and would take the first message that has
   * none: another one, which is about to be sent and was lost with the connection. One that goes out another way has its number by then.
   */
  const withhold = async (client: Named, packet: Packet): Promise<Packet | undefined> => {
    await new Promise((resolve) => setImmediate(resolve));
    const isMeant = (one: Packet): boolean =>
      one.messageId === undefined && one.brokerCounter === packet.brokerCounter;
    const kept = (await sessions.outgoingStream(client).toArray()) as Packet[];
    if (!kept.some(isMeant)) return undefined;
    const marked = { ...packet, messageId: WITHHELD };
    await outgoingUpdate.call(sessions, client, marked);
    return await clear(client, marked);
  };

  return Object.assign(sessions, {
    outgoingEnqueueCombi: enqueue,
    outgoingEnqueue: (subscriber, packet) => enqueue([subscriber], packet),
    outgoingUpdate: async (client, packet) => {
      try {
        await outgoingUpdate.call(sessions, client, packet);
      } catch (error) {
        if (waiting.get(client.id)?.hasLeftOut !== true) throw error;
      }
    },
    outgoingClearMessageId: (client, packet) =>
      packet.messageId === undefined ? withhold(client, packet) : clear(client, packet),
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
