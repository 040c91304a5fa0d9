import type { LabEvent, LabFact } from "../../src/index.ts";

/**
 * What a campaign's log says about the world, without the daemon's own book-keeping: definitions, decisions,
 * proposals and results in their order with their times, and for each job which attempts began on which instrument.
 * A run that was killed and started again must have the same record as the undisturbed run.
 */
export interface ScientificRecord {
  readonly history: readonly string[];
  readonly starts: Readonly<Record<string, readonly string[]>>;
}

const KEPT = new Set<LabFact["type"]>([
  "campaign.defined",
  "operator.command",
  "safety.emergencyStop",
  "planner.proposed",
  "job.result",
  "job.failed",
  "job.rejected",
]);

export function scientificRecord(events: readonly LabEvent[]): ScientificRecord {
  const history: string[] = [];
  const starts: Record<string, Set<string>> = {};
  for (const { fact, time_ms } of events) {
    if (
      fact.type === "job.accepted" ||
      fact.type === "job.result" ||
      fact.type === "job.progress"
    ) {
      const seen = starts[fact.jobId] ?? new Set<string>();
      starts[fact.jobId] = seen.add(`${fact.instrumentId}#${fact.attempt}`);
    }
    if (!KEPT.has(fact.type)) continue;
    history.push(JSON.stringify({ time_ms: Math.round(time_ms), ...withoutIdentity(fact) }));
  }
  return {
    history,
    starts: Object.fromEntries(
      Object.entries(starts)
        .map(([jobId, seen]) => [jobId, [...seen].sort()] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

/** A resend may carry another message id; what it says is the same. */
function withoutIdentity(fact: LabFact): object {
  const { message: _, ...rest } = fact as LabFact & { message?: unknown };
  return rest;
}
