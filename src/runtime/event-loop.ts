import type { LabCommand } from "../events/lab-command.ts";
import type { EventDraft, LabEvent } from "../events/lab-event.ts";
import type { LabFact, QuarantineReason } from "../events/lab-fact.ts";
import type { Delivery, IncomingMessage, OutgoingMessage } from "../events/message-bus.ts";
import { acknowledgements, answerAgain, answerQuarantined, answerRefused } from "./answers.ts";
import { applyEvent } from "./apply-event.ts";
import { BEHAVIOUR } from "./behaviour.ts";
import {
  clearRefused,
  createHeardClears,
  isLatched,
  judgeStop,
  ownWord,
  type StopFact,
  type StopWord,
  wordOf,
} from "./emergency.ts";
import { createExecutor, type Executor } from "./executor.ts";
import { createFloodGate, type FloodGate } from "./flood-gate.ts";
import { factKey, judge, quarantined } from "./incoming.ts";
import { createLab, type Lab } from "./lab.ts";
import { reportsBySample } from "./load-reports.ts";
import { factsOfPolicies } from "./policies.ts";
import type { KillPoint, RuntimeObserver, RuntimeOptions, RuntimePorts } from "./ports.ts";
import { createQuarantineMeter, type QuarantineMeter } from "./quarantine-meter.ts";
import {
  type CommandAnswer,
  type CommandFact,
  createReportDesk,
  type ReportDesk,
} from "./report-desk.ts";
import type { Runtime } from "./runtime.ts";
import { campaignChangedBy, shelveFinished } from "./shelf.ts";
import { type DecodedFact, vouchFor } from "./vouching.ts";
import { createWatches, type Watches } from "./watches.ts";

/** At most so many events go into the log with one sync; more wait for the next. */
const GROUP_MAX = 1_000;

/** During the replay at the start, so often is told how far it is. */
const REPLAY_TOLD_EVERY = 1_000;

interface Waiting {
  readonly draft: EventDraft;
  readonly key: string;
  readonly resolve: (event: LabEvent) => void;
  readonly reject: (error: unknown) => void;
}

export function createRuntime(
  ports: RuntimePorts,
  options: RuntimeOptions,
  observer: RuntimeObserver = {},
): Runtime {
  return new EventLoop(ports, options, observer);
}

class EventLoop implements Runtime {
  readonly lab: Lab;
  private readonly ports: RuntimePorts;
  private readonly options: RuntimeOptions;
  private readonly observer: RuntimeObserver;
  private readonly executor: Executor;
  private readonly watches: Watches;
  private readonly meter: QuarantineMeter;
  private readonly desk: ReportDesk;
  private readonly gate: FloodGate;
  private readonly queue: Waiting[] = [];
  private readonly waiting = new Map<string, LabFact>();
  private readonly idleWaiters: (() => void)[] = [];
  private readonly isHeardClear = createHeardClears();
  private isFlushing = false;
  private ended: unknown;

  constructor(ports: RuntimePorts, options: RuntimeOptions, observer: RuntimeObserver) {
    this.ports = ports;
    this.lab = createLab(ports.packer);
    this.options = options;
    this.observer = observer;
    const submit = (fact: LabFact) => this.submit(fact);
    this.executor = createExecutor({ ports, options, lab: this.lab, submit });
    this.watches = createWatches({
      ...{ lab: this.lab, ports, submit },
      emergencyStop: (stop) => this.stopByGuard(stop),
    });
    this.meter = createQuarantineMeter({ ports, submit });
    this.desk = createReportDesk({ lab: this.lab, ports, waiting: this.waiting, submit });
    const hear = (fact: LabFact, message: IncomingMessage) =>
      void this.receiveFact(fact, message).catch(() => {});
    this.gate = createFloodGate({ lab: this.lab, ports, hear });
  }

