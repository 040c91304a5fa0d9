import type { Composition } from "../../src/domain/observation.ts";
import type { Journal } from "../instruments/journal.ts";
import type { LedgerEntry } from "./physical-ledger.ts";

/** Time that a sample spent at one temperature. */
export interface ThermalTreatment {
  readonly temperature_K: number;
  readonly duration_h: number;
  /** The job that did it: the same job is the same treatment. */
  readonly jobId: string;
}

export interface Sample {
  readonly sampleId: string;
  /** What it really consists of, which may differ from what was asked for. */
  readonly composition: Composition;
  readonly madeBy: string;
  readonly treatments: readonly ThermalTreatment[];
  readonly spoiled: boolean;
}

export type WorldEntry =
  | { readonly what: "sample"; readonly sample: Sample }
  | { readonly what: "ledger"; readonly entry: LedgerEntry };

/**
 * The matter of the laboratory: samples on their way from instrument to instrument, and the ledger of what physically
 * happened. Shared by the instruments as a bench is; journaled because samples outlive programs.
 */
export class PhysicalWorld {
  readonly #journal: Journal<WorldEntry>;
  readonly #samples = new Map<string, Sample>();
  readonly #ledger: LedgerEntry[] = [];
  readonly #starts = new Map<string, number>();

  constructor(journal: Journal<WorldEntry>) {
    this.#journal = journal;
    for (const entry of journal.read()) this.#apply(entry);
  }

  sample(sampleId: string): Sample | undefined {
    return this.#samples.get(sampleId);
  }

  /** Makes a sample, or makes it anew where the same job is tried again. */
  make(sampleId: string, composition: Composition, madeBy: string): void {
    this.#write({
      what: "sample",
      sample: { sampleId, composition, madeBy, treatments: [], spoiled: false },
    });
  }

  anneal(sampleId: string, treatment: ThermalTreatment): void {
    const sample = this.#samples.get(sampleId);
    if (sample === undefined || sample.treatments.some((t) => t.jobId === treatment.jobId)) return;
    const treatments = [...sample.treatments, treatment];
    this.#write({ what: "sample", sample: { ...sample, treatments } });
  }

  spoil(sampleId: string): void {
    const sample = this.#samples.get(sampleId);
    if (sample !== undefined) this.#write({ what: "sample", sample: { ...sample, spoiled: true } });
  }

  record(entry: LedgerEntry): void {
    this.#write({ what: "ledger", entry });
  }

  /** When this attempt last began physically, ms since 1970; `undefined` if it never did. */
  startOf(instrumentId: string, jobId: string, attempt: number): number | undefined {
    return this.#starts.get(`${instrumentId}/${jobId}#${attempt}`);
  }

  ledger(): readonly LedgerEntry[] {
    return this.#ledger;
  }

  close(): void {
    this.#journal.close();
  }

  #write(entry: WorldEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(written: WorldEntry): void {
    if (written.what === "sample") {
      this.#samples.set(written.sample.sampleId, written.sample);
      return;
    }
    const { entry } = written;
    this.#ledger.push(entry);
    if (entry.event === "started") {
      this.#starts.set(`${entry.instrumentId}/${entry.jobId}#${entry.attempt}`, entry.time_ms);
    }
  }
}
