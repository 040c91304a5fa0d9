import type { Timers } from "../../src/core/clock.ts";
import { LabError } from "../../src/core/errors.ts";
import type { Awaitable, Device, DeviceCall } from "./device.ts";

/** The calls that have deadlines. */
export type CallName =
  | "open"
  | "refuse"
  | "begin"
  | "status"
  | "result"
  | "halt"
  | "hold"
  | "resume"
  | "telemetry"
  | "recover"
  | "close";

export type Deadlines = Readonly<Record<CallName, number>>;

/** How long each call may take, ms. */
export const DEADLINES_ms: Deadlines = {
  open: 30_000,
  refuse: 5_000,
  begin: 30_000,
  status: 5_000,
  result: 60_000,
  halt: 5_000,
  hold: 10_000,
  resume: 10_000,
  telemetry: 5_000,
  recover: 30_000,
  close: 5_000,
};

/**
 * Calls a device so that no call can hang: an answer that comes after the deadline is dropped, and so is the connection it came
 * on: the device is opened afresh before the next call, so that an old answer is never taken for a new one.
 */
export class DeviceCalls {
  readonly #device: Device;
  readonly #deadlines_ms: Deadlines;
  readonly #clock: { now_ms(): number } & Timers;
  #isOpen = false;

  constructor(device: Device, deadlines_ms: Deadlines, clock: { now_ms(): number } & Timers) {
    this.#device = device;
    this.#deadlines_ms = deadlines_ms;
    this.#clock = clock;
  }

  /** Opens the device if need be, then calls. TL-3201 where it is late; else what the device throws. */
  async call<T>(name: CallName, run: (call: DeviceCall) => Awaitable<T>): Promise<T> {
    await this.open();
    return await this.#bounded(name, run);
  }

  /** Calls at once, whatever else is pending, and without opening. */
  async callNow<T>(name: CallName, run: (call: DeviceCall) => Awaitable<T>): Promise<T> {
    return await this.#bounded(name, run);
  }

  async open(): Promise<void> {
    if (this.#isOpen) return;
    const { open } = this.#device;
    if (open !== undefined) await this.#bounded("open", (call) => open.call(this.#device, call));
    this.#isOpen = true;
  }

  /** Whatever comes of it: somebody is about to leave. Rejects with what the device throws, or where it is late. */
  async close(): Promise<void> {
    const { close } = this.#device;
    if (close !== undefined) await this.#bounded("close", () => close.call(this.#device));
  }

  async #bounded<T>(name: CallName, run: (call: DeviceCall) => Awaitable<T>): Promise<T> {
    const deadline_ms = this.#deadlines_ms[name];
    // Made where a device asks for it, or where it is late: most calls are over before, and there are many.
    let abort: AbortController | undefined;
    const call: DeviceCall = {
      get signal() {
        abort ??= new AbortController();
        return abort.signal;
      },
    };
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.#clock.schedule(this.#clock.now_ms() + deadline_ms, () => {
        reject(lateError(name, deadline_ms));
        abort ??= new AbortController();
        abort.abort(`no answer in ${deadline_ms / 1000} s`);
      });
    });
    try {
      return await Promise.race([(async () => await run(call))(), late]);
    } catch (error) {
      this.#isOpen = false;
      throw error;
    } finally {
      cancel();
    }
  }
}

/** True where nobody knows whether the call was carried out. */
export function isLate(error: unknown): boolean {
  return error instanceof LabError && error.code === "TL-3201";
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lateError(name: CallName, deadline_ms: number): LabError {
  return new LabError(
    "TL-3201",
    `The device did not answer "${name}" within ${deadline_ms / 1000} s`,
    { retryable: true },
  );
}
