import { PEOPLE } from "../domain/people.ts";
import type { LabCommand } from "../events/lab-command.ts";
import type { LabFact, QuarantineReason } from "../events/lab-fact.ts";
import { type Lab, reportKey } from "./lab.ts";

/**
 * A report that is in the log: its instrument may forget it. Of a load it knows only the load, whose report comes into the
 * log after those of its samples. Nobody tells people.
 */
export function acknowledgements(fact: LabFact, position: number): LabCommand[] {
  const isReport = fact.type === "job.result" || fact.type === "job.failed";
  if (!isReport || fact.instrumentId === PEOPLE || fact.load !== undefined) return [];
  const { instrumentId, jobId, attempt } = fact;
  return [{ type: "acknowledgeResult", instrumentId, jobId, attempt, position }];
}

/** The sender did not hear the first answer: it gets the same one. */
export function answerAgain(lab: Lab, fact: LabFact): LabCommand[] {
  if (fact.type === "job.result" || fact.type === "job.failed") {
    const position = lab.reports.get(reportKey(fact))?.position;
    return position === undefined ? [] : acknowledgements(fact, position);
  }
  if (fact.type === "operator.command") {
    const reply = lab.replies.get(fact.commandId);
    return reply === undefined
      ? []
      : [{ type: "replyToOperator", commandId: fact.commandId, ...reply }];
  }
  return [];
}

/**
 * Whoever gave a command is told why it does not count. A report that was not taken is not acknowledged: its instrument must not forget what
 * may be the only true copy.
 */
export function answerQuarantined(fact: LabFact, why: QuarantineReason): LabCommand[] {
  if (fact.type !== "operator.command") return [];
  return answerRefused(
    fact,
    why === "tooMany"
      ? "There were too many such commands; say it again in some seconds."
      : `There is no campaign ${fact.campaignId}.`,
  );
}

/** A command of somebody who may not give it. */
export function answerRefused(fact: LabFact, reason: string): LabCommand[] {
  if (fact.type !== "operator.command") return [];
  const { campaignId, commandId } = fact;
  return [{ type: "replyToOperator", campaignId, commandId, accepted: false, reason }];
}
