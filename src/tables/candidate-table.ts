import { LabError } from "../core/errors.ts";
import { countRows } from "./coded-columns.ts";
import type { Table } from "./table.ts";

/** TL-1020 where a table has no candidates, or more than `most`. */
export function checkCandidates(table: Table, most = Number.POSITIVE_INFINITY): void {
  const { file } = table;
  const rows = countRows(table);
  if (rows === 0) {
    throw new LabError("TL-1020", `${file} has a header but no candidates`, {
      hint: "Write one row a candidate.",
    });
  }
  if (rows > most) {
    const what = `${file} has ${rows} candidates; ${most} are allowed`;
    throw new LabError("TL-1020", what, { hint: "Take larger steps." });
  }
}
