import type { LabEvent } from "../events/lab-event.ts";
import type { InstrumentFact } from "../events/lab-fact.ts";
import { listAlarms } from "./alarms.ts";
import { createCampaignFolds } from "./campaign-folds.ts";
import type { CampaignBrief, CampaignView, ObservationView } from "./campaign-view.ts";
import {
  describeEvent,
  EVENT_LINES_KEPT,
  EVENT_LINES_SHOWN,
  type EventLine,
  type EventStreamView,
  searchEvents,
} from "./event-stream-view.ts";
import { isJobFact } from "./facts.ts";
import {
  createInstrumentFold,
  type InstrumentDetailView,
  type InstrumentFold,
  type InstrumentView,
} from "./instrument-view.ts";
import { type JobProgress, noteProgress } from "./job-progress.ts";
import {
  briefOf,
  campaignOf,
  type LabFold,
  type LabViewOptions,
  lineOf,
  restoreFold,
  saveFold,
  shelveCampaign,
} from "./lab-fold.ts";
import {
  type EmergencyStopView,
  type OverviewView,
  QUARANTINE_LINES_SHOWN,
} from "./overview-view.ts";
import { createRing } from "./ring.ts";
import { type TodoView, todoView } from "./todo-view.ts";
import type { CampaignStatePayload } from "./wire-payloads.ts";

/** Everything the dashboard shows, as an incremental fold of the event log. Feed it events in order, after the machines. */
export interface LabView {
  fold(event: LabEvent): void;
  /** Progress of a running job after the first: shown, not logged. */
  noteProgress(progress: JobProgress): void;
  noteTelemetry(reading: TelemetryReading): void;
  /** A duplicate was recognised and left out of the log. */
  noteDuplicate(): void;
  /** The broker was reached or lost: lost, nothing is heard or sent. */
  noteBroker(connected: boolean): void;
  overview(): OverviewView;
  campaign(campaignId: string): CampaignView | undefined;
  /** As `campaign`, without what only a page shows. */
  brief(campaignId: string): CampaignBrief | undefined;
  /** What its topic `campaign/{id}/state` says. */
  campaignState(campaignId: string): CampaignStatePayload | undefined;
  /** All observations kept of a campaign from `position` on, without the withdrawn. */
  observations(campaignId: string, from?: number): readonly ObservationView[];
  instrument(instrumentId: string): InstrumentDetailView | undefined;
  events(): EventStreamView;
  /** The list of the people at the bench. */
  todo(): TodoView;
  searchEvents(search: string, limit: number): readonly EventLine[];
  readonly campaignIds: readonly string[];
  /** Those that are not over for a while: what is shown without being asked for. */
  readonly campaignIdsAtHand: readonly string[];
  readonly instrumentIds: readonly string[];
  /** Packs what is shown of a campaign that is over for a while; it is there when it is asked for. */
  shelve(campaignId: string): void;
  /** What is packed, by campaign. */
  readonly packed: Map<string, Uint8Array>;
  /** Everything that follows from the log but what is packed, as plain data; `restore` fills an empty view with it. */
  save(): unknown;
  restore(plain: unknown): void;
  /** The names of the views that changed since the last call: `overview`, `events`, `campaign/{id}`, `instrument/{id}`. */
  takeChanged(): readonly string[];
  /** Marks a view as changed by something that is no event (a machine's timer, a reconnect). */
  touch(view: string): void;
}

export interface TelemetryReading {
  readonly instrumentId: string;
  readonly channel: string;
  readonly unit: string;
  readonly value: number;
  readonly time_ms: number;
}

/** Instruments that are shown; a client that invents ids can't fill the memory. */
const INSTRUMENTS_MAX = 500;

