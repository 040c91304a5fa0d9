import { LabError } from "../core/errors.ts";
import type { Table } from "./table.ts";

/** TL-1020 where a table has no candidates, or more than `most`. */
export function checkCandidates({ file, rows }: Table, most = Number.POSITIVE_INFINITY): void {
  if (rows.length === 0) {
    throw new LabError("TL-1020", `${file} has a header but no candidates`, {
      hint: "Write one row a candidate.",
    });
  }
  if (rows.length > most) {
    const what = `${file} has ${rows.length} candidates; ${most} are allowed`;
    throw new LabError("TL-1020", what, { hint: "Take larger steps." });
  }
}
