import { randomBytes, randomUUID } from "node:crypto";
import { createEmbeddedBroker } from "../adapters/broker/embedded-broker.ts";
import type { FileRules } from "../adapters/frames/data-reference.ts";
import {
  createFactInterpreter,
  INTERPRETERS,
  type Interpreter,
} from "../adapters/interpreters/index.ts";
import { mayPublish } from "../adapters/mqtt/access.ts";
import { createAgentMessages } from "../adapters/mqtt/agent-messages.ts";
import { createBrokerClient } from "../adapters/mqtt/broker-client.ts";
import { createOperatorCheck } from "../adapters/mqtt/operator-check.ts";
import { daemonFilters, mayBeRetained } from "../adapters/mqtt/topics.ts";
import { createPlannerThreads } from "../adapters/planner-worker/planner-threads.ts";
import {
  createTaughtPlanner,
  type TaughtPlanner,
} from "../adapters/planner-worker/taught-planner.ts";
import { cacheFolderOf, openEventLog } from "../adapters/storage/open-event-log.ts";
import { createSnapshotFile } from "../adapters/storage/snapshot-file.ts";
import { codeFingerprint } from "../adapters/system/code-fingerprint.ts";
import { deflatePacker } from "../adapters/system/deflate-packer.ts";
import { systemClock, systemTimers } from "../adapters/system/system-clock.ts";
import {
  type BrokerLogin,
  type BrokerUser,
  brokerLogin,
  brokerUsers,
  operatorsOf,
} from "../config/broker-access.ts";
import type { LoadedConfiguration } from "../config/load-configuration.ts";
import type { Configuration } from "../config/schema.ts";
import { composeLoop, type Loop } from "./compose-loop.ts";
import type { Logger } from "./core/logger.ts";
import { VERSION } from "./core/version.ts";
import type { CampaignSpec } from "./domain/campaign.ts";
import type { EventLog } from "./events/event-log.ts";
import type { Leadership, LogLease } from "./events/log-lease.ts";
import type { MessageBus, OutgoingMessage } from "./events/message-bus.ts";
import { locateJob } from "./runtime/lab-status.ts";
import { createLeadingBus } from "./runtime/leading-bus.ts";
import type { KillPoint, RuntimePorts } from "./runtime/ports.ts";
import type { PlannedCampaign } from "./runtime/take-configuration.ts";

export interface DaemonOptions {
  readonly configuration: Configuration;
  readonly campaigns: readonly PlannedCampaign[];
  /** Where the event log is: a folder, or an address such as `memory:`. */
  readonly log: string;
  /** A person knows that acknowledged events are gone, and wants the log to go on without them. */
  readonly acceptLoss?: boolean | undefined;
  /** Data folder: caches of a log that has no folder of its own lie there. */
  readonly folder?: string | undefined;
  /** Which files instruments may refer to; absent: every regular one. */
  readonly files?: FileRules | undefined;
  /** Further ones than the daemon's own. */
  readonly interpreters?: readonly Interpreter[] | undefined;
  /** Who reported the results of instruments that ask people and programs. */
  readonly reporterOf?: RuntimePorts["reporterOf"];
  readonly logger: Logger;
  /** Where in the configuration's file a key stands. */
  readonly sourceOf?: LoadedConfiguration["sourceOf"] | undefined;
  readonly at?: ((point: KillPoint) => void) | undefined;
  /** Called after each group of events. */
  readonly onSettled?: (() => void) | undefined;
  /** Called with each message that the agent shows: campaign topics and dashboard views. */
  readonly onPublished?: ((message: OutgoingMessage) => void) | undefined;
  /** How far the log is folded, during the start. */
  readonly onReplay?: ((position: number, last: number) => void) | undefined;
  /** The log cannot be written: nothing more is acknowledged or dispatched. */
  readonly onFatal: (error: unknown) => void;
  /** Another daemon may lead: this one follows the log, and its `start` resolves when it leads itself. */
  readonly standBy?: boolean | undefined;
  /** Address of the page, for those who look who leads. */
  readonly page?: (() => string | undefined) | undefined;
  /** A person asked this daemon to let another one lead: it is to be stopped. */
  readonly onHandover?: ((by: string) => void) | undefined;
}

/** A running laboratory loop on real adapters. */
export interface Daemon extends Loop {
  readonly planner: TaughtPlanner;
  /** Where instruments connect: `mqtt://...`; known after the start. */
  readonly brokerUrl: string;
  /** How this process's own simulated instruments and runners present themselves there. */
  readonly brokerLogin: BrokerLogin;
  /** Who leads, where several daemons may share the log. */
  leadership(): Leadership | undefined;
}

