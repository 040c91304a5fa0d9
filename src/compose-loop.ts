import { type AgentMessages, createAgentMessages } from "../adapters/mqtt/agent-messages.ts";
import { createOutlet } from "../adapters/mqtt/view-outlet.ts";
import { createViewPublisher, type ViewPublisher } from "../adapters/mqtt/view-publisher.ts";
import { createWireCodec } from "../adapters/mqtt/wire-codec.ts";
import type { Clock } from "./core/clock.ts";
import { VERSION } from "./core/version.ts";
import type { ResultJudgement } from "./domain/limits/judge-result.ts";
import type { InstrumentPolicies, Laboratory } from "./domain/limits/known-laboratory.ts";
import type { FoldSnapshot, SnapshotStore } from "./events/fold-snapshot.ts";
import type { LabEvent } from "./events/lab-event.ts";
import type { LabFact } from "./events/lab-fact.ts";
import type { OutgoingMessage } from "./events/message-bus.ts";
import { createFoldCache, restoreSnapshot, type SnapshotPace } from "./replay/fold-cache.ts";
import { type CampaignIndex, createCampaignIndex } from "./runtime/campaign-index.ts";
import { createRuntime } from "./runtime/event-loop.ts";
import { createFarewell } from "./runtime/farewell.ts";
import { FINAL_STATES } from "./runtime/final-states.ts";
import { reasonsOfInstrument } from "./runtime/instrument-reasons.ts";
import type { Lab } from "./runtime/lab.ts";
import { labAlarms, type SourceOf } from "./runtime/lab-alarms.ts";
import {
  campaignOfLoad,
  listJobs,
  locateJob,
  observationsOf,
  summariseCampaign,
} from "./runtime/lab-status.ts";
import { guardsOfInstrument } from "./runtime/placed-guards.ts";
import type { RuntimeObserver, RuntimePorts } from "./runtime/ports.ts";
import { readRuns } from "./runtime/read-runs.ts";
import type { Runtime } from "./runtime/runtime.ts";
import {
  defineCampaigns,
  type PlannedCampaign,
  takeInstruments,
} from "./runtime/take-configuration.ts";
import { createChangeTeller } from "./runtime/tell-changes.ts";
import { listTodos } from "./runtime/todos.ts";
import { upkeepInWords } from "./runtime/upkeep.ts";
import { alarmChanges } from "./views/alarm-changes.ts";
import type { LabStatePort } from "./views/lab-ports.ts";
import { createLabView, type LabView } from "./views/lab-view.ts";
import type { OverviewView } from "./views/overview-view.ts";

export interface LoopOptions {
  readonly site: string;
  readonly agentId: string;
  /** The laboratory's, for opening hours; absent: UTC. */
  readonly timeZone?: string | undefined;
  /** What the configuration says of instruments. */
  readonly policies: InstrumentPolicies;
  /** Kinds of result that interpreters turn into others. */
  readonly interprets?: Laboratory["interprets"];
  readonly campaigns: readonly PlannedCampaign[];
  /** Where in the configuration's file a key stands. */
  readonly sourceOf?: SourceOf | undefined;
  /** Least time between two messages of one dashboard view, ms; default: what the contract allows, a second. */
  readonly dashboardEvery_ms?: number | undefined;
  /** Looks on beside the views. */
  readonly observer?: RuntimeObserver | undefined;
  /** Called with each message that the agent shows: campaign topics and dashboard views. */
  readonly onPublished?: ((message: OutgoingMessage) => void) | undefined;
  /** Who leads, where several daemons may share the log. */
  readonly leadership?: LabStatePort["leadership"];
  /** Where snapshots of the log go, and the one that fits it; absent: every start folds the whole log. */
  readonly snapshots?:
    | {
        readonly store: SnapshotStore;
        readonly found?: FoldSnapshot | undefined;
        readonly pace?: SnapshotPace | undefined;
      }
    | undefined;
}

