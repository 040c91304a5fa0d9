import { isWireCommand } from "../events/codec.ts";
import type { LabCommand } from "../events/lab-command.ts";
import type { LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import type { KillPoint, RuntimeOptions, RuntimePorts } from "./ports.ts";

/** Does what the machines asked for, and logs what became of it. */
export interface Executor {
  execute(commands: readonly LabCommand[]): void;
  /** Lets messages out: before, they wait for the broker. */
  openGate(): void;
  /** After the replay: arms every timer that is still to fire. */
  rearmTimers(): void;
  busy(): boolean;
  settled(): Promise<void>;
  stop(): void;
}

interface ExecutorNeeds {
  readonly ports: RuntimePorts;
  readonly options: RuntimeOptions;
  readonly lab: Lab;
  readonly submit: (fact: LabFact) => Promise<LabEvent>;
  readonly at: (point: KillPoint) => void;
}

export function createExecutor({ ports, options, lab, submit, at }: ExecutorNeeds): Executor {
  const armed = new Map<string, () => void>();
  const learnt = new Map<string, { results: number; withdrawn: number }>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });

  /** Keeps track of work that outlives the event, so that a test or a stop can wait for it. */
  const track = (work: Promise<unknown>): void => {
    const done = work.then(
      () => {},
      (error: unknown) => ports.logger.error({ error: String(error) }, "command.failed"),
    );
    running.add(done);
    void done.finally(() => running.delete(done));
  };

  const publish = async (
    command: Extract<LabCommand, { commandId: string }> | LabCommand,
  ): Promise<void> => {
    if (!isWireCommand(command)) return;
    await gate;
    if (stopped) return;
    at("before-publish");
    const identity = { site: options.site, agentId: options.agentId, epoch: lab.epoch };
    const message = ports.codec.encode(command, identity, ports.clock.now_ms());
    const isAccounted = command.type === "startJob" || command.type === "controlJob";
    try {
      await ports.bus.publish(message);
      at("after-publish");
      if (isAccounted && !stopped)
        await submit({ type: "command.outcome", commandId: command.commandId, sent: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      ports.logger.warn({ topic: message.topic, reason }, "command.notSent");
      if (isAccounted && !stopped) {
        await submit({
          type: "command.outcome",
          commandId: command.commandId,
          sent: false,
          reason,
        });
      }
    }
  };

  const plan = async (command: Extract<LabCommand, { type: "requestProposal" }>): Promise<void> => {
    const { campaignId, requestId, through, request } = command;
    at("before-plan");
    teach(campaignId, through);
    try {
      const proposal = await ports.planner.propose(campaignId, request);
      at("after-plan");
      if (!stopped) await submit({ type: "planner.proposed", campaignId, requestId, proposal });
    } catch (error) {
      if (stopped) return;
      const reason = error instanceof Error ? error.message : String(error);
      ports.logger.error({ campaignId, requestId, reason }, "planner.failed");
      await submit({ type: "planner.failed", campaignId, requestId, reason });
    }
  };

  /** The model learns exactly the results up to `through`, in the log's order. */
  const teach = (campaignId: string, through: number): void => {
    const results = lab.results.get(campaignId) ?? [];
    const withdrawn = lab.withdrawn.get(campaignId) ?? [];
    const before = learnt.get(campaignId) ?? { results: 0, withdrawn: 0 };
    const newlyWithdrawn = withdrawn.slice(before.withdrawn);
    if (newlyWithdrawn.length > 0) ports.planner.forget(campaignId, newlyWithdrawn);
    const known =
      before.results -
      newlyWithdrawn.filter((position) => position <= (lastTaught.get(campaignId) ?? 0)).length;
    const fresh = results.slice(known).filter((result) => result.position <= through);
    if (fresh.length > 0) ports.planner.learn(campaignId, fresh);
    lastTaught.set(campaignId, fresh.at(-1)?.position ?? lastTaught.get(campaignId) ?? 0);
    learnt.set(campaignId, { results: known + fresh.length, withdrawn: withdrawn.length });
  };
  const lastTaught = new Map<string, number>();

  const arm = (timerId: string, at_ms: number): void => {
    armed.get(timerId)?.();
    const cancel = ports.timers.schedule(at_ms, () => {
      armed.delete(timerId);
      if (!stopped) track(submit({ type: "timer.fired", timerId }));
    });
    armed.set(timerId, cancel);
  };

  const execute = (commands: readonly LabCommand[]): void => {
    for (const command of commands) {
      if (command.type === "startTimer") arm(command.timerId, command.at_ms);
      else if (command.type === "cancelTimer") {
        armed.get(command.timerId)?.();
        armed.delete(command.timerId);
      } else if (command.type === "requestProposal") track(plan(command));
      else track(publish(command));
    }
  };

  return {
    execute,
    openGate: () => open(),
    rearmTimers: () => {
      for (const [timerId, timer] of lab.timers) if (!armed.has(timerId)) arm(timerId, timer.at_ms);
    },
    busy: () => running.size > 0,
    settled: async () => {
      await Promise.all([...running]);
    },
    stop: () => {
      stopped = true;
      open();
      for (const cancel of armed.values()) cancel();
      armed.clear();
    },
  };
}
