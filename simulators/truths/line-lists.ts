import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LabError } from "../../src/core/errors.ts";

/** A line of a powder: place and area. */
export interface ListedLine {
  readonly d_A: number;
  /** Per mole of atoms, on one scale for all lists of a folder, as the source's wavelength gives it. */
  readonly intensity: number;
}

/** Lines by phase, as the files of a folder are called. */
export type LineLists = ReadonlyMap<string, readonly ListedLine[]>;

const HEAD = "d_angstrom,intensity";

/**
 * Reads every CSV file of a folder: `#` begins a comment, the head is `d_angstrom,intensity`. What nature knows of each
 * phase's crystal; the daemon has references of its own.
 * @throws TL-0101 where the folder or a file is not what it must be
 */
export function loadLineLists(folder: string): LineLists {
  const lists = new Map(
    namesIn(folder).map((name) => [basename(name, ".csv"), readList(join(folder, name))]),
  );
  if (lists.size > 0) return lists;
  throw new LabError("TL-0101", `${folder} holds no line lists (NAME.csv with ${HEAD})`);
}

/** A phase's lines; both parts of a miscibility gap (`FCC_A1#1`) are one crystal. */
export function linesOf(lists: LineLists, phase: string): readonly ListedLine[] {
  const lines = lists.get(phase) ?? lists.get(phase.replace(/#\d+$/, ""));
  if (lines !== undefined) return lines;
  throw new LabError("TL-0101", `There is no line list ${phase}.csv, and the truth has that phase`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".csv"))
      .sort();
  } catch (cause) {
    throw new LabError("TL-0101", `The folder of line lists ${folder} cannot be read`, { cause });
  }
}

function readList(file: string): ListedLine[] {
  const [head, ...rows] = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const lines = rows.map((row) => {
    const [d_A = Number.NaN, intensity = Number.NaN] = row.split(",").map(Number);
    return { d_A, intensity };
  });
  const isSound = lines.every(({ d_A, intensity }) => d_A > 0 && intensity >= 0);
  if (head?.trim() === HEAD && lines.length > 0 && isSound) return lines;
  throw new LabError("TL-0101", `${file} is no line list: ${HEAD}, then a row a line`);
}
