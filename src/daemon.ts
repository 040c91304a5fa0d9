import { createEmbeddedBroker } from "../adapters/broker/embedded-broker.ts";
import { createAgentMessages } from "../adapters/mqtt/agent-messages.ts";
import { createBrokerClient } from "../adapters/mqtt/broker-client.ts";
import { daemonFilters, mayBeRetained } from "../adapters/mqtt/topics.ts";
import { createViewPublisher } from "../adapters/mqtt/view-publisher.ts";
import { createWireCodec } from "../adapters/mqtt/wire-codec.ts";
import { createPlannerWorker } from "../adapters/planner-worker/planner-worker.ts";
import { openFileEventLog } from "../adapters/storage/file-event-log.ts";
import { systemClock, systemTimers } from "../adapters/system/system-clock.ts";
import type { Configuration } from "../config/schema.ts";
import type { Logger } from "./core/logger.ts";
import { VERSION } from "./core/version.ts";
import type { CampaignSpec } from "./domain/campaign.ts";
import type { Limits } from "./domain/candidate.ts";
import type { LabEvent } from "./events/lab-event.ts";
import type { LabFact } from "./events/lab-fact.ts";
import type { MessageBus, OutgoingMessage } from "./events/message-bus.ts";
import type { PlannerPort } from "./events/planner-port.ts";
import { createRuntime, type Runtime } from "./runtime/event-loop.ts";
import type { Lab } from "./runtime/lab.ts";
import { FINAL_STATES, locateJob, summariseCampaign } from "./runtime/lab-status.ts";
import type { KillPoint } from "./runtime/ports.ts";
import type { LabStatePort } from "./views/lab-ports.ts";
import { createLabView, type LabView } from "./views/lab-view.ts";

export interface DaemonOptions {
  readonly configuration: Configuration;
  readonly campaigns: readonly CampaignSpec[];
  /** Folder of the event log. */
  readonly folder: string;
  readonly logger: Logger;
  readonly at?: ((point: KillPoint) => void) | undefined;
  /** Called after each group of events. */
  readonly onSettled?: (() => void) | undefined;
  /** Called with each message that the agent shows: campaign topics and dashboard views. */
  readonly onPublished?: ((message: OutgoingMessage) => void) | undefined;
  /** The log cannot be written: nothing more is acknowledged or dispatched. */
  readonly onFatal: (error: unknown) => void;
}

type EmergencyStopFact = Extract<LabFact, { readonly type: "safety.emergencyStop" }>;

/** The composition root's product: a running laboratory loop. */
export interface Daemon {
  readonly lab: Lab;
  readonly view: LabView;
  readonly planner: PlannerPort;
  /** Where instruments connect: `mqtt://...`; known after the start. */
  readonly brokerUrl: string;
  start(): Promise<void>;
  submit(fact: LabFact): Promise<unknown>;
  /** Tells every instrument at once and logs it; instruments don't wait for the log. */
  emergencyStop(stop: Omit<EmergencyStopFact, "type">): Promise<void>;
  /** Every event of the log, from the first. */
  readLog(): Iterable<LabEvent> | AsyncIterable<LabEvent>;
  /** What folds of the log need to know of the machines. */
  readonly statePort: LabStatePort;
  /** True when every campaign is over. */
  isFinished(): boolean;
  stop(): Promise<void>;
}

