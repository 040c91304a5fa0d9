import type { MachineAddress, MachineEvent, MachineState, Stamp } from "../../machines/index.ts";
import { findBirthProblems } from "../domain/limits/birth-problems.ts";
import type { KnownBirth } from "../domain/limits/known-laboratory.ts";
import type { LabFact } from "../events/lab-fact.ts";
import { type Lab, stateName } from "./lab.ts";

/** Fires when instruments have had the time to say that they are there: who is missing then is missed. */
export const PATIENCE_TIMER = "lab/patience";
export const PATIENCE_ms = 60_000;

/** True where an instrument gets no job of this campaign: its limits are in doubt, or a guard of it has tripped. */
export function isHindered(lab: Lab, instrumentId: string, campaignId: string): boolean {
  return hindrancesOf(lab, instrumentId).some(
    (one) => one.campaignId === undefined || one.campaignId === campaignId,
  );
}

/** What hinders an instrument or a campaign, and what kind of thing that is. */
export interface Hindrance {
  readonly cause: "configuration" | "guard" | "instrument";
  readonly text: string;
  readonly since_ms?: number | undefined;
  /** Of an instrument's: where it holds for one campaign only. */
  readonly campaignId?: string | undefined;
}

/** Why an instrument is not used, in sentences; empty where it is. */
export function hindrancesOf(lab: Lab, instrumentId: string): Hindrance[] {
  if (lab.problems.length === 0 && lab.guards.size === 0 && !lab.contested.has(instrumentId))
    return [];
  const problems = lab.problems.filter((one) => one.instrumentId === instrumentId);
  const guards = [...lab.guards.values()].filter(
    (one) => one.instrumentId === instrumentId && one.action !== "tell",
  );
  const contest = lab.contested.get(instrumentId);
  return [
    ...(contest === undefined ? [] : [contestHindrance(contest)]),
    ...problems.map(({ text }) => ({ cause: "configuration" as const, text })),
    ...guards.map(({ text, campaignId, since_ms }) => ({
      ...{ cause: "guard" as const, text, campaignId, since_ms },
    })),
  ];
}

function contestHindrance({ bootIds, since_ms }: Contest): Hindrance {
  const text = `two controllers speak under its name (boots ${bootIds.join(" and ")}), and both would obey`;
  return { cause: "instrument", text, since_ms };
}

type Contest = NonNullable<ReturnType<Lab["contested"]["get"]>>;

/** Why a campaign starts nothing new: its recipe fits no instrument, or a guard of its own has tripped. */
export function hindranceOf(lab: Lab, campaignId: string): Hindrance | undefined {
  if (lab.problems.length === 0 && lab.guards.size === 0) return undefined;
  const problem = lab.problems.find((one) => one.campaignId === campaignId);
  if (problem !== undefined) return { cause: "configuration", text: problem.text };
  const guard = [...lab.guards.values()].find(
    (one) => one.campaignId === campaignId && one.action !== "tell",
  );
  return guard && { cause: "guard", text: guard.text, since_ms: guard.since_ms };
}

/** Tells campaigns that run what hinders them, as soon as it changes. */
export function tellHindrances(
  lab: Lab,
  stamp: Stamp,
): { readonly to: MachineAddress; readonly event: MachineEvent }[] {
  const told: { readonly to: MachineAddress; readonly event: MachineEvent }[] = [];
  for (const [id, campaign] of lab.machines.campaign) {
    if (!lab.live.has(id)) continue;
    const reason = hindranceOf(lab, id)?.text;
    const isTold = stateName(campaign) === "running" || isToldBeforeStart(lab, campaign);
    if (!isTold || campaign.context.hindrance === reason) continue;
    const event = { type: "campaign.hindered", hindrance: reason, ...stamp };
    told.push({ to: { machine: "campaign", id }, event });
  }
  return told;
}

/** From behaviour 6 on it is known before the start, so that no point is drawn that none could measure. */
function isToldBeforeStart(lab: Lab, campaign: MachineState): boolean {
  return lab.behaviour >= 6 && stateName(campaign) === "validated";
}

/** Holds the configuration against the births again where one of the two has changed. */
export function noteProblems(lab: Lab, fact: LabFact): void {
  if (lab.behaviour < 2 || !changesProblems(fact)) return;
  const births = knownBirths(lab);
  const { policies, isSettled } = lab;
  const looksFurther = lab.behaviour >= 6 ? { interprets: lab.interprets ?? [] } : {};
  lab.problems = findBirthProblems({
    policies,
    campaigns: [...lab.specs.values()].filter(({ campaignId }) => isOpen(lab, campaignId)),
    births,
    isSettled,
    ...looksFurther,
  });
}

export function knownBirths(lab: Lab): Map<string, KnownBirth> {
  const births = new Map<string, KnownBirth>();
  for (const id of lab.instrumentIds) {
    const instrument = lab.machines.instrument.get(id)?.context;
    if (instrument !== undefined && instrument.capabilities.length > 0) births.set(id, instrument);
  }
  return births;
}

function changesProblems(fact: LabFact): boolean {
  return (
    fact.type === "instrument.birth" ||
    fact.type === "campaign.defined" ||
    fact.type === "daemon.started" ||
    fact.type === "instruments.configured" ||
    (fact.type === "operator.command" && (fact.action === "extend" || fact.change !== undefined)) ||
    (fact.type === "timer.fired" && fact.timerId === PATIENCE_TIMER)
  );
}

const OVER = new Set(["converged", "budgetExhausted", "stopped", "aborted", "failed"]);

/** What a campaign that is over asks of instruments concerns nobody. */
export function isOpen(lab: Lab, campaignId: string): boolean {
  const campaign = lab.machines.campaign.get(campaignId);
  return campaign === undefined || !OVER.has(stateName(campaign));
}
