import { misuse } from "../../core/errors.ts";
import type { MapDocument } from "../../views/map-document.ts";
import { writeNamedFile } from "./write-file.ts";

export const MAP_HELP =
  "write the map: FILE.json, or FILE.csv with FILE-boundaries.csv, FILE-tie-lines.csv, FILE-triangles.csv";

/** The file's kind by its name's end; anything else is a misuse that is told before the work begins. */
export function mapKind(file: string): "csv" | "json" {
  if (/\.json$/i.test(file)) return "json";
  if (/\.csv$/i.test(file)) return "csv";
  throw misuse("TL-1001", `--map ${file} must end in .csv or .json`);
}

/** Writes a map; returns the files that were written. Throws TL-1003. */
export async function writeMap(file: string, document: MapDocument): Promise<string[]> {
  if (mapKind(file) === "json") {
    await writeNamedFile(file, `${JSON.stringify(document)}\n`);
    return [file];
  }
  const { mapTables } = await import("../../views/map-document.ts");
  const written: string[] = [];
  for (const [name, text] of mapTables(document)) {
    const path = name === "" ? file : file.replace(/\.csv$/i, `-${name}.csv`);
    await writeNamedFile(path, text);
    written.push(path);
  }
  return written;
}
