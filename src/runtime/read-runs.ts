import type { EventLog } from "../events/event-log.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { Run } from "./campaign-index.ts";

/** Runs so close to each other are read in one go: what lies between is thrown away. */
const GAP_MAX = 64;

/** The events of some runs of a log, in order. */
export async function* readRuns(
  log: Pick<EventLog, "read">,
  runs: readonly Run[],
): AsyncIterable<LabEvent> {
  for (let k = 0; k < runs.length; ) {
    const [from] = runs[k] as Run;
    let last = k;
    for (; last + 1 < runs.length; last++) {
      const gap = (runs[last + 1]?.[0] ?? 0) - (runs[last]?.[1] ?? 0);
      if (gap > GAP_MAX) break;
    }
    let run = k;
    for await (const event of log.read(from, runs[last]?.[1])) {
      while (event.position > (runs[run]?.[1] ?? 0)) run += 1;
      if (event.position >= (runs[run]?.[0] ?? 0)) yield event;
    }
    k = last + 1;
  }
}
