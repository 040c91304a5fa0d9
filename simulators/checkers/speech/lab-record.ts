import type { LabEvent, LabFact } from "../../../src/index.ts";
import { CampaignRecord, type OperatorCommand } from "./campaign-record.ts";
import type { StartData } from "./said.ts";

/** One attempt at one job, as the daemon's own starts and the log tell it. */
export interface AttemptRecord {
  readonly commandId: string;
  /** Instruments that were told to start it. */
  readonly sentTo: Set<string>;
  lastSent_ms: number;
  /** An instrument said that it began. */
  began: boolean;
  /** How it ended, as far as an instrument said. */
  ended: "result" | "failed" | "rejected" | undefined;
  /** Its instrument had no record of it, after the last sending, and has kept no memory in which it would be. */
  lost: boolean;
  /** Its instrument, which would know, had no record of it after the last sending, and nobody had said that it began. */
  denied: boolean;
}

export interface StationRecord {
  /** Job that it was told to start and that nobody has said to be off it. */
  holder: string | undefined;
  /** As it last said; one that is born and has said nothing yet counts as ready. */
  isReady: boolean;
  keepsJournal: boolean;
  bootId: string | undefined;
  /** The boot at the last start that it was sent. */
  bootAtStart: string | undefined;
}

export interface Report {
  readonly jobId: string;
  readonly attempt: number;
  readonly instrumentId: string;
}

/** How long a restart waits for words about the jobs in doubt before it goes on without them, s. */
const RECOVERY_s = 30;

/** The laboratory as the log tells it, folded by the checkers for themselves: nothing is taken from the daemon's machines. */
export class LabRecord {
  epoch = 0;
  isStopped = false;
  started_ms = 0;
  readonly campaigns = new Map<string, CampaignRecord>();
  readonly stations = new Map<string, StationRecord>();
  readonly attempts = new Map<string, AttemptRecord>();
  readonly reports = new Map<number, Report>();
  readonly results = new Set<string>();
  /** Starts of several samples at once, by job. */
  readonly loads = new Map<string, StartData>();
  /** What samples of loads have brought: `job#attempt#type`. */
  readonly #ofLoads = new Set<string>();
  /** Jobs that were on instruments when the daemon started, and of which nobody has said a word since. */
  readonly doubts = new Set<string>();
  /** Commands of people: each is obeyed once, however often it is said. */
  readonly commandIds = new Set<string>();
  /** Commands of people whose reply has not been said. */
  readonly unanswered = new Map<string, OperatorCommand>();

  /** Folds one event; what the log itself must not say is returned. */
  note({ fact, position, time_ms }: LabEvent): string[] {
    switch (fact.type) {
      case "daemon.started":
        return this.#noteStart(fact.epoch, time_ms);
      case "campaign.defined":
        if (!this.campaigns.has(fact.spec.campaignId))
          this.campaigns.set(fact.spec.campaignId, new CampaignRecord(fact.spec));
        return [];
      case "planner.proposed":
        for (const { candidateId, parameters } of fact.proposal.points)
          this.campaigns.get(fact.campaignId)?.propose(candidateId, parameters);
        return [];
      case "operator.command":
        return this.#noteOperator(fact, time_ms);
      case "safety.emergencyStop":
        this.isStopped = fact.active;
        return [];
      case "instrument.online":
      case "instrument.birth":
      case "instrument.state":
        this.#noteInstrument(fact);
        return [];
      case "job.accepted":
      case "job.rejected":
      case "job.progress":
      case "job.result":
      case "job.failed":
      case "job.unknown":
        return this.#noteJob(fact, position);
      default:
        return [];
    }
  }

  isInDoubt(now_ms: number): boolean {
    return this.doubts.size > 0 && now_ms < this.started_ms + RECOVERY_s * 1000;
  }

  /** A start that was said: the station is taken. */
  noteSent(instrumentId: string, data: StartData, now_ms: number): void {
    const { jobId, attempt, commandId, sampleIds = [] } = data;
    if (sampleIds.length > 1) this.loads.set(jobId, data);
    const key = `${jobId}#${attempt}`;
    const known = this.attempts.get(key);
    const sentTo = new Set([...(known?.sentTo ?? []), instrumentId]);
    this.attempts.set(key, {
      ...{ began: false, ended: undefined, ...known },
      ...{ commandId: known?.commandId ?? commandId, sentTo, lastSent_ms: now_ms },
      ...{ lost: false, denied: false },
    });
    const station = this.station(instrumentId);
    station.holder = jobId;
    station.bootAtStart = station.bootId;
  }

  noteReply(commandId: string, accepted: boolean): void {
    const command = this.unanswered.get(commandId);
    this.unanswered.delete(commandId);
    const campaign = this.campaigns.get(command?.campaignId ?? "");
    if (command === undefined || campaign === undefined || !accepted) return;
    campaign.take(command);
  }

  station(instrumentId: string): StationRecord {
    const known = this.stations.get(instrumentId);
    if (known !== undefined) return known;
    const made: StationRecord = {
      ...{ holder: undefined, isReady: true, keepsJournal: false },
      ...{ bootId: undefined, bootAtStart: undefined },
    };
    this.stations.set(instrumentId, made);
    return made;
  }