/** The composition root: wires adapters, log, loop and planner; `start()` acts, `stop()` is idempotent. */
export async function createDaemon(options: DaemonOptions): Promise<Daemon> {
  const { configuration, logger, acceptLoss } = options;
  const folder = cacheFolderOf(options.log, options.folder ?? "");
  const store = folder === "" ? undefined : createSnapshotFile(folder, codeFingerprint());
  const found = await store?.load();
  const known = found?.mark;
  const { standBy, page } = options;
  const log = await openEventLog({
    ...{ address: options.log, logger, acceptLoss, known, standBy, page },
  });
  const isFitting = known !== undefined && log.knownThrough === known.position;
  const planner = createTaughtPlanner(createPlannerThreads({ logger }));
  const own = ownLogin(configuration);
  const bus = createBus({ configuration, own, logger, lease: log.lease }, () => loop.lab.epoch);
  const interpreters = [
    ...INTERPRETERS.map((create) => create({ files: options.files })),
    ...(options.interpreters ?? []),
  ];
  const interpreter = createFactInterpreter({
    interpreters,
    specOf: (jobId) => specOf(loop, jobId),
    logger,
  });
  const loop: Loop = composeLoop(
    {
      ...{ log, planner, clock: systemClock, timers: systemTimers, logger, at: options.at },
      bus: log.lease === undefined ? bus : createLeadingBus(bus, log.lease),
      packer: deflatePacker,
      vouch: createOperatorCheck(operatorsOf(configuration)),
      reporterOf: options.reporterOf,
      interpret: (fact) => interpreter.interpret(fact),
      reread: (observations, spec) => interpreter.reread(observations, spec),
      monotonic_ms: () => performance.now(),
    },
    {
      site: configuration.site,
      timeZone: configuration.timeZone,
      agentId: configuration.agent,
      policies: configuration.instruments,
      interprets: interpreters.map(({ takes, gives }) => ({ takes, gives })),
      sourceOf: options.sourceOf,
      campaigns: options.campaigns,
      snapshots: store && { store, found: isFitting ? found : undefined },
      onPublished: options.onPublished,
      leadership: () => log.lease?.leadership(),
      observer: {
        onSettled: () => options.onSettled?.(),
        onConnection: (connected) => logger.info({ connected }, "broker.connection"),
        onReplay: (position, last) => options.onReplay?.(position, last),
        onFatal: options.onFatal,
      },
    },
  );
  log.lease?.onEnd((end) =>
    end.kind === "lost" ? options.onFatal(end.error) : options.onHandover?.(end.by),
  );
  log.lease?.onChange(() => loop.showFollowed());
  return daemonOf({ loop, log, bus, planner, interpreter, configuration, own });
}

/** What a daemon is made of. */
interface Parts {
  readonly loop: Loop;
  readonly log: EventLog;
  readonly bus: MessageBus;
  readonly planner: TaughtPlanner;
  readonly interpreter: { stop(): Promise<unknown> };
  readonly configuration: Configuration;
  readonly own: BrokerLogin;
}

function daemonOf(parts: Parts): Daemon {
  const { loop, log, bus, planner, interpreter, configuration, own } = parts;
  let stopped = false;
  return {
    ...loop,
    planner,
    brokerLogin: own,
    get brokerUrl() {
      return configuration.broker.url ?? `mqtt://${configuration.broker.host}:${embeddedPort(bus)}`;
    },
    leadership: () => log.lease?.leadership(),
    start: () => loop.start(),
    stop: async () => {
      if (stopped) return;
      stopped = true;
      await loop.stop();
      await bus.stop();
      await interpreter.stop();
      await planner.stop();
      await log.close();
    },
  };
}

function specOf({ lab }: Loop, jobId: string): CampaignSpec | undefined {
  return lab.specs.get(locateJob(lab, jobId)?.campaignId ?? "");
}

/** At an external broker, the login of files and environment; at our own with users, one that lives as long as the process. */
function ownLogin({ broker }: Configuration): BrokerLogin {
  if (broker.url !== undefined) return brokerLogin(broker);
  if (broker.users.length === 0) return {};
  return { username: `own.${randomUUID()}`, password: randomBytes(32).toString("base64url") };
}

/** Who may connect to our own broker; none: everybody on this machine. */
function usersOf({ broker }: Configuration, { username, password }: BrokerLogin): BrokerUser[] {
  if (username === undefined) return [];
  const instruments: BrokerUser = {
    ...{ name: username, password },
    principal: { kind: "instrument", instrumentIds: "all" },
  };
  return [...brokerUsers(broker), instruments];
}

function createBus(
  needs: {
    readonly configuration: Configuration;
    readonly own: BrokerLogin;
    readonly logger: Logger;
    readonly lease: LogLease | undefined;
  },
  epoch: () => number,
): MessageBus {
  const { configuration, own: login, logger, lease } = needs;
  const { site, agent: agentId, broker } = configuration;
  const filters = daemonFilters(site);
  if (broker.url === undefined) {
    return createEmbeddedBroker({
      host: broker.host,
      port: broker.port,
      webSocketPort: broker.webSocketPort,
      origins: broker.origins,
      allowedHosts: broker.allowedHosts,
      ownClientId: clientIdOf(configuration),
      users: usersOf(configuration, login),
      mayPublish: (principal, topic) => mayPublish(site, principal, topic),
      filters,
      mayBeRetained: (topic) => mayBeRetained(site, topic),
      logger,
    });
  }
  return createBrokerClient({
    url: broker.url,
    clientId: clientIdOf(configuration),
    ...login,
    protocol: broker.protocol,
    filters,
    lease,
    will: () =>
      createAgentMessages({ site, agentId, epoch: epoch() }).online(
        false,
        VERSION,
        systemClock.now_ms(),
      ),
    logger,
  });
}

function clientIdOf({ site, agent }: Configuration): string {
  return `tieline-${site}-${agent}`;
}

function embeddedPort(bus: MessageBus): number {
  return "port" in bus && typeof bus.port === "number" ? bus.port : 0;
}
