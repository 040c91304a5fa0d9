import type { LabFact, OperatorFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import type { RuntimePorts } from "./ports.ts";
import { factOfReport, judgeReport } from "./reports.ts";
import { bringBack } from "./shelf.ts";

export type CommandFact = Extract<OperatorFact, { readonly type: "operator.command" }>;

/** What a command is answered with. */
export interface CommandAnswer {
  readonly campaignId: string;
  readonly accepted: boolean;
  readonly reason?: string | undefined;
}

/** Takes the words of people on the steps that were asked of them. */
export interface ReportDesk {
  /** Resolves once the report is in the log, or refused. The same command, sent again meanwhile, is the same report. */
  report(command: CommandFact): Promise<CommandAnswer>;
}

export function createReportDesk(needs: {
  readonly lab: Lab;
  readonly ports: Pick<RuntimePorts, "interpret">;
  /** Facts on their way into the log. */
  readonly waiting: ReadonlyMap<string, LabFact>;
  readonly submit: (fact: LabFact) => Promise<unknown>;
}): ReportDesk {
  const { lab, ports, waiting, submit } = needs;
  const underWay = new Map<string, Promise<CommandAnswer>>();
  const take = async (command: CommandFact): Promise<CommandAnswer> => {
    const { campaignId } = command;
    bringBack(lab, campaignId);
    const known = lab.replies.get(command.commandId);
    if (known !== undefined) return known;
    const meant = factOfReport(lab, command);
    if ("refusal" in meant) return { campaignId, accepted: false, reason: meant.refusal };
    const interpreted = await (ports.interpret?.(meant.fact) ?? meant.fact);
    const judged = judgeReport(lab, interpreted, command, waiting);
    if ("refusal" in judged) return { campaignId, accepted: false, reason: judged.refusal };
    await submit(judged.fact);
    return { campaignId, accepted: true };
  };
  return {
    report: (command) => {
      const { commandId } = command;
      const same = underWay.get(commandId);
      if (same !== undefined) return same;
      const answer = take(command).finally(() => underWay.delete(commandId));
      underWay.set(commandId, answer);
      return answer;
    },
  };
}
