import { resolve } from "node:path";
import {
  type Device,
  type Gateway,
  type GatewayOptions,
  openGateway,
} from "../../../adapters/gateway/index.ts";
import { brokerLogin } from "../../../config/broker-access.ts";
import { misuse } from "../../core/errors.ts";
import { IDENTIFIER } from "../../domain/identifiers.ts";
import type { CommandIo } from "../command.ts";
import { leaveSoon } from "../leave-soon.ts";
import { createStderrLogger } from "../stderr-logger.ts";
import type { RunnerCommandOptions } from "./runner-options.ts";
import { stopTogether } from "./stop-together.ts";

/** Makes a device an instrument until the command is told to end. */
export async function serveDevice(
  options: RunnerCommandOptions,
  device: Device,
  io: CommandIo,
  more: Partial<GatewayOptions> = {},
): Promise<void> {
  const folder = resolve(options.folder ?? `runner-${options.id}`);
  await serveDevices(options, [{ id: options.id, folder, device }], io, more);
}

/** Several instruments of one process, each with a folder of its own. */
export async function serveDevices(
  { site, broker }: Pick<RunnerCommandOptions, "site" | "broker">,
  devices: readonly { readonly id: string; readonly folder: string; readonly device: Device }[],
  io: CommandIo,
  more: Partial<GatewayOptions> = {},
): Promise<void> {
  for (const [name, value] of [
    ["--site", site],
    ...devices.map(({ id }) => ["--id", id] as const),
  ] as const)
    if (!IDENTIFIER.test(value))
      throw misuse("TL-1001", `${name} ${value} is not a name of letters, digits, ., _ and -`);
  const logger = createStderrLogger(io, true);
  const gateways: Gateway[] = [];
  for (const { id: instrument, folder, device } of devices)
    gateways.push(
      await openGateway(device, {
        ...{ broker, site, instrument, folder, logger, ...brokerLogin() },
        ...more,
      }),
    );
  await new Promise<void>((end) => {
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
  await stopTogether(gateways);
  leaveSoon();
}
