import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TableAnswer, TableWish } from "../../../adapters/dashboard/table-page/table-ports.ts";
import type { SuggestOptions } from "../suggest/suggest-options.ts";

interface Printed {
  readonly message: string;
  readonly points: TableAnswer["points"];
  readonly warnings: readonly string[];
  readonly table: {
    readonly inputs: readonly string[];
    readonly results: readonly string[];
    readonly leftOut: readonly { readonly name: string; readonly why: string }[];
    readonly warnings: readonly string[];
  };
}

/** What `tieline suggest` says of a table, with its picture and its files; the same refusals. */
export async function answerTable(wish: TableWish): Promise<TableAnswer> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-table-"));
  const place = (name: string): string => join(folder, name);
  const kept = (name: string): string | undefined =>
    existsSync(place(name)) ? readFileSync(place(name), "utf8") : undefined;
  const isMap = wish.goal === "phase-diagram";
  const file = place(
    `${wish.name.replaceAll(/[^\w .-]/g, "_").replace(/\.csv$/i, "") || "table"}.csv`,
  );
  const { goal, objectives, label, axes, batch } = wish;
  const options: SuggestOptions = {
    ...{ candidates: file, goal, batch: String(batch), seed: "1", limit: [], tell: [], json: true },
    ...{ out: place("next.csv"), plot: place("picture.svg") },
    ...(isMap ? { map: place("map.csv") } : {}),
    ...(objectives === undefined ? {} : { objectives }),
    ...(label === undefined ? {} : { label }),
    ...(axes === undefined ? {} : { axes }),
  };
  let said = "";
  const io = { out: (text: string) => (said += text), err: () => {}, interactive: false };
  try {
    writeFileSync(file, wish.csv);
    if (isMap)
      await (await import("../suggest/suggest-phase-diagram.ts")).suggestPhaseDiagram(options, io);
    else await (await import("../suggest/suggest-optimise.ts")).suggestOptimise(options, io);
    const printed = JSON.parse(said) as Printed;
    const files = ["next.csv", "map.csv", "map-boundaries.csv", "map-tie-lines.csv"];
    return {
      message: printed.message,
      notes: notesOf(printed),
      points: printed.points,
      svg: kept("picture.svg") ?? "",
      files: Object.fromEntries(files.flatMap((name) => [[name, kept(name)]]).filter(([, t]) => t)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function notesOf({ table, warnings }: Printed): string[] {
  const { inputs, results, leftOut } = table;
  return [
    `Axes: ${inputs.join(", ")}. Results: ${results.join(", ")}.`,
    ...leftOut.map(({ name, why }) => `${name} is left out: ${why}.`),
    ...table.warnings,
    ...warnings,
  ];
}
