import type { Limits } from "../../../src/domain/candidate.ts";
import type { LabEvent } from "../../../src/index.ts";
import type { Violation } from "../../world/physical-ledger.ts";
import { checkStart, type InstrumentLimits } from "./check-start.ts";
import { LabRecord } from "./lab-record.ts";
import { type OutgoingText, readSaid, type Said } from "./said.ts";

/** So many findings are kept; a daemon that is wrong is wrong often. */
const VIOLATIONS_MAX = 100;

export interface SpeechWatchOptions {
  readonly now_ms: () => number;
  /** What the configuration forbids, by instrument. */
  readonly policies: Readonly<Record<string, { readonly limits: Limits }>>;
}

/**
 * Holds every word of the daemon, when it leaves, against what its log says by then. The instruments guard themselves; this
 * does not ask them. It folds the log by rules of its own and takes nothing from the daemon's machines.
 */
export class SpeechWatch {
  readonly violations: Violation[] = [];
  readonly #options: SpeechWatchOptions;
  readonly #lab = new LabRecord();
  readonly #limits: InstrumentLimits[] = [];
  readonly #sentAs = new Map<string, string>();

  constructor(options: SpeechWatchOptions) {
    this.#options = options;
    for (const [instrumentId, { limits }] of Object.entries(options.policies))
      this.#limits.push({ instrumentId, limits });
  }

  /** After the event is in the log. */
  onEvent(event: LabEvent): void {
    for (const detail of this.#lab.note(event)) this.find("what the log says", detail);
    const { fact } = event;
    if (fact.type !== "instrument.birth") return;
    for (const { parameters } of fact.capabilities)
      this.#limits.push({ instrumentId: fact.instrumentId, limits: parameters as Limits });
  }

  /** When a message leaves the daemon. */
  onSaid(message: OutgoingText): void {
    const said = readSaid(message);
    if (said?.kind === "start") this.#checkStart(said);
    if (said?.kind === "control") this.#checkControl(said);
    if (said?.kind === "ack") this.#checkAck(said);
    if (said?.kind === "batch")
      this.#lab.campaigns.get(said.campaignId)?.show(said.n, said.candidateIds);
    if (said?.kind === "reply") this.#lab.noteReply(said.commandId, said.accepted);
  }

  #checkStart(said: Extract<Said, { kind: "start" }>): void {
    const now_ms = this.#options.now_ms();
    for (const detail of checkStart(said, now_ms, this.#lab, this.#limits))
      this.find("what is started", detail);
    this.#checkName(said.data.commandId, `${said.data.jobId}#${said.data.attempt}`);
    this.#lab.noteSent(said.instrumentId, said.data, now_ms);
  }

  #checkControl({ data, instrumentId }: Extract<Said, { kind: "control" }>): void {
    const about = `${String(data["commandId"])} to ${instrumentId}`;
    if (data["epoch"] !== this.#lab.epoch)
      this.find(
        "what is commanded",
        `${about}: epoch ${data["epoch"]}, the newest is ${this.#lab.epoch}`,
      );
    if (typeof data["notAfter"] !== "string" || typeof data["validFor_s"] !== "number")
      this.find("what is commanded", `${about} never expires`);
  }

  /** One command has one meaning for ever. */
  #checkName(commandId: string, meaning: string): void {
    const before = this.#sentAs.get(commandId);
    this.#sentAs.set(commandId, meaning);
    if (before !== undefined && before !== meaning)
      this.find("what is commanded", `${commandId} meant ${before}, now ${meaning}`);
  }

  /** An acknowledgement says "on disk": at that position the log has that report. */
  #checkAck({ instrumentId, jobId, attempt, position }: Extract<Said, { kind: "ack" }>): void {
    const report = this.#lab.reports.get(position);
    const isReport =
      report?.jobId === jobId && report.attempt === attempt && report.instrumentId === instrumentId;
    if (isReport) return;
    const detail = `${jobId} attempt ${attempt} to ${instrumentId}: the log has no such report at ${position}`;
    this.find("what is acknowledged", detail);
  }

  /** Experiments that its campaign may have begun by now, at most: a withdrawn observation gives its place back. */
  budgetOf(campaignId: string): number {
    const campaign = this.#lab.campaigns.get(campaignId);
    return campaign === undefined ? 0 : campaign.budget_max + campaign.withdrawn;
  }

  /** The widest limits that its campaign has had. */
  limitsOf(campaignId: string): Limits {
    const campaign = this.#lab.campaigns.get(campaignId);
    return campaign === undefined || campaign.isUncertain || campaign.isWidened
      ? {}
      : campaign.spec.limits;
  }

  find(checker: string, detail: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ checker, detail });
  }
}
