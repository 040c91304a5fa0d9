import { toRfc3339 } from "../core/clock.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { QuarantineReason } from "../events/lab-fact.ts";
import type { DecisionView } from "./campaign-view.ts";
import { decisionOf } from "./decision-of.ts";

/** What a report tells of a campaign beyond its results: by which programs, by whom, and what came that nobody believed. */
export interface LogStory {
  /** Versions of Tieline that wrote the log, oldest first. */
  readonly versions: readonly string[];
  readonly decisions: readonly DecisionView[];
  /** Why each withdrawn result was taken back, by the job that names it. */
  readonly withdrawals: ReadonlyMap<string, DecisionView>;
  /** Messages of the whole laboratory that were kept out, by reason. */
  readonly refused: ReadonlyMap<QuarantineReason, RefusedMessages>;
}

export interface RefusedMessages {
  readonly count: number;
  /** Of the first and the last, RFC 3339. */
  readonly first: string;
  readonly last: string;
}

/** What a command was answered. */
interface Reply {
  readonly accepted: boolean;
  readonly candidateIds?: readonly string[] | undefined;
}

/** Collects the story of one campaign from the log's events, in order. */
export function createStoryFold(campaignId: string): {
  /** `reply`: how a command was answered, where the event is one. */
  fold(event: LabEvent, reply?: Reply): void;
  story(): LogStory;
} {
  const versions = new Set<string>();
  const decisions: DecisionView[] = [];
  const withdrawals = new Map<string, DecisionView>();
  const refused = new Map<QuarantineReason, RefusedMessages>();
  const refuse = (reason: QuarantineReason, count: number, time: string): void => {
    const before = refused.get(reason);
    refused.set(reason, {
      count: (before?.count ?? 0) + count,
      ...{ first: before?.first ?? time, last: time },
    });
  };
  return {
    fold: (event, reply) => {
      const { fact, time_ms } = event;
      if (fact.type === "daemon.started") versions.add(fact.version);
      else if (fact.type === "message.quarantined") refuse(fact.reason, 1, toRfc3339(time_ms));
      else if (fact.type === "message.quarantineCounted" && fact.count > 0)
        refuse(fact.reason, fact.count, toRfc3339(time_ms));
      else if (fact.type === "operator.command" && fact.campaignId === campaignId) {
        const covered = reply?.candidateIds ?? fact.candidateIds;
        const decision = decisionOf({ ...event, fact: { ...fact, candidateIds: covered } });
        if (reply?.accepted === false) return;
        if (fact.action !== "tell") decisions.push(decision);
        if (fact.action === "withdraw" && fact.jobId !== undefined)
          withdrawals.set(fact.jobId, decision);
      }
    },
    story: () => ({ versions: [...versions], decisions, withdrawals, refused }),
  };
}
