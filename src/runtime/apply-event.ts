import {
  advance,
  createMachineState,
  type Effect,
  type MachineAddress,
  type MachineEvent,
} from "../../machines/index.ts";
import { assert } from "../core/assert.ts";
import { applyChanges, type CampaignChanges } from "../domain/campaign-changes.ts";
import { PEOPLE } from "../domain/people.ts";
import type { LabCommand } from "../events/lab-command.ts";
import type { LabEvent } from "../events/lab-event.ts";
import { type Assignment, nextAssignment } from "./dispatcher.ts";
import { earlierSteps } from "./earlier-steps.ts";
import { noteProblems, PATIENCE_ms, PATIENCE_TIMER } from "./hindrances.ts";
import { decideAboutInstruments, isAboutInstruments } from "./instrument-changes.ts";
import { trackJob } from "./job-queue.ts";
import type { Lab } from "./lab.ts";
import { LOADS_TIMER } from "./loads.ts";
import { noteObservation, noteReport } from "./observations.ts";
import { routeFact } from "./route-fact.ts";
import { RECOVERY_ms, RECOVERY_TIMER, settle } from "./settle.ts";
import { bringBack, campaignOfFact, noteCampaign } from "./shelf.ts";
import { HOURS_TIMER, nextOpeningOfQueued } from "./start-hours.ts";
import { calibrationEnd_ms, maintenanceEnd_ms, noteUpkeep } from "./upkeep.ts";

/** Fire when a window of maintenance ends that jobs wait for, and when a calibration does. */
const MAINTENANCE_TIMER = "lab/maintenance";
const CALIBRATION_TIMER = "lab/calibration";

/** More steps than this for one event mean that two machines tell each other in a circle: a bug. */
const STEPS_MAX = 100_000;

interface Step {
  readonly to: MachineAddress;
  readonly event: MachineEvent;
}

/**
 * Folds one event of the log into the laboratory and returns what is to be done. Deterministic: no clock, no
 * randomness, no I/O. During a replay the commands are thrown away, because their outcome follows in the log.
 */
export function applyEvent(lab: Lab, event: LabEvent): LabCommand[] {
  bringBack(lab, campaignOfFact(event.fact));
  lab.position = event.position;
  lab.time_ms = event.time_ms;
  const run = new Run(lab, event);
  noteReport(lab, event);
  noteUpkeep(lab, event.fact);
  run.tellAll(routeFact(lab, event, (kind, id, input) => run.create({ machine: kind, id }, input)));
  if (isAboutInstruments(event.fact)) run.reply(decideAboutInstruments(lab, event.fact));
  noteProblems(lab, event.fact);
  run.boundRecovery();
  run.boundPatience();
  run.settleAndDispatch();
  return run.commands;
}

class Run {
  readonly commands: LabCommand[] = [];
  private readonly queue: Step[] = [];
  private readonly lab: Lab;
  private readonly event: LabEvent;
  private steps = 0;

  constructor(lab: Lab, event: LabEvent) {
    this.lab = lab;
    this.event = event;
  }

  tellAll(steps: readonly Step[]): void {
    this.queue.push(...steps);
    this.drain();
  }

  create(what: MachineAddress, input: unknown): void {
    const machines = this.lab.machines[what.machine] as Map<string, unknown>;
    if (machines.has(what.id)) return;
    const { state, effects } = createMachineState(what.machine, input);
    machines.set(what.id, state);
    if (what.machine === "campaign") this.lab.live.add(what.id);
    if (what.machine === "instrument") {
      this.lab.instrumentIds.push(what.id);
      this.lab.instrumentIds.sort();
    }
    this.handle(what, effects);
  }

  /** To a word that concerns no machine. */
  reply(command: LabCommand): void {
    this.command({ machine: "campaign", id: "" }, command);
  }

