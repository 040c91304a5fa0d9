import type { Clock } from "../../src/core/clock.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { Device, DeviceStatus, Reading } from "./device.ts";
import { type DeviceCalls, wordsOf } from "./device-calls.ts";

/** What is known of the device: its last status, since when it is silent, whether it was switched off meanwhile. */
export class DeviceWatch {
  readonly #device: Device;
  readonly #calls: DeviceCalls;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #status: DeviceStatus = { state: "unknown" };
  #silentSince_ms: number | undefined;

  constructor(device: Device, calls: DeviceCalls, clock: Clock, logger: Logger) {
    this.#device = device;
    this.#calls = calls;
    this.#clock = clock;
    this.#logger = logger;
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  /** For how long it has not answered, ms; 0 where it did. */
  get silence_ms(): number {
    return this.#silentSince_ms === undefined ? 0 : this.#clock.now_ms() - this.#silentSince_ms;
  }

  get isWorking(): boolean {
    return this.#status.state === "busy" || this.#status.state === "held";
  }

  /** At rest: nothing moves, or the device's own emergency stop holds it. */
  get isAtRest(): boolean {
    const { state, safety } = this.#status;
    return state === "ready" || state === "done" || safety === "emergencyStopped";
  }

  /**
   * Asks where it stands; true where what was under way is in doubt, since the device was silent or off before. Never rejects;
   * logs a line at each change, however long the device is off.
   */
  async ask(): Promise<boolean> {
    const { boot } = this.#status;
    try {
      const status = await this.#calls.call("status", (call) => this.#device.status(call));
      const wasSilent = this.#silentSince_ms !== undefined;
      const wasOff = boot !== undefined && status.boot !== boot;
      this.#status = status;
      // A device that cannot tell is as good as silent.
      if (status.state === "unknown") this.#silentSince_ms ??= this.#clock.now_ms();
      else this.#silentSince_ms = undefined;
      if (wasSilent && status.state !== "unknown")
        this.#logger.info({ state: status.state }, "gateway.deviceAnswers");
      if (wasOff) this.#logger.warn({ before: boot, now: status.boot }, "gateway.deviceWasOff");
      return (wasSilent && status.state !== "unknown") || wasOff;
    } catch (error) {
      const message = wordsOf(error);
      if (this.#silentSince_ms === undefined)
        this.#logger.error({ problem: message }, "gateway.deviceIsSilent");
      this.#silentSince_ms ??= this.#clock.now_ms();
      // The boot that was seen last is kept: after the silence it tells whether the device was off.
      this.#status = { state: "unknown", message, boot };
      return false;
    }
  }

  async readings(): Promise<readonly Reading[]> {
    const device = this.#device;
    if (device.telemetry === undefined || this.#status.state === "unknown") return [];
    try {
      return await this.#calls.call("telemetry", (call) => device.telemetry?.(call) ?? []);
    } catch (error) {
      this.#logger.warn({ problem: wordsOf(error) }, "gateway.noTelemetry");
      return [];
    }
  }

  /** The gateway itself cannot go on. */
  fail(message: string): void {
    this.#status = { ...this.#status, state: "fault", message };
  }
}
