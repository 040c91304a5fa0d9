import { type ReasonCause, reasonInWords } from "../domain/reason.ts";
import type { CampaignView } from "./campaign-view.ts";
import type { InstrumentView } from "./instrument-view.ts";
import type { AlarmView, EmergencyStopView } from "./overview-view.ts";

type CampaignInTrouble = Pick<CampaignView, "campaignId" | "state" | "reasons" | "title">;

/** Refused messages of one sender in the last seconds, beyond those that are kept. */
export interface Flood {
  readonly topic: string;
  readonly reason: string;
  readonly count: number;
}

/** What alarms are derived from. */
export interface AlarmSources {
  readonly emergencyStop: EmergencyStopView;
  readonly instruments: readonly InstrumentView[];
  readonly campaigns: readonly CampaignInTrouble[];
  /** The reason of a campaign's last planning, where that failed. */
  readonly plannerFailures: ReadonlyMap<string, string>;
  readonly isBrokerLost: boolean;
  /** Acknowledged events that the log went on without at this start. */
  readonly logLoss?: { readonly after: number; readonly through: number } | undefined;
  /** Who sends more garbage than is kept. */
  readonly floods?: Iterable<Flood> | undefined;
  /** What the machines and the limits know of. */
  readonly further?: readonly AlarmView[] | undefined;
}

/** Everything that is wrong at this moment: derived from the state, so that an alarm can't outlive its reason. */
export function listAlarms(sources: AlarmSources): AlarmView[] {
  const { emergencyStop, instruments, campaigns, plannerFailures } = sources;
  const alarms: AlarmView[] = [];
  if (emergencyStop.active) {
    const { by = "unknown", reason = "no reason given" } = emergencyStop;
    alarms.push({
      alarmId: "emergency-stop",
      severity: "critical",
      subject: "laboratory",
      text: `Emergency stop by ${by}: ${reason}. ${heardInWords(emergencyStop)} A person clears it.`,
    });
  }
  if (sources.isBrokerLost) {
    alarms.push({
      alarmId: "broker",
      severity: "critical",
      subject: "broker",
      text:
        "The broker can't be reached: nothing is sent, and no stop from here arrives. " +
        "Use the switch on the wall; the daemon tries again by itself, and instruments keep their results.",
    });
  }
  if (sources.logLoss !== undefined) {
    const { after, through } = sources.logLoss;
    alarms.push({
      alarmId: "event-log",
      severity: "critical",
      subject: "event log",
      text:
        `Events ${after + 1} to ${through} were acknowledged and are gone. Instruments have forgotten the results among ` +
        "them: look at the jobs of that time before their samples are used again. The next start ends this alarm.",
    });
  }
  for (const { topic, reason, count } of sources.floods ?? []) {
    const text =
      `${topic} sends what is refused (${reason}): ${count} messages in the last seconds beyond those that the log has. ` +
      "Look at its program; a report that is refused is not acknowledged, and is said again.";
    alarms.push({ alarmId: `flood/${topic}/${reason}`, severity: "warning", subject: topic, text });
  }
  alarms.push(...(sources.further ?? []));
  for (const instrument of instruments) alarms.push(...instrumentAlarms(instrument));
  for (const campaign of campaigns) alarms.push(...campaignAlarms(campaign));
  for (const [campaignId, reason] of plannerFailures) {
    alarms.push({
      alarmId: `planner/${campaignId}`,
      severity: "warning",
      subject: campaignId,
      text: `The planner failed: ${reason}. It is asked again at once; after three failures in a row the campaign is suspended until a person resumes it.`,
    });
  }
  return alarms;
}

/** Who has heard the stop, and who has not: a sentence. */
export function heardInWords({ heardBy = [], unheardBy = [] }: EmergencyStopView): string {
  if (heardBy.length === 0) return "No instrument has heard this yet.";
  return unheardBy.length === 0
    ? `Every instrument has heard it: ${named(heardBy)}.`
    : `Heard by ${named(heardBy)}; not yet by ${named(unheardBy)}.`;
}

/** Names that a sentence lists. */
const NAMES_listed = 6;

function named(ids: readonly string[]): string {
  const more = ids.length - NAMES_listed;
  return ids.slice(0, NAMES_listed).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function instrumentAlarms(instrument: InstrumentView): AlarmView[] {
  const { instrumentId, operation, safety, connection } = instrument;
  const alarm = (kind: string, severity: AlarmView["severity"], text: string): AlarmView => ({
    alarmId: `${kind}/${instrumentId}`,
    severity,
    subject: instrumentId,
    text,
  });
  const alarms: AlarmView[] = [];
  if (operation === "fault") {
    alarms.push(alarm("fault", "critical", "The instrument reports a fault. Look at it."));
  }
  if (safety === "interlocked") {
    alarms.push(
      alarm("interlock", "critical", "An interlock is open. Close it at the instrument."),
    );
  }
  if (connection !== "online") {
    const job = instrument.jobId === undefined ? "" : ` during job ${instrument.jobId}`;
    alarms.push(
      alarm(
        "connection",
        "warning",
        `The instrument is ${connection}${job}. Check its power and network.`,
      ),
    );
  }
  return alarms;
}

/** What brings a person, for each thing that stands still. */
function campaignAlarms(campaign: CampaignInTrouble): AlarmView[] {
  const { campaignId, title, reasons, state } = campaign;
  return reasons.flatMap((reason): AlarmView[] => {
    const { cause, alarm: severity } = reason;
    if (severity === undefined) return [];
    const kind = KINDS[cause] ?? (state.startsWith("failed") ? "failed" : cause);
    const where = reason.jobIds === undefined ? campaignId : `${campaignId}/${reason.jobIds[0]}`;
    const text = `“${title}” is ${reasonInWords(reason)}. ${CURES[cause] ?? OTHER_CURE}`;
    return [{ alarmId: `${kind}/${where}`, severity, subject: campaignId, text }];
  });
}

const KINDS: Readonly<Partial<Record<ReasonCause, string>>> = {
  configuration: "hindered",
  guard: "hindered",
  failures: "suspended",
  results: "suspended",
};

const GOES_ON = "It goes on by itself once that is put right.";
const OTHER_CURE = "Read its events, correct the cause, start again.";
const CURES: Readonly<Partial<Record<ReasonCause, string>>> = {
  configuration: GOES_ON,
  guard: GOES_ON,
  capability:
    "Correct the recipe, or start such an instrument or a runner (tieline runner --help).",
  answer: "Look whether it is alive; it is asked again by itself.",
  failures: "Correct the cause, then resume.",
  results:
    "Nothing of it was charged to the budget. Correct the recipe or the instrument, then resume.",
};
