import { misuse } from "../../core/errors.ts";
import type { Parameters } from "../../domain/candidate.ts";
import type { PendingPoint } from "../../domain/proposal.ts";
import type { Table } from "../../tables/table.ts";
import { nameList } from "../option-values.ts";

/** Lines that are being measured: they condition the choice and are not proposed. */
export function readInFlight(
  text: string | undefined,
  table: Table,
  parametersOf: (row: number) => Parameters,
): PendingPoint[] {
  if (text === undefined) return [];
  return nameList("--in-flight", text).map((part) => {
    const row = table.rows.findIndex(({ line }) => String(line) === part);
    if (row < 0)
      throw misuse("TL-1001", `--in-flight: ${table.file} has no candidate in line ${part}`);
    return { candidateId: `c${row}`, parameters: parametersOf(row) };
  });
}
