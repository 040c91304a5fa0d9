import { createWireCodec } from "../../adapters/mqtt/wire-codec.ts";
import type { LabFact, QuarantineReason } from "../../src/events/lab-fact.ts";
import type { BusHandlers, IncomingMessage, MessageBus } from "../../src/events/message-bus.ts";
import { SITE } from "./brokers.ts";

/**
 * The smallest daemon: decodes, keeps facts once, counts what it refuses, acknowledges results. Stands in for the real
 * one where the suite is about the wire alone.
 */
export class Listener implements BusHandlers {
  readonly facts: LabFact[] = [];
  readonly quarantined = new Map<QuarantineReason, number>();
  duplicates = 0;
  readings = 0;
  ignored = 0;
  readonly connections: boolean[] = [];
  bus: MessageBus | undefined;
  private readonly codec = createWireCodec({ site: SITE });
  private readonly seen = new Set<string>();

  readonly onConnection = (connected: boolean): void => {
    this.connections.push(connected);
  };

  readonly onMessage = async (message: IncomingMessage): Promise<void> => {
    const decoded = this.codec.decode(message.topic, message.payload, message.retained);
    if (decoded.kind === "ignored") this.ignored++;
    else if (decoded.kind === "telemetry") this.readings++;
    else if (decoded.kind === "quarantine")
      this.quarantined.set(decoded.reason, (this.quarantined.get(decoded.reason) ?? 0) + 1);
    else await this.keep(decoded.fact);
  };

  factsOf<Type extends LabFact["type"]>(type: Type): Extract<LabFact, { type: Type }>[] {
    return this.facts.filter(
      (fact): fact is Extract<LabFact, { type: Type }> => fact.type === type,
    );
  }

  count(reason: QuarantineReason): number {
    return this.quarantined.get(reason) ?? 0;
  }

  private async keep(fact: LabFact): Promise<void> {
    if (!("message" in fact)) return;
    const key = `${fact.message.source} ${fact.message.id}`;
    if (this.seen.has(key)) this.duplicates++;
    else this.facts.push(fact);
    this.seen.add(key);
    if (fact.type !== "job.result") return;
    const { instrumentId, jobId, attempt } = fact;
    const position = this.facts.length;
    const agent = { site: SITE, agentId: "a1", epoch: 1 };
    const ack = { type: "acknowledgeResult", instrumentId, jobId, attempt, position } as const;
    // Not awaited: the acknowledgement must not hold up the message that it answers.
    this.bus?.publish(this.codec.encode(ack, agent, 0)).catch(() => {});
  }
}

/** Waits until `condition` holds; fails with `what` after the time limit. */
export async function until(
  condition: () => boolean,
  what: string,
  timeout_ms = 60_000,
): Promise<void> {
  const deadline_ms = performance.now() + timeout_ms;
  while (!condition()) {
    if (performance.now() > deadline_ms) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
