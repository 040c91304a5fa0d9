/** A CSV file with a header: names and rows of trimmed text, with the line each row begins on. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Numbers are written `0,5`: what a spreadsheet writes where it separates values by semicolons. */
  readonly hasDecimalCommas: boolean;
}

export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}
