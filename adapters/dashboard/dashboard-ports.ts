import type { Candidate, Parameters } from "../../src/domain/candidate.ts";
import type { DataReference, Observation } from "../../src/domain/observation.ts";
import type { ReportedBy } from "../../src/domain/people.ts";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import type { OperatorCommand } from "../../src/events/lab-fact.ts";
import type { CampaignView, ObservationView } from "../../src/views/campaign-view.ts";
import type { EventLine } from "../../src/views/event-stream-view.ts";
import type { ExportDocument } from "../../src/views/export-document.ts";
import type { InstrumentDetailView } from "../../src/views/instrument-view.ts";
import type { OverviewView } from "../../src/views/overview-view.ts";
import type { PatternLook } from "../../src/views/pattern-look.ts";
import type { StructureLook } from "../../src/views/structure-look.ts";
import type { TodoView } from "../../src/views/todo-view.ts";

/** What the dashboard asks of the daemon. All of it is cheap except `plannerView` and `exportDocument`. */
export interface DashboardPorts {
  overview(): OverviewView;
  /** The list of the people at the bench. */
  todo(): TodoView;
  campaign(campaignId: string): CampaignView | undefined;
  observations(campaignId: string, from: number): readonly ObservationView[];
  instrument(instrumentId: string): InstrumentDetailView | undefined;
  /** The candidates of a campaign with a discrete search space; empty for a continuous one. */
  candidates(campaignId: string): readonly Candidate[] | undefined;
  /**
   * What the planner would draw (plain JSON with a `kind`): now, or as it was after the first `observations` results.
   */
  plannerView(campaignId: string, observations?: number): Promise<PlannerView>;
  /**
   * A look at the structure model of a campaign and at the simulation whose result is at `position`; `undefined` for a
   * campaign without such a model. Slow: it classifies up to 30 frames.
   */
  structure(campaignId: string, position: number | undefined): Promise<StructureLook | undefined>;
  /**
   * How the pattern of the result at `position` is read with the campaign's references as they are now; `undefined` where it has
   * none, or the campaign reads none. Slow: some tens of milliseconds, and the log is read.
   */
  pattern(campaignId: string, position: number): Promise<PatternLook | undefined>;
  exportDocument(campaignId: string): Promise<ExportDocument | undefined>;
  /** The last lines of the log that are kept, behind a position. */
  linesAfter(position: number): readonly EventLine[];
  /** Photographs of the bench. */
  readonly photos: KeptPhotos;
  /** Jobs that programs are asked to do, and what they report of them. */
  readonly asked: AskedJobs;
  searchEvents(search: string, limit: number): readonly EventLine[];
  /** Takes the same path as an operator's MQTT command; resolves with the agent's reply. */
  submitOperatorCommand(command: OperatorRequest): Promise<OperatorReply>;
}

/** Photographs by their contents; `keep` throws TL-9008 for what is no picture. */
export interface KeptPhotos {
  keep(bytes: Uint8Array): DataReference;
  find(sha256: string): DataReference | undefined;
  read(sha256: string): { readonly bytes: Uint8Array; readonly mediaType: string } | undefined;
}

/** Jobs whose results come over HTTP, as a desk of them keeps them. */
export interface AskedJobs {
  open(): readonly {
    readonly jobId: string;
    readonly attempt: number;
    readonly instrumentId: string;
    readonly campaignId?: string | undefined;
    readonly capability: string;
    readonly parameters: Parameters;
  }[];
  /** Resolves when the result is safe; `false` where no such job waits. */
  report(
    jobId: string,
    result:
      | { readonly observations: readonly Observation[]; readonly actual?: Parameters }
      | { readonly failed: string; readonly retryable: boolean },
    reported: ReportedBy,
  ): Promise<boolean>;
}

/** An operator's word, from the page. `commandId` makes sending it twice the same command. */
export type OperatorRequest = { readonly commandId: string; readonly by: string } & (
  | ({ readonly kind: "campaign" } & Omit<OperatorCommand, "by">)
  | { readonly kind: "emergencyStop"; readonly active: boolean; readonly reason: string }
);

export interface OperatorReply {
  readonly accepted: boolean;
  readonly reason?: string | undefined;
  /** Of an approval or a rejection: the points that it covered. */
  readonly candidateIds?: readonly string[] | undefined;
}