/** Wires adapters, log, runtime and planner; `start()` acts, `stop()` is idempotent. */
export async function createDaemon(options: DaemonOptions): Promise<Daemon> {
  const { configuration, logger } = options;
  const { site, agent: agentId } = configuration;
  const log = await openFileEventLog({ folder: options.folder, logger });
  const planner = createPlannerWorker({ logger });
  const bus = createBus(configuration, logger);
  let runtime: Runtime;
  const statePort: LabStatePort = {
    campaignStatus: (id) => summariseCampaign(runtime.lab, id),
    locateJob: (id) => locateJob(runtime.lab, id),
  };
  const view = createLabView({
    site,
    agentId,
    state: statePort,
    connectionOf: (id) =>
      runtime.lab.machines.instrument
        .get(id)
        ?.states.find((state) => state.startsWith("connection."))
        ?.slice(11),
  });
  const messages = () => createAgentMessages({ site, agentId, epoch: runtime.lab.epoch });
  const publish = (message: OutgoingMessage): void => {
    options.onPublished?.(message);
    bus
      .publish(message)
      .catch((error: unknown) =>
        logger.warn({ topic: message.topic, error: String(error) }, "view.notSent"),
      );
  };
  const publisher = createViewPublisher({
    view,
    messages,
    publish,
    clock: systemClock,
    timers: systemTimers,
  });
  runtime = createRuntime(
    {
      log,
      bus,
      codec: createWireCodec({ site }),
      planner,
      clock: systemClock,
      timers: systemTimers,
      logger,
      at: options.at,
    },
    { site, agentId, version: VERSION, instrumentLimits: instrumentLimits(configuration) },
    {
      onEvent: (event, _lab, live) => {
        view.fold(event);
        if (live) publisher.noteEvent(event);
      },
      onSettled: () => {
        publisher.publishChanges();
        options.onSettled?.();
      },
      onTelemetry: (reading) => {
        view.noteTelemetry({ ...reading, time_ms: systemClock.now_ms() });
        publisher.publishChanges();
      },
      onProgress: (progress) => {
        view.noteProgress(progress);
        publisher.publishChanges();
      },
      onCount: (what) => (what === "duplicate" ? view.noteDuplicate() : undefined),
      onConnection: (connected) => logger.info({ connected }, "broker.connection"),
      onFatal: options.onFatal,
    },
  );
  let stopped = false;
  return {
    get lab() {
      return runtime.lab;
    },
    view,
    planner,
    get brokerUrl() {
      return configuration.broker.url ?? `mqtt://${configuration.broker.host}:${embeddedPort(bus)}`;
    },
    start: async () => {
      await runtime.start();
      publish(messages().online(true, VERSION, systemClock.now_ms()));
      await defineCampaigns(runtime, options, agentId);
    },
    statePort,
    readLog: () => log.read(),
    submit: (fact) => runtime.submit(fact),
    emergencyStop: async ({ active, by, reason, message }) => {
      publish(messages().emergencyStop({ active, by, reason }, systemClock.now_ms()));
      await runtime.submit({ type: "safety.emergencyStop", active, by, reason, message });
    },
    isFinished: () => {
      const campaigns = [...runtime.lab.machines.campaign.values()];
      return (
        campaigns.length > 0 && campaigns.every((one) => FINAL_STATES.has(one.states[0] ?? ""))
      );
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      publisher.stop();
      await runtime.stop();
      await bus.publish(messages().online(false, VERSION, systemClock.now_ms())).catch(() => {});
      await bus.stop();
      await planner.stop();
      await log.close();
    },
  };
}

function createBus(configuration: Configuration, logger: Logger): MessageBus {
  const { site, agent: agentId, broker } = configuration;
  const filters = daemonFilters(site);
  if (broker.url === undefined) {
    return createEmbeddedBroker({
      host: broker.host,
      port: broker.port,
      webSocketPort: broker.webSocketPort,
      filters,
      mayBeRetained: (topic) => mayBeRetained(site, topic),
      logger,
    });
  }
  return createBrokerClient({
    url: broker.url,
    clientId: `tieline-${site}-${agentId}`,
    username: process.env["TIELINE_BROKER_USERNAME"],
    password: process.env["TIELINE_BROKER_PASSWORD"],
    filters,
    will: createAgentMessages({ site, agentId, epoch: 0 }).online(false, VERSION, 0),
    logger,
  });
}

function embeddedPort(bus: MessageBus): number {
  return "port" in bus && typeof bus.port === "number" ? bus.port : 0;
}

function instrumentLimits(configuration: Configuration): Record<string, Limits> {
  return Object.fromEntries(
    Object.entries(configuration.instruments).map(([id, { limits }]) => [id, limits]),
  );
}

/** Campaigns that the log does not know yet are defined; the settings of known ones are those of the log. */
async function defineCampaigns(
  runtime: Runtime,
  options: DaemonOptions,
  agentId: string,
): Promise<void> {
  for (const spec of options.campaigns) {
    const known = runtime.lab.specs.get(spec.campaignId);
    if (known !== undefined) {
      const isSame = JSON.stringify(known) === JSON.stringify(JSON.parse(JSON.stringify(spec)));
      const event =
        "campaign.settingsDiffer: the log's settings are used; a new id makes a new campaign";
      if (!isSame) options.logger.warn({ campaignId: spec.campaignId }, event);
    } else {
      await runtime.submit({ type: "campaign.defined", spec });
    }
    const configured = options.configuration.campaigns.find((one) => one.id === spec.campaignId);
    const isStarted = runtime.lab.replies.has(`${spec.campaignId}.autoStart`);
    if (configured?.autoStart !== true || isStarted) continue;
    await runtime.submit({
      type: "operator.command",
      campaignId: spec.campaignId,
      action: "start",
      commandId: `${spec.campaignId}.autoStart`,
      by: "configuration",
      message: { source: `agent/${agentId}`, id: `${spec.campaignId}.autoStart` },
    });
  }
}
