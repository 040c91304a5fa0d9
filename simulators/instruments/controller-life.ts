import { createPrng } from "../../src/core/prng.ts";
import { AgentClock, type Arrival, type Validity } from "../../src/domain/agent-clock.ts";
import type { Control, Safety } from "../../src/domain/instrument.ts";
import type {
  InstrumentConnection,
  ReceivedMessage,
} from "../connections/instrument-connection.ts";
import { drawMishaps, type JobMishaps } from "../faults/job-mishaps.ts";
import { siteTopic } from "../wire/envelope.ts";
import {
  type ControlOrder,
  type JobOrder,
  readInstrumentMessage,
} from "../wire/instrument-commands.ts";
import { ControllerMemory, type JobMemory, type JournalEntry } from "./controller-memory.ts";
import type { ControllerOptions } from "./controller-options.ts";
import { believe } from "./gullible-start.ts";
import { InstrumentVoice } from "./instrument-voice.ts";
import { JobReporter } from "./job-reporter.ts";
import { JobTimer } from "./job-timer.ts";
import { ResultOutbox } from "./result-outbox.ts";
import type { DeviceOutcome, Refusal } from "./simulated-device.ts";
import { refuseStart } from "./start-refusal.ts";

/** Hooks of the controller that lives this life. */
export interface LifeOptions extends ControllerOptions {
  readonly bootId: string;
  readonly control: Control;
  /** The controller shall die now and boot again later. */
  readonly onDeath: () => void;
  readonly onMisunderstood: () => void;
}

/**
 * One life of an instrument's controller, from boot to death: remembers by its journal, obeys commands once, does one
 * job at a time and reports until it is acknowledged. After its death nothing of it moves any more.
 */
