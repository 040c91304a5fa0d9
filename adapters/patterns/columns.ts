import { LabError } from "../../src/core/errors.ts";
import type { DiffractionPattern } from "../../src/models/diffraction/pattern.ts";
import { doublet, type SpectralLine } from "../../src/models/diffraction/radiation.ts";
import { axisOf, isOtherAxis, refuseOtherAxis } from "./column-axis.ts";

/** Columns of a text file with the words of its head, if any. */
export interface Columns {
  /** In lower case. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

const COMMENT = /^\s*([#!;'"*/]|$)/;

/** Numbers in columns between blanks, commas, semicolons or tabs, with decimal points or commas; comment lines are passed over. Errors: TL-7103. */
export function parseColumns(text: string): Columns {
  const rows: number[][] = [];
  let head: string[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  const wordsOf = hasDecimalCommas(lines) ? wordsOfDecimalCommas : wordsOfDecimalPoints;
  for (const [k, line] of lines.entries()) {
    if (COMMENT.test(line)) {
      const words = wordsOf(line.replace(/^\s*[#!;'"*/]+/, ""));
      if (rows.length === 0 && namesColumns(words)) head = words;
      continue;
    }
    const words = wordsOf(line);
    const values = words.map(Number);
    if (values.length >= 2 && values.slice(0, 2).every(Number.isFinite)) rows.push(values);
    else if (rows.length === 0 && (namesColumns(words) || !namesColumns(head))) head = words;
    else if (rows.length === 0) continue;
    else throw new LabError("TL-7103", `line ${k + 1} reads "${line.trim().slice(0, 60)}"`);
  }
  if (rows.length === 0) throw new LabError("TL-7103", "no two columns of numbers");
  refuseOtherAxis(head);
  return { head, rows };
}

function namesColumns(words: readonly string[]): boolean {
  return axisOf(words) !== undefined || isOtherAxis(words);
}

/**
 * .xy, .xye, .csv, .dat, .chi: abscissa and intensity; a head may name the axis (Q_per_nm, d_angstrom, pyFAI's and FIT2D's names), 2theta otherwise.
 */
export function readColumns(text: string): DiffractionPattern {
  const { head, rows } = parseColumns(text);
  const axis = axisOf(head);
  const unit = head.some((word) => /cps|per_s|\/s/.test(word))
    ? "countsPerSecond"
    : head.some((word) => /count/.test(word))
      ? "counts"
      : "arbitrary";
  const scale = axis?.scale ?? 1;
  return {
    axis: axis?.axis ?? "twoTheta_deg",
    x: Float64Array.from(rows, ([x]) => x! * scale),
    intensity: Float64Array.from(rows, ([, y]) => y!),
    unit,
    ...(axis === undefined || axis.axis === "twoTheta_deg" ? { radiation: radiationIn(text) } : {}),
  };
}

/** pyFAI's head in JSON says the wavelength in m. */
function radiationIn(text: string): SpectralLine[] | undefined {
  const found = /^#\s*"wavelength":\s*([\d.eE+-]+)/m.exec(text);
  const wavelength_A = 1e10 * Number(found?.[1]);
  return wavelength_A > 0 ? doublet(wavelength_A, wavelength_A, 0) : undefined;
}

const NUMBER_WITH_COMMA = /^[-+]?\d+(,\d+)?(e[-+]?\d+)?$/i;

/** True where every line of numbers is of two or more between blanks, semicolons or tabs, without a point, and some have a comma inside. */
function hasDecimalCommas(lines: readonly string[]): boolean {
  const numbers = lines
    .filter((line) => !COMMENT.test(line))
    .map((line) => line.trim().split(/\s*[;\t]\s*|\s+/))
    .filter(([first = ""]) => /^[-+]?[\d.,]+(e[-+]?\d+)?$/i.test(first));
  const isComma = (words: readonly string[]): boolean =>
    words.length >= 2 && words.every((word) => word === "" || NUMBER_WITH_COMMA.test(word));
  return (
    numbers.some((words) => words.some((word) => /\d,\d/.test(word))) && numbers.every(isComma)
  );
}

function wordsOfDecimalCommas(line: string): string[] {
  return wordsOfDecimalPoints(line.replace(/(\d),(?=\d)/g, "$1."));
}

function wordsOfDecimalPoints(line: string): string[] {
  return line
    .trim()
    .split(/\s*[,;\t]\s*|\s+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}
