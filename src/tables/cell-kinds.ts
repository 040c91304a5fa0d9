import { codedColumn } from "./coded-columns.ts";
import { readNumber, type Table } from "./table.ts";

/** What a cell says before its column's role is known. */
export type CellKind = "empty" | "mark" | "number" | "text";

/** What people and programs write where nothing was measured. */
const MARK = /^(?:#?n\/?a\.?|<na>|none|null|nan|[-–—]+|\?+|n\.?d\.?)$/i;
/** Marks that may as well stand for a measurement that failed, where other cells of the column are empty. */
const DOUBTFUL_MARK = /^(?:[+-]?nan|\?+|n\.?d\.?)$/i;
const FAILURE = /^(?:fail(?:ed|ure)?|error|broken|crashed|aborted|invalid|[+-]?inf(?:inity)?)$/i;
/** Units that follow a number without a blank; any word does behind a blank. */
const UNIT =
  /^([+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?)(?:\s+([A-Za-z°%µμΩÅ][^\s\d]*)|(K|°C|%|min|mm|nm|µm|mg|mbar|bar|[kMG]?Pa|eV))$/;

export function kindOf(table: Table, cell: string): CellKind {
  if (cell === "") return "empty";
  if (Number.isFinite(readNumber(table, cell))) return "number";
  return MARK.test(cell) ? "mark" : "text";
}

/** `350 K` -> the number and its unit. */
export function splitUnit(
  cell: string,
): { readonly number: string; readonly unit: string } | undefined {
  const match = UNIT.exec(cell);
  const unit = match?.[2] ?? match?.[3];
  return match === null || unit === undefined ? undefined : { number: match[1] ?? "", unit };
}

/** How the cells of a column of results are to be taken. */
export interface ResultCells {
  /** Cells that mean "not measured" besides empty ones, as written. */
  readonly marks: ReadonlySet<string>;
  readonly hasEmpty: boolean;
}

/**
 * Marks of "not measured": always `NA`, `N/A`, `None`, `-`; `nan`, `?` and `n.d.` only where no cell of the column is empty,
 * since beside empty cells they tell of a measurement without a result.
 */
export function resultCells(table: Table, column: number): ResultCells {
  const { words } = codedColumn(table, column);
  const hasEmpty = words.includes("");
  const marks = new Set(
    words.filter((cell) => MARK.test(cell) && !(hasEmpty && DOUBTFUL_MARK.test(cell))),
  );
  return { marks, hasEmpty };
}

export function isUnmeasured({ marks }: ResultCells, cell: string): boolean {
  return cell === "" || marks.has(cell);
}

/** True where a cell says that the measurement failed. */
export function isFailure(cell: string): boolean {
  return FAILURE.test(cell) || DOUBTFUL_MARK.test(cell);
}
