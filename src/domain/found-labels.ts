/** The labels of a map by what each rests on, each list sorted. */
export interface FoundLabels {
  /** Results say so. */
  readonly measured: readonly string[];
  /** Known beforehand, and not measured since. */
  readonly told: readonly string[];
  /** Nobody has measured them: they follow from what was measured, and may turn out not to exist. */
  readonly follows: readonly string[];
}

/** What one result, or one point known beforehand, says. */
interface Evidence {
  readonly label: string;
  readonly known: boolean;
}

/** Sorts the labels that a map draws somewhere by what they rest on; a label that was measured is drawn or not. */
export function foundLabels(drawn: Iterable<string>, evidence: readonly Evidence[]): FoundLabels {
  const measured = new Set(evidence.filter(({ known }) => !known).map(({ label }) => label));
  const told = new Set(evidence.map(({ label }) => label).filter((label) => !measured.has(label)));
  const follows = [...new Set(drawn)].filter((label) => !measured.has(label) && !told.has(label));
  return { measured: [...measured].sort(), told: [...told].sort(), follows: follows.sort() };
}

/** `34 measured, 2 told, 10 follow`; what is none is left out, but for what was measured. */
export function foundInWords({ measured, told, follows }: FoundLabels): string {
  return [
    `${measured.length} measured`,
    ...(told.length > 0 ? [`${told.length} told`] : []),
    ...(follows.length > 0
      ? [`${follows.length} ${follows.length === 1 ? "follows" : "follow"}`]
      : []),
  ].join(", ");
}

/** `FCC_A1#2` -> `FCC_A1`: the two sides of a miscibility gap are one phase, demixed. */
export function phaseOfSide(name: string): string {
  return name.replace(/#\d+$/, "");
}

/** The phases in labels such as `A#1+A#2`, each once, in the order in which they come; a demixed phase is one. */
export function phasesIn(labels: Iterable<string>): string[] {
  return [...new Set([...labels].flatMap((label) => label.split("+").map(phaseOfSide)))];
}
