import { writeFile } from "node:fs/promises";
import { LabError } from "../core/errors.ts";
import type { Proposal } from "../domain/proposal.ts";
import type { Table } from "./table.ts";

/** Candidate identifiers are `c` and the row. */
export function rowOf(candidateId: string): number {
  return Number(candidateId.slice(1));
}

/** Writes a batch as CSV: row, line of the table, axes, score, reason. Throws TL-1003. */
export async function writeProposals(
  file: string,
  axes: readonly string[],
  table: Table,
  proposal: Proposal,
): Promise<void> {
  const quote = (text: string): string =>
    /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = proposal.points.map(({ candidateId, parameters, score, why }) =>
    [
      rowOf(candidateId),
      table.rows[rowOf(candidateId)]?.line ?? "",
      ...axes.map((axis) => String(parameters[axis])),
      score,
      quote(why),
    ].join(","),
  );
  const header = ["row", "line", ...axes.map(quote), "score", "why"].join(",");
  try {
    await writeFile(file, `${[header, ...lines].join("\n")}\n`);
  } catch (cause) {
    throw new LabError("TL-1003", `the proposals cannot be written to ${file}`, { cause });
  }
}
