import { parquetWriteBuffer } from "hyparquet-writer";
import { VERSION } from "../../src/core/version.ts";
import { type Cell, columnNames, type Row } from "../../src/views/result-rows.ts";

/**
 * A table as Apache Parquet: its columns are the union of the rows' keys, after `least`, which are there without any row; one in which
 * every value is a number is of doubles (`n`, the number of a result, of whole numbers of 32 bits), any other is of text. What a row
 * lacks is null. `about` goes into the file's key-value metadata.
 */
export function parquetOf(
  rows: readonly Row[],
  about: Readonly<Record<string, string>> = {},
  least: readonly string[] = [],
): Uint8Array {
  const names = columnNames(rows, least);
  const buffer = parquetWriteBuffer({
    columnData: names.map((name) => columnOf(name, rows)),
    kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
    createdBy: `Tieline version ${VERSION}`,
  });
  return new Uint8Array(buffer);
}

function columnOf(name: string, rows: readonly Row[]) {
  const cells = rows.map((row): Cell | null => row[name] ?? null);
  const numbers = cells.filter((cell) => typeof cell === "number");
  if (name === "n") return { name, type: "INT32" as const, data: cells };
  if (numbers.length === 0 || cells.some((cell) => typeof cell === "string"))
    return { name, type: "STRING" as const, data: cells.map((c) => (c === null ? c : String(c))) };
  return { name, type: "DOUBLE" as const, data: cells };
}
