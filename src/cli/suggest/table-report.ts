import type { LeftOut } from "../../tables/column-roles.ts";
import type { CommandIo } from "../command.ts";

/** How a table was read: told with every suggestion, since what is left out may be what the user meant. */
export interface TableReport {
  readonly inputs: readonly string[];
  readonly results: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** What a person should know before trusting the batch, on stderr. */
export function tellTable(report: TableReport, io: CommandIo): void {
  for (const warning of report.warnings) io.err(`warning: ${warning}\n`);
  for (const { column, why } of report.leftOut)
    io.err(`warning: ${column} is left out: ${why}. --axes takes it in.\n`);
}

/** `Inputs a, b; results y.` */
export function rolesOf({ inputs, results }: TableReport): string {
  return `Inputs ${inputs.join(", ")}; results ${results.join(", ")}.`;
}
