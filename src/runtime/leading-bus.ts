import type { LogLease } from "../events/log-lease.ts";
import type { MessageBus } from "../events/message-bus.ts";

/**
 * A bus that speaks only while our lease holds: a daemon that was frozen, or cut off from its log, says nothing when it comes
 * back before it knows that it still leads. What another daemon has taken over rejects with TL-4003.
 */
export function createLeadingBus(bus: MessageBus, lease: LogLease): MessageBus {
  return {
    start: async (handlers) => {
      await lease.confirm();
      await bus.start(handlers);
    },
    publish: async (message) => {
      if (!lease.holds()) await lease.confirm();
      await bus.publish(message);
    },
    stop: () => bus.stop(),
  };
}