  /** After a restart the laboratory waits for answers, but not for ever. */
  boundRecovery(): void {
    if (this.event.fact.type !== "daemon.started" || this.lab.doubtful.size === 0) return;
    const at_ms = this.event.time_ms + RECOVERY_ms;
    const owner: MachineAddress = { machine: "job", id: "" };
    this.command(owner, { type: "startTimer", timerId: RECOVERY_TIMER, at_ms });
  }

  /** Whoever has not said that he is there after this is missed. */
  boundPatience(): void {
    if (this.event.fact.type !== "daemon.started" || this.lab.behaviour < 2) return;
    const at_ms = this.event.time_ms + PATIENCE_ms;
    const owner: MachineAddress = { machine: "job", id: "" };
    this.command(owner, { type: "startTimer", timerId: PATIENCE_TIMER, at_ms });
  }

  /** What the last event made possible: states that follow from the whole, and jobs for free instruments. */
  settleAndDispatch(): void {
    for (;;) {
      const settled = settle(this.lab, this.stamp());
      if (settled.length > 0) {
        this.tellAll(settled);
        continue;
      }
      const waits: number[] = [];
      const assignment = nextAssignment(this.lab, (until_ms) => waits.push(until_ms));
      if (assignment === undefined) {
        this.wakeAt(HOURS_TIMER, nextOpeningOfQueued(this.lab));
        this.wakeAt(MAINTENANCE_TIMER, maintenanceEnd_ms(this.lab));
        this.wakeAt(CALIBRATION_TIMER, calibrationEnd_ms(this.lab));
        this.wakeAt(LOADS_TIMER, waits.length === 0 ? undefined : Math.min(...waits));
        return;
      }
      if (assignment.kind === "load") {
        this.startLoad(assignment);
        continue;
      }
      const job: MachineAddress = { machine: "job", id: assignment.jobId };
      if (assignment.kind === "lapse") {
        const experiment: MachineAddress = { machine: "experiment", id: assignment.experimentId };
        const shared = this.lab.behaviour < 6 ? {} : { sharesBatch: true };
        const event = { type: "experiment.lapse", ...shared, ...this.stamp() };
        this.tellAll([{ to: experiment, event }]);
        continue;
      }
      if (assignment.kind === "refuse") {
        this.tellAll([
          { to: job, event: { type: "job.refuse", detail: assignment.detail, ...this.stamp() } },
        ]);
        continue;
      }
      if (assignment.kind === "dissolve") {
        this.tellAll([{ to: job, event: { type: "job.dissolve", ...this.stamp() } }]);
        continue;
      }
      const { instrumentId, bootId, jobId, sent } = assignment;
      const station: MachineAddress = { machine: "reservation", id: instrumentId };
      const request = { type: "reservation.request", jobId, ...this.stamp() };
      this.tellAll([
        ...(instrumentId === PEOPLE ? [] : [{ to: station, event: request }]),
        { to: job, event: { type: "job.reserve", instrumentId, bootId, ...this.stamp() } },
        { to: job, event: { type: "job.dispatch", sent, ...this.stamp() } },
      ]);
    }
  }

  /** Several jobs begin as one: a load is a job of its own, and its jobs wait for its end. */
  private startLoad({ load, instrumentId, bootId }: Extract<Assignment, { kind: "load" }>): void {
    const { input, sent } = load;
    const { jobId, campaignId, members = [] } = input;
    this.lab.loads.set(campaignId, (this.lab.loads.get(campaignId) ?? 0) + 1);
    const to: MachineAddress = { machine: "job", id: jobId };
    const station: MachineAddress = { machine: "reservation", id: instrumentId };
    const stamp = this.stamp();
    this.create(to, input);
    this.tellAll([
      { to: station, event: { type: "reservation.request", jobId, ...stamp } },
      ...members.map((member) => ({
        to: { machine: "job" as const, id: member.jobId },
        event: { type: "job.load", loadId: jobId, instrumentId, bootId, ...stamp },
      })),
      { to, event: { type: "job.submit", needsApproval: false, ...stamp } },
      { to, event: { type: "job.reserve", instrumentId, bootId, ...stamp } },
      { to, event: { type: "job.dispatch", sent, ...stamp } },
    ]);
  }

