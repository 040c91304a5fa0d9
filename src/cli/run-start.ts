import { resolve } from "node:path";
import { createPinoLogger } from "../../adapters/system/pino-logger.ts";
import { campaignSpecs } from "../../config/campaign-spec.ts";
import {
  defaultConfigurationFile,
  type LoadedConfiguration,
  loadConfiguration,
} from "../../config/load-configuration.ts";
import { createDaemon, type Daemon } from "../daemon.ts";
import { refuseBadModelsApart } from "./check-models-apart.ts";
import type { CommandIo } from "./command.ts";
import { killPointFromEnvironment } from "./kill-point.ts";
import { liveLine } from "./live-line.ts";
import { reloadOnHangup } from "./reload-configuration.ts";
import { startLaboratory } from "./start-laboratory.ts";
import { startNotifications } from "./start-notifications.ts";
import { createPage } from "./start-page.ts";
import { showLiveScreen } from "./start-screen.ts";

interface StartOptions {
  readonly config?: string;
  readonly data?: string;
  readonly seed?: string;
  readonly untilDone?: boolean;
  readonly speed: number;
}

/** Runs the daemon until it is told to stop, cannot write its log, or (with `untilDone`) every campaign is over. */
export async function runStart(options: StartOptions, io: CommandIo): Promise<void> {
  const loaded = loadConfiguration(options.config ?? defaultConfigurationFile());
  const { configuration } = loaded;
  const seed = options.seed ?? configuration.seed;
  const campaigns = campaignSpecs(loaded, seed);
  await refuseBadModelsApart(loaded.file, seed);
  const folder = resolve(options.data ?? configuration.data);
  const level = process.env["TIELINE_LOG_LEVEL"] ?? (io.interactive ? "warn" : "info");
  const logger = createPinoLogger({ level });
  let end: (why: Ending) => void = () => {};
  const ended = new Promise<Ending>((settle) => {
    end = settle;
  });
  const page = configuration.page.enabled ? createPage(configuration, logger) : undefined;
  const daemon = await createDaemon({
    configuration,
    campaigns,
    folder,
    logger,
    at: killPointFromEnvironment(),
    onPublished: (message) => page?.publish(message),
    onSettled: () => {
      if (options.untilDone === true && daemon.isFinished()) end({ kind: "done" });
    },
    onFatal: (error) => end({ kind: "fatal", error }),
  });
  const onSignal = () => end({ kind: "signal" });
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  await daemon.start();
  const laboratory = await startLaboratory({
    loaded,
    daemon,
    folder,
    seed,
    speed: options.speed,
    logger,
  });
  const stopRunners =
    configuration.runners.length > 0
      ? (await import("./start-runners.ts")).startRunners({ configuration, daemon, folder, logger })
      : async () => {};
  const stopReloading = reloadOnHangup({ file: loaded.file, seed, daemon, logger });
  const pageUrl = await page?.start(daemon);
  announce(io, loaded, daemon, folder);
  if (pageUrl !== undefined) io.out(`Page ${pageUrl}\n`);
  const stopNotifications = startNotifications(configuration, daemon.view, logger);
  const stopLine = showLiveScreen(io, daemon);
  if (options.untilDone === true && daemon.isFinished()) end({ kind: "done" });
  const ending = await ended;
  stopLine();
  stopReloading();
  process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
  await stopNotifications();
  await page?.stop();
  await laboratory?.stop();
  await stopRunners();
  await daemon
    .stop()
    .catch((error: unknown) => logger.error({ error: String(error) }, "daemon.stop"));
  if (ending.kind === "fatal") throw ending.error;
  if (ending.kind === "done") io.out(`${liveLine(daemon.view)}\n`);
}

type Ending =
  | { readonly kind: "done" | "signal" }
  | { readonly kind: "fatal"; readonly error: unknown };

function announce(
  io: CommandIo,
  loaded: LoadedConfiguration,
  daemon: Daemon,
  folder: string,
): void {
  io.out(
    `Tieline runs. Broker ${daemon.brokerUrl}, site ${loaded.configuration.site}, log ${folder}\n`,
  );
  for (const id of daemon.view.campaignIds) {
    const campaign = daemon.view.campaign(id);
    if (campaign?.state === "validated")
      io.out(
        `Campaign ${id} waits: start it on the page or with tieline start-campaign --campaign ${id}\n`,
      );
  }
  if (daemon.isFinished()) {
    io.out("Every campaign of this log is over; --data DIR starts a new log.\n");
  }
}
