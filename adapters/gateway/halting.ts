import type { Logger } from "../../src/core/logger.ts";
import type { Device, DeviceJob } from "./device.ts";
import { type DeviceCalls, wordsOf } from "./device-calls.ts";
import type { DeviceWatch } from "./device-watch.ts";

/** Between two halts of a device that is not at rest yet; doubled up to the longest. */
const AGAIN_ms = { first: 500, longest: 15_000 };
/** After so many halts that changed nothing somebody should wake. */
const QUIET_MAX = 3;

/** Stops a device: at once, then again until it has been seen at rest. */
export class Halting {
  readonly #device: Device;
  readonly #calls: DeviceCalls;
  readonly #watch: DeviceWatch;
  readonly #logger: Logger;
  #isWanted: boolean;
  #tries = 0;

  constructor(
    parts: { device: Device; calls: DeviceCalls; watch: DeviceWatch; logger: Logger },
    isWanted: boolean,
  ) {
    this.#device = parts.device;
    this.#calls = parts.calls;
    this.#watch = parts.watch;
    this.#logger = parts.logger;
    this.#isWanted = isWanted;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** The device does not obey. */
  get isOverdue(): boolean {
    return this.#isWanted && this.#tries > QUIET_MAX;
  }

  /** Until the next look, ms. */
  get pause_ms(): number {
    return Math.min(AGAIN_ms.first * 2 ** this.#tries, AGAIN_ms.longest);
  }

  /** Tells the device at once, ahead of everything. That it obeys is seen by `attempt`. */
  request(reason: string, job: DeviceJob | undefined): void {
    this.#isWanted = true;
    this.#tries = 0;
    this.#tell(reason, job).catch(() => {});
  }

  /** In the lane, after whatever was pending: tells it, looks, and says whether it is at rest. */
  async attempt(reason: string, job: DeviceJob | undefined): Promise<boolean> {
    this.#isWanted = true;
    this.#tries += 1;
    let isTold = true;
    try {
      await this.#tell(reason, job);
    } catch (error) {
      isTold = false;
      if (this.#tries === 1) this.#logger.error({ problem: wordsOf(error) }, "gateway.haltFailed");
    }
    await this.#watch.ask();
    const { status } = this.#watch;
    if (!isTold || !this.#watch.isAtRest) {
      if (this.#tries === QUIET_MAX + 1) this.#logger.error({ status }, "gateway.haltNotConfirmed");
      return false;
    }
    this.#logger.info({ halts: this.#tries, state: status.state }, "gateway.halted");
    this.#isWanted = false;
    this.#tries = 0;
    return true;
  }

  async #tell(reason: string, job: DeviceJob | undefined): Promise<void> {
    await this.#calls.callNow("halt", (call) => this.#device.halt(reason, job, call));
  }
}
