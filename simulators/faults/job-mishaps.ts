import { createPrng } from "../../src/core/prng.ts";
import type { InstrumentFaults } from "./fault-plan.ts";

/** What will go wrong with one attempt at one job. */
export interface JobMishaps {
  readonly silent: boolean;
  readonly rejects: boolean;
  readonly nonsense: boolean;
  readonly wrongUnit: boolean;
  readonly sampleFails: boolean;
  /** Share of the duration after which the controller dies; `undefined` where it lives. */
  readonly disappearsAt: number | undefined;
}

/** Drawn from the seed and the names alone: the same attempt has the same mishaps whenever and however often it is asked. */
export function drawMishaps(
  instrument: {
    readonly seed: string;
    readonly instrumentId: string;
    readonly faults: InstrumentFaults;
  },
  { jobId, attempt }: { readonly jobId: string; readonly attempt: number },
): JobMishaps {
  const { seed, instrumentId, faults } = instrument;
  const prng = createPrng(`${seed}/mishaps/${instrumentId}/${jobId}/${attempt}`);
  const happens = (share: number | undefined): boolean => prng.next() < (share ?? 0);
  return {
    silent: happens(faults.silent),
    rejects: happens(faults.rejects),
    nonsense: happens(faults.nonsense),
    wrongUnit: happens(faults.wrongUnit),
    sampleFails: happens(faults.sampleFails),
    disappearsAt: happens(faults.disappears) ? 0.1 + 0.8 * prng.next() : undefined,
  };
}