/** The loop without the world: the same for the daemon and for a simulation in virtual time. */
export interface Loop {
  readonly lab: Lab;
  readonly view: LabView;
  start(): Promise<void>;
  /** What folds of the log need to know of the machines. */
  readonly statePort: LabStatePort;
  /** Every event of the log, from the first. */
  readLog(): Iterable<LabEvent> | AsyncIterable<LabEvent>;
  /** The events of one campaign: no others are read. */
  readCampaign(campaignId: string): AsyncIterable<LabEvent>;
  submit(fact: LabFact): Promise<unknown>;
  /** What a person says of a step of his, by another way than the broker. */
  report: Runtime["report"];
  /** Defines campaigns that are new and adds the candidates that known ones have got, while everything runs. */
  define(campaigns: readonly PlannedCampaign[]): Promise<void>;
  /** The configuration's edited word on instruments: tighter at once, wider once somebody has approved it. */
  configureInstruments(policies: InstrumentPolicies, sourceOf?: SourceOf): Promise<void>;
  /** A stop tells every instrument at once, then is logged: instruments don't wait for the disk. TL-3003 refused. */
  emergencyStop(stop: Parameters<Runtime["emergencyStop"]>[0]): Promise<void>;
  /** True when every campaign is over. */
  isFinished(): boolean;
  /** Shows on the page what was followed of another daemon's log, and who leads. */
  showFollowed(): void;
  /** It is about to be stopped: what this process runs itself is closed next, and nobody is alarmed about that. */
  leave(): void;
  stop(): Promise<void>;
}

/** Wires runtime, views and publisher to the ports given. */
export function composeLoop(
  ports: Omit<RuntimePorts, "codec" | "restore">,
  options: LoopOptions,
): Loop {
  const { site, agentId, policies, timeZone, interprets } = options;
  const { bus, clock, timers, logger } = ports;
  let runtime: Runtime;
  const lines: { sourceOf: SourceOf | undefined } = { sourceOf: options.sourceOf };
  const sourceOf: SourceOf = (path) => lines.sourceOf?.(path);
  const { leadership } = options;
  const statePort = { ...statePortOf(() => runtime.lab, sourceOf), leadership };
  const view = createLabView({
    ...{ site, agentId, state: statePort },
    connectionOf: (id) => connectionOf(runtime.lab, id),
    packer: ports.packer,
  });
  const index = createCampaignIndex();
  const snapshot = options.snapshots?.found;
  const restore = (lab: Lab): number =>
    snapshot ? restoreSnapshot({ lab, index, view }, snapshot) : 0;
  const messages = () => createAgentMessages({ site, agentId, epoch: runtime.lab.epoch });
  const isFollowing = (): boolean => leadership?.()?.role === "follows";
  const publish = createOutlet(bus, { logger, isMute: isFollowing }, options.onPublished);
  const publisher = createViewPublisher({
    ...{ view, messages, publish, clock, timers, onOverview: alarmTeller(logger) },
    dashboardEvery_ms: options.dashboardEvery_ms,
  });
  const agent = createAgent(() => runtime.lab, messages, { publish, clock });
  runtime = createRuntime(
    { ...ports, restore, codec: createWireCodec({ site }) },
    { site, agentId, version: VERSION, policies, timeZone, interprets },
    observerOf({
      ...{ agent, view, publisher, logger, index, further: options.observer },
      settled: () => cache?.note(),
      sourceOf,
    }),
  );
  const cache = foldCacheOf({ lab: runtime.lab, index, view }, ports, options.snapshots);
  const configuration = configurationOf(runtime, ports, agentId, lines);
  return {
    lab: runtime.lab,
    view,
    start: async () => {
      const hasFollowed = isFollowing();
      await beginLeading(runtime, ports, agent, () => configuration.define(options.campaigns));
      // Where nobody speaks for a while, the log is shown all the same; what was followed was shown on the page only.
      if (hasFollowed) publisher.publishAll();
      else publisher.publishChanges();
    },
    showFollowed: () => {
      view.touch("overview");
      if (isFollowing()) cache?.note();
      if (isFollowing() || agent.online) publisher.publishChanges();
    },
    statePort,
    readLog: () => ports.log.read(),
    readCampaign: (id) => readRuns(ports.log, index.runsOf(id)),
    ...waysIn(() => runtime),
    ...configuration,
    isFinished: () => isFinished(runtime.lab),
    ...farewellOf({ agent, publisher, bus }, async () => {
      await runtime.stop();
      await cache?.stop();
    }),
  };
}

