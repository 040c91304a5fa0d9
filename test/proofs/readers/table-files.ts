import { createPrng } from "../../../src/core/prng.ts";
import { Drawer, type GeneratedFile, LINE_ENDS } from "./spellings.ts";

const NAMES = [
  "x",
  "T / K",
  "Zeit, min",
  "größe",
  "a:b",
  'in "x"',
  " padded ",
  "2theta",
  "μ_B",
  "e",
];
const WORDS = [
  "argon",
  "vacuum",
  "N2",
  "air flow",
  "O'Brien",
  "ré",
  "5% H2",
  "a;b",
  "a,b",
  'the "best"',
  "two\nlines",
];
/** Words that look like numbers to some readers. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  hexadecimal: ["0x1A", "0xFF", "0x10"],
  binary: ["0b11", "0b10", "0o17"],
  underscores: ["1_000", "2_500", "3_100"],
  "several-points": ["1.2.3", "12-3", "2026-12-01"],
  letters: ["1e", "e5", "1f", "2d", "Infinity", "-inf"],
  thousands: ["1 000", "2 500", "12 000"],
  truth: ["TRUE", "FALSE", "True", "no"],
  "long-integers": ["9007199254740993", "12345678901234567890"],
  "true-minus": ["\u22125.3", "\u22121.5", "2.5"],
  units: ["350 K", "360 K", "12.5 K"],
  percent: ["12 %", "15 %", "20 %"],
  extremes: ["1e400", "1e-400", "-0", "1e308", "4.9e-324"],
};
const MARKS = ["", "NA", "N/A", "None", "null", "nan", "-", "?", "n.d."];

/** A table of numbers and words as spreadsheets and programs write it. */
export function tableFile(seed: number): GeneratedFile {
  const draw = new Drawer(createPrng(`readers/table/${seed}`));
  const eol = draw.spell({ ...LINE_ENDS, "old-mac-line-ends": "\r" });
  const separator = draw.spell({ usual: ",", semicolons: ";", tabs: "\t" });
  const decimal = separator !== "," && draw.has("decimal-commas", 0.4) ? "," : ".";
  const names = draw.shuffle(NAMES).slice(0, 2 + draw.prng.integer(4));
  const rows = 3 + draw.prng.integer(12);
  const columns = names.map(() => columnOf(draw, rows, decimal));
  const quoteAll = draw.has("quotes-everywhere", 0.15);
  const quote = (cell: string): string =>
    quoteAll || cell.includes(separator) || /["\r\n]/.test(cell)
      ? `"${cell.replaceAll('"', '""')}"`
      : cell;
  const pad = draw.has("blanks-around-cells", 0.15);
  const space = draw.has("no-break-spaces", 0.05) ? "\u00a0" : " ";
  const trailing = draw.has("trailing-separators", 0.1) ? separator : "";
  const lines = [
    names.map(quote).join(separator) + trailing,
    ...Array.from({ length: rows }, (_, k) => {
      const cells = columns.map((column) => quote(column[k]!));
      const isPadded = pad && !quoteAll;
      return (
        cells
          .map((cell) => (isPadded && !cell.startsWith('"') ? `${space}${cell}${space}` : cell))
          .join(separator) + trailing
      );
    }),
  ];
  if (draw.has("blank-lines", 0.1)) lines.splice(1 + draw.prng.integer(rows), 0, "");
  if (draw.has("empty-rows", 0.05)) lines.push(separator.repeat(names.length - 1));
  const isNamed = draw.has("sep-line", 0.1);
  const body = (isNamed ? [`sep=${separator}`, ...lines] : lines).join(eol);
  const text = body + (draw.has("no-last-line-end", 0.2) ? "" : eol);
  const encoding = draw.spell({ usual: "utf-8", bom: "utf-8-sig", "utf-16": "utf-16" });
  return {
    name: `${seed}.csv`,
    content: encoded(text, encoding),
    peer: { format: "table", separator, decimal, encoding, skip: isNamed ? 1 : 0 },
    marks: draw.marks,
  };
}

function encoded(text: string, encoding: string): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "utf-8-sig") return Buffer.from(`\uFEFF${text}`);
  return Buffer.from(`\uFEFF${text}`, "utf16le");
}

function columnOf(draw: Drawer, rows: number, decimal: string): string[] {
  const kind = draw.spell({ usual: "number", words: "words", codes: "codes", integers: "integer" });
  const style = draw.pick(["plain", "exponent", "signed", "bare-point", "long", "leading-zeros"]);
  if (kind === "number") draw.marks.push(style);
  const code = draw.pick(Object.keys(CODES));
  if (kind === "codes") draw.marks.push(code);
  const mark = draw.has("marks", 0.2) ? draw.pick(MARKS) : undefined;
  return Array.from({ length: rows }, () => {
    if (mark !== undefined && draw.prng.next() < 0.3) return mark;
    if (kind === "words") return draw.pick(WORDS);
    if (kind === "codes") return draw.pick(CODES[code]!);
    if (kind === "integer") return String(draw.prng.integer(2000) - 1000);
    return numberText(draw, style).replace(".", decimal);
  });
}

function numberText(draw: Drawer, style: string): string {
  const value = 100 * draw.prng.normal();
  if (style === "exponent") return value.toExponential(4).replace("e", draw.pick(["e", "E"]));
  if (style === "signed") return value < 0 ? value.toFixed(3) : `+${value.toFixed(3)}`;
  if (style === "bare-point")
    return draw.pick([`.${Math.abs(Math.round(value))}`, `${Math.round(value)}.`]);
  if (style === "long") return String(value);
  if (style === "leading-zeros") return `00${Math.abs(value).toFixed(2)}`;
  return value.toFixed(4);
}