export class ControllerLife {
  readonly #options: LifeOptions;
  readonly #memory: ControllerMemory;
  readonly #voice: InstrumentVoice;
  readonly #reporter: JobReporter;
  readonly #timer: JobTimer;
  readonly #outbox: ResultOutbox;
  readonly #agentClock = new AgentClock();
  #connection: InstrumentConnection | undefined;
  #control: Control;
  #alive = true;
  #cancelTelemetry = (): void => {};

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#control = options.control;
    this.#memory = new ControllerMemory(options.journal.read());
    this.#voice = new InstrumentVoice(options);
    this.#reporter = new JobReporter(this.#voice, options);
    this.#timer = new JobTimer(options.clock, options.speed);
    this.#outbox = new ResultOutbox({
      clock: options.clock,
      resendAfter_s: options.resendAfter_s,
      send: (job, sendings) => this.#reporter.send(job, sendings),
    });
  }

  boot(): void {
    const { site, instrumentId, clientId, connect, bootId } = this.#options;
    const own = siteTopic(site, `instrument/${instrumentId}`);
    const job = this.#memory.current();
    if (job !== undefined) this.#goOn(job);
    for (const waiting of this.#memory.unacknowledged()) this.#outbox.add(waiting);
    this.#connection = connect({
      clientId,
      will: this.#voice.onlineMessage(false, `${bootId}-will`),
      subscriptions: [
        `${own}/command/+`,
        `${own}/job/+/ack`,
        siteTopic(site, "safety/emergency-stop"),
      ],
      onMessage: (message) => this.#hear(message),
      onConnect: () => this.#introduce(),
      onDisconnect: () => {},
    });
    this.#voice.use(this.#connection);
  }

  setControl(control: Control): void {
    this.#control = control;
    this.#sayState();
  }

  /** The controller dies: timers, memory and connection are gone, the journal stays. */
  die(): void {
    this.#end();
    this.#connection?.drop();
  }

  /** Says good-bye and disconnects. */
  async leave(): Promise<void> {
    if (!this.#alive) return;
    this.#end();
    await this.#voice.sayOnline(false);
    await this.#connection?.disconnect();
  }

  #end(): void {
    this.#alive = false;
    this.#timer.disarm();
    this.#outbox.clear();
    this.#cancelTelemetry();
  }

  #introduce(): void {
    if (!this.#alive) return;
    void this.#voice.sayOnline(true);
    this.#voice.sayBirth(this.#options.device, this.#memory.acknowledged);
    this.#sayState();
    this.#outbox.sendAll();
    this.#cancelTelemetry();
    this.#measureTelemetry();
  }

  #measureTelemetry(): void {
    const { clock, device, telemetryEvery_s } = this.#options;
    const readings = device.telemetry(this.#now_s());
    if (readings.length === 0) return;
    for (const reading of readings) this.#voice.sayTelemetry(reading);
    this.#cancelTelemetry = clock.schedule(clock.now_ms() + telemetryEvery_s * 1000, () =>
      this.#measureTelemetry(),
    );
  }

  #hear({ topic, payload, retained }: ReceivedMessage): void {
    if (!this.#alive) return;
    const message = readInstrumentMessage(topic, payload);
    if (message === undefined) {
      this.#options.onMisunderstood();
      return;
    }
    if (message.kind !== "emergencyStop" && !retained)
      this.#agentClock.hear(this.#arrival(message.kind === "ack" ? message : message.order));
    switch (message.kind) {
      case "emergencyStop":
        this.#latch(message.active, `emergency stop by ${message.by}: ${message.reason}`);
        return;
      case "ack":
        this.#acknowledged(message);
        return;
      case "start":
        this.#start(message.order, retained);
        return;
      default:
        if (!retained) this.#steer(message.kind, message.order);
    }
  }

  /** In a simulated laboratory the same clock counts and tells the time. */
  #arrival({ validity }: { readonly validity: Validity }): Arrival {
    const now_ms = this.#options.clock.now_ms();
    return { validity, received_ms: now_ms, ticks_ms: now_ms };
  }

  // ---- starting

  #start(order: JobOrder, retained: boolean): void {
    if (this.#options.faults.gullible === true) {
      this.#obey(order);
      return;
    }
    const known = this.#memory.find(order.jobId, order.attempt);
    const refusedBefore = known?.refusal?.commandId === order.commandId;
    if (known !== undefined && (known.order !== undefined || refusedBefore)) {
      if (!retained) this.#reporter.restate(known);
      return;
    }
    const mishaps = this.#mishaps(order);
    if (mishaps.silent) return;
    const refusal = retained
      ? { reason: "a command must not be retained", retryable: false }
      : this.#refuse(order, mishaps);
    if (refusal !== undefined) {
      this.#sayRefusal(order, refusal);
      return;
    }
    this.#accept(order);
  }

  /** Gullible: whatever is new is done, on top of what runs; the checkers see what came of it. */
  #obey(order: JobOrder): void {
    const now_ms = this.#options.clock.now_ms();
    const tooLate = this.#agentClock.whyNot(this.#arrival(order), now_ms);
    const word = believe(order, this.#memory, tooLate);
    if (word.kind === "refuse") this.#sayRefusal(order, word.refusal);
    if (word.kind === "onTop") this.#recordStart(order, now_ms);
    if (word.known !== undefined) this.#reporter.restate(word.known);
    if (word.kind === "begin") this.#accept(order);
  }

  #accept(order: JobOrder): void {
    this.#raiseEpoch(order.epoch);
    this.#note({ note: "accepted", order });
    const job = this.#memory.current();
    if (job !== undefined) this.#goOn(job);
  }

  #recordStart(order: JobOrder, time_ms: number): void {
    const { device, world, instrumentId } = this.#options;
    const { jobId, attempt, capability, parameters, campaignId, sampleIds } = order;
    const able = device.capabilities.find(({ name }) => name === capability);
    const repeatable = able?.repeatable ?? false;
    const what = { campaignId, jobId, attempt, capability, parameters, sampleIds, repeatable };
    world.record({ event: "started", time_ms, instrumentId, ...what });
  }

  #refuse(order: JobOrder, mishaps: JobMishaps): Refusal | undefined {
    const { device, clock } = this.#options;
    if (mishaps.rejects) return { reason: "not today", retryable: true };
    const tooLate = this.#agentClock.whyNot(this.#arrival(order), clock.now_ms());
    return refuseStart(order, { device, memory: this.#memory, control: this.#control, tooLate });
  }

  #sayRefusal(order: JobOrder, { reason, retryable }: Refusal): void {
    const { world, clock, instrumentId } = this.#options;
    const { jobId, attempt, commandId } = order;
    this.#note({ note: "refused", jobId, attempt, commandId, reason, retryable });
    const time_ms = clock.now_ms();
    world.record({ event: "refused", time_ms, instrumentId, jobId, attempt, reason });
    this.#reporter.sayRefused({ jobId, attempt }, { reason, retryable });
  }

  /** Starts an accepted job, or goes on with one that began in an earlier life (the machine ran on by itself). */
  #goOn(job: JobMemory): void {
    const { order } = job;
    if (order === undefined) return;
    const isNew = job.started_ms === undefined;
    if (isNew) this.#beginPhysically(order);
    if (job.plan === undefined || job.started_ms === undefined) return;
    const start_s = (job.started_ms / 1000) * this.#options.speed;
    this.#options.device.begin(order, job.plan, start_s);
    if (isNew) {
      this.#reporter.sayAccepted(job);
      this.#sayState();
      this.#reporter.sayProgress(job, 0, "started");
    }
    if (job.held_ms === undefined) this.#arm(job, order);
  }

  #beginPhysically(order: JobOrder): void {
    const { device, world, clock, instrumentId } = this.#options;
    const { jobId, attempt } = order;
    const plan = device.plan(order, this.#now_s());
    // Killed between the world's note and ours, the machine already runs: it must not be started a second time.
    const isBooting = this.#connection === undefined;
    const running_ms = isBooting ? world.startOf(instrumentId, jobId, attempt) : undefined;
    const time_ms = running_ms ?? clock.now_ms();
    if (running_ms === undefined) this.#recordStart(order, time_ms);
    this.#note({ note: "started", jobId, attempt, time_ms, plan });
  }

  #arm(job: JobMemory, order: JobOrder): void {
    const mishaps = this.#mishaps(order);
    this.#timer.arm(job, {
      end: () => this.#complete(job, order, mishaps),
      progress: (fraction) => this.#reporter.sayProgress(job, fraction),
      deathAt: mishaps.disappearsAt,
      death: () => this.#options.onDeath(),
    });
  }

  // ---- ending

  #complete(job: JobMemory, order: JobOrder, mishaps: JobMishaps): void {
    const { device, seed, instrumentId, speed } = this.#options;
    const end_s = (this.#timer.end_ms(job) / 1000) * speed;
    const prng = createPrng(`${seed}/outcome/${instrumentId}/${order.jobId}/${order.attempt}`);
    const outcome = mishaps.sampleFails
      ? device.spoil(order, end_s)
      : device.complete(order, end_s, prng);
    this.#finish(job, outcome);
  }

  #finish(job: JobMemory, outcome: DeviceOutcome): void {
    const { world, clock, instrumentId } = this.#options;
    const { jobId, attempt } = job;
    const { word, ...rest } = outcome;
    const time_ms = clock.now_ms();
    const data =
      word === "result"
        ? { jobId, attempt, ...rest, simulated: true }
        : { jobId, attempt, ...rest };
    this.#timer.disarm();
    world.record({ event: "ended", time_ms, instrumentId, jobId, attempt, outcome: word });
    const report = { messageId: this.#voice.nextMessageId(), word, time_ms, data };
    this.#note({ note: "finished", jobId, attempt, report });
    this.#outbox.add(job);
    this.#sayState();
  }

  #abandon(job: JobMemory, reason: string): void {
    this.#options.device.halt(this.#now_s());
    this.#finish(job, { word: "failed", reason, retryable: false });
  }

  #acknowledged(ack: { jobId: string; attempt: number; position: number }): void {
    const { jobId, attempt, position } = ack;
    const job = this.#memory.find(jobId, attempt);
    if (job?.report === undefined || job.acked) return;
    const { world, clock, instrumentId } = this.#options;
    this.#note({ note: "acked", jobId, attempt, position });
    world.record({ event: "acked", time_ms: clock.now_ms(), instrumentId, jobId, attempt });
    this.#outbox.remove(job);
  }

  // ---- steering

  #steer(kind: "hold" | "resume" | "cancel" | "reconcile", order: ControlOrder): void {
    if (order.epoch < this.#memory.epoch) {
      this.#options.onMisunderstood();
      return;
    }
    this.#raiseEpoch(order.epoch);
    const arrival = this.#arrival(order);
    // In doubt about the clocks, what leads to safety is done and what leads away from it is not.
    const isTooOld =
      kind === "resume"
        ? this.#agentClock.whyNot(arrival, arrival.ticks_ms) !== undefined
        : this.#agentClock.isSurelyOld(arrival, arrival.ticks_ms);
    const isRepeated = this.#memory.commandIds.has(order.commandId);
    if (!isRepeated) this.#note({ note: "command", commandId: order.commandId });
    for (const jobId of order.jobIds) {
      const job = this.#memory.find(jobId);
      if (kind === "reconcile" || job === undefined) {
        if (job === undefined) this.#reporter.sayUnknown(jobId);
        else this.#reporter.restate(job);
      } else if (isTooOld) this.#reporter.restate(job);
      else if (!isRepeated) this.#steerJob(kind, job);
    }
  }

  #steerJob(kind: "hold" | "resume" | "cancel", job: JobMemory): void {
    if (job !== this.#memory.current()) {
      this.#reporter.restate(job);
      return;
    }
    const { jobId, attempt, order } = job;
    const time_ms = this.#options.clock.now_ms();
    if (kind === "cancel") this.#abandon(job, "cancelled by command");
    if (kind === "hold" && job.held_ms === undefined) {
      this.#timer.disarm();
      this.#note({ note: "held", jobId, attempt, time_ms });
      this.#sayState();
    }
    if (kind === "resume" && job.held_ms !== undefined && order !== undefined) {
      this.#note({ note: "resumed", jobId, attempt, time_ms });
      this.#arm(job, order);
      this.#sayState();
    }
  }

  #latch(active: boolean, reason: string): void {
    if (this.#options.faults.gullible === true) return;
    if (active === this.#memory.emergencyStopped) return;
    this.#note({ note: "emergencyStop", active });
    const job = this.#memory.current();
    if (active && job !== undefined) this.#abandon(job, reason);
    else this.#sayState();
  }

  #raiseEpoch(epoch: number): void {
    if (epoch > this.#memory.epoch) this.#note({ note: "epoch", epoch });
  }

  #sayState(): void {
    if (!this.#alive) return;
    const job = this.#memory.current();
    const held = job?.held_ms !== undefined;
    const safety: Safety = this.#memory.emergencyStopped ? "emergencyStopped" : "ok";
    this.#voice.sayState({
      operation: job === undefined ? "idle" : held ? "held" : "busy",
      control: this.#control,
      safety,
      jobId: job?.jobId,
    });
  }

  #note(entry: JournalEntry): void {
    this.#options.journal.append(entry);
    this.#memory.apply(entry);
  }

  #mishaps({ jobId, attempt }: JobOrder): JobMishaps {
    return drawMishaps(this.#options, { jobId, attempt });
  }

  #now_s(): number {
    return (this.#options.clock.now_ms() / 1000) * this.#options.speed;
  }
}
