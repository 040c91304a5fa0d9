import type { ObservationView } from "./campaign-view.ts";

/** Results of a campaign, oldest first, as an array has them; {@link readResultColumns} makes each only where it is looked at. */
export interface Results extends Iterable<ObservationView> {
  readonly length: number;
  /** From the first, or with -1 the last. */
  at(k: number): ObservationView | undefined;
  slice(from: number, to?: number): Results;
  /** What results say, each once in the order in which it was first said, where that is known without looking at each. */
  saidAtFirst?(): Iterable<ObservationView["results"]>;
}
