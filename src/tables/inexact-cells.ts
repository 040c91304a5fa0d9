import { LabError } from "../core/errors.ts";
import { numericColumn } from "./numeric-column.ts";
import { readNumber, type Table } from "./table.ts";

/** A number that is not known exactly. */
interface InexactCell {
  readonly kind: "value";
  readonly value: number;
  readonly error?: number | undefined;
  readonly bound?: "below" | "above" | undefined;
}

const BOUND = /^(<|>|≤|≥|<=|>=)\s*([^<>=≤≥]+)$/;
const WITH_ERROR = /^(.*?[\d.])\s*(?:±|\+\/-|\+-)\s*(.+)$/;

/** `<0.1`, `>= 100`, `0.5±0.1`, `0.5 +/- 0.1`; `undefined` for anything else. */
export function readInexact(table: Table, cell: string): InexactCell | undefined {
  const [, sign = "", limit = ""] = BOUND.exec(cell) ?? [];
  const value = readNumber(table, limit);
  if (Number.isFinite(value))
    return { kind: "value", value, bound: /^[<≤]/.test(sign) ? "below" : "above" };
  const [, middle = "", spread = ""] = WITH_ERROR.exec(cell) ?? [];
  const [at, error] = [readNumber(table, middle), readNumber(table, spread)];
  if (!Number.isFinite(at) || !Number.isFinite(error) || error < 0) return undefined;
  return { kind: "value", value: at, error: error > 0 ? error : undefined };
}

/** The name of the column of standard errors of a column of results, if there is one. */
export function errorColumnOf({ columns }: Pick<Table, "columns">, name: string) {
  return columns.find((one) => [`${name}_se`, `${name} ±`, `${name}±`].includes(one));
}

/** Standard errors by row, positive ones; `undefined` without a column of them. */
export function readErrors(table: Table, name: string): (number | undefined)[] | undefined {
  const column = errorColumnOf(table, name);
  if (column === undefined) return undefined;
  const values = numericColumn(table, table.columns.indexOf(column))?.values;
  return table.rows.map(({ line }, row) => {
    const error = values?.[row] ?? Number.NaN;
    if (error < 0)
      throw new LabError(
        "TL-1020",
        `${table.file}, line ${line}: ${error} in the column ${column} is no standard error`,
      );
    return error > 0 && Number.isFinite(error) ? error : undefined;
  });
}
