import type { Observation, PhasesObservation } from "./observation.ts";

/** The name of lines that no reference explains, as a single pattern has it: one sample cannot know of the others. */
export const UNKNOWN_PHASE = "unknown";

type Lines = NonNullable<PhasesObservation["unfamiliar"]>;

/** A phase without a reference, known by the lines of the sample that shows it best. */
export interface Stranger {
  /** `unknown-1`, in the order of the log; for ever. */
  readonly id: string;
  readonly lines: Lines;
}

/** What a campaign knows of phases without a reference. */
export interface StrangerBook {
  readonly strangers: readonly Stranger[];
  /** What a person calls them, by `id`. */
  readonly names: Readonly<Record<string, string>>;
}

export const NO_STRANGERS: StrangerBook = { strangers: [], names: {} };

/** How far a stranger's cell may grow or shrink between two samples, and how far a line may then be off, both of d. */
const STRAIN_MAX = 0.025;
const SAME_LINE = 0.004;
/** Sum of the two shares (of the heights) from which two lists of lines are of one phase; 2 is all lines of both. */
const AGREEMENT_MIN = 0.9;

/**
 * Gives the unknown phase of each observation a name that is the same for samples with the same lines. Returns the book
 * with what is new in it.
 */
export function nameStrangers(
  observations: readonly Observation[],
  book: StrangerBook,
): { readonly observations: readonly Observation[]; readonly book: StrangerBook } {
  let now = book;
  const named = observations.map((one): Observation => {
    if (one.kind !== "phases" || one.unfamiliar === undefined) return one;
    const { unfamiliar } = one;
    const found = recognise(unfamiliar, now.strangers);
    const id = found?.id ?? `${UNKNOWN_PHASE}-${now.strangers.length + 1}`;
    now = { ...now, strangers: withLines(now.strangers, { id, lines: unfamiliar }) };
    return renamed({ ...one, unfamiliar: { ...unfamiliar, id } }, UNKNOWN_PHASE, nameIn(now, id));
  });
  return { observations: named, book: now };
}

/** The same observations after a person has given (other) names. */
export function renameStrangers(
  observations: readonly Observation[],
  before: StrangerBook,
  after: StrangerBook,
): readonly Observation[] {
  return observations.map((one) => {
    const id = one.kind === "phases" ? one.unfamiliar?.id : undefined;
    if (one.kind !== "phases" || id === undefined) return one;
    return renamed(one, nameIn(before, id), nameIn(after, id));
  });
}

/** What a stranger is called now. */
function nameIn(book: StrangerBook, id: string): string {
  return book.names[id] ?? id;
}

/** The stranger stands last in every set, so that a reference of the same name beside it is left alone. */
function renamed(observation: PhasesObservation, from: string, to: string): PhasesObservation {
  const swap = (phases: readonly string[]): readonly string[] =>
    phases.at(-1) === from ? [...phases.slice(0, -1), to] : phases;
  const { alternatives } = observation;
  return {
    ...observation,
    phases: swap(observation.phases),
    ...(alternatives === undefined
      ? {}
      : { alternatives: alternatives.map((one) => ({ ...one, phases: swap(one.phases) })) }),
  };
}

function recognise(lines: Lines, strangers: readonly Stranger[]): Stranger | undefined {
  let best: Stranger | undefined;
  let agreement = AGREEMENT_MIN;
  for (const stranger of strangers) {
    const found = agreementOf(lines, stranger.lines);
    if (found < agreement) continue;
    agreement = found;
    best = stranger;
  }
  return best;
}

/** A stranger is remembered by the sample that shows most of it. */
function withLines(strangers: readonly Stranger[], seen: Stranger): readonly Stranger[] {
  const k = strangers.findIndex(({ id }) => id === seen.id);
  if (k < 0) return [...strangers, seen];
  return seen.lines.share > strangers[k]!.lines.share ? strangers.with(k, seen) : strangers;
}

/**
 * How well two lists of lines agree at the isotropic strain that suits them best: of each list the share of the heights
 * that have a line of the other within 0.4 % of d, the two shares added (a line of one sample may lie under a known phase's
 * in the other). Without heights all lines count alike.
 */
function agreementOf(a: Lines, b: Lines): number {
  let best = 0;
  for (const p of a.d_A) {
    for (const q of b.d_A) {
      const strain = Math.log(q / p);
      if (Math.abs(strain) > STRAIN_MAX) continue;
      best = Math.max(best, shareFound(a, b, strain) + shareFound(b, a, -strain));
    }
  }
  return best;
}

function shareFound(of: Lines, among: Lines, strain: number): number {
  let total = 0;
  let found = 0;
  of.d_A.forEach((d, k) => {
    const height = of.heights?.[k] ?? 1;
    total += height;
    if (among.d_A.some((other) => Math.abs(Math.log(other / d) - strain) < SAME_LINE))
      found += height;
  });
  return total === 0 ? 0 : found / total;
}
