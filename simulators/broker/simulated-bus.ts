import type { MessageBus } from "../../src/index.ts";

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
