import { changePolicies, INSTRUMENTS } from "../domain/limits/policy-changes.ts";
import type { LabCommand } from "../events/lab-command.ts";
import type { InternalFact, LabFact, OperatorFact } from "../events/lab-fact.ts";
import { knownBirths } from "./hindrances.ts";
import type { Lab } from "./lab.ts";
import { policiesOf } from "./policies.ts";

type Configured = Extract<InternalFact, { readonly type: "instruments.configured" }>;
type Command = Extract<OperatorFact, { readonly type: "operator.command" }>;

/** The configuration was read again: what is tighter holds from here on, what is wider waits for a person. */
export function takePolicies(lab: Lab, fact: Configured): void {
  const wanted = policiesOf(fact);
  const { atOnce, wider } = changePolicies(lab.policies, wanted, knownBirths(lab));
  lab.policies = atOnce;
  if (wider.length === 0) {
    lab.policyChange = undefined;
    return;
  }
  lab.policyChanges += 1;
  lab.policyChange = { n: lab.policyChanges, wanted, wider, since_ms: lab.time_ms };
}

/** True for a word on the limits of instruments, which goes to no campaign. */
export function isAboutInstruments(fact: LabFact): fact is Command {
  return fact.type === "operator.command" && fact.campaignId === INSTRUMENTS;
}

/** A person's word on wider limits, and what is said to it. */
export function decideAboutInstruments(lab: Lab, fact: Command): LabCommand {
  const { commandId, action, change, by } = fact;
  const waiting = lab.policyChange;
  const answer = (accepted: boolean, reason: string): LabCommand => {
    return { type: "replyToOperator", campaignId: INSTRUMENTS, commandId, accepted, reason };
  };
  if (action !== "approve" && action !== "reject")
    return answer(
      false,
      "Of instruments only changes of the configuration are approved or rejected.",
    );
  if (waiting === undefined || waiting.n !== change) {
    const which = waiting === undefined ? "none waits" : `change ${waiting.n} waits`;
    return answer(false, `There is no change ${change ?? "without a number"}: ${which}.`);
  }
  lab.policyChange = undefined;
  if (action === "reject") return answer(true, `Rejected by ${by}: ${waiting.wider.join("; ")}.`);
  lab.policies = waiting.wanted;
  return answer(true, `${waiting.wider.join("; ")}.`);
}
