import type { Control } from "../../src/domain/instrument.ts";
import { ControllerLife } from "./controller-life.ts";
import { type ControllerOptions, DISAPPEARS_FOR_S } from "./controller-options.ts";

/** A simulated instrument: one controller after another on the same machine, the same journal and the same name. */
export class InstrumentController {
  readonly #options: ControllerOptions;
  #life: ControllerLife | undefined;
  #boots = 0;
  #control: Control = "automatic";
  #cancelReboot = (): void => {};
  /** Messages that made no sense or came from an older epoch: counted, never acted on. */
  misunderstood = 0;

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  get instrumentId(): string {
    return this.#options.instrumentId;
  }

  start(): void {
    if (this.#life !== undefined) return;
    if (this.#options.faults.forgets === true) this.#forget();
    this.#boots += 1;
    const booted_ms = Math.floor(this.#options.clock.now_ms());
    this.#life = new ControllerLife({
      ...this.#options,
      bootId: `b${booted_ms.toString(36)}-${this.#boots}`,
      control: this.#control,
      onDeath: () => this.crash(this.#options.faults.disappearsFor_s ?? DISAPPEARS_FOR_S),
      onMisunderstood: () => {
        this.misunderstood += 1;
      },
    });
    this.#life.boot();
  }

  /** The controller dies now (the machine goes on) and boots again after `away_s` of the clock. */
  crash(away_s: number): void {
    if (this.#life === undefined) return;
    this.#life.die();
    this.#life = undefined;
    const { clock } = this.#options;
    this.#cancelReboot = clock.schedule(clock.now_ms() + away_s * 1000, () => this.start());
  }

  /** A person takes the instrument over at its own panel, or gives it back. */
  setControl(control: Control): void {
    this.#control = control;
    this.#life?.setControl(control);
  }

  /** Disconnects in good order; what runs goes on from the journal at the next start. */
  async stop(): Promise<void> {
    this.#cancelReboot();
    await this.#life?.leave();
    this.#life = undefined;
  }

  /** Without its journal the controller does not know what the machine was doing: it stops it, and the job is lost. */
  #forget(): void {
    const { journal, world, clock, instrumentId, device, speed } = this.#options;
    const lost = new Map<string, { jobId: string; attempt: number }>();
    for (const entry of journal.read()) {
      if (entry.note === "accepted") lost.set(entry.order.jobId, entry.order);
      if (entry.note === "acked") lost.delete(entry.jobId);
    }
    const time_ms = clock.now_ms();
    for (const { jobId, attempt } of lost.values())
      world.record({ event: "ended", time_ms, instrumentId, jobId, attempt, outcome: "lost" });
    device.halt((time_ms / 1000) * speed);
    journal.clear();
  }
}
