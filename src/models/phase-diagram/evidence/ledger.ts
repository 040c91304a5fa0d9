import { compareIds, type PhaseEvidence } from "../map-model.ts";
import type { Conflict } from "./conflicts.ts";
import type { MapResult } from "./map-result.ts";
import { type SampleWeight, standingLabel, weighRepeats } from "./repeat-weights.ts";

/** A sample is measured at most so often to settle a conflict; then a person has to look. */
const REPEATS_MAX = 3;
/** Of a label at or below this it is no more likely that it is right than that it is wrong. */
const OPEN_BELOW = 0.5 + 1e-9;

/** The results that a map is read from, and how often each was confirmed. */
export interface Standing<R> {
  /** By owner, in the order of their ids. */
  readonly results: ReadonlyMap<number, R>;
  /** Results of the same sample that say the same, this one included, weighted by their confidence. */
  confirmations(owner: number): number;
  /** Results that do not stand already. */
  readonly aside: number;
}

interface Entry<R> {
  readonly evidence: PhaseEvidence;
  readonly result: R;
}

interface Sample extends SampleWeight {
  readonly owners: readonly number[];
  /** The label that stands; undefined where the sample is more likely wrong than right. */
  readonly label: string | undefined;
}

/**
 * All results of a map in the order of their ids, whatever the order in which they came: which of them stand, and how
 * strongly. Repeats of one sample vote by their confidence, of equals the latest wins; what is more likely wrong than right is set
 * aside and asked for again. Owners are numbers of results that ascend with their ids.
 */
export class Ledger<R extends MapResult> {
  readonly #ready: (evidence: PhaseEvidence, owner: number) => R;
  #entries = new Map<number, Entry<R>>();
  readonly #ownerOf = new Map<number, number>();
  #owners = 0;
  #latest: number | undefined;
  /** Owners of each sample, oldest first, and what they say together where it was asked. */
  readonly #groups = new Map<number, readonly number[]>();
  readonly #samples = new Map<number, Sample>();

  /** @param ready brings evidence into the engine's form */
  constructor(ready: (evidence: PhaseEvidence, owner: number) => R) {
    this.#ready = ready;
  }

  /** Adds a result; one of the same id is replaced. Returns false where owners had to be numbered anew. */
  add(evidence: PhaseEvidence): boolean {
    this.remove(evidence.id);
    const isLatest = this.#latest === undefined || compareIds(evidence.id, this.#latest) > 0;
    if (isLatest) this.#enter(evidence);
    else {
      const all = [...this.#entries.values()].map((entry) => entry.evidence);
      this.#entries = new Map();
      this.#groups.clear();
      this.#samples.clear();
      for (const item of [...all, evidence].sort((a, b) => compareIds(a.id, b.id)))
        this.#enter(item);
    }
    return isLatest;
  }

  /** Takes a result back; false where there is none of that id. */
  remove(id: number): boolean {
    const owner = this.#ownerOf.get(id);
    if (owner === undefined) return false;
    const key = keyOf(this.get(owner), owner);
    this.#regroup(
      key,
      this.#groups.get(key)!.filter((other) => other !== owner),
    );
    this.#ownerOf.delete(id);
    this.#entries.delete(owner);
    this.#latest = [...this.#entries.values()].at(-1)?.evidence.id;
    return true;
  }

  has(id: number): boolean {
    return this.#ownerOf.has(id);
  }

  get(owner: number): R {
    return this.#entries.get(owner)!.result;
  }

  evidence(owner: number): PhaseEvidence {
    return this.#entries.get(owner)!.evidence;
  }

