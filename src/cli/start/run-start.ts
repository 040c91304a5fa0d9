import { join, resolve } from "node:path";
import { type AskDesk, createAskDesk } from "../../../adapters/devices/asked/ask-desk.ts";
import type { Interpreter } from "../../../adapters/interpreters/index.ts";
import { shownBroker } from "../../../adapters/mqtt/broker-address.ts";
import { openPhotoStore } from "../../../adapters/photos/photo-store.ts";
import { shownAddress } from "../../../adapters/storage/open-event-log.ts";
import { createPinoLogger } from "../../../adapters/system/pino-logger.ts";
import { campaignSpecs } from "../../../config/campaign-spec.ts";
import { fileRules } from "../../../config/file-rules.ts";
import {
  defaultConfigurationFile,
  type LoadedConfiguration,
  loadConfiguration,
} from "../../../config/load-configuration.ts";
import { misuse } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { createDaemon, type Daemon } from "../../daemon.ts";
import type { PlannedCampaign } from "../../runtime/take-configuration.ts";
import { refuseBadModelsApart } from "../check-models-apart.ts";
import type { CommandIo } from "../command.ts";
import { leaveSoon } from "../leave-soon.ts";
import { loadExport } from "../load-module.ts";
import { killPointFromEnvironment } from "./kill-point.ts";
import { liveLine } from "./live-line.ts";
import { withPorts } from "./ports.ts";
import { reloadOnHangup } from "./reload-configuration.ts";
import { createReplayProgress } from "./replay-progress.ts";
import { startLaboratory } from "./start-laboratory.ts";
import { startNotifications } from "./start-notifications.ts";
import { createPage } from "./start-page.ts";
import { showLiveScreen } from "./start-screen.ts";

interface StartOptions {
  readonly config?: string;
  readonly data?: string;
  readonly log?: string;
  readonly seed?: string;
  readonly acceptLoss?: boolean;
  readonly standby?: boolean;
  readonly brokerPort?: string;
  readonly pagePort?: string;
  readonly untilDone?: boolean;
  readonly speed: number;
}

/**
 * Runs the daemon until it is told to stop, cannot write its log, or (with `untilDone`) every campaign is over. As one of
 * several (`standby`) it stands by again once it has handed over.
 */
export async function runStart(options: StartOptions, io: CommandIo): Promise<void> {
  try {
    while ((await runOnce(options, io)) === "handedOver")
      io.out("Handed over: this daemon stands by again.\n");
  } finally {
    leaveSoon();
  }
}

async function runOnce(options: StartOptions, io: CommandIo): Promise<Ending["kind"]> {
  const written = loadConfiguration(options.config ?? defaultConfigurationFile());
  if (options.standby === true && written.configuration.broker.url === undefined)
    throw misuse(
      "TL-1001",
      "--standby: a broker inside the daemon ends with it",
      "Name the laboratory's broker in the configuration, broker: { url: mqtt://HOST }.",
    );
  const loaded = await withPorts(written, options, io);
  const seed = options.seed ?? loaded.configuration.seed;
  const campaigns = campaignSpecs(loaded, seed);
  await refuseBadModelsApart(loaded.file, seed);
  const opened: Close[] = [];
  const logger = createPinoLogger({
    level: process.env["TIELINE_LOG_LEVEL"] ?? (io.interactive ? "warn" : "info"),
  });
  let ending: Ended;
  try {
    ending = await run({ options, io, loaded, seed, campaigns, logger, opened });
  } finally {
    // What was opened last is closed first, also where something else could not be opened: nothing runs on unseen.
    for (const close of opened.reverse()) {
      await Promise.resolve(close()).catch((error: unknown) =>
        logger.error({ error: String(error) }, "daemon.stop"),
      );
    }
  }
  if (ending.lastWord !== undefined) io.out(`${ending.lastWord}\n`);
  return ending.kind;
}

/** Why the daemon has ended; with its last word where every campaign is over. */
interface Ended {
  readonly kind: Ending["kind"];
  readonly lastWord?: string | undefined;
}

type Close = () => Promise<unknown> | unknown;

interface Run {
  readonly options: StartOptions;
  readonly io: CommandIo;
  readonly loaded: LoadedConfiguration;
  readonly seed: string;
  readonly campaigns: readonly PlannedCampaign[];
  readonly logger: Logger;
  /** How to close what was opened, in the order of opening. */
  readonly opened: Close[];
}

