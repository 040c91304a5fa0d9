import type { InstrumentFact, LabFact } from "../events/lab-fact.ts";
import type { Lab } from "./lab.ts";
import { reportKey } from "./lab.ts";
import type { RuntimePorts } from "./ports.ts";
import { bringBack, campaignOfJob } from "./shelf.ts";

/**
 * Holds what instruments have had acknowledged against the log: an acknowledged report that the log has not, or has elsewhere, is
 * gone, whatever else looks whole (a log that was put back from a backup with its mark, another folder).
 */
export interface LossWatch {
  onWord(fact: InstrumentFact): void;
}

interface WatchNeeds {
  readonly lab: Lab;
  readonly ports: Pick<RuntimePorts, "logger">;
  readonly submit: (fact: LabFact) => Promise<unknown>;
}

export function createLossWatch({ lab, ports, submit }: WatchNeeds): LossWatch {
  /** What each instrument's claim was when it was told. */
  const told = new Map<string, string>();
  return {
    onWord: (fact) => {
      if (fact.type !== "instrument.birth" || fact.acknowledged === undefined) return;
      const { instrumentId, acknowledged } = fact;
      const { jobId, attempt, position } = acknowledged;
      const claim = `${jobId}#${attempt}#${position}`;
      if (told.get(instrumentId) === claim || isKept(lab, acknowledged)) return;
      told.set(instrumentId, claim);
      const about = { instrumentId, jobId, attempt, position };
      ports.logger.error(about, "log.gapTold");
      submit({ type: "log.gapTold", ...about }).catch(() => {});
    },
  };
}

type Acknowledged = NonNullable<
  Extract<InstrumentFact, { readonly type: "instrument.birth" }>["acknowledged"]
>;

function isKept(lab: Lab, { jobId, attempt, position }: Acknowledged): boolean {
  bringBack(lab, campaignOfJob(jobId));
  return ["job.result", "job.failed"].some(
    (type) => lab.reports.get(reportKey({ type, jobId, attempt }))?.position === position,
  );
}
