import { tmpdir } from "node:os";
import type { OperatorPolicy } from "../../adapters/dashboard/command-route.ts";
import type { OperatorReply, OperatorRequest } from "../../adapters/dashboard/dashboard-ports.ts";
import {
  createDashboardServer,
  type DashboardServer,
} from "../../adapters/dashboard/dashboard-server.ts";
import { createAgentMessages } from "../../adapters/mqtt/agent-messages.ts";
import { createViewPublisher } from "../../adapters/mqtt/view-publisher.ts";
import { openPhotoStore, type PhotoRoom } from "../../adapters/photos/photo-store.ts";
import { systemClock, systemTimers } from "../../adapters/system/system-clock.ts";
import type { PlannerView } from "../../src/domain/planner-view.ts";
import type { LabEvent } from "../../src/events/lab-event.ts";
import type { OutgoingMessage } from "../../src/events/message-bus.ts";
import { createExportFold } from "../../src/views/export-document.ts";
import { createLabView, type LabView } from "../../src/views/lab-view.ts";
import type { PatternLook } from "../../src/views/pattern-look.ts";
import type { StructureLook } from "../../src/views/structure-look.ts";
import {
  createScriptedLaboratory,
  type ScriptedLaboratory,
  type ScriptOptions,
} from "./scripted-laboratory.ts";

/** The real dashboard server on a free port, fed by a scripted laboratory. */
export interface ScriptedDashboard {
  readonly laboratory: ScriptedLaboratory;
  readonly labView: LabView;
  readonly server: DashboardServer;
  readonly url: string;
  /** Commands that reached the port, oldest first. */
  readonly commands: readonly OperatorRequest[];
  /** The message of one view as it stands, whatever the contract's rate. */
  message(view: string): OutgoingMessage;
  /** Tells the page what has changed. */
  flush(): void;
  stop(): Promise<void>;
}

export interface ScriptedDashboardOptions extends ScriptOptions {
  readonly policy?: OperatorPolicy;
  readonly port?: number;
  /** Where photographs are kept. */
  readonly folder?: string;
  readonly photoRoom?: PhotoRoom;
  readonly reply?: (request: OperatorRequest) => OperatorReply;
  /** What a look at the structure model shows. */
  readonly structure?: StructureLook;
  /** How the pattern of a result is read. */
  readonly pattern?: (position: number) => PatternLook | undefined;
  /** In place of the scripted laboratory's own map. */
  readonly plannerView?: (observations: number | undefined) => PlannerView;
}

export async function startScriptedDashboard(
  options: ScriptedDashboardOptions = {},
): Promise<ScriptedDashboard> {
  let labView: LabView | undefined;
  const early: LabEvent[] = [];
  const laboratory = createScriptedLaboratory({
    ...options,
    onEvent: (event) => {
      if (labView === undefined) early.push(event);
      else labView.fold(event);
    },
  });
  const view = createLabView({ site: "lab", agentId: "agent1", state: laboratory.state });
  labView = view;
  for (const event of early) view.fold(event);
  const commands: OperatorRequest[] = [];
  const server = createDashboardServer({
    host: "127.0.0.1",
    port: options.port ?? 0,
    policy: options.policy ?? { readOnly: false },
    ports: {
      overview: view.overview,
      todo: view.todo,
      campaign: view.campaign,
      observations: view.observations,
      instrument: view.instrument,
      linesAfter: () => [],
      asked: { open: () => [], report: async () => false },
      photos: openPhotoStore(options.folder ?? tmpdir(), options.photoRoom),
      searchEvents: view.searchEvents,
      candidates: (id) => (id === laboratory.spec.campaignId ? laboratory.candidates : undefined),
      plannerView: async (_, observations) =>
        (options.plannerView ?? laboratory.plannerView)(observations),
      structure: async () => options.structure,
      pattern: async (_, position) => options.pattern?.(position),
      exportDocument: async (id) => {
        const fold = createExportFold({ site: "lab", version: "0.1.0", state: laboratory.state });
        for (const event of laboratory.events) fold.fold(event);
        return fold.document(id);
      },
      submitOperatorCommand: async (request) => {
        commands.push(request);
        return options.reply?.(request) ?? { accepted: true };
      },
    },
  });
  const messages = createAgentMessages({ site: "lab", agentId: "agent1", epoch: 1 });
  const publisher = createViewPublisher({
    view,
    messages: () => messages,
    clock: systemClock,
    timers: systemTimers,
    publish: server.publish,
  });
  const { url } = await server.start();
  publisher.publishChanges();
  return {
    laboratory,
    labView: view,
    server,
    url,
    commands,
    message: (name) => {
      const [kind, id = ""] = name.split("/");
      const now_ms = Date.now();
      if (kind === "campaign") {
        return messages.dashboardCampaign(id, { ...view.campaign(id) }, now_ms);
      }
      if (kind === "instrument") {
        return messages.dashboardInstrument(id, { ...view.instrument(id) }, now_ms);
      }
      return messages.dashboard(
        name,
        { ...(name === "events" ? view.events() : view.overview()) },
        now_ms,
      );
    },
    flush: () => publisher.publishChanges(),
    stop: async () => {
      publisher.stop();
      await server.stop();
    },
  };
}