/** Resolves when the daemon is to end. */
async function run(about: Run): Promise<Ended> {
  const { options, io, loaded, campaigns, logger, opened } = about;
  const { configuration } = loaded;
  const folder = resolve(options.data ?? configuration.data);
  const log = options.log ?? configuration.log ?? folder;
  let end: (why: Ending) => void = () => {};
  const ended = new Promise<Ending>((settle) => {
    end = settle;
  });
  const desk = createAskDesk(join(folder, "reported"));
  const photos = openPhotoStore(folder, configuration.page);
  const page = configuration.page.enabled
    ? createPage(configuration, logger, desk, photos, fileRules(loaded, folder))
    : undefined;
  const replay = createReplayProgress(io, logger);
  const standBy = options.standby === true;
  let pageUrl: string | undefined;
  /** Before everything is open nothing may be closed: a log whose campaigns are over is settled while it starts. */
  let isUp = false;
  const daemon = await createDaemon({
    ...{ configuration, campaigns, log, folder, acceptLoss: options.acceptLoss },
    files: fileRules(loaded, folder),
    interpreters: await loadInterpreters(loaded),
    reporterOf: (report) => desk.reporterOf(report),
    logger,
    sourceOf: loaded.sourceOf,
    at: killPointFromEnvironment(),
    onPublished: (message) => page?.publish(message),
    onSettled: () => {
      if (isUp && options.untilDone === true && daemon.isFinished()) end({ kind: "done" });
    },
    onReplay: (position, last) => replay.update(position, last),
    onFatal: (error) => end({ kind: "fatal", error }),
    ...{ standBy, page: () => pageUrl },
    onHandover: (by) => {
      logger.info({ by }, "leadership.handOver");
      end(standBy ? { kind: "handedOver" } : { kind: "signal" });
    },
  });
  opened.push(() => daemon.stop());
  const onSignal = () => end({ kind: "signal" });
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  opened.push(() => process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal));
  if (standBy) {
    opened.push(() => page?.stop());
    pageUrl = await page?.start(daemon);
    tellStandby(io, daemon, pageUrl);
  }
  const started = daemon.start();
  // One that stands by can be told to end, too; any other is up in a moment, and ends from there.
  const early = standBy ? await Promise.race([started, ended]) : await started;
  if (early !== undefined) {
    started.catch(() => {});
    return concluded(early, daemon);
  }
  replay.finish();
  await openLaboratory({ about, daemon, folder, desk });
  if (!standBy) {
    opened.push(() => page?.stop());
    pageUrl = await page?.start(daemon);
  }
  announce(io, { loaded, daemon, log, pageUrl });
  opened.push(startNotifications(configuration, daemon.view, logger));
  opened.push(showLiveScreen(io, daemon));
  isUp = true;
  if (options.untilDone === true && daemon.isFinished()) end({ kind: "done" });
  return concluded(await ended, daemon);
}

/** What only the daemon that leads runs: devices and simulated instruments of its configuration, and its edits. */
async function openLaboratory(needs: {
  readonly about: Run;
  readonly daemon: Daemon;
  readonly folder: string;
  readonly desk: AskDesk;
}): Promise<void> {
  const { about, daemon, folder, desk } = needs;
  const { options, loaded, seed, logger, opened } = about;
  const { configuration, file } = loaded;
  if (configuration.runners.length + configuration.gateways.length > 0) {
    const { startRunners } = await import("./start-runners.ts");
    opened.push(
      await startRunners({
        ...{ configuration, configurationFolder: loaded.folder, daemon, folder, logger, desk },
      }),
    );
  }
  const { speed } = options;
  const laboratory = await startLaboratory({ loaded, daemon, folder, seed, speed, logger });
  opened.push(() => laboratory?.stop());
  opened.push(reloadOnHangup({ file, seed, daemon, logger }));
  // Its own instruments end with it: nobody has to look at their power and network. It goes on answering them until they have.
  opened.push(() => daemon.leave());
}

function concluded(ending: Ending, daemon: Daemon): Ended {
  if (ending.kind === "fatal") throw ending.error;
  const { kind } = ending;
  return kind === "done" ? { kind, lastWord: liveLine(daemon.view) } : { kind };
}

function tellStandby(io: CommandIo, daemon: Daemon, pageUrl: string | undefined): void {
  const { leader } = daemon.leadership() ?? {};
  const who = leader === undefined ? "" : `: ${leader.node} leads`;
  io.out(`Tieline stands by${who}.\n`);
  if (pageUrl !== undefined) io.out(`Page ${pageUrl}\n`);
}

/** Modules that the configuration names. TL-1002, TL-1031. */
async function loadInterpreters({ configuration, folder }: LoadedConfiguration) {
  const members = ["name", "takes", "gives", "settings", "interpret"] as const;
  return await Promise.all(
    configuration.interpreters.map((file) =>
      loadExport<Interpreter>(resolve(folder, file), "interpreter", members),
    ),
  );
}

type Ending =
  | { readonly kind: "done" | "signal" | "handedOver" }
  | { readonly kind: "fatal"; readonly error: unknown };

function announce(
  io: CommandIo,
  up: {
    readonly loaded: LoadedConfiguration;
    readonly daemon: Daemon;
    readonly log: string;
    readonly pageUrl: string | undefined;
  },
): void {
  const { loaded, daemon, log, pageUrl } = up;
  io.out(
    `Tieline runs. Broker ${shownBroker(daemon.brokerUrl)}, site ${loaded.configuration.site}, log ${shownAddress(log)}\n`,
  );
  for (const id of daemon.view.campaignIdsAtHand) {
    const campaign = daemon.view.campaign(id);
    if (campaign?.state === "validated")
      io.out(
        `Campaign ${id} waits: start it on the page or with tieline start-campaign --campaign ${id}\n`,
      );
  }
  if (daemon.isFinished()) {
    io.out("Every campaign of this log is over; another --data or --log starts a new one.\n");
  }
  if (pageUrl !== undefined) io.out(`Page ${pageUrl}\n`);
}