  #noteStart(epoch: number, time_ms: number): string[] {
    const found =
      epoch > this.epoch ? [] : [`started again with epoch ${epoch} after ${this.epoch}`];
    this.epoch = epoch;
    this.started_ms = time_ms;
    for (const { holder } of this.stations.values())
      if (holder !== undefined) this.doubts.add(holder);
    for (const { campaignId } of this.unanswered.values()) {
      const campaign = this.campaigns.get(campaignId);
      if (campaign !== undefined) campaign.isUncertain = true;
    }
    this.unanswered.clear();
    return found;
  }

  #noteOperator(fact: OperatorCommand, time_ms: number): string[] {
    if (this.commandIds.has(fact.commandId))
      return [`${fact.action} ${fact.commandId} of ${fact.by}, the second time`];
    this.commandIds.add(fact.commandId);
    const campaign = this.campaigns.get(fact.campaignId);
    if (campaign === undefined) return [];
    this.unanswered.set(fact.commandId, fact);
    // What is released by a command is started before its reply could be heard by anybody.
    if (fact.action === "approve" && fact.change === undefined) campaign.approve(fact, time_ms);
    if (fact.action === "propose")
      for (const point of fact.points ?? []) campaign.proposeByHand(point);
    return [];
  }

  #noteInstrument(
    fact: Extract<
      LabFact,
      { readonly type: "instrument.online" | "instrument.birth" | "instrument.state" }
    >,
  ): void {
    const station = this.station(fact.instrumentId);
    if (station.bootId !== fact.bootId) station.isReady = true;
    station.bootId = fact.bootId;
    if (fact.type === "instrument.birth") station.keepsJournal = fact.journal ?? false;
    if (fact.type !== "instrument.state") return;
    const { operation, control, safety } = fact;
    station.isReady = operation === "idle" && control === "automatic" && safety === "ok";
    if (operation === "idle" && fact.jobId === undefined) station.holder = undefined;
  }

  #noteJob(fact: Extract<LabFact, { readonly type: `job.${string}` }>, position: number): string[] {
    const { jobId, instrumentId } = fact;
    this.doubts.delete(jobId);
    const station = this.station(instrumentId);
    const isEnd = fact.type !== "job.accepted" && fact.type !== "job.progress";
    if (isEnd && station.holder === jobId) station.holder = undefined;
    if (fact.type === "job.unknown") {
      const isRemembered = station.keepsJournal || station.bootId === station.bootAtStart;
      for (const [key, attempt] of this.attempts)
        if (key.startsWith(`${jobId}#`)) {
          if (!isRemembered) attempt.lost = true;
          else if (!attempt.began) attempt.denied = true;
        }
      return [];
    }
    if ("load" in fact && fact.load !== undefined) return this.#noteOfLoad(fact, fact.load);
    const attempt = this.attempts.get(`${jobId}#${fact.attempt}`);
    const about = `${fact.type} of ${jobId} attempt ${fact.attempt} by ${instrumentId}`;
    if (fact.type === "job.accepted" || fact.type === "job.progress") {
      if (attempt !== undefined) attempt.began = true;
      return [];
    }
    const found: string[] = [];
    if (attempt?.ended === "result" && fact.type === "job.result")
      found.push(`${about}, the second one`);
    if (attempt?.ended === "failed" && fact.type === "job.failed")
      found.push(`${about}, the second one`);
    if (fact.type !== "job.rejected" && attempt?.sentTo.has(instrumentId) !== true)
      found.push(`${about}, which was never told to do it`);
    if (attempt !== undefined && attempt.ended !== "result")
      attempt.ended =
        fact.type === "job.result" ? "result" : fact.type === "job.failed" ? "failed" : "rejected";
    if (fact.type === "job.result") this.results.add(jobId);
    if (fact.type !== "job.rejected")
      this.reports.set(position, { jobId, attempt: fact.attempt, instrumentId });
    return found;
  }

  /** What the log has of one sample comes from a load that was told to do it, once. */
  #noteOfLoad(
    {
      type,
      jobId,
      attempt,
      instrumentId,
    }: Extract<LabFact, { readonly type: "job.result" | "job.failed" }>,
    loadId: string,
  ): string[] {
    const about = `${type} of ${jobId} attempt ${attempt} from ${loadId}`;
    const key = `${jobId}#${attempt}#${type}`;
    const isKnown = this.#ofLoads.has(key);
    this.#ofLoads.add(key);
    if (type === "job.result") this.results.add(jobId);
    const sampleId = jobId.replace(/\.s\d+$/, "");
    const told = this.loads.get(loadId);
    const isSent = [...this.attempts].some(
      ([name, one]) => name.startsWith(`${loadId}#`) && one.sentTo.has(instrumentId),
    );
    return [
      ...(isKnown ? [`${about}, the second one`] : []),
      ...(isSent && told?.sampleIds?.includes(sampleId) === true
        ? []
        : [`${about}, which was never told to do it`]),
    ];
  }
}