  /** Jobs that wait for their hours, or for a fuller load, are looked at again then. */
  private wakeAt(timerId: string, at_ms: number | undefined): void {
    if (at_ms === this.lab.timers.get(timerId)?.at_ms) return;
    const owner: MachineAddress = { machine: "job", id: "" };
    if (at_ms === undefined) this.command(owner, { type: "cancelTimer", timerId });
    else this.command(owner, { type: "startTimer", timerId, at_ms });
  }

  private stamp() {
    return { time_ms: this.event.time_ms, position: this.event.position };
  }

  private drain(): void {
    for (let step = this.queue.shift(); step !== undefined; step = this.queue.shift()) {
      assert(++this.steps < STEPS_MAX, "machines tell each other in a circle");
      this.step(step);
    }
  }

  private step({ to, event }: Step): void {
    const machines = this.lab.machines[to.machine] as Map<string, never>;
    const current = machines.get(to.id);
    if (current === undefined) {
      if (to.id !== "") this.lab.unexpected += 1;
      return;
    }
    if (to.machine === "campaign" && event.type === "experiment.observed")
      noteObservation(this.lab, this.event, event);
    const { state, effects } = advance(to.machine, current, event);
    (machines as Map<string, unknown>).set(to.id, state);
    if (to.machine === "job") trackJob(this.lab, to.id, this.event.fact.type === "daemon.started");
    if (to.machine === "campaign") {
      this.lab.revisions.set(to.id, (this.lab.revisions.get(to.id) ?? 0) + 1);
      noteCampaign(this.lab, to.id);
    }
    this.handle(to, effects);
  }

  private handle(from: MachineAddress, effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "command":
          this.command(from, effect.command);
          break;
        case "tell":
          this.queue.push({ to: effect.to, event: this.asInThisRun(effect.event) });
          break;
        case "create":
          this.create(effect.what, effect.input);
          break;
        case "settings":
          this.changeSettings(effect.campaignId, effect.changes);
          break;
        case "alarm":
          this.alarm(effect.alarm);
          break;
        case "unexpected":
          this.lab.unexpected += 1;
          break;
      }
    }
  }

  /** Older runs forgot with an instrument's silence what it had said of itself. */
  private asInThisRun(event: MachineEvent): MachineEvent {
    const isSilence = event.type === "instrument.silent" && this.lab.behaviour >= 14;
    return isSilence ? { ...event, keepsStates: true } : event;
  }

  private command(from: MachineAddress, command: LabCommand): void {
    if (command.type === "startTimer")
      this.lab.timers.set(command.timerId, { at_ms: command.at_ms, owner: from });
    if (command.type === "cancelTimer" && !this.lab.timers.delete(command.timerId)) return;
    if (command.type === "replyToOperator") {
      const { type: _, commandId, ...reply } = command;
      this.lab.replies.set(commandId, reply);
    }
    this.commands.push(command.type === "startJob" ? this.withFindings(command) : command);
  }

  /** A step is told what those before it found of its samples. */
  private withFindings(command: Extract<LabCommand, { type: "startJob" }>): LabCommand {
    const step = this.lab.machines.job.get(command.jobId)?.context.step ?? 0;
    const earlier = earlierSteps(this.lab, command.sampleIds, step);
    return earlier.length === 0 ? command : { ...command, earlier };
  }

  private changeSettings(campaignId: string, changes: CampaignChanges): void {
    const spec = this.lab.specs.get(campaignId);
    if (spec !== undefined) this.lab.specs.set(campaignId, applyChanges(spec, changes));
  }

  private alarm(alarm: {
    readonly id: string;
    readonly severity: "warning" | "critical";
    readonly text: string;
  }): void {
    if (alarm.text === "") this.lab.alarms.delete(alarm.id);
    else this.lab.alarms.set(alarm.id, { ...alarm, since_ms: this.event.time_ms });
  }
}
