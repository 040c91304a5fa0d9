import type { Proposal } from "../../domain/proposal.ts";
import { lineOf } from "../../tables/coded-columns.ts";
import type { Table } from "../../tables/table.ts";
import { toCsv } from "../../views/export-text.ts";
import { type CommandIo, printJson } from "../command.ts";
import { writeNamedFile } from "./write-file.ts";

/** A batch that was chosen from a table. */
export interface Suggestion {
  readonly table: Table;
  /** Columns that tell where each point is. */
  readonly axes: readonly string[];
  readonly proposal: Proposal;
}

/** Candidate identifiers are `c` and the row. */
export function rowOf(candidateId: string): number {
  return Number(candidateId.slice(1));
}

/** Writes a batch as CSV: row, line of the table, axes, score, reason. Throws TL-1003. */
export async function writeProposals(file: string, suggestion: Suggestion): Promise<void> {
  const { table, axes, proposal } = suggestion;
  const rows = proposal.points.map(({ candidateId, parameters, score, why }) => ({
    row: rowOf(candidateId),
    line: lineOf(table, rowOf(candidateId)) ?? "",
    ...Object.fromEntries(axes.map((axis) => [axis, parameters[axis]])),
    score,
    why,
  }));
  await writeNamedFile(file, toCsv(rows, ["row", "line", ...axes, "score", "why"]));
}

/** Prints a batch: one JSON document that begins with `head`, or a sentence, and each point with its reason. */
export function printSuggestion(
  suggestion: Suggestion,
  about: {
    readonly head: Readonly<Record<string, unknown>>;
    readonly message: string;
    /** Which columns were taken as what. */
    readonly roles: string;
    readonly isJson: boolean;
  },
  io: CommandIo,
): void {
  const { table, axes, proposal } = suggestion;
  const lineAt = (candidateId: string) => lineOf(table, rowOf(candidateId));
  if (about.isJson) {
    printJson(io, {
      ...about.head,
      message: about.message,
      points: proposal.points.map(({ candidateId, parameters, score, why }) => ({
        ...{ row: rowOf(candidateId), line: lineAt(candidateId) },
        ...{ parameters, score, why },
      })),
      verdict: proposal.verdict,
      model: proposal.model,
      warnings: proposal.warnings,
    });
    return;
  }
  for (const warning of proposal.warnings) io.err(`warning: ${warning}\n`);
  io.out(`${about.roles}\n${about.message}\n`);
  for (const { candidateId, parameters, why } of proposal.points) {
    const values = axes.map((axis) => `${axis} = ${parameters[axis]}`).join(", ");
    io.out(`  line ${lineAt(candidateId)}: ${values}\n    ${why}\n`);
  }
}