function foldCacheOf(
  folded: Parameters<typeof createFoldCache>[0]["folded"],
  { log, logger }: Pick<RuntimePorts, "log" | "logger">,
  snapshots: LoopOptions["snapshots"],
): ReturnType<typeof createFoldCache> | undefined {
  if (snapshots === undefined) return undefined;
  const { store, found, pace } = snapshots;
  return createFoldCache({ folded, log, logger, store, from: found?.mark.position ?? 0, pace });
}

async function beginLeading(
  runtime: Runtime,
  { log }: Pick<RuntimePorts, "log">,
  agent: Agent,
  define: () => Promise<void>,
): Promise<void> {
  await runtime.start();
  if (log.loss !== undefined) await runtime.submit({ type: "log.lossAccepted", ...log.loss });
  agent.online = true;
  announce(agent, true);
  await define();
}

/** What an edited configuration does to a loop that runs. */
function configurationOf(
  runtime: Runtime,
  ports: Pick<RuntimePorts, "logger">,
  agentId: string,
  lines: { sourceOf: SourceOf | undefined },
): Pick<Loop, "define" | "configureInstruments"> {
  return {
    define: (campaigns) => defineCampaigns(runtime, ports, agentId, campaigns),
    configureInstruments: (wanted, sourceOf) => {
      lines.sourceOf = sourceOf ?? lines.sourceOf;
      return takeInstruments(runtime, ports.logger, wanted);
    },
  };
}

/** Words that come by another way than the broker. */
function waysIn(runtime: () => Runtime): Pick<Loop, "submit" | "report" | "emergencyStop"> {
  return {
    emergencyStop: (stop) => runtime().emergencyStop(stop),
    submit: (fact) => runtime().submit(fact),
    report: (command) => runtime().report(command),
  };
}

/** What speaks for the agent itself. */
interface Agent {
  readonly lab: () => Lab;
  readonly messages: () => AgentMessages;
  readonly publish: (message: OutgoingMessage) => void;
  readonly clock: Clock;
  online: boolean;
  /** It is about to end, of its own accord. */
  hasLeft: boolean;
}

function createAgent(
  lab: Agent["lab"],
  messages: Agent["messages"],
  ports: Pick<Agent, "publish" | "clock">,
): Agent {
  return { ...ports, lab, messages, online: false, hasLeft: false };
}

function farewellOf(
  { agent, publisher, bus }: { agent: Agent; publisher: ViewPublisher } & Pick<RuntimePorts, "bus">,
  end: () => Promise<void>,
): Pick<Loop, "leave" | "stop"> {
  const mute = (): void => {
    publisher.stop();
    agent.hasLeft = true;
  };
  return createFarewell({ bus, mute, goOffline: () => goOffline(agent), end });
}

function goOffline(agent: Agent): (() => OutgoingMessage) | undefined {
  if (!agent.online) return undefined;
  agent.online = false;
  return () => agent.messages().online(false, VERSION, agent.clock.now_ms());
}

function announce({ messages, publish, clock }: Agent, online: boolean): void {
  publish(messages().online(online, VERSION, clock.now_ms()));
}

interface Onlookers {
  readonly agent: Agent;
  readonly view: LabView;
  readonly index: CampaignIndex;
  /** Everything that the log has is folded. */
  readonly settled: () => void;
  readonly publisher: ViewPublisher;
  readonly further: RuntimeObserver | undefined;
  readonly logger: RuntimePorts["logger"];
  readonly sourceOf: SourceOf | undefined;
}

/** A number that is taken in another unit, and a result that is not taken at all, are told where people look. */
function tellJudgement(
  logger: RuntimePorts["logger"],
  judgement: ResultJudgement | undefined,
): void {
  if (judgement === undefined) return;
  const { unusable, remarks } = judgement;
  if (unusable !== undefined) logger.warn({ why: unusable }, "result.setAside");
  else for (const what of remarks) logger.info({ what }, "result.converted");
}

