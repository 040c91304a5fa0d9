import { findLimitViolation } from "../../src/domain/candidate.ts";
import type { RunExpectations } from "../laboratory/laboratory-options.ts";
import type { LedgerEntry, Violation } from "../world/physical-ledger.ts";

type Started = Extract<LedgerEntry, { event: "started" }>;
type Ended = Extract<LedgerEntry, { event: "ended" }>;

/** Every checker over one ledger: what physically happened, held against what may happen. Empty for a good run. */
export function checkLedger(
  ledger: readonly LedgerEntry[],
  expectations: RunExpectations = {},
): Violation[] {
  return [
    ...checkNoJobTwice(ledger),
    ...checkNoSampleTwice(ledger),
    ...checkOneJobAtATime(ledger),
    ...checkLimits(ledger, expectations),
    ...checkBudgets(ledger, expectations),
    ...((expectations.finished ?? true) ? checkNoResultLost(ledger) : []),
    ...checkProposals(ledger, expectations),
  ];
}

/**
 * Nothing that cannot be repeated runs twice: one start for each attempt, and a further attempt only after the earlier
 * ones reported a failure.
 */
function checkNoJobTwice(ledger: readonly LedgerEntry[]): Violation[] {
  const checker = "no job runs twice";
  const starts = new Map<string, Map<number, Ended | "running">>();
  const found: Violation[] = [];
  for (const entry of ledger) {
    if (entry.event === "ended") starts.get(entry.jobId)?.set(entry.attempt, entry);
    if (entry.event !== "started") continue;
    const attempts = starts.get(entry.jobId) ?? new Map<number, Ended | "running">();
    starts.set(entry.jobId, attempts);
    if (!entry.repeatable) {
      for (const [attempt, fate] of attempts) {
        const how = fate === "running" ? "is still running" : `ended with ${fate.outcome}`;
        const isAllowed =
          attempt !== entry.attempt && fate !== "running" && fate.outcome === "failed";
        if (!isAllowed)
          found.push({
            checker,
            detail: `${entry.instrumentId} started ${entry.jobId} attempt ${entry.attempt}, but attempt ${attempt} ${how}`,
          });
      }
    }
    attempts.set(entry.attempt, "running");
  }
  return found;
}

/** `map.load3` is a run of several samples; their names are their experiments'. */
const LOAD = /\.load\d+$/;

/**
 * Nothing that cannot be repeated is done twice to one sample by loads: while it is in one it is nowhere else, and what has
 * brought a result is not done again. Of recipes that ask for a capability once.
 */
function checkNoSampleTwice(ledger: readonly LedgerEntry[]): Violation[] {
  const doneTo = new Map<string, { readonly start: Started; fate: Ended | "running" }>();
  const found: Violation[] = [];
  for (const entry of ledger) {
    if (entry.event === "ended")
      for (const one of doneTo.values())
        if (one.start.jobId === entry.jobId && one.start.attempt === entry.attempt)
          one.fate = entry;
    if (entry.event !== "started" || entry.repeatable) continue;
    for (const sampleId of entry.sampleIds) {
      const key = `${sampleId}/${entry.capability}`;
      const before = doneTo.get(key);
      doneTo.set(key, { start: entry, fate: "running" });
      const isOfLoads =
        before !== undefined && [before.start, entry].some((s) => LOAD.test(s.jobId));
      if (!isOfLoads || (before.fate !== "running" && before.fate.outcome === "failed")) continue;
      const how =
        before.fate === "running" ? "is still in it" : `ended with ${before.fate.outcome}`;
      found.push({
        checker: "no sample is done twice",
        detail: `${entry.instrumentId} started ${entry.jobId} with ${sampleId}, which ${how} (${before.start.jobId})`,
      });
    }
  }
  return found;
}

/** A station does one job at a time. */
function checkOneJobAtATime(ledger: readonly LedgerEntry[]): Violation[] {
  const running = new Map<string, Started>();
  const found: Violation[] = [];
  for (const entry of ledger) {
    if (entry.event === "ended" && running.get(entry.instrumentId)?.jobId === entry.jobId)
      running.delete(entry.instrumentId);
    if (entry.event !== "started") continue;
    const other = running.get(entry.instrumentId);
    if (other !== undefined)
      found.push({
        checker: "one job at a time",
        detail: `${entry.instrumentId} started ${entry.jobId} during ${other.jobId}`,
      });
    running.set(entry.instrumentId, entry);
  }
  return found;
}

function checkLimits(
  ledger: readonly LedgerEntry[],
  { limits = {} }: RunExpectations,
): Violation[] {
  return startsOf(ledger).flatMap((start) => {
    const crossed = findLimitViolation(start.parameters, limits[start.campaignId] ?? {});
    if (crossed === undefined) return [];
    const detail = `${start.instrumentId} ran ${start.jobId} with ${crossed.parameter} = ${crossed.value}`;
    return [{ checker: "no limit is crossed", detail }];
  });
}

/** An experiment is what its jobs' names have in common: `e7.s1` and `e7.s2` are experiment `e7`; a load is of its samples'. */
function experimentsOf({ jobId, sampleIds }: Pick<Started, "jobId" | "sampleIds">) {
  return LOAD.test(jobId) ? sampleIds : [experimentOf(jobId)];
}

function experimentOf(jobId: string): string {
  return jobId.replace(/\.s\d+$/, "");
}

function checkBudgets(
  ledger: readonly LedgerEntry[],
  { budgets = {} }: RunExpectations,
): Violation[] {
  return Object.entries(budgets).flatMap(([campaignId, budget]) => {
    const experiments = new Set(
      startsOf(ledger)
        .filter((start) => start.campaignId === campaignId)
        .flatMap(experimentsOf),
    );
    if (experiments.size <= budget) return [];
    const detail = `${campaignId} began ${experiments.size} experiments, its budget is ${budget}`;
    return [{ checker: "the budget is kept", detail }];
  });
}

/** Every report was acknowledged: it is in the agent's log. What a forgetful instrument lost is its own fault. */
function checkNoResultLost(ledger: readonly LedgerEntry[]): Violation[] {
  const open = new Map<string, Ended>();
  for (const entry of ledger) {
    const key = `${entry.instrumentId}/${entry.jobId}#${entry.attempt}`;
    if (entry.event === "ended" && entry.outcome !== "lost") open.set(key, entry);
    if (entry.event === "acked" || (entry.event === "ended" && entry.outcome === "lost"))
      open.delete(key);
  }
  return [...open.values()].map(({ instrumentId, jobId, attempt, outcome }) => ({
    checker: "no result is lost",
    detail: `${instrumentId} was never told that the ${outcome} of ${jobId} attempt ${attempt} is safe`,
  }));
}

/** Every job belongs to a point of a published batch. */
function checkProposals(
  ledger: readonly LedgerEntry[],
  { proposedJobIds }: RunExpectations,
): Violation[] {
  if (proposedJobIds === undefined) return [];
  const proposed = new Set([...proposedJobIds].map(experimentOf));
  return startsOf(ledger)
    .filter((start) => !experimentsOf(start).every((id) => proposed.has(id)))
    .map(({ jobId, instrumentId }) => ({
      checker: "every job traces to a proposal",
      detail: `${instrumentId} ran ${jobId}, which no published batch contains`,
    }));
}

function startsOf(ledger: readonly LedgerEntry[]): Started[] {
  return ledger.filter((entry) => entry.event === "started");
}