/** Starts an empty view of a laboratory. */
export function createLabView(options: LabViewOptions): LabView {
  const fold: LabFold = {
    options,
    campaigns: createCampaignFolds(options.packer),
    instruments: new Map(),
    usable: new Map(),
    progress: new Map(),
    plannerFailures: new Map(),
    lines: createRing(EVENT_LINES_KEPT),
    quarantine: createRing(QUARANTINE_LINES_SHOWN),
    quarantinedByReason: {},
    quarantineCounted: 0,
    floods: new Map(),
    changed: new Set(),
    counts: { results: 0, failures: 0, duplicates: 0 },
    agent: { agentId: options.agentId, version: "", epoch: 0 },
    ...{ started_ms: 0, cleared_position: 0, isBrokerLost: false },
    emergencyStop: { active: false },
    logLoss: undefined,
  };
  const connection = (id: string): string | undefined => options.connectionOf?.(id);
  return {
    fold: (event) => foldEvent(fold, event),
    noteProgress: (progress) => noteProgress(fold, progress),
    noteTelemetry: ({ instrumentId, channel, unit, value, time_ms }) => {
      fold.instruments.get(instrumentId)?.telemetry(channel, unit, value, time_ms);
      fold.changed.add(`instrument/${instrumentId}`);
    },
    noteDuplicate: () => {
      fold.counts.duplicates++;
      fold.changed.add("overview");
    },
    noteBroker: (connected) => {
      fold.isBrokerLost = !connected;
      fold.changed.add("overview");
    },
    overview: () => overviewOf(fold),
    campaign: (id) => campaignOf(fold, id),
    brief: (id) => briefOf(fold, id),
    campaignState: (id) => stateOf(fold, id),
    observations: (id, from = 0) =>
      (fold.campaigns.look(id)?.observations() ?? []).filter((o) => o.position >= from),
    instrument: (id) => {
      const detail = fold.instruments.get(id)?.detail(connection(id));
      return detail && { ...detail, ...reasonsOf(fold, id), ...guardsOf(fold, id) };
    },
    todo: () => todoView(fold),
    events: () => ({ total: fold.lines.total, lines: fold.lines.items.slice(-EVENT_LINES_SHOWN) }),
    searchEvents: (search, limit) => searchEvents(fold.lines.items, search, limit),
    get campaignIds() {
      return fold.campaigns.ids;
    },
    get campaignIdsAtHand() {
      return fold.campaigns.atHand;
    },
    shelve: (id) => shelveCampaign(fold, id),
    packed: fold.campaigns.packed,
    save: () => saveFold(fold),
    restore: (plain) => restoreFold(fold, plain),
    get instrumentIds() {
      return [...fold.instruments.keys()];
    },
    takeChanged: () => takeChanged(fold),
    touch: (view) => fold.changed.add(view),
  };
}

function takeChanged({ changed }: LabFold): string[] {
  const names = [...changed];
  changed.clear();
  return names;
}

function foldEvent(fold: LabFold, event: LabEvent): void {
  const { fact } = event;
  fold.lines.push(describeEvent(event));
  fold.changed.add("events").add("overview").add("todo");
  switch (fact.type) {
    case "daemon.started":
      fold.agent = { agentId: fact.agentId, version: fact.version, epoch: fact.epoch };
      fold.started_ms = event.time_ms;
      fold.logLoss = undefined;
      fold.floods.clear();
      return;
    case "log.lossAccepted":
      fold.logLoss = { after: fact.after, through: fact.through };
      return;
    case "campaign.defined":
      fold.campaigns.define(fact.spec, event.time_ms);
      fold.changed.add(`campaign/${fact.spec.campaignId}`);
      return;
    case "safety.emergencyStop":
      fold.emergencyStop = {
        active: fact.active,
        by: fact.by,
        reason: fact.reason,
        time_ms: event.time_ms,
      };
      if (!fact.active) fold.cleared_position = event.position;
      for (const id of fold.campaigns.atHand) fold.changed.add(`campaign/${id}`);
      return;
    case "message.quarantined": {
      const { topic, reason, bytes } = fact;
      fold.quarantine.push({
        position: event.position,
        time_ms: event.time_ms,
        topic,
        reason,
        bytes,
      });
      fold.quarantinedByReason[reason] = (fold.quarantinedByReason[reason] ?? 0) + 1;
      return;
    }
    case "message.quarantineCounted": {
      const { topic, reason, count } = fact;
      fold.quarantineCounted += count;
      fold.quarantinedByReason[reason] = (fold.quarantinedByReason[reason] ?? 0) + count;
      if (count > 0) fold.floods.set(`${topic} ${reason}`, { topic, reason, count });
      else fold.floods.delete(`${topic} ${reason}`);
      return;
    }
    case "instrument.online":
    case "instrument.birth":
    case "instrument.state":
      instrumentOf(fold, fact.instrumentId)?.apply({ ...event, fact } as LabEvent<InstrumentFact>);
      fold.changed.add(`instrument/${fact.instrumentId}`);
      noteReasons(fold, fact.instrumentId);
      return;
    case "instrument.contested":
    case "instrument.settled":
      fold.changed.add(`instrument/${fact.instrumentId}`);
      noteReasons(fold, fact.instrumentId);
      return;
    case "guard.tripped":
    case "guard.cleared":
      for (const id of fold.instruments.keys()) fold.changed.add(`instrument/${id}`);
      for (const id of fold.campaigns.atHand) fold.changed.add(`campaign/${id}`);
      return;
    default:
      foldCampaignEvent(fold, event);
  }
}

