import { join, resolve } from "node:path";
import type { AskDesk } from "../../../adapters/devices/asked/ask-desk.ts";
import {
  createTaskDevice,
  type Device,
  type Gateway,
  type GatewayOptions,
  openGateway,
} from "../../../adapters/gateway/index.ts";
import { createForwardProgram } from "../../../adapters/runners/forward-program.ts";
import type { Configuration } from "../../../config/schema.ts";
import type { Logger } from "../../core/logger.ts";
import type { Daemon } from "../../daemon.ts";
import { loadDevice } from "../runner/load-device.ts";
import { stopTogether } from "../runner/stop-together.ts";

/**
 * Starts the runners and gateways that the configuration names, each a client of the broker with a journal of its own below the data
 * folder; returns how to stop them.
 */
export async function startRunners(options: {
  readonly configuration: Configuration;
  /** That relative paths of the configuration start from. */
  readonly configurationFolder: string;
  readonly daemon: Daemon;
  readonly folder: string;
  readonly logger: Logger;
  /** Where programs find the jobs of instruments that ask them. */
  readonly desk: AskDesk;
}): Promise<() => Promise<void>> {
  const { configuration, configurationFolder, daemon, folder, logger, desk } = options;
  const gateways: Gateway[] = [];
  const stop = (): Promise<void> => stopTogether(gateways);
  const open = async (id: string, device: Device, more: Partial<GatewayOptions>): Promise<void> => {
    gateways.push(
      await openGateway(device, {
        broker: daemon.brokerUrl,
        ...daemon.brokerLogin,
        site: configuration.site,
        instrument: id,
        folder: join(folder, "runners", id),
        limits: configuration.instruments[id]?.limits,
        logger: logger.child({ runner: id }),
        ...more,
      }),
    );
  };
  try {
    for (const runner of configuration.runners) {
      if ("device" in runner) {
        const device = await loadDevice(resolve(configurationFolder, runner.device));
        await open(runner.id, device, { poll_ms: runner.poll_ms });
      } else if ("asked" in runner) {
        await open(runner.id, desk.instrument(runner.id, runner.asked), {});
      } else await open(runner.id, createTaskDevice(createForwardProgram()), {});
    }
    for (const entry of configuration.gateways) {
      const { createGatewayDevice } = await import("../gateway/create-gateway-device.ts");
      const { id, poll_ms, silence_s } = entry;
      const device = createGatewayDevice(entry, configurationFolder);
      await open(id, device, { poll_ms, silence_ms: 1000 * silence_s });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
