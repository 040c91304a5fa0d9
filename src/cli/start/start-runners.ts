import { join, resolve } from "node:path";
import { createTaskDevice, type Gateway, openGateway } from "../../../adapters/gateway/index.ts";
import { createForwardProgram } from "../../../adapters/runners/forward-program.ts";
import type { Configuration } from "../../../config/schema.ts";
import type { Logger } from "../../core/logger.ts";
import type { Daemon } from "../../daemon.ts";
import { loadDevice } from "../runner/load-device.ts";

/**
 * Starts the runners that the configuration names, each a client of the broker with a journal of its own below the data
 * folder; returns how to stop them.
 */
export async function startRunners(options: {
  readonly configuration: Configuration;
  /** That relative paths of the configuration start from. */
  readonly configurationFolder: string;
  readonly daemon: Daemon;
  readonly folder: string;
  readonly logger: Logger;
}): Promise<() => Promise<void>> {
  const { configuration, configurationFolder, daemon, folder, logger } = options;
  const gateways: Gateway[] = [];
  const stop = async (): Promise<void> => {
    for (const gateway of gateways) await gateway.stop();
  };
  try {
    for (const runner of configuration.runners) {
      const { id } = runner;
      const device =
        "device" in runner
          ? await loadDevice(resolve(configurationFolder, runner.device))
          : createTaskDevice(createForwardProgram());
      gateways.push(
        await openGateway(device, {
          broker: daemon.brokerUrl,
          ...daemon.brokerLogin,
          site: configuration.site,
          instrument: id,
          folder: join(folder, "runners", id),
          poll_ms: "poll_ms" in runner ? runner.poll_ms : undefined,
          limits: configuration.instruments[id]?.limits,
          logger: logger.child({ runner: id }),
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
