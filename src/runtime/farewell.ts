import type { MessageBus, OutgoingMessage } from "../events/message-bus.ts";

export interface FarewellNeeds {
  readonly bus: Pick<MessageBus, "publish">;
  /** From here on nobody is alarmed, and no view is shown. */
  readonly mute: () => void;
  /** Says from here on that it is not there; the word for it, where somebody was told that it is. */
  readonly goOffline: () => (() => OutgoingMessage) | undefined;
  /** Ends what takes in and answers. */
  readonly end: () => Promise<void>;
}

/**
 * How a loop ends. While it takes in what still comes, and answers it, it has not gone: the goodbye is its last word. It is said before
 * `end`, which may fail or take long, and once again after it, behind what was answered meanwhile.
 */
export function createFarewell(needs: FarewellNeeds): { leave(): void; stop(): Promise<void> } {
  const { bus, mute, goOffline, end } = needs;
  const say = (message: OutgoingMessage): Promise<boolean> =>
    bus.publish(message).then(
      () => true,
      () => false,
    );
  return {
    leave: mute,
    stop: async () => {
      mute();
      const goodbye = goOffline();
      // One that may not speak any more would wait for its lease a second time.
      const isHeard = goodbye !== undefined && (await say(goodbye()));
      try {
        await end();
      } finally {
        if (isHeard) await say(goodbye());
      }
    },
  };
}
