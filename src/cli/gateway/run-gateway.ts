import { cwd } from "node:process";
import type { z } from "zod";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { loadDefinition } from "../../../config/check-gateways.ts";
import { gatewaySchema } from "../../../config/gateway-schema.ts";
import { misuse } from "../../core/errors.ts";
import { type CommandIo, printJson } from "../command.ts";
import { serveDevice } from "../runner/serve-device.ts";
import { createGatewayDevice } from "./create-gateway-device.ts";
import type { LookCommandOptions, ModbusCommandOptions } from "./gateway-options.ts";

/** `gateway modbus`: until it is told to end. */
export async function runModbusGateway(
  options: ModbusCommandOptions,
  io: CommandIo,
): Promise<void> {
  const { id, map, at } = options;
  const numbers = {
    unit: Number(options.unit),
    poll_ms: Number(options.poll),
    silence_s: Number(options.silence),
  };
  const entry = entryOf({ id, kind: "modbus", map, at, ...numbers });
  const { poll_ms, silence_s } = entry;
  const device = createGatewayDevice(entry, cwd());
  await serveDevice(options, device, io, { poll_ms, silence_ms: 1000 * silence_s });
}

/** `gateway look`: what the device is and shows now. */
export async function lookOnce(options: LookCommandOptions, io: CommandIo): Promise<void> {
  const { map, at, unit } = options;
  const entry = entryOf({ id: "look", kind: "modbus", map, at, unit: Number(unit) });
  const definition = loadDefinition(entry, cwd());
  const clock = { ...systemClock, ...systemTimers };
  const controller = new ModbusController({
    map: definition,
    address: at,
    unit: entry.unit,
    clock,
  });
  try {
    await controller.open();
    const look = await controller.look();
    const { model, limits, units } = controller;
    if (options.json === true)
      return printJson(io, { model, limits, unit: units.temperature, look });
    const { temperature } = units;
    io.out(`It is a ${model}: identity, decimals and word order agree with the map.\n`);
    io.out(`Set points from ${limits.min} to ${limits.max} ${temperature}.\n`);
    const measured =
      look.measured === undefined
        ? `no value (${look.problem})`
        : `${look.measured} ${temperature}`;
    io.out(`Measured ${measured}, set point ${look.setPoint} ${temperature}, ${look.state}, `);
    io.out(look.isAutomatic ? "ours to command.\n" : "under local control.\n");
  } finally {
    controller.close();
  }
}

/** What the command line says, by the rules of the configuration. */
function entryOf(said: z.input<typeof gatewaySchema>) {
  const { data, error } = gatewaySchema.safeParse(said);
  if (data?.kind === "modbus") return data;
  const [issue] = error?.issues ?? [];
  throw misuse("TL-1001", `--${String(issue?.path[0] ?? "at").split("_")[0]}: ${issue?.message}`);
}
