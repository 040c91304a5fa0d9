import type { Packer } from "../core/packer.ts";
import { fromPlain, toPlain } from "../core/plain.ts";
import type { QuarantineReason } from "../events/lab-fact.ts";
import type { Flood } from "./alarms.ts";
import type { CampaignFolds, SavedFolds, ShelvedLine } from "./campaign-folds.ts";
import type { CampaignBrief, CampaignView } from "./campaign-view.ts";
import { EVENT_LINES_KEPT, type EventLine } from "./event-stream-view.ts";
import {
  createInstrumentFold,
  type InstrumentFold,
  type SavedInstrument,
} from "./instrument-view.ts";
import type { LabStatePort } from "./lab-ports.ts";
import {
  type EmergencyStopView,
  type OverviewView,
  QUARANTINE_LINES_SHOWN,
  type QuarantineLine,
} from "./overview-view.ts";
import { createRing, type Ring, type SavedRing } from "./ring.ts";
import { campaignStatePayload } from "./wire-payloads.ts";

export interface LabViewOptions {
  readonly site: string;
  readonly agentId: string;
  readonly state: LabStatePort;
  /** Connection of an instrument as its machine sees it (`stale` needs a clock); absent: as last announced. */
  readonly connectionOf?: ((instrumentId: string) => string | undefined) | undefined;
  /** Absent: every campaign stays at hand. */
  readonly packer?: Packer | undefined;
}

/** What a laboratory's view is folded into. */
export interface LabFold {
  readonly options: LabViewOptions;
  readonly campaigns: CampaignFolds;
  readonly instruments: Map<string, InstrumentFold>;
  /** What instruments offer and why they are not used, as campaigns were last shown it. */
  readonly usable: Map<string, string>;
  readonly progress: Map<string, { fraction: number; text?: string | undefined }>;
  readonly plannerFailures: Map<string, string>;
  lines: Ring<EventLine>;
  quarantine: Ring<QuarantineLine>;
  quarantinedByReason: Partial<Record<QuarantineReason, number>>;
  /** Refused messages of which the log has only the number. */
  quarantineCounted: number;
  /** Who sends more garbage than is kept, at the moment. */
  readonly floods: Map<string, Flood>;
  readonly changed: Set<string>;
  counts: { results: number; failures: number; duplicates: number };
  agent: OverviewView["agent"];
  started_ms: number;
  emergencyStop: EmergencyStopView;
  /** Where in the log the emergency stop was last cleared. */
  cleared_position: number;
  isBrokerLost: boolean;
  /** Acknowledged events that the log went on without at this start. */
  logLoss: { readonly after: number; readonly through: number } | undefined;
}

export function campaignOf(fold: LabFold, campaignId: string): CampaignView | undefined {
  const status = fold.options.state.campaignStatus(campaignId);
  return fold.campaigns.look(campaignId)?.view(status, (jobId) => fold.progress.get(jobId));
}

export function briefOf(fold: LabFold, campaignId: string): CampaignBrief | undefined {
  const campaign = fold.campaigns.look(campaignId);
  return campaign?.brief(fold.options.state.campaignStatus(campaignId));
}

/** A campaign's line of the overview, and why it is in its state. */
export function lineOf(fold: LabFold, campaignId: string): ShelvedLine | undefined {
  const shelved = fold.campaigns.lineOf(campaignId);
  if (shelved !== undefined) return shelved;
  const c = campaignOf(fold, campaignId);
  if (c === undefined) return undefined;
  const line = {
    campaignId: c.campaignId,
    title: c.title,
    goal: c.goal,
    state: c.state,
    budget: c.budget,
    inFlight: c.inFlight,
    waits: c.waits,
    reasons: c.reasons,
    remaining_s: c.remaining_s,
    observations: c.observations.total,
    waiting: c.waiting !== undefined,
  };
  return { line, stateReason: c.stateReason, payload: campaignStatePayload(c) };
}

export function shelveCampaign(fold: LabFold, campaignId: string): void {
  const line = lineOf(fold, campaignId);
  if (line === undefined) return;
  fold.campaigns.shelve(campaignId, line);
  // What changed of it while the log was folded is not news.
  fold.changed.delete(`campaign/${campaignId}`);
}

/** What a saved view consists of. */
interface SavedView
  extends Pick<
    LabFold,
    | "progress"
    | "plannerFailures"
    | "quarantinedByReason"
    | "quarantineCounted"
    | "floods"
    | "counts"
    | "agent"
    | "started_ms"
    | "emergencyStop"
    | "cleared_position"
    | "logLoss"
  > {
  readonly campaigns: SavedFolds;
  readonly instruments: Map<string, SavedInstrument>;
  readonly lines: SavedRing<EventLine>;
  readonly quarantine: SavedRing<QuarantineLine>;
}

/** Everything that follows from the log but what is packed, as plain data. */
export function saveFold(fold: LabFold): unknown {
  const { options: _, changed: __, isBrokerLost: ___, usable: ____, ...rest } = fold;
  const saved: SavedView = {
    ...rest,
    campaigns: fold.campaigns.save(),
    instruments: new Map([...fold.instruments].map(([id, one]) => [id, one.save()])),
    lines: fold.lines.save(),
    quarantine: fold.quarantine.save(),
  };
  return toPlain(saved);
}

/** Makes an empty fold the one that was saved. */
export function restoreFold(fold: LabFold, plain: unknown): void {
  const { campaigns, instruments, lines, quarantine, progress, plannerFailures, ...rest } =
    fromPlain(plain) as SavedView;
  fold.campaigns.restore(campaigns);
  for (const [id, saved] of instruments) fold.instruments.set(id, createInstrumentFold(id, saved));
  for (const [id, one] of progress) fold.progress.set(id, one);
  for (const [id, why] of plannerFailures) fold.plannerFailures.set(id, why);
  Object.assign(fold, rest, {
    lines: createRing(EVENT_LINES_KEPT, lines),
    quarantine: createRing(QUARANTINE_LINES_SHOWN, quarantine),
  });
}
