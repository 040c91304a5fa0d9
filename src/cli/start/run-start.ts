import { join, resolve } from "node:path";
import { createAskDesk } from "../../../adapters/devices/asked/ask-desk.ts";
import type { Interpreter } from "../../../adapters/interpreters/index.ts";
import { shownBroker } from "../../../adapters/mqtt/broker-address.ts";
import { shownAddress } from "../../../adapters/storage/open-event-log.ts";
import { createPinoLogger } from "../../../adapters/system/pino-logger.ts";
import { campaignSpecs } from "../../../config/campaign-spec.ts";
import { fileRules } from "../../../config/file-rules.ts";
import {
  defaultConfigurationFile,
  type LoadedConfiguration,
  loadConfiguration,
} from "../../../config/load-configuration.ts";
import type { Logger } from "../../core/logger.ts";
import { createDaemon, type Daemon } from "../../daemon.ts";
import type { PlannedCampaign } from "../../runtime/take-configuration.ts";
import { refuseBadModelsApart } from "../check-models-apart.ts";
import type { CommandIo } from "../command.ts";
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
  readonly brokerPort?: string;
  readonly pagePort?: string;
  readonly untilDone?: boolean;
  readonly speed: number;
}

/** Runs the daemon until it is told to stop, cannot write its log, or (with `untilDone`) every campaign is over. */
export async function runStart(options: StartOptions, io: CommandIo): Promise<void> {
  const written = loadConfiguration(options.config ?? defaultConfigurationFile());
  const loaded = await withPorts(written, options, io);
  const seed = options.seed ?? loaded.configuration.seed;
  const campaigns = campaignSpecs(loaded, seed);
  await refuseBadModelsApart(loaded.file, seed);
  const opened: Close[] = [];
  const logger = createPinoLogger({
    level: process.env["TIELINE_LOG_LEVEL"] ?? (io.interactive ? "warn" : "info"),
  });
  let lastWord: string | undefined;
  try {
    lastWord = await run({ options, io, loaded, seed, campaigns, logger, opened });
  } finally {
    // What was opened last is closed first, also where something else could not be opened: nothing runs on unseen.
    for (const close of opened.reverse()) {
      await Promise.resolve(close()).catch((error: unknown) =>
        logger.error({ error: String(error) }, "daemon.stop"),
      );
    }
  }
  if (lastWord !== undefined) io.out(`${lastWord}\n`);
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

/** Resolves when the daemon has ended; with its last word where every campaign is over. */
async function run(about: Run): Promise<string | undefined> {
  const { options, io, loaded, seed, campaigns, logger, opened } = about;
  const { configuration, file } = loaded;
  const folder = resolve(options.data ?? configuration.data);
  const log = options.log ?? configuration.log ?? folder;
  let end: (why: Ending) => void = () => {};
  const ended = new Promise<Ending>((settle) => {
    end = settle;
  });
  const desk = createAskDesk(join(folder, "reported"));
  const page = configuration.page.enabled
    ? createPage(configuration, logger, desk, fileRules(loaded, folder))
    : undefined;
  const replay = createReplayProgress(io, logger);
  const daemon = await createDaemon({
    configuration,
    campaigns,
    log,
    acceptLoss: options.acceptLoss,
    folder,
    files: fileRules(loaded, folder),
    interpreters: await loadInterpreters(loaded),
    reporterOf: (report) => desk.reporterOf(report),
    logger,
    sourceOf: loaded.sourceOf,
    at: killPointFromEnvironment(),
    onPublished: (message) => page?.publish(message),
    onSettled: () => {
      if (options.untilDone === true && daemon.isFinished()) end({ kind: "done" });
    },
    onReplay: (position, last) => replay.update(position, last),
    onFatal: (error) => end({ kind: "fatal", error }),
  });
  opened.push(() => daemon.stop());
  const onSignal = () => end({ kind: "signal" });
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  opened.push(() => process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal));
  await daemon.start();
  replay.finish();
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
  opened.push(() => page?.stop());
  const pageUrl = await page?.start(daemon);
  announce(io, loaded, daemon, log);
  if (pageUrl !== undefined) io.out(`Page ${pageUrl}\n`);
  opened.push(startNotifications(configuration, daemon.view, logger));
  opened.push(showLiveScreen(io, daemon));
  if (options.untilDone === true && daemon.isFinished()) end({ kind: "done" });
  const ending = await ended;
  if (ending.kind === "fatal") throw ending.error;
  return ending.kind === "done" ? liveLine(daemon.view) : undefined;
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
  | { readonly kind: "done" | "signal" }
  | { readonly kind: "fatal"; readonly error: unknown };

function announce(io: CommandIo, loaded: LoadedConfiguration, daemon: Daemon, log: string): void {
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
}
