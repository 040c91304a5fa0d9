import type {
  InstrumentContext,
  MachineAddress,
  MachineEvent,
  MachineKind,
  MachineState,
} from "../../machines/index.ts";
import { pointsTogether } from "../domain/campaign.ts";
import { HELD_LIMIT_s } from "../domain/recipe.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { InstrumentFact, InternalFact, JobFact, OperatorFact } from "../events/lab-fact.ts";
import { mayStartNow } from "./dispatcher.ts";
import { PATIENCE_TIMER } from "./hindrances.ts";
import { countsAnew, wasGiven } from "./incoming.ts";
import { isAboutInstruments, takePolicies } from "./instrument-changes.ts";
import { refusalOfProposal } from "./job-fitting.ts";
import { isOnInstrument, type Lab, stateName } from "./lab.ts";
import { membersOf } from "./loads.ts";
import { policiesOf } from "./policies.ts";
import { noteReread } from "./rereading.ts";
import { routeGuard } from "./route-guard.ts";
import { routeOperator } from "./route-operator.ts";
import { RECOVERY_TIMER } from "./settle.ts";

type Tell = { readonly to: MachineAddress; readonly event: MachineEvent };
type Create = (kind: MachineKind, id: string, input: unknown) => void;
type Of<Fact, Type> = Extract<Fact, { readonly type: Type }>;

/** Which machines a fact concerns, in which order. */
export function routeFact(lab: Lab, event: LabEvent, create: Create): Tell[] {
  const { fact } = event;
  const stamp = { time_ms: event.time_ms, position: event.position };
  switch (fact.type) {
    case "daemon.started":
      return routeStart(lab, fact, stamp);
    case "campaign.defined":
      return defineCampaign(lab, fact, create);
    case "instrument.online":
    case "instrument.birth":
    case "instrument.state":
      return routeInstrument(lab, fact, stamp, create);
    case "job.accepted":
    case "job.rejected":
    case "job.progress":
    case "job.result":
    case "job.failed":
    case "job.unknown":
      return routeJob(lab, fact, stamp);
    case "operator.command":
      return isAboutInstruments(fact) ? [] : routeOperator(lab, fact, stamp);
    case "safety.emergencyStop":
      return routeEmergency(lab, fact, stamp);
    case "timer.fired":
      return routeTimer(lab, fact, stamp);
    case "planner.proposed":
      return routeProposal(lab, fact, stamp);
    case "planner.failed":
      return [
        {
          to: { machine: "campaign", id: fact.campaignId },
          event: {
            type: "campaign.planFailed",
            requestId: fact.requestId,
            reason: fact.reason,
            ...stamp,
          },
        },
      ];
    case "patterns.reread":
      noteReread(lab, fact);
      return [
        {
          to: { machine: "campaign", id: fact.campaignId },
          event: { type: "campaign.wasReread", ...stamp },
        },
      ];
    case "guard.tripped":
    case "guard.cleared":
      return routeGuard(lab, fact, stamp);
    case "instruments.configured":
      takePolicies(lab, fact);
      return [];
    case "clock.noted":
      noteClock(lab, fact);
      return [];
    case "instrument.settled":
      return routeSettled(lab, fact, stamp);
    case "log.gapTold":
    case "instrument.contested":
      noteDoubt(lab, fact, stamp);
      return [];
    case "log.lossAccepted":
    case "command.outcome":
    case "message.quarantined":
    case "message.quarantineCounted":
      return [];
  }
}

/** A job whose instrument, or whose daemon, was gone for a while. */
function doubt(lab: Lab, stamp: Stamp): MachineEvent {
  return { type: "job.doubt", mayHaveCostCommand: lab.behaviour >= 3, ...stamp };
}

function noteClock(
  lab: Lab,
  { instrumentId = "", offset_ms }: Of<InternalFact, "clock.noted">,
): void {
  if (offset_ms === 0) lab.clocks.delete(instrumentId);
  else lab.clocks.set(instrumentId, offset_ms);
}

