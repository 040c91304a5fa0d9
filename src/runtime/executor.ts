import { describeConversion } from "../domain/limits/fit-set-points.ts";
import { isWireCommand, leftOf_ms } from "../events/codec.ts";
import type { LabCommand } from "../events/lab-command.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import type { RuntimeOptions, RuntimePorts } from "./ports.ts";
import { rereadResults } from "./reread-results.ts";

/** Does what the machines asked for, and logs what became of it. */
export interface Executor {
  execute(commands: readonly LabCommand[]): void;
  /** Lets messages out: before, they wait for the broker. */
  openGate(): void;
  /** After the replay: arms every timer that is still to fire. */
  rearmTimers(): void;
  /** After the replay: reads again what a person wanted read and a stop interrupted. */
  rereadPending(): void;
  /** The campaign's planner knows nothing: it is taught everything before it is asked again. */
  plannerStartedAfresh(campaignId: string): void;
  busy(): boolean;
  settled(): Promise<void>;
  stop(): void;
}

interface ExecutorNeeds {
  readonly ports: RuntimePorts;
  readonly options: RuntimeOptions;
  readonly lab: Lab;
  readonly submit: (fact: LabFact) => Promise<LabEvent>;
}

export function createExecutor(needs: ExecutorNeeds): Executor {
  return new CommandExecutor(needs);
}

type StartCommand = Extract<LabCommand, { readonly type: "startJob" }>;

class CommandExecutor implements Executor {
  private readonly needs: ExecutorNeeds;
  private readonly armed = new Map<string, () => void>();
  /** What each campaign's planner has been told. */
  private readonly taught = new Map<string, { through: number; withdrawn: number }>();
  private readonly running = new Set<Promise<void>>();
  /** Ends the wait for what nobody would hear of after the stop. */
  private readonly cuts = new Set<() => void>();
  private readonly gate: Promise<void>;
  private open: () => void = () => {};
  private stopped = false;