  /** The stop that a guard sets goes the way of every stop; a person clears it. */
  private stopByGuard({ guardId, reason }: { guardId: string; reason: string }): void {
    const { agentId } = this.options;
    const id = `guard.${guardId}.${this.ports.clock.now_ms()}`;
    const message = { source: `agent/${agentId}`, id };
    this.emergencyStop({ active: true, by: `guard ${guardId}`, reason, message }).catch(
      (error: unknown) => this.ports.logger.error({ guardId, error: String(error) }, "guard.stop"),
    );
  }

  async start(): Promise<void> {
    const known = this.ports.restore?.(this.lab) ?? 0;
    for (const spec of this.lab.specs.values()) this.ports.planner.define(spec);
    const { log } = this.ports;
    // A standby's log ends here only once this daemon leads.
    for await (const event of log.follow?.(known + 1) ?? log.read(known + 1)) {
      this.fold(event, false);
      if (event.position % REPLAY_TOLD_EVERY === 0)
        this.observer.onReplay?.(event.position, log.lastPosition);
    }
    await this.submit({
      type: "daemon.started",
      site: this.options.site,
      agentId: this.options.agentId,
      epoch: this.lab.epoch + 1,
      version: this.options.version,
      ...factsOfPolicies(this.options.policies),
      ...(this.options.interprets === undefined ? {} : { interprets: this.options.interprets }),
      timeZone: this.options.timeZone ?? "UTC",
      behaviour: BEHAVIOUR,
    });
    this.executor.rearmTimers();
    this.executor.rereadPending();
    this.watches.start();
    await this.ports.bus.start({
      onMessage: (message) => this.receive(message),
      onConnection: (connected) => {
        this.watches.onConnection(connected);
        this.observer.onConnection?.(connected);
      },
      onConnecting: () => this.firstWords(),
      onReplaced: (error) => this.fail(error, []),
    });
    this.executor.openGate();
  }

