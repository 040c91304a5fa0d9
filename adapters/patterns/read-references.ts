import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { LabError, naming } from "../../src/core/errors.ts";
import type { ReferenceSource } from "../../src/models/diffraction/reference-card.ts";
import { readCifStructures } from "./cif-structures.ts";
import { axisOf } from "./column-axis.ts";
import { parseColumns } from "./columns.ts";
import { readPattern } from "./read-pattern.ts";

const PATTERN_ENDINGS = new Set([".xrdml", ".ras", ".raw", ".xy", ".xye", ".fxye"]);
/** More rows than this is a measured pattern, fewer a list of lines. */
const LINES_MAX = 600;

/**
 * References from files and folders: .cif (every block a card), .csv line lists (`d_angstrom,intensity` or
 * `Q_per_nm,intensity`) and measured patterns of one phase. A card is called by its file without the ending, by its
 * block where a file has several. Errors: TL-7104 with every problem; TL-7101, TL-7103.
 */
export function readReferences(paths: readonly string[]): ReferenceSource[] {
  const files = paths.flatMap(filesAt);
  const sources = files.flatMap(sourcesIn);
  if (sources.length === 0) throw new LabError("TL-7104", `no references in ${paths.join(", ")}`);
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return sources;
  throw new LabError("TL-7104", `two references are called "${twice}"`, {
    hint: "Rename one file or block.",
  });
}

function filesAt(path: string): string[] {
  const isFolder = reading(path, () => statSync(path).isDirectory());
  if (!isFolder) return [path];
  return reading(path, () => readdirSync(path))
    .filter((name) => {
      const ending = extname(name).toLowerCase();
      return ending === ".cif" || ending === ".csv" || PATTERN_ENDINGS.has(ending);
    })
    .sort()
    .map((name) => join(path, name));
}

/** What the file system refuses, in the user's terms. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LabError("TL-7104", `${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
      hint: "Check the path and its rights.",
    });
  }
}

function sourcesIn(file: string): ReferenceSource[] {
  const ending = extname(file).toLowerCase();
  const name = basename(file, extname(file));
  const bytes = reading(file, () => readFileSync(file));
  if (ending === ".cif") {
    const found = naming(file, () => readCifStructures(bytes.toString("utf8")));
    return found.map((block) => ({
      kind: "structure",
      name: found.length === 1 ? name : block.name,
      crystal: block.crystal,
    }));
  }
  if (PATTERN_ENDINGS.has(ending)) {
    return [{ kind: "pattern", name, pattern: readPattern(bytes, basename(file)) }];
  }
  const text = bytes.toString("utf8");
  const { head, rows } = naming(file, () => parseColumns(text));
  if (rows.length > LINES_MAX) {
    return [{ kind: "pattern", name, pattern: readPattern(bytes, basename(file)) }];
  }
  const axis = axisOf(head);
  if (axis === undefined || axis.axis === "twoTheta_deg") {
    throw new LabError("TL-7104", `${file} names neither d_angstrom nor Q_per_nm in its head`);
  }
  const lines = rows.map(([x, intensity]) => ({
    d_A: axis.axis === "d_A" ? x! : (20 * Math.PI) / (x! * axis.scale),
    intensity: intensity!,
  }));
  return [{ kind: "lines", name, lines }];
}