/** What an instrument's words have shown to be wrong: events are gone, or two controllers use its name. */
function noteDoubt(
  lab: Lab,
  fact: Of<InternalFact, "instrument.contested" | "log.gapTold">,
  { time_ms }: Stamp,
): void {
  if (fact.type === "log.gapTold")
    lab.gaps.set(fact.instrumentId, { jobId: fact.jobId, position: fact.position });
  else lab.contested.set(fact.instrumentId, { bootIds: fact.bootIds, since_ms: time_ms });
}

/** Whoever stays is listened to again: after its twin came it counted as a boot of before. */
function routeSettled(
  lab: Lab,
  { instrumentId, bootId }: Of<InternalFact, "instrument.settled">,
  stamp: Stamp,
): Tell[] {
  lab.contested.delete(instrumentId);
  if (bootId === undefined) return [];
  const event = { type: "instrument.stays", bootId, ...stamp };
  return [{ to: { machine: "instrument", id: instrumentId }, event }];
}

type Stamp = { readonly time_ms: number; readonly position: number };

/** A restart: every instrument may have changed, every job that may be on one is asked for. */
function routeStart(lab: Lab, fact: Of<InternalFact, "daemon.started">, stamp: Stamp): Tell[] {
  lab.epoch = fact.epoch;
  lab.policies = policiesOf(fact);
  lab.policyChange = undefined;
  lab.timeZone = fact.timeZone ?? "UTC";
  lab.behaviour = fact.behaviour ?? 1;
  lab.interprets = fact.interprets;
  lab.isSettled = false;
  lab.gaps.clear();
  const jobs = [...lab.machines.job].filter(([, job]) => isOnInstrument(job)).map(([id]) => id);
  const tells: Tell[] = [...lab.machines.instrument]
    .filter(([, instrument]) => instrument.states.includes("connection.online"))
    .map(([id]) => ({
      to: { machine: "instrument", id },
      event: { type: "instrument.doubt", ...stamp },
    }));
  for (const id of jobs) tells.push({ to: { machine: "job", id }, event: doubt(lab, stamp) });
  for (const id of lab.machines.campaign.keys()) {
    tells.push({ to: { machine: "campaign", id }, event: { type: "campaign.doubt", ...stamp } });
  }
  return tells;
}

function defineCampaign(
  lab: Lab,
  fact: Of<InternalFact, "campaign.defined">,
  create: Create,
): Tell[] {
  const { spec } = fact;
  const known = lab.specs.get(spec.campaignId);
  const configured = lab.configured.get(spec.campaignId);
  lab.configured.set(spec.campaignId, spec);
  // A second definition adds candidates; what was changed since the first stays changed.
  const isExtended = known !== undefined && configured !== known;
  lab.specs.set(spec.campaignId, isExtended ? { ...known, space: spec.space } : spec);
  if (!lab.results.has(spec.campaignId)) lab.results.set(spec.campaignId, []);
  const together = pointsTogether(spec);
  create("campaign", spec.campaignId, {
    campaignId: spec.campaignId,
    approval: spec.approval,
    budget: spec.budget,
    inFlight_max: spec.inFlight,
    waitForWholeBatch: spec.waitForWholeBatch,
    recipe: spec.recipe,
    ...(spec.alternatives === undefined ? {} : { alternatives: spec.alternatives }),
    seed: spec.seed,
    failuresInARow_max: spec.failuresInARow_max,
    ...(spec.approvalExpires_s === undefined ? {} : { approvalExpires_s: spec.approvalExpires_s }),
    ...(together === undefined ? {} : { together }),
  });
  return [];
}

