/** What the page of a table asks. */
export interface TableWish {
  /** Of the file, for titles and downloads. */
  readonly name: string;
  readonly csv: string;
  readonly goal: "phase-diagram" | "optimise";
  /** `optimise`: `yield:max,density:min`. */
  readonly objectives?: string | undefined;
  /** `phase-diagram`: column of the label; absent: the last. */
  readonly label?: string | undefined;
  /** Columns of the axes; absent: all others that can be. */
  readonly axes?: string | undefined;
  /** Points wanted. */
  readonly batch: number;
}

/** The answer: what is known in a sentence, the next points with their reasons, the picture, tables to keep. */
export interface TableAnswer {
  readonly message: string;
  /** What a person should know of the table. */
  readonly notes: readonly string[];
  readonly points: readonly {
    /** Line of the file. */
    readonly line: number;
    readonly parameters: Readonly<Record<string, number | string>>;
    readonly why: string;
  }[];
  readonly svg: string;
  /** Texts by the name of their file. */
  readonly files: Readonly<Record<string, string>>;
}
