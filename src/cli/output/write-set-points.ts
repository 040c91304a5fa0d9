import type { ProposedPoint } from "../../domain/proposal.ts";
import { toCsv } from "../../views/export-text.ts";
import type { CommandIo } from "../command.ts";
import { writeNamedFile } from "./write-file.ts";

/** Writes points of a space as CSV: axes, score, reason; an axis that a point does not have is empty. Throws TL-1003. */
export async function writeSetPoints(
  file: string,
  axes: readonly string[],
  points: readonly ProposedPoint[],
): Promise<void> {
  const rows = points.map(({ parameters, score, why }) => ({ ...parameters, score, why }));
  await writeNamedFile(file, toCsv(rows, [...axes, "score", "why"]));
}

/** Prints points of a space, each with its reason. */
export function printSetPoints(points: readonly ProposedPoint[], io: CommandIo): void {
  points.forEach(({ parameters, why }, k) => {
    const values = Object.entries(parameters).map(([axis, value]) => `${axis} = ${value}`);
    io.out(`  ${k + 1}: ${values.join(", ")}\n    ${why}\n`);
  });
}
