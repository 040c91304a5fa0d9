/** A pattern as it was read: what is drawn of it, and what it may be instead. Heights are shares of its largest line. */
export interface PatternLook {
  readonly twoTheta_deg: readonly number[];
  /** Without background. */
  readonly measured: readonly number[];
  readonly sum: readonly number[];
  /** measured - sum. */
  readonly residual: readonly number[];
  /** Phases of the most probable set, the heaviest first. */
  readonly phases: readonly {
    readonly name: string;
    readonly curve: readonly number[];
    /** Share of the weight with its standard deviation. */
    readonly weight?: { readonly share: number; readonly error: number } | undefined;
  }[];
  /** The most probable first. */
  readonly sets: readonly { readonly phases: readonly string[]; readonly probability: number }[];
  /** Probability of each phase: the sum over the sets that hold it. */
  readonly presence: Readonly<Record<string, number>>;
  /** Share of the net intensity that no reference explains, and its lines, the highest first. */
  readonly unexplained: number;
  readonly isUnfamiliar: boolean;
  readonly strangers: readonly {
    readonly d_A: number;
    readonly twoTheta_deg: number;
    readonly height: number;
  }[];
}

/** What is said of the lines that no reference explains. */
export function strangersInWords({ unexplained, isUnfamiliar, strangers }: PatternLook): string {
  const share = `${Number((100 * unexplained).toPrecision(2))} % of the intensity`;
  if (!isUnfamiliar) return `References explain all lines but ${share}.`;
  const lines = strangers
    .slice(0, 6)
    .map(({ d_A, twoTheta_deg }) => `${twoTheta_deg.toFixed(2)}° (${d_A.toFixed(3)} Å)`);
  return `No reference explains ${share}: lines at ${lines.join(", ")}.`;
}
