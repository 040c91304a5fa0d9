import type { LabCommand } from "../events/lab-command.ts";
import type { LabFact } from "../events/lab-fact.ts";
import { type Lab, reportKey } from "./lab.ts";

/** A report that is in the log: its instrument may forget it. */
export function acknowledgement(
  fact: { readonly instrumentId: string; readonly jobId: string; readonly attempt: number },
  position: number,
): LabCommand {
  const { instrumentId, jobId, attempt } = fact;
  return { type: "acknowledgeResult", instrumentId, jobId, attempt, position };
}

/** The sender did not hear the first answer: it gets the same one. */
export function answerAgain(lab: Lab, fact: LabFact): LabCommand[] {
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
export function answerQuarantined(fact: LabFact, position: number): LabCommand[] {
  if (fact.type === "job.result" || fact.type === "job.failed")
    return [acknowledgement(fact, position)];
  if (fact.type === "operator.command") {
    const { campaignId, commandId } = fact;
    const reason = `There is no campaign ${campaignId}.`;
    return [{ type: "replyToOperator", campaignId, commandId, accepted: false, reason }];
  }
  return [];
}
