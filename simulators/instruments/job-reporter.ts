import { createPrng } from "../../src/core/prng.ts";
import type { InstrumentFaults } from "../faults/fault-plan.ts";
import { drawMishaps } from "../faults/job-mishaps.ts";
import { drawNonsense, inWrongUnit } from "../faults/nonsense.ts";
import type { JobKey, JobMemory } from "./controller-memory.ts";
import type { InstrumentVoice } from "./instrument-voice.ts";
import type { Refusal } from "./simulated-device.ts";

/** What an instrument says about its jobs, true or, where its faults want it, false at first. */
export class JobReporter {
  readonly #voice: InstrumentVoice;
  readonly #instrument: {
    readonly seed: string;
    readonly instrumentId: string;
    readonly faults: InstrumentFaults;
  };

  constructor(
    voice: InstrumentVoice,
    instrument: {
      readonly seed: string;
      readonly instrumentId: string;
      readonly faults: InstrumentFaults;
    },
  ) {
    this.#voice = voice;
    this.#instrument = instrument;
  }

  sayAccepted({ jobId, attempt }: JobKey): void {
    this.#voice.sayAboutJob("accepted", jobId, { jobId, attempt });
  }

  sayRefused({ jobId, attempt }: JobKey, { reason, retryable }: Refusal): void {
    this.#voice.sayAboutJob("rejected", jobId, { jobId, attempt, reason, retryable });
  }

  /** With the message `started` exactly once for each physical start. */
  sayProgress({ jobId, attempt }: JobKey, fraction: number, message?: string): void {
    this.#voice.sayAboutJob("progress", jobId, { jobId, attempt, fraction, message });
  }

  sayUnknown(jobId: string): void {
    this.#voice.sayAboutJob("unknown", jobId, { jobId });
  }

  /** Says again how an attempt stands: the answer to `reconcile` and to a repeated command. */
  restate(job: JobMemory): void {
    if (job.report !== undefined) this.#sendTrue(job);
    else if (job.order !== undefined) this.sayAccepted(job);
    else if (job.refusal !== undefined) this.sayRefused(job, job.refusal);
  }

  /** Sends a result or a failure; the first sending may be nonsense, every further one is true. */
  send(job: JobMemory, sendings: number): void {
    const { report, jobId, attempt } = job;
    if (report === undefined) return;
    const { word, data } = report;
    const mishaps = drawMishaps(this.#instrument, job);
    const lies = sendings === 1 && word === "result" && (mishaps.nonsense || mishaps.wrongUnit);
    if (!lies) {
      this.#sendTrue(job);
      return;
    }
    const envelope = (said: typeof data): string => this.#voice.envelopeAboutJob(word, said);
    const prng = createPrng(`${this.#instrument.seed}/nonsense/${jobId}/${attempt}`);
    const payload = mishaps.nonsense
      ? drawNonsense(data, envelope, prng).payload
      : envelope(inWrongUnit(data));
    this.#voice.sayRaw(word, jobId, payload);
  }

  /** Always the same bytes under the same message id, in every life. */
  #sendTrue({ report, jobId }: JobMemory): void {
    if (report === undefined) return;
    const { word, data, messageId, time_ms } = report;
    const payload = this.#voice.envelopeAboutJob(word, data, messageId, time_ms);
    this.#voice.sayRaw(word, jobId, payload);
  }
}
