import { LabError } from "../../src/core/errors.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { MessageBus, OutgoingMessage } from "../../src/events/message-bus.ts";

/**
 * Hands what the agent shows to the broker and to the page. A view that can't be sent is only reported; one that the broker
 * finds too large (TL-2008) is reported once and cleared there, so that nobody reads an old one as if it were now. While
 * `isMute`, the page alone has it.
 */
export function createOutlet(
  bus: MessageBus,
  { logger, isMute }: { readonly logger: Logger; readonly isMute?: () => boolean },
  onPublished: ((message: OutgoingMessage) => void) | undefined,
): (message: OutgoingMessage) => void {
  /** Topics whose present view the broker does not have; those that were told of. */
  const leftOut = new Set<string>();
  const told = new Set<string>();
  const report = ({ topic }: OutgoingMessage, error: unknown): void =>
    logger.warn({ topic, error: String(error) }, "view.notSent");
  const leaveOut = (message: OutgoingMessage, { message: text, hint }: LabError): void => {
    const { topic, retain } = message;
    if (!told.has(topic)) logger.warn({ topic, error: text, hint }, "view.leftOut");
    told.add(topic);
    const isStale = retain && !leftOut.has(topic);
    leftOut.add(topic);
    if (isStale) bus.publish({ ...message, payload: "" }).catch((error) => report(message, error));
  };
  return (message) => {
    onPublished?.(message);
    if (isMute?.() === true) return;
    bus.publish({ ...message, isView: true }).then(
      () => leftOut.delete(message.topic),
      (error: unknown) => {
        if (error instanceof LabError && error.code === "TL-2008") leaveOut(message, error);
        else report(message, error);
      },
    );
  };
}
