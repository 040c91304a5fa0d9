import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { ModbusController } from "../../adapters/devices/modbus/modbus-controller.ts";
import { ThermalDevice } from "../../adapters/devices/thermal/thermal-device.ts";
import { openGateway } from "../../adapters/gateway/index.ts";
import { PYTHON } from "../adapters/devices/pymodbus-device.ts";
import { startFurnace } from "../adapters/devices/pymodbus-furnace.ts";
import { REAL, testMap } from "../adapters/devices/thermal-bench.ts";
import { Agent, embeddedBroker } from "../adapters/gateway/gateway-bench.ts";

/** From the operator's stop to the register read back, behind 50 queued looks; and what 20 gateways in one process cost. */
const STOPS = 100;
const LOOKS = 50;
const GATEWAYS = 20;
const SETTLE_s = 8;
const LOAD_s = 20;

export async function run(): Promise<void> {
  if (PYTHON === undefined) return console.log("pymodbus is not there: not measured");
  for (const rtu of [false, true]) {
    const furnace = await startFurnace({ rtu });
    const times = await stopTimes(furnace.port, rtu);
    console.log(
      `${rtu ? "RTU over TCP" : "Modbus TCP"}: the operator's stop to the register read back behind ${LOOKS} looks, ${STOPS} times at load ${loadavg()[0]?.toFixed(0)}: median ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`,
    );
    await furnace.kill();
  }
  const furnace = await startFurnace();
  console.log(await load(furnace.port));
  await furnace.kill();
}

function controllerAt(port: number, rtu: boolean): ModbusController {
  const map = testMap("eurotherm-2400");
  const address = `${rtu ? "rtu+tcp" : "tcp"}://127.0.0.1:${port}`;
  return new ModbusController({ map, address, unit: 1, clock: REAL });
}

/** From the operator's message on the broker to the stopped register that was read back, by the gateway of a furnace at rest. */
async function stopTimes(port: number, rtu: boolean): Promise<number[]> {
  const controller = controllerAt(port, rtu);
  const stop = controller.stop.bind(controller);
  let readBack_ms = 0;
  controller.stop = async () => {
    await stop();
    readBack_ms ||= performance.now();
  };
  const broker = await embeddedBroker();
  const agent = await Agent.at(broker.url, "furnace");
  const folder = mkdtempSync(join(tmpdir(), "tieline-modbus-bench-"));
  const { thermal } = testMap("eurotherm-2400");
  const gateway = await openGateway(new ThermalDevice({ controller, thermal, clock: REAL }), {
    ...{ broker: broker.url, site: "lab", instrument: "furnace", folder },
  });
  const times: number[] = [];
  for (let k = 0; k < STOPS; k++) {
    await until(() => agent.last("state")?.["safety"] === "ok");
    const looks = Array.from({ length: LOOKS }, () => controller.look());
    readBack_ms = 0;
    const told_ms = performance.now();
    await agent.emergencyStop(true, false);
    await until(() => readBack_ms > 0);
    times.push(readBack_ms - told_ms);
    await Promise.all(looks);
    await until(() => agent.last("state")?.["safety"] === "emergencyStopped");
    await agent.emergencyStop(false, false);
  }
  await gateway.stop();
  await agent.end();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
  return times.sort((a, b) => a - b);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function load(port: number): Promise<string> {
  const broker = await embeddedBroker();
  const folder = mkdtempSync(join(tmpdir(), "tieline-modbus-bench-"));
  const before = await settledMemory_MB();
  const gateways = [];
  for (let k = 0; k < GATEWAYS; k++) {
    const { thermal } = testMap("eurotherm-2400");
    const device = new ThermalDevice({
      controller: controllerAt(port, false),
      thermal,
      clock: REAL,
    });
    const own = join(folder, `${k}`);
    gateways.push(
      await openGateway(device, { broker: broker.url, instrument: `furnace-${k}`, folder: own }),
    );
  }
  // What is asked about is polling: twenty births and their first seconds are another matter.
  await new Promise((resolve) => setTimeout(resolve, 1000 * SETTLE_s));
  const start = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1000 * LOAD_s));
  const { user, system } = process.cpuUsage(start);
  const memory = (await settledMemory_MB()) - before;
  for (const gateway of gateways) await gateway.stop();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
  const share = (100 * (user + system)) / (1e6 * LOAD_s);
  return `${GATEWAYS} gateways polled every second, broker included: ${share.toFixed(1)} % of a core, ${(share / GATEWAYS).toFixed(2)} % each; ${memory.toFixed(0)} MB more`;
}

async function settledMemory_MB(): Promise<number> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return process.memoryUsage.rss() / 2 ** 20;
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(0);
}
