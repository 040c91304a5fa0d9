import { namedWaiting } from "../../machines/campaign-actions.ts";
import type { MachineAddress, MachineEvent } from "../../machines/index.ts";
import type { CampaignSpec } from "../domain/campaign.ts";
import {
  applyChanges,
  type CampaignChanges,
  describeChanges,
  findChangeProblem,
  findLimitUnitProblem,
  splitLimits,
} from "../domain/campaign-changes.ts";
import { CONFIGURATION } from "../domain/identifiers.ts";
import { isOpen, wallTime } from "../domain/opening-hours.ts";
import { toldName } from "../domain/people.ts";
import { findPoint } from "../domain/point-by-hand.ts";
import type { ProposedPoint } from "../domain/proposal.ts";
import type { OperatorFact } from "../events/lab-fact.ts";
import { refusalOfProposal } from "./job-fitting.ts";
import type { Lab } from "./lab.ts";
import { routeReread } from "./rereading.ts";
import { takeTold } from "./told-results.ts";

type CommandFact = Extract<OperatorFact, { readonly type: "operator.command" }>;
type Stamp = { readonly time_ms: number; readonly position: number };

/** A person's command, with what the campaign's machine cannot know: limits, hours, candidates. */
export function routeOperator(
  lab: Lab,
  fact: CommandFact,
  stamp: Stamp,
): { readonly to: MachineAddress; readonly event: MachineEvent }[] {
  const { message: _, type: __, identity: ___, action, changes, points, patterns, ...said } = fact;
  const {
    report: ____,
    observations: _____,
    newPhases: ______,
    sampleId: _______,
    ...content
  } = said;
  const withdrawn =
    action === "withdraw" ? positionOfResult(lab, fact.campaignId, fact.jobId) : undefined;
  if (withdrawn !== undefined) withdrawResult(lab, fact.campaignId, withdrawn);
  const spec = lab.specs.get(fact.campaignId);
  return [
    {
      to: { machine: "campaign", id: fact.campaignId },
      event: {
        ...content,
        type: `campaign.${action}`,
        withdrawn,
        ...(lab.behaviour > 1 ? { behaviour: lab.behaviour } : {}),
        ...(action === "approve" ? { refusal: refusalOfApproval(lab, fact, stamp) } : {}),
        ...(action === "extend" && spec !== undefined
          ? extension(lab, spec, fact, changes ?? {})
          : {}),
        ...(action === "propose" && spec !== undefined
          ? proposal(lab, spec, { ...fact, points: points ?? [] }, stamp)
          : {}),
        ...(action === "reread" ? routeReread(lab, fact, patterns ?? {}) : {}),
        ...(action === "tell" && spec !== undefined
          ? takeTold(lab, spec, fact, stamp.position)
          : {}),
        ...stamp,
      },
    },
  ];
}

/** Limits are checked again at approval: the configuration may have changed since the proposal. Hours are looked at too. */
function refusalOfApproval(lab: Lab, fact: CommandFact, stamp: Stamp): string | undefined {
  const campaign = lab.machines.campaign.get(fact.campaignId);
  const spec = lab.specs.get(fact.campaignId);
  if (campaign === undefined || spec === undefined) return undefined;
  const hours = spec.hours?.approvals;
  if (hours !== undefined && !isOpen(hours, stamp.time_ms, lab.timeZone))
    return `Approvals are taken ${hours}; it is ${wallTime(stamp.time_ms, lab.timeZone)}.`;
  return namedWaiting(campaign.context, { ...fact, behaviour: lab.behaviour })
    .map((one) => refusalOfProposal(lab, fact.campaignId, one))
    .find((text) => text !== undefined);
}

/** What of a change holds at once, what waits, and why it cannot be at all. */
function extension(lab: Lab, spec: CampaignSpec, fact: CommandFact, changes: CampaignChanges) {
  const problem =
    findChangeProblem(changes, spec) ??
    (lab.behaviour < 11 ? undefined : findLimitUnitProblem(changes));
  if (problem !== undefined) return { refusal: problem };
  const { limits, ...others } = changes;
  const { tighter, wider } = splitLimits(spec.limits, limits ?? {});
  const atOnce: CampaignChanges = {
    ...others,
    ...(Object.keys(tighter).length === 0 ? {} : { limits: tighter }),
  };
  if (fact.by === CONFIGURATION) {
    const configured = lab.configured.get(fact.campaignId) ?? spec;
    lab.configured.set(fact.campaignId, applyChanges(configured, changes));
  }
  const isWider = Object.keys(wider).length > 0;
  return {
    changes: atOnce,
    inWords: describeChanges(changes, spec).join(", "),
    ...(isWider ? { wider } : {}),
  };
}

function proposal(
  lab: Lab,
  spec: CampaignSpec,
  fact: CommandFact & { readonly points: NonNullable<CommandFact["points"]> },
  { position }: Stamp,
): { readonly refusal: string } | { readonly points: readonly ProposedPoint[] } {
  const points: ProposedPoint[] = [];
  for (const [k, wanted] of fact.points.entries()) {
    // In a continuous space the log's position names a point; it has room for one.
    if (k > 0 && spec.space.kind === "box") return { refusal: "One point at a time, please." };
    const found = findPoint(wanted, spec, { by: fact.by, reason: fact.reason, position });
    if ("problem" in found) return { refusal: found.problem };
    const refusal = refusalOfProposal(lab, fact.campaignId, found);
    if (refusal !== undefined) return { refusal };
    if (points.every((one) => one.candidateId !== found.candidateId)) points.push(found);
  }
  return points.length === 0 ? { refusal: "No point is named." } : { points };
}

function withdrawResult(lab: Lab, campaignId: string, position: number): void {
  const before = lab.withdrawn.get(campaignId) ?? [];
  lab.withdrawn.set(campaignId, [...before, position]);
  const left = (lab.results.get(campaignId) ?? []).filter((one) => one.position !== position);
  lab.results.set(campaignId, left);
}

/** An observation is named by any job of its experiment; one that was told by its place in the log. */
function positionOfResult(
  lab: Lab,
  campaignId: string,
  jobId: string | undefined,
): number | undefined {
  const results = lab.results.get(campaignId) ?? [];
  const told = results.find(({ position }) => toldName(campaignId, position) === jobId);
  if (told !== undefined && lab.told.has(told.position)) return told.position;
  const experimentId = lab.machines.job.get(jobId ?? "")?.context.experimentId;
  const positions = [...lab.machines.job.values()]
    .filter((job) => job.context.experimentId === experimentId)
    .flatMap((job) =>
      job.context.started.map((attempt) => `${job.context.jobId}#${attempt}#job.result`),
    )
    .map((key) => lab.reports.get(key)?.position);
  return results.find((one) => positions.includes(one.position))?.position;
}