/** What an instrument cannot be used for, campaigns wait for: they have changed with it. */
function noteReasons(fold: LabFold, instrumentId: string): void {
  const reasons = (fold.options.state.instrumentReasons?.(instrumentId) ?? [])
    .map(({ text }) => text)
    .join();
  const offered = fold.instruments.get(instrumentId)?.capabilities ?? [];
  const now = `${reasons} ${offered.map(({ name }) => name).join()}`;
  if (fold.usable.get(instrumentId) === now) return;
  fold.usable.set(instrumentId, now);
  for (const id of fold.campaigns.atHand) fold.changed.add(`campaign/${id}`);
}

function foldCampaignEvent(fold: LabFold, event: LabEvent): void {
  const { fact } = event;
  switch (fact.type) {
    case "planner.proposed":
      fold.campaigns.get(fact.campaignId)?.proposed(event, fact.proposal);
      fold.plannerFailures.delete(fact.campaignId);
      break;
    case "planner.failed":
      fold.campaigns.get(fact.campaignId)?.planningFailed();
      fold.plannerFailures.set(fact.campaignId, fact.reason);
      break;
    case "operator.command": {
      const campaign = fold.campaigns.get(fact.campaignId);
      const told = fact.action === "tell" ? fold.options.state.toldAt?.(event.position) : undefined;
      if (told !== undefined) campaign?.told({ ...event, fact }, told);
      const { experimentId } = fold.options.state.locateJob(fact.jobId ?? "") ?? {};
      campaign?.commanded({ ...event, fact }, experimentId);
      break;
    }
    case "patterns.reread":
      break;
    case "timer.fired":
      for (const id of fold.campaigns.atHand) fold.changed.add(`campaign/${id}`);
      return;
    default:
      foldJobEvent(fold, event);
      return;
  }
  if (fact.type === "patterns.reread" || ("action" in fact && fact.action === "reread"))
    fold.campaigns
      .get(fact.campaignId)
      ?.reread((at) => fold.options.state.observationsOf?.(fact.campaignId, at));
  fold.changed.add(`campaign/${fact.campaignId}`);
}

