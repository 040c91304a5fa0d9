import { cwd } from "node:process";
import type { z } from "zod";
import { LineController } from "../../../adapters/devices/line/line-controller.ts";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import type { ThermalController } from "../../../adapters/devices/thermal/controller.ts";
import { idleStatus } from "../../../adapters/devices/thermal/idle-status.ts";
import type { DeviceStatus } from "../../../adapters/gateway/index.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { loadDefinition, protocolOf } from "../../../config/check-gateways.ts";
import { gatewaySchema } from "../../../config/gateway-schema.ts";
import { loadConfiguration } from "../../../config/load-configuration.ts";
import { misuse } from "../../core/errors.ts";
import { type CommandIo, printJson } from "../command.ts";
import { serveDevice } from "../runner/serve-device.ts";
import { createGatewayDevice } from "./create-gateway-device.ts";
import type {
  LineCommandOptions,
  LookCommandOptions,
  ModbusCommandOptions,
  ServeCommandOptions,
} from "./gateway-options.ts";

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
    ...capacityOf(options),
  };
  const entry = entryOf("modbus", { id, kind: "modbus", map, at, ...numbers });
  const { poll_ms, silence_s } = entry;
  const device = createGatewayDevice(entry, cwd());
  await serveDevice(options, device, io, { poll_ms, silence_ms: 1000 * silence_s });
}

/** `gateway line`: until it is told to end. */
export async function runLineGateway(options: LineCommandOptions, io: CommandIo): Promise<void> {
  const { id, map, at } = options;
  const numbers = { poll_ms: Number(options.poll), silence_s: Number(options.silence) };
  const capacity = capacityOf(options);
  const entry = entryOf("line", { id, kind: "line", map, at, ...numbers, ...capacity });
  const { poll_ms, silence_s } = entry;
  const device = createGatewayDevice(entry, cwd());
  await serveDevice(options, device, io, { poll_ms, silence_ms: 1000 * silence_s });
}

/** `gateway serve`: until it is told to end. */
export async function serveEntry(options: ServeCommandOptions, io: CommandIo): Promise<void> {
  const { configuration, folder: place } = loadConfiguration(options.config);
  const { gateways, instruments, site } = configuration;
  const entry = gateways.find(({ id }) => id === options.id);
  if (entry === undefined) {
    const known = gateways.map(({ id }) => id).join(", ") || "none";
    throw misuse("TL-1001", `${options.config} has no gateway ${options.id}; it has ${known}`);
  }
  const { poll_ms, silence_s, id } = entry;
  const device = createGatewayDevice(entry, place);
  const limits = instruments[id]?.limits;
  await serveDevice({ ...options, site }, device, io, {
    ...{ poll_ms, silence_ms: 1000 * silence_s, limits },
  });
}

function capacityOf({ capacity }: { readonly capacity?: string }) {
  return capacity === undefined ? {} : { capacity: Number(capacity) };
}

/** `gateway look`: what the device is and shows now. */
export async function lookOnce(options: LookCommandOptions, io: CommandIo): Promise<void> {
  const controller = controllerOf(options);
  try {
    await controller.open();
    const look = await controller.look();
    const { model, limits, units, birthChecks } = controller;
    const status = idleStatus(look, controller);
    const unit = units.temperature;
    if (options.json === true)
      return printJson(io, { model, checked: birthChecks, limits, unit, look, status });
    io.out(`It is a ${model}, as far as its map tells: ${birthChecks.join(", ")} hold.\n`);
    const isBinary = controller instanceof ModbusController;
    if (isBinary && !birthChecks.some((one) => one.startsWith("twins")))
      io.out(
        `Nothing tells whether its decimals are right: hold ${unit} below against its display.\n`,
      );
    io.out(`Set points from ${limits.min} to ${limits.max} ${unit}.\n`);
    const measured =
      look.measured === undefined ? `no value (${look.problem})` : `${look.measured} ${unit}`;
    io.out(
      `Measured ${measured}, set point ${look.setPoint} ${unit}; its state is ${look.state}.\n`,
    );
    io.out(`${meaningOf(status)}\n`);
  } finally {
    controller.close();
  }
}

/** What a gateway would say of it, before any job. */
function meaningOf({ state, control, message }: DeviceStatus): string {
  const why = message === undefined ? "" : `: ${message}`;
  if (control === "local") return `A gateway would take no job, it is under local control${why}.`;
  return state === "ready"
    ? "A gateway would take a job."
    : `A gateway would take no job, it is in ${state}${why}.`;
}

/** By what the definition itself says that it speaks. */
function controllerOf({ map, at, unit }: LookCommandOptions): ThermalController {
  const clock = { ...systemClock, ...systemTimers };
  const about = { id: "look", map, at };
  const speaks = protocolOf(map, cwd());
  if (speaks === "line") {
    const entry = entryOf("line", { ...about, kind: "line" });
    return new LineController({ map: loadDefinition(entry, cwd()), address: at, clock });
  }
  const entry = entryOf("modbus", { ...about, kind: "modbus", unit: Number(unit) });
  const definition = loadDefinition(entry, cwd());
  return new ModbusController({ map: definition, address: at, unit: entry.unit, clock });
}

/** What the command line says, by the rules of the configuration. */
function entryOf<Kind extends "modbus" | "line">(
  kind: Kind,
  said: z.input<typeof gatewaySchema>,
): Extract<z.output<typeof gatewaySchema>, { readonly kind: Kind }> {
  const { data, error } = gatewaySchema.safeParse(said);
  if (data?.kind === kind)
    return data as Extract<z.output<typeof gatewaySchema>, { readonly kind: Kind }>;
  const [issue] = error?.issues ?? [];
  throw misuse("TL-1001", `--${String(issue?.path[0] ?? "at").split("_")[0]}: ${issue?.message}`);
}