function routeInstrument(lab: Lab, fact: InstrumentFact, stamp: Stamp, create: Create): Tell[] {
  const { message: _, ...content } = fact;
  const id = fact.instrumentId;
  create("instrument", id, { instrumentId: id });
  create("reservation", id, { instrumentId: id });
  const before = lab.machines.instrument.get(id);
  const counting = countingOf(lab, before?.context, fact);
  noteCounting(lab, before?.context, fact, counting.countsAnew === true);
  const event = { ...content, ...counting, ...stamp };
  const tells: Tell[] = [{ to: { machine: "instrument", id }, event }];
  const jobId = lab.machines.reservation.get(id)?.context.jobId;
  const isLate = before?.context.formerBootIds.includes(fact.bootId) ?? false;
  if (jobId === undefined || isLate) return tells;
  const job: MachineAddress = { machine: "job", id: jobId };
  if (fact.type === "instrument.online" && !fact.online) {
    tells.push({ to: job, event: doubt(lab, stamp) });
  } else if (fact.type !== "instrument.state") {
    tells.push({ to: job, event: { type: "job.ask", ...stamp } });
  } else if (fact.jobId === jobId && fact.operation === "held") {
    const until_ms = heldUntil_ms(lab, jobId, stamp);
    tells.push({ to: job, event: { type: "job.held", until_ms, ...stamp } });
  } else if (fact.jobId === jobId && before?.states.includes("operation.held")) {
    tells.push({ to: job, event: { type: "job.resumed", ...stamp } });
  }
  return tells;
}

/** Of a state: its name, and whether the instrument has begun to count anew. Older runs did not look. */
function countingOf(
  lab: Lab,
  context: InstrumentContext | undefined,
  fact: InstrumentFact,
): { readonly messageId?: string; readonly countsAnew?: boolean } {
  if (fact.type !== "instrument.state" || lab.behaviour < 2) return {};
  const isAnew = context !== undefined && countsAnew(context, fact);
  return { messageId: fact.message.id, ...(isAnew ? { countsAnew: true } : {}) };
}

/** It is heard all the same, but what it forgot nobody can know: its next boot needs a name of its own. */
function noteCounting(
  lab: Lab,
  context: InstrumentContext | undefined,
  { instrumentId, bootId }: InstrumentFact,
  isAnew: boolean,
): void {
  const id = `counting/${instrumentId}`;
  if (context?.bootId !== bootId) lab.alarms.delete(id);
  if (!isAnew) return;
  const text = `${instrumentId} counts its states anew under the boot ${bootId}: a controller that starts needs a new bootId.`;
  lab.alarms.set(id, { id, severity: "warning", text, since_ms: lab.time_ms });
}

/** When a job that is held now must go on at the latest; jobs of older runs were held for ever. */
function heldUntil_ms(lab: Lab, jobId: string, { time_ms }: Stamp): number | undefined {
  const held = lab.machines.job.get(jobId)?.context;
  const [job] = held === undefined ? [] : membersOf(lab, held);
  const experiment = lab.machines.experiment.get(job?.experimentId ?? "")?.context;
  if (lab.behaviour < 2 || job === undefined) return undefined;
  const limit_s = experiment?.recipe.steps[job.step]?.heldLimit_s ?? HELD_LIMIT_s;
  return time_ms + limit_s * 1000;
}

function routeJob(lab: Lab, fact: JobFact, stamp: Stamp): Tell[] {
  const { message: _, ...content } = fact;
  const instrument = lab.machines.instrument.get(fact.instrumentId);
  const job = lab.machines.job.get(fact.jobId);
  const tells: Tell[] = [];
  if (instrument?.states.includes("connection.stale")) {
    tells.push({
      to: { machine: "instrument", id: fact.instrumentId },
      event: { type: "instrument.answered", ...stamp },
    });
  }
  // The first report that a log has is the job's, whoever said it: newer runs let in only those of its instrument.
  const isReport = fact.type === "job.result" || fact.type === "job.failed";
  if (lab.behaviour >= 5 && !isReport && job !== undefined && !wasGiven(job.context, fact))
    return tells;
  const extra =
    fact.type === "job.unknown"
      ? {
          sameMemory:
            instrument?.context.keepsJournal || instrument?.context.bootId === job?.context.bootId,
          ...(lab.behaviour < 6 || job === undefined || mayStartNow(lab, job.context)
            ? {}
            : { mayStart: false }),
        }
      : fact.type === "job.result"
        ? {
            isFailure: fact.observations.some((one) => one.kind === "failure"),
            ...judgedUnusable(lab, stamp.position),
          }
        : wordAfterAll(lab, fact, job);
  tells.push({ to: { machine: "job", id: fact.jobId }, event: { ...content, ...extra, ...stamp } });
  return tells;
}