  constructor(needs: ExecutorNeeds) {
    this.needs = needs;
    this.gate = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  execute(commands: readonly LabCommand[]): void {
    for (const command of commands) {
      if (command.type === "startTimer") this.arm(command.timerId, command.at_ms);
      else if (command.type === "cancelTimer") this.disarm(command.timerId);
      else if (command.type === "requestProposal") this.track(this.plan(command));
      else if (command.type === "rereadPatterns") this.track(this.reread(command));
      else this.track(this.publish(command));
    }
  }

  openGate(): void {
    this.open();
  }

  rearmTimers(): void {
    for (const [timerId, timer] of this.needs.lab.timers) {
      if (!this.armed.has(timerId)) this.arm(timerId, timer.at_ms);
    }
  }

  rereadPending(): void {
    for (const [campaignId, { commandId }] of this.needs.lab.rereads)
      this.track(this.reread({ campaignId, commandId }));
  }

  private async reread(about: { campaignId: string; commandId: string }): Promise<void> {
    const { lab, ports, submit } = this.needs;
    const found = await this.untilStop(rereadResults(lab, ports, about));
    if (!this.stopped && found !== undefined) await submit(found);
  }

  plannerStartedAfresh(campaignId: string): void {
    this.taught.delete(campaignId);
  }

  busy(): boolean {
    return this.running.size > 0;
  }

  async settled(): Promise<void> {
    await Promise.all([...this.running]);
  }

  stop(): void {
    this.stopped = true;
    for (const cancel of this.armed.values()) cancel();
    this.armed.clear();
    for (const cut of this.cuts) cut();
    this.open();
  }

  /** Keeps track of work that outlives the event, so that a test or a stop can wait for it. */
  private track(work: Promise<unknown>): void {
    const done = work.then(
      () => {},
      (error: unknown) => this.needs.ports.logger.error({ error: String(error) }, "command.failed"),
    );
    this.running.add(done);
    void done.finally(() => this.running.delete(done));
  }

  private async publish(command: LabCommand): Promise<void> {
    if (!isWireCommand(command)) return;
    const { ports, options, lab } = this.needs;
    await this.gate;
    if (this.stopped) return;
    ports.at?.("before-publish");
    if (command.type === "startJob") this.tellConversions(command);
    const identity = { site: options.site, agentId: options.agentId, epoch: lab.epoch };
    const now_ms = ports.clock.now_ms();
    const message = ports.codec.encode(command, identity, now_ms);
    let reason: string | undefined;
    try {
      if (command.type === "startJob" && leftOf_ms(command, now_ms) <= 0)
        throw new Error("it has waited for the broker past its time");
      await ports.bus.publish(message);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      ports.logger.warn({ topic: message.topic, reason }, "command.notSent");
    }
    ports.at?.("after-publish");
    if (this.stopped || (command.type !== "startJob" && command.type !== "controlJob")) return;
    const { commandId } = command;
    await this.needs.submit({
      type: "command.outcome",
      commandId,
      sent: reason === undefined,
      reason,
    });
  }

  /** A number that leaves in another unit than a person wrote must be told where people look. */
  private tellConversions({ jobId, instrumentId, conversions = [] }: StartCommand): void {
    for (const one of conversions) {
      const what = describeConversion(one);
      this.needs.ports.logger.info({ jobId, instrumentId, what }, "setPoint.converted");
    }
  }

  private async plan(command: Extract<LabCommand, { type: "requestProposal" }>): Promise<void> {
    const { campaignId, requestId, through, request } = command;
    const { ports, submit } = this.needs;
    if (this.stopped) return;
    ports.at?.("before-plan");
    this.teach(campaignId, through);
    let fact: LabFact;
    try {
      const proposal = await this.untilStop(ports.planner.propose(campaignId, request));
      if (proposal === undefined) return;
      fact = { type: "planner.proposed", campaignId, requestId, proposal };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.stopped) ports.logger.error({ campaignId, requestId, reason }, "planner.failed");
      fact = { type: "planner.failed", campaignId, requestId, reason };
    }
    ports.at?.("after-plan");
    if (!this.stopped) await submit(fact);
  }

  /** What takes minutes keeps no daemon from ending, or from handing over: the next one asks for it again. */
  private untilStop<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cut = (): void => resolve(undefined);
      this.cuts.add(cut);
      void work.then(resolve, reject).finally(() => this.cuts.delete(cut));
    });
  }

  /** The model learns exactly the results up to `through`, in the log's order, and forgets what was taken back. */
  private teach(campaignId: string, through: number): void {
    const { lab, ports } = this.needs;
    const before = this.taught.get(campaignId) ?? { through: 0, withdrawn: 0 };
    const withdrawn = lab.withdrawn.get(campaignId) ?? [];
    const forgotten = withdrawn
      .slice(before.withdrawn)
      .filter((position) => position <= before.through);
    if (forgotten.length > 0) ports.planner.forget(campaignId, forgotten);
    const results = lab.results.get(campaignId) ?? [];
    const first = results.findIndex((result) => result.position > before.through);
    const fresh =
      first < 0 ? [] : results.slice(first).filter((result) => result.position <= through);
    if (fresh.length > 0) ports.planner.learn(campaignId, fresh);
    this.taught.set(campaignId, {
      through: Math.max(through, before.through),
      withdrawn: withdrawn.length,
    });
  }

  private arm(timerId: string, at_ms: number): void {
    this.disarm(timerId);
    // What was under way at the stop may still ask for one: it stands in the log for the next start, and would keep this process alive until then.
    if (this.stopped) return;
    const cancel = this.needs.ports.timers.schedule(at_ms, () => {
      this.armed.delete(timerId);
      if (!this.stopped) this.track(this.needs.submit({ type: "timer.fired", timerId }));
    });
    this.armed.set(timerId, cancel);
  }

  private disarm(timerId: string): void {
    this.armed.get(timerId)?.();
    this.armed.delete(timerId);
  }
}
