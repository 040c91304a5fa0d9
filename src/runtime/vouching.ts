import type { Decoded } from "../events/codec.ts";
import type { LabFact } from "../events/lab-fact.ts";
import type { IncomingMessage } from "../events/message-bus.ts";
import type { Vouched } from "../events/operator-proof.ts";
import type { RuntimePorts } from "./ports.ts";

export type DecodedFact = Extract<Decoded, { readonly kind: "fact" }>;

/**
 * Whether who says a fact may say it; a person's word then tells in the log whether that person was proven, and the result of an
 * instrument that asks people and programs by whom it was reported.
 */
export function vouchFor(
  { vouch, clock, reporterOf }: Pick<RuntimePorts, "vouch" | "clock" | "reporterOf">,
  { fact, signed, sent_ms }: DecodedFact,
  { sender }: Pick<IncomingMessage, "sender">,
): { readonly vouched: Vouched; readonly fact: LabFact } {
  if (fact.type === "job.result" || fact.type === "job.failed") {
    const reported = reporterOf?.(fact);
    return {
      vouched: { kind: "claimed" },
      fact: reported === undefined ? fact : { ...fact, reported },
    };
  }
  const isPersons = fact.type === "operator.command" || fact.type === "safety.emergencyStop";
  // The agent's own word on the stop comes back from a broker; it is judged as what it is.
  const isAgents = isPersons && fact.message.source.startsWith("agent/");
  if (vouch === undefined || !isPersons || isAgents) return { vouched: { kind: "claimed" }, fact };
  const vouched = vouch(fact, { signed, sender, sent_ms, now_ms: clock.now_ms() });
  return vouched.kind === "refused"
    ? { vouched, fact }
    : { vouched, fact: { ...fact, identity: vouched.kind } };
}
