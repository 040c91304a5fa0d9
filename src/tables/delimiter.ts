/** What spreadsheets write, and read, in front of a table to name its separator. */
export const SEPARATOR_LINE = /^\uFEFF?"?sep=(.)"?(?:\r\n|\n|\r)/i;

const TRIALS = [",", ";", "\t"] as const;
/** So many records tell which separator every line has equally often, within so many characters. */
const RECORDS_max = 20;
const CHARACTERS_max = 65_536;
const NUMBER = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?$/;

/**
 * What separates the values: named by a first line `sep=;`; else the one of comma, semicolon and tab that every line has as
 * often as the header (a header `depth, m;pH` has both), the most of them, of two the one that leaves more numbers, a comma
 * last; else the one that the header has most of.
 */
export function delimiterOf(text: string): string {
  const separator = SEPARATOR_LINE.exec(text);
  if (separator?.[1] !== undefined) return separator[1];
  const records = firstRecords(text);
  const [header = ""] = records;
  const counts = TRIALS.map((trial) => cells(header, trial).length);
  const steady = TRIALS.filter(
    (trial, k) =>
      counts[k]! > 1 && records.every((record) => cells(record, trial).length === counts[k]),
  );
  const [first, ...others] = steady;
  if (first === undefined) {
    const firstLine = text.slice(0, text.search(/[\r\n]|$/));
    return TRIALS.reduce((best, trial) =>
      firstLine.split(trial).length > firstLine.split(best).length ? trial : best,
    );
  }
  const worth = (trial: string): number =>
    cells(header, trial).length + numbersIn(records, trial) / (1 + CHARACTERS_max);
  return others.reduce((best, trial) => (worth(trial) >= worth(best) ? trial : best), first);
}

/** The first lines that are not blank; a line end within quotes is none. */
function firstRecords(text: string): string[] {
  const records: string[] = [];
  const end = Math.min(text.length, CHARACTERS_max);
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  let isQuoted = false;
  for (let i = start; i <= end && records.length < RECORDS_max; i++) {
    const c = text[i];
    if (c === '"') isQuoted = !isQuoted;
    const isEnd = i === text.length || c === "\n" || c === "\r";
    if (!isEnd || (isQuoted && i < text.length)) continue;
    const record = text.slice(start, i);
    if (record.trim() !== "") records.push(record);
    start = i + 1;
  }
  return records;
}

/** A record's parts between separators outside of quotes. */
function cells(record: string, separator: string): string[] {
  if (!record.includes('"')) return record.split(separator);
  const parts = [""];
  let isQuoted = false;
  for (const c of record) {
    if (c === '"') isQuoted = !isQuoted;
    if (c === separator && !isQuoted) parts.push("");
    else parts[parts.length - 1] += c;
  }
  return parts;
}

function numbersIn(records: readonly string[], separator: string): number {
  return records
    .slice(1)
    .flatMap((record) => cells(record, separator))
    .filter((cell) => NUMBER.test(cell.trim().replace(/^"|"$/g, ""))).length;
}
