import type { LabCommand } from "../events/lab-command.ts";
import type { LabFact, QuarantineReason } from "../events/lab-fact.ts";
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

/**
 * A report in quarantine is on disk too: its instrument may forget it. One by an instrument that was never asked is not
 * acknowledged: what nobody asked for is kept by nobody's word. An unknown campaign is told so.
 */
export function answerQuarantined(
  fact: LabFact,
  { position, reason }: { readonly position: number; readonly reason: QuarantineReason },
): LabCommand[] {
  if (reason === "foreignReport") return [];
  if (fact.type === "job.result" || fact.type === "job.failed")
    return [acknowledgement(fact, position)];
  if (fact.type === "operator.command") {
    const { campaignId, commandId } = fact;
    const why = `There is no campaign ${campaignId}.`;
    return [{ type: "replyToOperator", campaignId, commandId, accepted: false, reason: why }];
  }
  return [];
}
