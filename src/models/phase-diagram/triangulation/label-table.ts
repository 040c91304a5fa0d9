/** Labels in the order of their discovery. */
export class LabelTable {
  readonly labels: string[] = [];
  readonly #index = new Map<string, number>();

  /** Position of a label, which is added where it is new. */
  of(label: string): number {
    let k = this.#index.get(label);
    if (k === undefined) {
      k = this.labels.push(label) - 1;
      this.#index.set(label, k);
    }
    return k;
  }
}
