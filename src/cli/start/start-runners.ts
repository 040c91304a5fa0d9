import { join } from "node:path";
import { SimulationRunner } from "../../../adapters/gateway/instrument-gateway.ts";
import { createForwardProgram } from "../../../adapters/runners/forward-program.ts";
import { systemClock } from "../../../adapters/system/system-clock.ts";
import type { Configuration } from "../../../config/schema.ts";
import type { Logger } from "../../core/logger.ts";
import type { Daemon } from "../../daemon.ts";

/**
 * Starts the runners that the configuration names, each a client of the broker with a journal of its own below the data
 * folder; returns how to stop them.
 */
export function startRunners(options: {
  readonly configuration: Configuration;
  readonly daemon: Daemon;
  readonly folder: string;
  readonly logger: Logger;
}): () => Promise<void> {
  const { configuration, daemon, folder, logger } = options;
  const running = configuration.runners.map(({ id }) => {
    const program = createForwardProgram();
    const runner = new SimulationRunner({
      brokerUrl: daemon.brokerUrl,
      username: process.env["TIELINE_BROKER_USERNAME"],
      password: process.env["TIELINE_BROKER_PASSWORD"],
      site: configuration.site,
      instrumentId: id,
      folder: join(folder, "runners", id),
      program,
      logger: logger.child({ runner: id }),
      now_ms: systemClock.now_ms,
    });
    return { runner, program };
  });
  return async () => {
    for (const { runner, program } of running) {
      await runner.stop();
      await program.stop();
    }
  };
}
