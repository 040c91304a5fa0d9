import { campaignSpecs } from "../../../config/campaign-spec.ts";
import { type LoadedConfiguration, loadConfiguration } from "../../../config/load-configuration.ts";
import type { Logger } from "../../core/logger.ts";
import type { Daemon } from "../../daemon.ts";
import { refuseBadModelsApart } from "../check-models-apart.ts";

/**
 * At SIGHUP reads the configuration again, while everything runs: limits, guards and hours of instruments change, new
 * campaigns are defined, and candidates added at the end of a table join their campaign. A configuration with problems
 * changes nothing. Returns how to stop listening.
 */
export function reloadOnHangup(options: {
  readonly file: string;
  readonly seed: string;
  readonly daemon: Daemon;
  readonly logger: Logger;
}): () => void {
  const { file, seed, daemon, logger } = options;
  const reload = async (): Promise<void> => {
    const loaded = loadConfiguration(file);
    await refuseBadModelsApart(file, seed);
    const campaigns = await takeEdited(daemon, loaded, seed);
    logger.info({ file, campaigns }, "configuration.readAgain");
  };
  const onHangup = (): void => {
    reload().catch((error: unknown) =>
      logger.error({ file, error: String(error) }, "configuration.notTaken"),
    );
  };
  process.on("SIGHUP", onHangup);
  return () => process.removeListener("SIGHUP", onHangup);
}

/** What an edited configuration changes of a daemon that runs; returns how many campaigns it has. */
export async function takeEdited(
  daemon: Pick<Daemon, "configureInstruments" | "define">,
  loaded: LoadedConfiguration,
  seed: string,
): Promise<number> {
  const campaigns = campaignSpecs(loaded, seed);
  await daemon.configureInstruments(loaded.configuration.instruments, loaded.sourceOf);
  await daemon.define(campaigns);
  return campaigns.length;
}