/** Of a start that was under way when its instrument said that it had no record of the job, which waits again. */
function wordAfterAll(lab: Lab, { type }: JobFact, job: MachineState | undefined) {
  const isAboutStart = type === "job.accepted" || type === "job.rejected";
  if (lab.behaviour < 8 || !isAboutStart || job === undefined) return {};
  return stateName(job) === "queued" ? { afterAll: true } : {};
}

function judgedUnusable(lab: Lab, position: number) {
  const { unusable, isMismatch } = lab.judgements.get(position) ?? {};
  return lab.behaviour < 6 || isMismatch !== true ? { unusable } : { unusable, isMismatch };
}

function routeEmergency(
  lab: Lab,
  fact: Of<OperatorFact, "safety.emergencyStop">,
  stamp: Stamp,
): Tell[] {
  lab.emergency = fact.active
    ? { by: fact.by, reason: fact.reason, since_ms: stamp.time_ms }
    : undefined;
  if (!fact.active) lab.cleared = { by: fact.by, reason: fact.reason, position: stamp.position };
  lab.stopMessages.add(`${fact.message.source}/${fact.message.id}`);
  const event = {
    type: "safety.emergencyStop",
    active: fact.active,
    by: fact.by,
    reason: fact.reason,
    ...stamp,
  };
  const tells: Tell[] = [...lab.machines.campaign.keys()].map((id) => ({
    to: { machine: "campaign", id },
    event,
  }));
  for (const [id, job] of lab.machines.job) {
    if (!isOnInstrument(job)) continue;
    tells.push({
      to: { machine: "job", id },
      event: fact.active ? doubt(lab, stamp) : { type: "job.ask", ...stamp },
    });
  }
  return tells;
}

function routeTimer(lab: Lab, fact: Of<InternalFact, "timer.fired">, stamp: Stamp): Tell[] {
  const timer = lab.timers.get(fact.timerId);
  lab.timers.delete(fact.timerId);
  if (fact.timerId === RECOVERY_TIMER) lab.doubtful.clear();
  if (fact.timerId === PATIENCE_TIMER) lab.isSettled = true;
  if (timer === undefined) return [];
  const event = { type: "timer.fired", timerId: fact.timerId, ...stamp };
  return [{ to: timer.owner, event: { ...event, ...mayStartAgain(lab, timer.owner) } }];
}

/** A start that nobody answers is sent again, but not while a stop, a pause, a guard, a limit or the hours forbid it. */
function mayStartAgain(lab: Lab, { machine, id }: MachineAddress): { readonly mayStart?: false } {
  const job = lab.behaviour < 13 || machine !== "job" ? undefined : lab.machines.job.get(id);
  if (job === undefined || stateName(job) !== "dispatched") return {};
  return mayStartNow(lab, job.context) ? {} : { mayStart: false };
}

/** Limits are checked when a point is proposed: what they forbid is refused here, with the reason. */
function routeProposal(lab: Lab, fact: Of<InternalFact, "planner.proposed">, stamp: Stamp): Tell[] {
  // What hinders the whole campaign says nothing about a point: it is chosen again once that is put right.
  const isHindered =
    lab.behaviour >= 6 &&
    lab.machines.campaign.get(fact.campaignId)?.context.hindrance !== undefined;
  const checked = (isHindered ? [] : fact.proposal.points).map((point) => {
    const refusal = refusalOfProposal(lab, fact.campaignId, point);
    return { point, refusal };
  });
  return [
    {
      to: { machine: "campaign", id: fact.campaignId },
      event: {
        type: "campaign.proposed",
        requestId: fact.requestId,
        points: checked.filter((one) => one.refusal === undefined).map((one) => one.point),
        refused: checked.flatMap(({ point, refusal }) =>
          refusal === undefined ? [] : [{ candidateId: point.candidateId, why: refusal }],
        ),
        verdict: fact.proposal.verdict,
        ...stamp,
      },
    },
  ];
}
