import { campaignSpecs } from "../../../config/campaign-spec.ts";
import { loadConfiguration } from "../../../config/load-configuration.ts";
import type { Logger } from "../../core/logger.ts";
import type { Daemon } from "../../daemon.ts";
import { refuseBadModelsApart } from "../check-models-apart.ts";

/**
 * At SIGHUP reads the configuration again: new campaigns are defined, and candidates added at the end of a table join their
 * campaign, while everything runs. A configuration with problems changes nothing. Returns how to stop listening.
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
    const campaigns = campaignSpecs(loaded, seed);
    await refuseBadModelsApart(file, seed);
    await daemon.define(campaigns);
    logger.info({ file, campaigns: campaigns.length }, "configuration.readAgain");
  };
  const onHangup = (): void => {
    reload().catch((error: unknown) =>
      logger.error({ file, error: String(error) }, "configuration.notTaken"),
    );
  };
  process.on("SIGHUP", onHangup);
  return () => process.removeListener("SIGHUP", onHangup);
}
