import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../src/events/lab-event.ts";

/**
 * A log that lives as long as the process: for simulations in virtual time, where a kill is a new daemon on the same
 * log. Events pass through JSON, so that nothing survives here that would not survive on disk.
 */
export function createMemoryEventLog(
  events: LabEvent[] = [],
): EventLog & { readonly events: readonly LabEvent[] } {
  return {
    events,
    get lastPosition() {
      return events.length;
    },
    append: async (drafts: readonly EventDraft[]) => {
      const added = drafts.map((draft, k) => ({
        position: events.length + k + 1,
        ...(JSON.parse(JSON.stringify(draft)) as EventDraft),
      }));
      events.push(...added);
      return added;
    },
    read: async function* (from = 1) {
      for (const event of events.slice(from - 1)) yield event;
    },
    close: async () => {},
  };
}