function foldJobEvent(fold: LabFold, event: LabEvent): void {
  const { fact } = event;
  if (!isJobFact(fact)) return;
  const { state } = fold.options;
  const place = state.locateJob(fact.jobId);
  const instrument = fold.instruments.get(fact.instrumentId);
  if (place !== undefined) fold.changed.add(`campaign/${place.campaignId}`);
  fold.changed.add(`instrument/${fact.instrumentId}`);
  if (fact.type === "job.progress") noteProgress(fold, fact);
  if (fact.type === "job.progress" || fact.type === "job.accepted") return;
  if (fact.type !== "job.unknown") fold.progress.delete(fact.jobId);
  // A load is told sample by sample; its own word adds nothing.
  if (state.campaignOfLoad?.(fact.jobId) !== undefined) return;
  if (fact.type === "job.result") {
    fold.counts.results++;
    instrument?.counted("results", event.time_ms);
    // The observation comes from the last step; a failure is one at any step.
    const isFailure = fact.observations.some((one) => one.kind === "failure");
    const judgement = state.judgementOf?.(event.position);
    const campaign = fold.campaigns.get(place?.campaignId ?? "");
    if (judgement?.unusable !== undefined) {
      campaign?.setAside(event.position, judgement.unusable);
    } else if (place !== undefined && (place.step === place.steps - 1 || isFailure)) {
      const observations =
        state.observationsOf?.(place.campaignId, event.position) ??
        judgement?.observations ??
        fact.observations;
      campaign?.observed({ ...event, fact: { ...fact, observations } }, place);
    }
  } else if (fact.type === "job.failed" || fact.type === "job.rejected") {
    fold.counts.failures++;
    instrument?.counted("failures", event.time_ms);
  }
}

function instrumentOf(fold: LabFold, instrumentId: string): InstrumentFold | undefined {
  const known = fold.instruments.get(instrumentId);
  if (known !== undefined || fold.instruments.size >= INSTRUMENTS_MAX) return known;
  const added = createInstrumentFold(instrumentId);
  fold.instruments.set(instrumentId, added);
  return added;
}

function stateOf(fold: LabFold, campaignId: string): CampaignStatePayload | undefined {
  const found = lineOf(fold, campaignId);
  if (found === undefined) return undefined;
  // Starts of the daemon count as changes of it as well, also while it is packed.
  const { revision = 0 } = fold.options.state.campaignStatus(campaignId) ?? {};
  return { ...found.payload, revision };
}

function guardsOf(
  { options }: LabFold,
  instrumentId: string,
): Pick<InstrumentDetailView, "guards"> {
  const guards = options.state.guardsOf?.(instrumentId) ?? [];
  return guards.length === 0 ? {} : { guards };
}

function reasonsOf(
  { options: { state } }: LabFold,
  instrumentId: string,
): Pick<InstrumentView, "reasons" | "upkeep"> {
  const upkeep = state.upkeepOf?.(instrumentId) ?? [];
  const reasons = state.instrumentReasons?.(instrumentId) ?? [];
  return upkeep.length === 0 ? { reasons } : { reasons, upkeep };
}

/** An instrument has heard a stop when it says that it is stopped, and has said so since the last clear. */
function stopOf({ emergencyStop, instruments, cleared_position }: LabFold): EmergencyStopView {
  if (!emergencyStop.active) return emergencyStop;
  const heardBy: string[] = [];
  const unheardBy: string[] = [];
  for (const [id, { stopped_position }] of instruments)
    ((stopped_position ?? 0) > cleared_position ? heardBy : unheardBy).push(id);
  return { ...emergencyStop, heardBy: heardBy.sort(), unheardBy: unheardBy.sort() };
}

function overviewOf(fold: LabFold): OverviewView {
  const campaigns = fold.campaigns.ids.flatMap((id) => lineOf(fold, id) ?? []);
  const instruments = [...fold.instruments].map(([id, instrument]) => ({
    ...instrument.view(fold.options.connectionOf?.(id)),
    ...reasonsOf(fold, id),
  }));
  const { plannerFailures, isBrokerLost, logLoss } = fold;
  const floods = fold.floods.values();
  const emergencyStop = stopOf(fold);
  return {
    agent: fold.agent,
    leadership: fold.options.state.leadership?.(),
    site: fold.options.site,
    started_ms: fold.started_ms,
    emergencyStop,
    campaigns: campaigns.map(({ line }) => line),
    instruments,
    alarms: listAlarms({
      ...{ emergencyStop, instruments, plannerFailures, isBrokerLost, logLoss, floods },
      campaigns: campaigns.map(({ line }) => line),
      further: fold.options.state.alarms?.(),
    }),
    counters: {
      events: fold.lines.total,
      ...fold.counts,
      quarantined: fold.quarantine.total + fold.quarantineCounted,
      quarantinedByReason: { ...fold.quarantinedByReason },
    },
    quarantine: fold.quarantine.items,
  };
}
