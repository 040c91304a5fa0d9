import type { ReadyResult } from "../triangulation/result.ts";
import type { Conflict } from "./conflicts.ts";

/** A sample is measured at most so often in a row to settle a conflict; then a person has to look. */
const REPEATS_MAX = 3;
/** Below this an identification is more likely wrong than right: it is kept, shown and repeated, not used. */
const CONFIDENCE_MIN = 0.5;
/** More results than this set aside would mean that the phase names themselves are not consistent. */
const SET_ASIDE_MAX = 12;

/**
 * The results in the order in which they came, and which of them the map is built from: repeats of one sample vote, and a
 * result that contradicts several others is set aside until it has been repeated. Owners are positions that never change.
 */
export class EvidenceBook {
  readonly #results: (ReadyResult | undefined)[] = [];
  readonly #ownerOf = new Map<string, number>();
  /** Owners by the candidate that they measured, ascending. */
  readonly #ownersAt = new Map<number, number[]>();
  /** Owners that the map leaves out, because repeats or several other results speak against them. */
  readonly setAside = new Set<number>();

  /** Adds a result and returns its owner. A result with the same id replaces the one before. */
  add(result: ReadyResult): number {
    this.remove(result.id);
    const owner = this.#results.push(result) - 1;
    this.#ownerOf.set(result.id, owner);
    const { candidate } = result;
    this.#ownersAt.set(candidate, [...(this.#ownersAt.get(candidate) ?? []), owner]);
    return owner;
  }

  /** Takes a result back; false where there is none of that id. */
  remove(id: string): boolean {
    const owner = this.#ownerOf.get(id);
    if (owner === undefined) return false;
    this.#ownerOf.delete(id);
    const { candidate } = this.#results[owner]!;
    const others = this.#ownersAt.get(candidate)!.filter((other) => other !== owner);
    this.#ownersAt.set(candidate, others);
    this.#results[owner] = undefined;
    this.setAside.delete(owner);
    return true;
  }

  get(owner: number): ReadyResult | undefined {
    return this.#results[owner];
  }

  /** Owners of results that have not been taken back, oldest first. */
  owners(): number[] {
    return this.#results.flatMap((result, owner) => (result === undefined ? [] : [owner]));
  }

  /** Owners of all results of the sample that `owner` measured. */
  repeatsOf(owner: number): readonly number[] {
    const { candidate } = this.#results[owner]!;
    return candidate < 0 ? [owner] : this.#ownersAt.get(candidate)!;
  }

  /** True where this sample may be measured again to settle a conflict. */
  mayRepeat(owner: number): boolean {
    return this.repeatsOf(owner).length < REPEATS_MAX;
  }

  /** How many results of the same sample say the same, this one included, weighted by their confidence. */
  confirmations(owner: number): number {
    const { label } = this.#results[owner]!;
    return this.repeatsOf(owner).reduce((sum, other) => {
      const result = this.#results[other]!;
      return result.label === label ? sum + result.confidence : sum;
    }, 0);
  }

  /** Sets aside what is more likely wrong than right, and what repeats of the same sample outvote; a tie goes to the later. */
  vote(): void {
    this.setAside.clear();
    for (const owner of this.owners()) {
      if (this.confirmations(owner) < CONFIDENCE_MIN) this.setAside.add(owner);
      const mine = this.confirmations(owner);
      const label = this.#results[owner]!.label;
      const isOutvoted = this.repeatsOf(owner).some((other) => {
        if (this.#results[other]!.label === label) return false;
        const theirs = this.confirmations(other);
        return theirs > mine || (theirs === mine && other > owner);
      });
      if (isOutvoted) this.setAside.add(owner);
    }
  }

  /** Pairs of results of one sample that disagree, as long as a further repeat may decide. */
  disagreements(): Conflict[] {
    return this.owners().flatMap((owner) => {
      const { label } = this.#results[owner]!;
      const against = this.repeatsOf(owner).filter(
        (other) =>
          other < owner &&
          this.#results[other]!.label !== label &&
          this.confirmations(other) === this.confirmations(owner),
      );
      return against.length === 0 ? [] : [{ kind: "repeat" as const, owner, against }];
    });
  }

  /**
   * The result that the conflicts speak against: one that contradicts at least two others, more than any other does; or
   * one that was measured less often than all that it contradicts. `undefined` where the conflicts do not tell.
   */
  suspect(conflicts: readonly Conflict[]): number | undefined {
    if (this.setAside.size >= SET_ASIDE_MAX) return undefined;
    const opponents = new Map<number, Set<number>>();
    const note = (a: number, b: number): void => {
      if (a === b) return;
      opponents.set(a, (opponents.get(a) ?? new Set()).add(b));
    };
    for (const { owner, against } of conflicts) {
      for (const other of against) {
        note(owner, other);
        note(other, owner);
      }
    }
    const ranked = [...opponents].sort((a, b) => b[1].size - a[1].size);
    const [first, second] = ranked;
    const most = first?.[1].size ?? 0;
    if (
      first !== undefined &&
      most > Math.max(1, second?.[1].size ?? 0, this.confirmations(first[0]))
    )
      return first[0];
    const weaker = ranked.find(([owner, others]) =>
      [...others].every((other) => this.confirmations(other) > this.confirmations(owner)),
    );
    return weaker?.[0];
  }
}
