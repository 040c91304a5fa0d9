import type { BusHandlers, MessageBus, OutgoingMessage } from "../../src/index.ts";
import type { SimulatedBroker } from "./simulated-broker.ts";
import type { SimulatedLink } from "./simulated-link.ts";

/**
 * The daemon's MessageBus on the simulated broker. One object is one process's connection: after `kill` it never calls
 * back and none of its promises settles, as nothing reaches a process that is gone. A new object with the same client
 * takes the session up again: what was not acknowledged is delivered again, in order.
 */
export interface SimulatedBus extends MessageBus {
  /** kill -9 of the daemon: no good-bye; what it had already written to the socket still arrives. */
  kill(): void;
  /** The cable is cut for so long; the bus reconnects by itself. */
  cut(duration_ms: number): void;
}

export interface SimulatedBusOptions {
  readonly site: string;
  readonly clientId: string;
  /** Published when the daemon disappears. */
  readonly will?: OutgoingMessage | undefined;
}

/** What the daemon hears, below `tieline/v1/{site}/`: whole subtrees, so that a misspelt topic is noticed (decision 0063). */
const SUBSCRIPTIONS = ["instrument/#", "campaign/+/command/#", "safety/#"];

export function createSimulatedBus(
  broker: SimulatedBroker,
  options: SimulatedBusOptions,
): SimulatedBus {
  let link: SimulatedLink | undefined;
  return {
    start: (handlers: BusHandlers) =>
      new Promise((resolve) => {
        link = broker.connect({
          clientId: options.clientId,
          clean: false,
          will: options.will,
          subscriptions: SUBSCRIPTIONS.map((filter) => `tieline/v1/${options.site}/${filter}`),
          onMessage: ({ topic, payload, qos, retained }) =>
            handlers.onMessage({ topic, payload, qos, retained }),
          onConnect: () => {
            for (const { topic, payload, qos, retain } of handlers.onConnecting?.() ?? [])
              link?.publish({ topic, payload, qos, retain }).catch(() => {});
            handlers.onConnection(true);
            resolve();
          },
          onDisconnect: () => handlers.onConnection(false),
        });
      }),
    publish: ({ topic, payload, qos, retain }) =>
      link === undefined
        ? Promise.reject(new Error("Bug: published before the bus was started."))
        : link.publish({ topic, payload, qos, retain }),
    stop: async () => link?.disconnect(),
    kill: () => link?.kill(),
    cut: (duration_ms) => link?.cut(duration_ms),
  };
}