  submit(fact: LabFact): Promise<LabEvent> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended);
      const key = factKey(fact);
      if (key !== "") {
        // Said again, it stands behind what came between: the last word on a stop is the last of the list.
        this.waiting.delete(key);
        this.waiting.set(key, fact);
      }
      this.queue.push({
        draft: { time_ms: this.ports.clock.now_ms(), fact },
        key,
        resolve,
        reject,
      });
      if (this.isFlushing) return;
      this.isFlushing = true;
      // A failure has been told to everybody who waits; nobody waits for the flush itself.
      this.flush().catch((error: unknown) => this.fail(error, []));
    });
  }

  async receive(message: IncomingMessage): Promise<Delivery> {
    this.at("message-received");
    const decoded = this.ports.codec.decode(message.topic, message.payload, message.retained);
    if (decoded.kind === "ignored") {
      this.observer.onCount?.("ignored");
    } else if (decoded.kind === "telemetry") {
      this.observer.onCount?.("telemetry");
      this.watches.onReading(decoded, message.retained);
      this.observer.onTelemetry?.(decoded);
    } else if (decoded.kind === "quarantine") {
      await this.quarantine(message, decoded.reason, decoded.detail);
    } else {
      return await this.receiveWord(decoded, message);
    }
    return "forward";
  }

  /** A fact, once it is known whether whoever says it may. */
  private async receiveWord(decoded: DecodedFact, message: IncomingMessage): Promise<Delivery> {
    const { vouched, fact: said } = vouchFor(this.ports, decoded, message);
    if (vouched.kind === "refused") return await this.refuse(said, vouched.why, message);
    if (said.type === "safety.emergencyStop") return await this.receiveStop(said, message);
    this.watches.onWord(said, decoded.sent_ms, message.retained);
    const { ofSamples, ofJob } = reportsBySample(this.lab, said);
    await Promise.all(ofSamples.map((fact) => this.interpretAndReceive(fact, message)));
    await this.interpretAndReceive(ofJob, message);
    return "forward";
  }

  private async interpretAndReceive(said: LabFact, message: IncomingMessage): Promise<void> {
    const fact = this.ports.interpret?.(said) ?? said;
    await this.receiveFact(fact instanceof Promise ? await fact : fact, message);
  }

  /** A person's word that does not count: told to whoever said it, kept in quarantine. */
  private async refuse(fact: LabFact, why: string, message: IncomingMessage): Promise<Delivery> {
    if (fact.type === "safety.emergencyStop") {
      this.announce(ownWord(this.lab));
      await this.quarantine(message, "clearRefused", why);
      return "withhold";
    }
    this.executor.execute(answerRefused(fact, why));
    await this.quarantine(message, "notAllowed", why);
    return "forward";
  }

  async emergencyStop(stop: Omit<StopFact, "type" | "sent_ms">): Promise<void> {
    const fact: StopFact = {
      type: "safety.emergencyStop",
      ...stop,
      sent_ms: this.ports.clock.now_ms(),
    };
    const judgement = this.judgeStop(fact, false);
    if (judgement.kind === "refuse") throw clearRefused(judgement.why);
    if (fact.active) this.announce(wordOf(fact, this.lab.position));
    else if (judgement.kind === "known") this.announce(ownWord(this.lab));
    if (fact.active || judgement.kind === "clear") await this.submit(fact);
  }

  async idle(): Promise<void> {
    while (this.isFlushing || this.executor.busy()) {
      if (this.isFlushing) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
      else await this.executor.settled();
    }
  }

  async stop(): Promise<void> {
    this.executor.stop();
    this.watches.stop();
    this.gate.stop();
    this.meter.stop();
    await this.idle();
    this.ended ??= new Error("the runtime has stopped");
  }

  private at(point: KillPoint): void {
    this.ports.at?.(point);
  }

  /** Group commit: whatever has come while the last group was synced goes into the next. */
  private async flush(): Promise<void> {
    await Promise.resolve();
    while (this.queue.length > 0 && this.ended === undefined) {
      const group = this.queue.splice(0, GROUP_MAX);
      try {
        await this.commit(group);
      } catch (error) {
        this.fail(error, group);
      }
    }
    this.isFlushing = false;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    this.at("before-append");
    const events = await this.ports.log.append(group.map((one) => one.draft));
    this.at("after-append");
    const commands = events.flatMap((event) => this.fold(event, true));
    this.at("after-transition");
    group.forEach((one, k) => {
      this.waiting.delete(one.key);
      one.resolve(events[k] as LabEvent);
    });
    this.executor.execute(commands);
    if (events.some(({ fact }) => fact.type === "safety.emergencyStop" && !fact.active))
      this.announce(ownWord(this.lab));
    this.observer.onSettled?.(this.lab);
  }

  private fail(error: unknown, group: readonly Waiting[]): void {
    this.ended ??= error;
    for (const one of [...group, ...this.queue.splice(0)]) one.reject(error);
    this.observer.onFatal?.(error);
  }

  private fold(event: LabEvent, live: boolean): LabCommand[] {
    const { fact } = event;
    const campaignId = campaignChangedBy(fact);
    const before = this.lab.specs.get(campaignId);
    const commands = applyEvent(this.lab, event);
    const spec = this.lab.specs.get(campaignId);
    // Other candidates, or another stop rule: the planner begins anew and is taught everything again.
    const isPlannersConcern = spec?.space !== before?.space || spec?.model !== before?.model;
    if (spec !== undefined && (fact.type === "campaign.defined" || isPlannersConcern)) {
      this.ports.planner.define(spec);
      this.executor.plannerStartedAfresh(campaignId);
    }
    if (live) this.watches.onEvent(event);
    this.observer.onEvent?.(event, this.lab, live);
    for (const id of shelveFinished(this.lab)) this.observer.onShelved?.(id);
    if (live) commands.push(...acknowledgements(fact, event.position));
    return commands;
  }

  /** A stop reaches the instruments before the disk; a clear that does not count reaches nobody whom we can keep it from. */
  private async receiveStop(fact: StopFact, message: IncomingMessage): Promise<Delivery> {
    const judgement = this.judgeStop(fact, message.retained);
    switch (judgement.kind) {
      case "stop":
        if (judgement.tellAll) this.announce(wordOf(fact, this.lab.position));
        // One that comes on top of a thousand others is obeyed by all, and changes nothing.
        if (this.isLatched() && this.gate.judge({ kind: "log" }, fact, message).kind !== "log") {
          await this.quarantine(message, "tooMany", "");
          return "forward";
        }
        this.observer.onCount?.("logged");
        await this.submit(fact);
        return "forward";
      case "clear":
        this.observer.onCount?.("logged");
        await this.submit(fact);
        // Another stop may have come while this was written.
        return this.isLatched() ? "withhold" : "forward";
      case "known":
        this.observer.onCount?.("duplicate");
        if (judgement.tellAll) this.announce(ownWord(this.lab));
        return fact.active || !this.isLatched() ? "forward" : "withhold";
      case "refuse":
        this.announce(ownWord(this.lab));
        await this.quarantine(message, "clearRefused", judgement.why);
        return "withhold";
    }
  }

  private judgeStop(fact: StopFact, retained: boolean): ReturnType<typeof judgeStop> {
    return judgeStop(fact, {
      lab: this.lab,
      waiting: this.waiting.values(),
      agentId: this.options.agentId,
      now_ms: this.ports.clock.now_ms(),
      retained,
      heardBefore: this.isHeardClear(fact),
    });
  }

  private isLatched(): boolean {
    return isLatched(this.lab, this.waiting.values());
  }

  /** Our own word, retained, for every instrument; a clear is not said while another stop is on its way into the log. */
  private announce(word: StopWord): void {
    if (!word.active && this.isLatched()) return;
    this.executor.execute([word]);
  }

  private firstWords(): OutgoingMessage[] {
    if (this.lab.emergency === undefined) return [];
    const { site, agentId } = this.options;
    const identity = { site, agentId, epoch: this.lab.epoch };
    return [this.ports.codec.encode(ownWord(this.lab), identity, this.ports.clock.now_ms())];
  }

  report(command: CommandFact): Promise<CommandAnswer> {
    return this.desk.report(command);
  }

  private async receiveReport(command: CommandFact): Promise<void> {
    const answer = await this.desk.report(command);
    this.observer.onCount?.("logged");
    this.executor.execute([{ type: "replyToOperator", commandId: command.commandId, ...answer }]);
  }

  private async receiveFact(fact: LabFact, message: IncomingMessage): Promise<void> {
    if (fact.type === "operator.command" && fact.action === "report")
      return await this.receiveReport(fact);
    const judgement = this.gate.judge(judge(this.lab, fact, this.waiting), fact, message);
    if (judgement.kind === "log") {
      this.observer.onCount?.("logged");
      // A report that is known is acknowledged again, whatever else it says.
      if (judgement.as !== undefined) this.executor.execute(answerAgain(this.lab, fact));
      await this.submit(judgement.as ?? fact);
      return;
    }
    if (judgement.kind === "duplicate") {
      const isProgress = fact.type === "job.progress";
      if (isProgress) this.observer.onProgress?.(fact);
      // Only the first progress of an attempt is logged: a later one is news, not a repetition.
      this.observer.onCount?.(isProgress ? "progress" : "duplicate");
      this.executor.execute(answerAgain(this.lab, fact));
      return;
    }
    await this.quarantine(message, judgement.reason, "");
    this.executor.execute(answerQuarantined(fact, judgement.reason));
  }

  private async quarantine(
    message: IncomingMessage,
    reason: QuarantineReason,
    detail: string,
  ): Promise<void> {
    this.observer.onCount?.("quarantined");
    if (!this.meter.isKeptWhole(message, reason)) return;
    this.ports.logger.warn({ topic: message.topic, reason, detail }, "message.quarantined");
    await this.submit(quarantined(message, reason));
  }
}
