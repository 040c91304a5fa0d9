import { coexistingPhases, labelOf } from "./phase-names.ts";

/** Phases of one table are numbered below this. */
const PHASES_MAX = 1 << 16;

/** Labels in the order of their discovery. */
export class LabelTable {
  readonly labels: string[] = [];
  readonly #index = new Map<string, number>();
  readonly #phases = new Map<string, number>();
  readonly #ofPhases = new Map<number, number>();

  /** Position of a label, which is added where it is new. */
  of(label: string): number {
    let k = this.#index.get(label);
    if (k === undefined) {
      k = this.labels.push(label) - 1;
      this.#index.set(label, k);
    }
    return k;
  }

  /** Position of the label of a simplex with these phases on its one to three vertices; -1 where none is known. */
  ofSimplex(phases: readonly string[]): number {
    if (phases.length === 0) return -1;
    let key = 0;
    for (const phase of phases) key = key * PHASES_MAX + this.#phase(phase);
    let k = this.#ofPhases.get(key);
    if (k === undefined) {
      k = this.of(labelOf(coexistingPhases(phases)));
      this.#ofPhases.set(key, k);
    }
    return k;
  }

  /** Number of a phase, from 1. */
  #phase(name: string): number {
    let k = this.#phases.get(name);
    if (k === undefined) {
      k = this.#phases.size + 1;
      this.#phases.set(name, k);
    }
    return k;
  }
}
