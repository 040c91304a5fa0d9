import type { LabCommand, WireCommand } from "./lab-command.ts";
import type { LabFact, QuarantineReason } from "./lab-fact.ts";
import type { OutgoingMessage } from "./message-bus.ts";
import type { SignedText } from "./operator-proof.ts";

/** What a message turned out to be. */
export type Decoded =
  /** To be logged (unless it is a duplicate). */
  | {
      readonly kind: "fact";
      readonly fact: LabFact;
      readonly sent_ms: number;
      /** Of a person's word. */
      readonly signed?: SignedText | undefined;
    }
  /** Shown but not kept: telemetry and later progress. */
  | {
      readonly kind: "telemetry";
      readonly instrumentId: string;
      readonly channel: string;
      readonly value: number;
      readonly unit: string;
      /** By the instrument's clock. */
      readonly sent_ms: number;
    }
  /** Our own messages coming back, and what is not for the daemon. */
  | { readonly kind: "ignored" }
  | { readonly kind: "quarantine"; readonly reason: QuarantineReason; readonly detail: string };

/** Facts that every outgoing message states about the agent. */
export interface AgentIdentity {
  readonly site: string;
  readonly agentId: string;
  /** Fencing: instruments refuse commands of an older epoch. */
  readonly epoch: number;
}

/** The wire contract, version 1: bytes to facts and commands to bytes. Implemented by adapters/mqtt. */
export interface WireCodec {
  decode(topic: string, payload: Uint8Array, retained: boolean): Decoded;
  encode(command: WireCommand, agent: AgentIdentity, time_ms: number): OutgoingMessage;
}

/**
 * How long a start may still be obeyed, ms: what is left until its time, and never more than it was given, whatever the
 * clock has been set to since. 0 or less: it must not be sent.
 */
export function leftOf_ms(
  { notAfter_ms, validFor_ms }: Extract<WireCommand, { readonly type: "startJob" }>,
  now_ms: number,
): number {
  return Math.min(notAfter_ms - now_ms, validFor_ms ?? Number.POSITIVE_INFINITY);
}

/** The name of the daemon's own word on the emergency stop: epoch, position of the log, time. */
export function ownStopId(epoch: number, position: number, time_ms: number): string {
  return `emergency-stop.e${epoch}.p${position}.${time_ms}`;
}

/** Reads the position out of {@link ownStopId}. */
export const OWN_STOP_ID = /^emergency-stop\.e\d+\.p(\d+)\./;

export function isWireCommand(command: LabCommand): command is WireCommand {
  return (
    command.type === "startJob" ||
    command.type === "controlJob" ||
    command.type === "reconcileJobs" ||
    command.type === "acknowledgeResult" ||
    command.type === "announceStop" ||
    command.type === "replyToOperator"
  );
}