  /** Owners of all results. */
  owners(): number[] {
    return [...this.#entries.keys()];
  }

  /** Candidates that were asked for, oldest first; -1 where a place was none. */
  asked(): number[] {
    return [...this.#entries.values()].map(({ evidence }) => evidence.candidate);
  }

  /** Experiments: what was known beforehand does not count. */
  get observations(): number {
    return [...this.#entries.values()].filter(({ evidence }) => !evidence.known).length;
  }

  /** True where the result is one of those that the map is read from. */
  stands(owner: number): boolean {
    return this.#sampleOf(owner).label === this.get(owner).label;
  }

  /** True where nothing stands at the sample of a result: all that was found there is more likely wrong than right. */
  isOpen(owner: number): boolean {
    return this.#sampleOf(owner).label === undefined;
  }

  standing(): Standing<R> {
    const owners = this.owners().filter((owner) => this.stands(owner));
    return {
      results: new Map(owners.map((owner) => [owner, this.get(owner)])),
      confirmations: (owner) => this.confirmations(owner),
      aside: this.#entries.size - owners.length,
    };
  }

  /** Probability of a result's label by its sample alone: its share among the repeats times what they are sure of together. */
  strengthOf(owner: number): number {
    const { shares, confidence } = this.#sampleOf(owner);
    return shares.get(this.get(owner).label)! * confidence;
  }

  confirmations(owner: number): number {
    const { label } = this.get(owner);
    return this.repeatsOf(owner).reduce(
      (sum, other) =>
        this.get(other).label === label ? sum + this.evidence(other).confidence : sum,
      0,
    );
  }

  /** Owners of all results of the sample of a result. */
  repeatsOf(owner: number): readonly number[] {
    return this.#sampleOf(owner).owners;
  }

  /** True where this sample may be measured again: there is a candidate for it, and it was not measured too often. */
  mayRepeat(owner: number): boolean {
    const isAskable = this.get(owner).candidate >= 0;
    return isAskable && this.repeatsOf(owner).length < REPEATS_MAX;
  }

  /** Samples whose results disagree so that none of their labels is more likely right than wrong. */
  disagreements(): Conflict[] {
    return [...this.#groups.keys()].flatMap((key) => {
      const { owners, label, shares } = this.#sampleAt(key);
      if (label === undefined || shares.size < 2) return [];
      const owner = owners.findLast((one) => this.get(one).label === label)!;
      if (this.strengthOf(owner) > OPEN_BELOW) return [];
      const against = owners.filter((other) => this.get(other).label !== label);
      return [{ kind: "repeat" as const, owner, against }];
    });
  }

  #enter(evidence: PhaseEvidence): void {
    const owner = this.#owners++;
    const result = this.#ready(evidence, owner);
    this.#entries.set(owner, { evidence, result });
    this.#ownerOf.set(evidence.id, owner);
    this.#latest = evidence.id;
    const key = keyOf(result, owner);
    this.#regroup(key, [...(this.#groups.get(key) ?? []), owner]);
  }

  #regroup(key: number, owners: readonly number[]): void {
    this.#samples.delete(key);
    if (owners.length === 0) this.#groups.delete(key);
    else this.#groups.set(key, owners);
  }

  #sampleOf(owner: number): Sample {
    return this.#sampleAt(keyOf(this.get(owner), owner));
  }

  /**
   * A lone result that was weighed with the samples around is no wrong one where no set of phases reaches a half: it says which
   * sets there may be, and measuring its point again would say the same.
   */
  #likeliest(owners: readonly number[]): string | undefined {
    const [owner, ...others] = owners;
    if (owner === undefined || others.length > 0) return undefined;
    const { estimates, alternatives = [] } = this.evidence(owner);
    return estimates === undefined || alternatives.length === 0 ? undefined : this.get(owner).label;
  }

  #sampleAt(key: number): Sample {
    const known = this.#samples.get(key);
    if (known !== undefined) return known;
    const owners = this.#groups.get(key)!;
    const repeats = owners.map((owner) => ({
      label: this.get(owner).label,
      confidence: this.evidence(owner).confidence,
    }));
    const weight = weighRepeats(repeats);
    const sample = { ...weight, owners, label: standingLabel(weight) ?? this.#likeliest(owners) };
    this.#samples.set(key, sample);
    return sample;
  }
}

/** Results at one candidate are of one sample; off the candidates each is one of its own. */
function keyOf({ candidate }: MapResult, owner: number): number {
  return candidate >= 0 ? candidate : -1 - owner;
}
