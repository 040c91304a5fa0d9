import type { LabEvent } from "./lab-event.ts";

/** Changes an event of an older format into today's. There has been one format so far. */
export function upcastEvent(event: LabEvent, _version: number): LabEvent {
  return event;
}
