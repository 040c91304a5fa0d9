import type { BirthProblem } from "../domain/limits/known-laboratory.ts";
import { INSTRUMENTS } from "../domain/limits/policy-changes.ts";
import type { Lab } from "./lab.ts";
import { upkeepAlarms } from "./upkeep.ts";

/** Something wrong that the machines and the limits know of; the views add what they see themselves. */
export interface LabAlarm {
  readonly alarmId: string;
  readonly severity: "critical" | "warning";
  readonly subject: string;
  readonly text: string;
}

/** Where in the configuration's file a problem lies, e.g. `lab.yaml:23`; `undefined` where nobody knows. */
export type SourceOf = (path: BirthProblem["path"]) => string | undefined;

/** Limits that limit nothing, recipes that fit no instrument, guards that have tripped, jobs that were given up. */
export function labAlarms(lab: Lab, sourceOf: SourceOf = () => undefined): LabAlarm[] {
  return [
    ...lab.problems.map((problem) => problemAlarm(problem, sourceOf)),
    ...policyAlarms(lab),
    ...upkeepAlarms(lab),
    ...[...lab.guards].map(([guardId, { instrumentId, action, text }]): LabAlarm => {
      const severity = action === "pause" || action === "tell" ? "warning" : "critical";
      return { alarmId: `guard/${guardId}`, severity, subject: instrumentId, text };
    }),
    ...[...lab.gaps].map(([id, { jobId, position }]) => gapAlarm(id, jobId, position)),
    ...[...lab.contested].map(([id, { bootIds }]) => twinAlarm(id, bootIds)),
    ...[...lab.clocks].map(([id, offset_ms]) => clockAlarm(id, offset_ms)),
    ...[...lab.alarms.values()]
      .filter(({ id }) => !id.startsWith("campaign/"))
      .map(({ id, severity, text }): LabAlarm => {
        return { alarmId: id, severity, subject: id.slice(id.indexOf("/") + 1), text };
      }),
  ];
}

function gapAlarm(instrumentId: string, jobId: string, position: number): LabAlarm {
  const text =
    `${instrumentId} was told that its report of ${jobId} is in the log, at position ${position}; it is not. Events were lost, or this is ` +
    "another log (an older backup, another folder). Instruments have forgotten what was acknowledged: stop, look for the log " +
    "that has it, and look at the jobs of that time before their samples are used again.";
  return { alarmId: `event-log/${instrumentId}`, severity: "critical", subject: "event log", text };
}

function twinAlarm(instrumentId: string, bootIds: readonly string[]): LabAlarm {
  const text =
    `Two controllers speak as ${instrumentId}, under the boots ${bootIds.join(" and ")}: both obey what is sent. Nothing is ` +
    "started there until one has gone. Switch one off or give it a name of its own, look at what both were doing, " +
    "and restart the one that stays.";
  return { alarmId: `twin/${instrumentId}`, severity: "critical", subject: instrumentId, text };
}

function policyAlarms({ policyChange }: Lab): LabAlarm[] {
  if (policyChange === undefined) return [];
  const { n, wider } = policyChange;
  const text =
    `The edited configuration would allow more, and waits as change ${n}: ${wider.join("; ")}. ` +
    `Approve it with tieline approve --campaign ${INSTRUMENTS} --change ${n} --by NAME, or reject it.`;
  return [{ alarmId: "instruments/change", severity: "warning", subject: INSTRUMENTS, text }];
}

function clockAlarm(instrumentId: string, offset_ms: number): LabAlarm {
  const by = `${Math.abs(offset_ms / 1000).toFixed(0)} s ${offset_ms > 0 ? "ahead" : "behind"}`;
  const text =
    instrumentId === ""
      ? `The clock of this machine stepped; it is ${by} of where it was. Deadlines of what runs may be wrong: look at it.`
      : `Its clock is ${by} of ours: it may refuse starts, or obey them too late. Set it (NTP).`;
  const subject = instrumentId === "" ? "clock" : instrumentId;
  return { alarmId: `clock/${subject}`, severity: "warning", subject, text };
}

function problemAlarm(problem: BirthProblem, sourceOf: SourceOf): LabAlarm {
  const { path, text, instrumentId, campaignId } = problem;
  const where = [sourceOf(path), showPath(path)].filter((part) => part !== undefined).join(" ");
  return {
    alarmId: `limits/${path.join("/")}`,
    severity: "critical",
    subject: instrumentId ?? campaignId ?? String(path[1] ?? ""),
    text: `${where}: ${text}.`,
  };
}

/** `instruments.furnace-01.limits.temperature_K`, `campaigns.c1.recipe[0].capability`. */
function showPath(path: BirthProblem["path"]): string {
  return path
    .map((part, k) => (typeof part === "number" ? `[${part}]` : k === 0 ? part : `.${part}`))
    .join("");
}
