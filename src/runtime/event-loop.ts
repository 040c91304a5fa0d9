import type { LabCommand } from "../events/lab-command.ts";
import type { EventDraft, LabEvent } from "../events/lab-event.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { IncomingMessage } from "../events/message-bus.ts";
import { applyEvent } from "./apply-event.ts";
import { createExecutor } from "./executor.ts";
import { factKey, judge, quarantined } from "./incoming.ts";
import { createLab, type Lab, reportKey } from "./lab.ts";
import type { RuntimeObserver, RuntimeOptions, RuntimePorts } from "./ports.ts";

/** At most so many events go into the log with one sync; more wait for the next. */
const GROUP_MAX = 1_000;

/** The loop: append -> transition -> commands. Nothing is acted on before it is on disk. */
export interface Runtime {
  readonly lab: Lab;
  /** Replays the log, notes the start, connects, and reconciles before anything is dispatched. */
  start(): Promise<void>;
  /** Logs a fact of the daemon's own (a campaign's definition, a command from the page). */
  submit(fact: LabFact): Promise<LabEvent>;
  /** The path of every incoming message; resolves once it is in the log (or known, or quarantined). */
  receive(message: IncomingMessage): Promise<void>;
  /** Resolves when nothing is queued and every command so far has been handed over. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

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
  const lab = createLab();
  const queue: Waiting[] = [];
  const waiting = new Map<string, LabFact>();
  let flushing: Promise<void> | undefined;
  let ended: unknown;
  const at = ports.at ?? (() => {});

  const submit = (fact: LabFact): Promise<LabEvent> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const key = factKey(fact);
      if (key !== "") waiting.set(key, fact);
      queue.push({ draft: { time_ms: ports.clock.now_ms(), fact }, key, resolve, reject });
      flushing ??= flush()
        .catch((error: unknown) => fail(error, []))
        .finally(() => {
          flushing = undefined;
        });
    });

  const executor = createExecutor({ ports, options, lab, submit, at });

  /** Group commit: whatever has come while the last group was synced goes into the next. */
  const flush = async (): Promise<void> => {
    await Promise.resolve();
    while (queue.length > 0 && ended === undefined) {
      const group = queue.splice(0, GROUP_MAX);
      let events: LabEvent[];
      try {
        at("before-append");
        events = await ports.log.append(group.map((one) => one.draft));
        at("after-append");
      } catch (error) {
        fail(error, group);
        return;
      }
      const commands = events.flatMap((event) => fold(event, true));
      at("after-transition");
      group.forEach((one, k) => {
        waiting.delete(one.key);
        one.resolve(events[k] as LabEvent);
      });
      executor.execute(commands);
      observer.onSettled?.(lab);
    }
  };

  const fail = (error: unknown, group: readonly Waiting[]): void => {
    ended = error;
    for (const one of [...group, ...queue.splice(0)]) one.reject(error);
    observer.onFatal?.(error);
  };

  const fold = (event: LabEvent, live: boolean): LabCommand[] => {
    const commands = applyEvent(lab, event);
    const { fact } = event;
    if (fact.type === "campaign.defined") ports.planner.define(fact.spec);
    observer.onEvent?.(event, lab, live);
    if (live && (fact.type === "job.result" || fact.type === "job.failed")) {
      commands.push(acknowledgement(fact, event.position));
    }
    return commands;
  };

  const receive = async (message: IncomingMessage): Promise<void> => {
    at("message-received");
    const decoded = ports.codec.decode(message.topic, message.payload, message.retained);
    if (decoded.kind === "ignored") return void observer.onCount?.("ignored");
    if (decoded.kind === "telemetry") {
      observer.onCount?.("telemetry");
      return void observer.onTelemetry?.(decoded);
    }
    if (decoded.kind === "quarantine") {
      observer.onCount?.("quarantined");
      ports.logger.warn(
        { topic: message.topic, reason: decoded.reason, detail: decoded.detail },
        "message.quarantined",
      );
      await submit(quarantined(message, decoded.reason));
      return;
    }
    await receiveFact(decoded.fact, message);
  };

  const receiveFact = async (fact: LabFact, message: IncomingMessage): Promise<void> => {
    const judgement = judge(lab, fact, waiting);
    if (judgement.kind === "log") {
      observer.onCount?.("logged");
      await submit(fact);
      return;
    }
    if (judgement.kind === "duplicate") {
      if (fact.type === "job.progress") observer.onProgress?.(fact);
      observer.onCount?.("duplicate");
      executor.execute(answerAgain(lab, fact));
      return;
    }
    observer.onCount?.("quarantined");
    ports.logger.warn({ topic: message.topic, reason: judgement.reason }, "message.quarantined");
    const event = await submit(quarantined(message, judgement.reason));
    executor.execute(answerQuarantined(fact, event.position));
  };

  const start = async (): Promise<void> => {
    for await (const event of ports.log.read()) {
      fold(event, false);
    }
    await submit({
      type: "daemon.started",
      agentId: options.agentId,
      epoch: lab.epoch + 1,
      version: options.version,
      instrumentLimits: options.instrumentLimits,
    });
    executor.rearmTimers();
    await ports.bus.start({
      onMessage: receive,
      onConnection: (connected) => observer.onConnection?.(connected),
    });
    executor.openGate();
  };

  const idle = async (): Promise<void> => {
    while (flushing !== undefined || executor.busy()) await (flushing ?? executor.settled());
  };

  const stop = async (): Promise<void> => {
    executor.stop();
    await idle();
    ended ??= new Error("the runtime has stopped");
  };

  return { lab, start, submit, receive, idle, stop };
}

function acknowledgement(
  fact: { readonly instrumentId: string; readonly jobId: string; readonly attempt: number },
  position: number,
): LabCommand {
  const { instrumentId, jobId, attempt } = fact;
  return { type: "acknowledgeResult", instrumentId, jobId, attempt, position };
}

/** The sender did not hear the first answer: it gets the same one. */
function answerAgain(lab: Lab, fact: LabFact): LabCommand[] {
  if (fact.type === "job.result" || fact.type === "job.failed") {
    const position = lab.reports.get(reportKey(fact))?.position;
    return position === undefined ? [] : [acknowledgement(fact, position)];
  }
  if (fact.type === "operator.command") {
    const reply = lab.replies.get(fact.commandId);
    return reply === undefined
      ? []
      : [{ type: "replyToOperator", commandId: fact.commandId, ...reply }];
  }
  return [];
}

/** A report in quarantine is on disk too: its instrument may forget it. An unknown campaign is told so. */
function answerQuarantined(fact: LabFact, position: number): LabCommand[] {
  if (fact.type === "job.result" || fact.type === "job.failed")
    return [acknowledgement(fact, position)];
  if (fact.type === "operator.command") {
    const { campaignId, commandId } = fact;
    const reason = `There is no campaign ${campaignId}.`;
    return [{ type: "replyToOperator", campaignId, commandId, accepted: false, reason }];
  }
  return [];
}