/** One line in the daemon's log for each thing that the configuration and a birth do not agree on, as it is found. */
function problemTeller({ logger, sourceOf }: Onlookers): (lab: Lab, live: boolean) => void {
  let told: Lab["problems"] = [];
  return ({ problems }, live) => {
    if (!live || problems === told) return;
    const known = new Set(told.map(({ path, text }) => `${path.join("/")} ${text}`));
    for (const { path, text } of problems) {
      if (known.has(`${path.join("/")} ${text}`)) continue;
      logger.warn({ at: sourceOf?.(path), key: path.join("."), text }, "limits.problem");
    }
    told = problems;
  };
}

/** One line for each alarm that is raised or cleared. */
function alarmTeller(logger: RuntimePorts["logger"]): (overview: OverviewView) => void {
  let before: OverviewView["alarms"] = [];
  return ({ alarms }) => {
    const { raised, cleared } = alarmChanges(before, alarms);
    for (const { alarmId, severity, subject, text } of raised)
      logger[severity === "critical" ? "error" : "warn"](
        { alarmId, subject, text },
        "alarm.raised",
      );
    for (const { alarmId, subject } of cleared) logger.info({ alarmId, subject }, "alarm.cleared");
    before = alarms;
  };
}

/** Folds what happens into the views and shows their changes. */
function observerOf(onlookers: Onlookers): RuntimeObserver {
  const { agent, view, index, settled, publisher, further, logger } = onlookers;
  const tellProblems = problemTeller(onlookers);
  const tellChanges = createChangeTeller(logger);
  const show = (): void => {
    if (agent.online) publisher.publishChanges();
  };
  return {
    ...further,
    onEvent: (event, lab, live) => {
      index.note(event);
      view.fold(event);
      tellProblems(lab, live);
      if (live) tellJudgement(logger, lab.judgements.get(event.position));
      if (live && !agent.hasLeft) tellChanges(event, lab);
      if (live) publisher.noteEvent(event);
      further?.onEvent?.(event, lab, live);
    },
    onSettled: (lab) => {
      show();
      settled();
      further?.onSettled?.(lab);
    },
    onShelved: (id) => view.shelve(id),
    onConnection: (connected) => {
      view.noteBroker(connected);
      if (!connected) show();
      if (connected && agent.online) {
        announce(agent, true);
        publisher.publishAll();
      }
      further?.onConnection?.(connected);
    },
    onTelemetry: (reading) => {
      view.noteTelemetry({ ...reading, time_ms: agent.clock.now_ms() });
      if (agent.online) publisher.publishReadings();
    },
    onProgress: (progress) => {
      view.noteProgress(progress);
      if (agent.online) publisher.publishReadings();
    },
    onCount: (what) => {
      if (what === "duplicate") view.noteDuplicate();
      further?.onCount?.(what);
    },
  };
}

function statePortOf(lab: () => Lab, sourceOf?: SourceOf): LabStatePort {
  return {
    alarms: () => labAlarms(lab(), sourceOf),
    todos: () => listTodos(lab()),
    toldAt: (position) => lab().told.get(position),
    judgementOf: (position) => lab().judgements.get(position),
    observationsOf: (id, position) => observationsOf(lab(), id, position),
    instrumentReasons: (id) => reasonsOfInstrument(lab(), id),
    upkeepOf: (id) => upkeepInWords(lab(), id),
    guardsOf: (id) => guardsOfInstrument(lab(), id),
    campaignStatus: (id) => summariseCampaign(lab(), id),
    locateJob: (id) => locateJob(lab(), id),
    campaignOfLoad: (id) => campaignOfLoad(lab(), id),
    allJobs: (id) => listJobs(lab(), id),
  };
}

function connectionOf(lab: Lab, instrumentId: string): string | undefined {
  const states = lab.machines.instrument.get(instrumentId)?.states;
  return states?.find((state) => state.startsWith("connection."))?.slice("connection.".length);
}

function isFinished(lab: Lab): boolean {
  const campaigns = [...lab.machines.campaign.values()];
  return campaigns.length > 0 && campaigns.every((one) => FINAL_STATES.has(one.states[0] ?? ""));
}
