import { resolve } from "node:path";
import { type Device, type GatewayOptions, openGateway } from "../../../adapters/gateway/index.ts";
import { brokerLogin } from "../../../config/broker-access.ts";
import { misuse } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { IDENTIFIER } from "../../domain/identifiers.ts";
import type { CommandIo } from "../command.ts";
import type { RunnerCommandOptions } from "./runner-options.ts";

/** Makes a device an instrument until the command is told to end. */
export async function serveDevice(
  options: RunnerCommandOptions,
  device: Device,
  io: CommandIo,
  more: Partial<GatewayOptions> = {},
): Promise<void> {
  for (const [name, value] of [
    ["--site", options.site],
    ["--id", options.id],
  ] as const)
    if (!IDENTIFIER.test(value))
      throw misuse("TL-1001", `${name} ${value} is not a name of letters, digits, ., _ and -`);
  const gateway = await openGateway(device, {
    broker: options.broker,
    ...brokerLogin(),
    site: options.site,
    instrument: options.id,
    folder: resolve(options.folder ?? `runner-${options.id}`),
    logger: lineLogger(io),
    ...more,
  });
  await new Promise<void>((end) => {
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
  await gateway.stop();
  // A built-in simulation may still count its seconds: it is taken up at the next start, like any other.
  setTimeout(() => process.exit(0), 100).unref();
}

/** What a runner does, one line each on standard error. */
function lineLogger(io: CommandIo): Logger {
  const line = (fields: object, event: string): void =>
    io.err(`${event} ${JSON.stringify(fields)}\n`);
  const logger: Logger = {
    debug: () => {},
    info: line,
    warn: line,
    error: line,
    child: () => logger,
  };
  return logger;
}
