import { LabError } from "../../src/core/errors.ts";
import type { EventLog } from "../../src/events/event-log.ts";
import type { EventDraft, LabEvent } from "../../src/events/lab-event.ts";
import type { EventLogBackend } from "./event-log-backend.ts";

/** What one name stands for: its events, and whether somebody writes. */
interface Named {
  readonly events: LabEvent[];
  isHeld: boolean;
}

/** Logs that live as long as the process: `memory:` a new one each time, `memory:NAME` the same for the same name. */
export const memoryBackend: EventLogBackend = createMemoryBackend();

function createMemoryBackend(): EventLogBackend {
  const named = new Map<string, Named>();
  return {
    scheme: "memory",
    form: "memory:",
    words: "in the daemon's memory, for a trial: gone when it ends",
    exists: async (address) => named.has(address),
    open: async ({ address, readOnly }) => {
      const place: Named = named.get(address) ?? { events: [], isHeld: false };
      if (address !== "memory:") named.set(address, place);
      if (!readOnly && place.isHeld)
        throw new LabError("TL-4005", `Another daemon of this process uses the log ${address}`);
      place.isHeld ||= !readOnly;
      return closing(createMemoryEventLog(place.events), readOnly, () => {
        if (!readOnly) place.isHeld = false;
      });
    },
  };
}

/** A log that lets go of its place when it is closed and takes nothing afterwards. */
function closing(log: EventLog, readOnly: boolean, release: () => void): EventLog {
  let refusal = readOnly ? "The event log was opened for reading only" : undefined;
  return {
    get lastPosition() {
      return log.lastPosition;
    },
    append: async (drafts) => {
      if (refusal !== undefined) throw new LabError("TL-4003", refusal);
      return await log.append(drafts);
    },
    read: (from, through) => log.read(from, through),
    close: async () => {
      if (refusal === undefined) release();
      refusal = "The event log is closed";
    },
  };
}

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
    read: async function* (from = 1, through = events.length) {
      // What is there now: a log that grows meanwhile does not make a reading endless.
      for (const event of events.slice(from - 1, through)) yield event;
    },
    close: async () => {},
  };
}
