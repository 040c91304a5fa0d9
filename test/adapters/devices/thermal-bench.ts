import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModbusController } from "../../../adapters/devices/modbus/modbus-controller.ts";
import { ThermalDevice } from "../../../adapters/devices/thermal/thermal-device.ts";
import { type Gateway, type GatewayOptions, openGateway } from "../../../adapters/gateway/index.ts";
import { systemClock, systemTimers } from "../../../adapters/system/system-clock.ts";
import { loadDeviceFile } from "../../../config/devices/load-device-file.ts";
import { type ModbusMap, modbusMapSchema } from "../../../config/devices/modbus-map.ts";
import { examineAt } from "../conformance/examine-at.ts";
import { Agent, embeddedBroker, type TestBroker } from "../gateway/gateway-bench.ts";

export const REAL = { ...systemClock, ...systemTimers };

/** A shipped map with the patience of a test, on a machine that has much else to do. */
export function testMap(name: string, changes: Partial<ModbusMap> = {}): ModbusMap {
  const map = loadDeviceFile(name, modbusMapSchema);
  const line = { ...map.line, timeout_ms: 1000, quiet_ms: 20, gap_ms: 0 };
  return { ...map, line, thermal: { ...map.thermal, held_min: 0.8 }, ...changes };
}

/** A furnace behind its gateway, a broker, and the agent's side. */
export class ThermalBench {
  readonly folder = mkdtempSync(join(tmpdir(), "tieline-thermal-"));
  readonly agent: Agent;
  readonly #broker: TestBroker;
  gateway: Gateway | undefined;
  #device: ThermalDevice | undefined;

  private constructor(broker: TestBroker, agent: Agent) {
    this.#broker = broker;
    this.agent = agent;
  }

  static async open(): Promise<ThermalBench> {
    const broker = await embeddedBroker();
    return new ThermalBench(broker, await Agent.at(broker.url, "furnace"));
  }

  get device(): ThermalDevice {
    if (this.#device === undefined) throw new Error("no gateway was started");
    return this.#device;
  }

  async start(
    furnace: {
      readonly port: number;
      readonly clock: { now_ms(): number };
      readonly rtu?: boolean;
    },
    map: ModbusMap,
    options: Partial<GatewayOptions> = {},
  ): Promise<void> {
    const address = `${furnace.rtu === true ? "rtu+tcp" : "tcp"}://127.0.0.1:${furnace.port}`;
    const controller = new ModbusController({ map, address, unit: 1, clock: REAL });
    // Some seconds of this machine are an hour of the furnace.
    const thermal = { ...map.thermal, silence_max_s: 7200 };
    await this.serve({ controller, thermal, clock: furnace.clock }, options);
  }

  /** Any controller behind the gateway. */
  async serve(
    about: ConstructorParameters<typeof ThermalDevice>[0],
    options: Partial<GatewayOptions> = {},
  ): Promise<void> {
    this.#device = new ThermalDevice(about);
    this.gateway = await openGateway(this.#device, {
      ...{ broker: this.#broker.url, site: "lab", instrument: "furnace", poll_ms: 25 },
      ...{ folder: join(this.folder, "gateway"), resendAfter_ms: 300, silence_ms: 5000 },
      ...options,
    });
  }

  /** 100 Cel for six minutes, unless told otherwise: some dozen looks, also on a machine that has much to do. */
  order(jobId: string, parameters: Readonly<Record<string, number>> = {}): Promise<void> {
    const usual = { temperature_K: 373.15, duration_h: 0.1, ramp_K_min: 20 };
    return this.agent.order(jobId, { parameters: { ...usual, ...parameters } });
  }

  /** The flaws that the examination of the contract finds. */
  examine(parameters: Readonly<Record<string, number>>): Promise<string[]> {
    const patience = { job_ms: 30_000, answer_ms: 6000 };
    return examineAt(this.#broker.url, "furnace", { ...patience, parameters });
  }

  async stop(): Promise<void> {
    await this.gateway?.stop();
    await this.agent.end();
    await this.#broker.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
