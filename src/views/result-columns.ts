import type { Parameters } from "../domain/candidate.ts";
import type { ObservationView } from "./campaign-view.ts";
import type { Results } from "./results.ts";

type Value = Parameters[string] | null;

/** What many results have in common, once each in the order in which it came first, and each result's place in it. */
export interface Shared<Item> {
  readonly items: readonly Item[];
  readonly of: readonly number[];
}

/** Names that differ by one whole number; or all of them. */
export type Ids =
  | { readonly before: string; readonly numbers: readonly number[]; readonly behind: string }
  | { readonly texts: readonly string[] };

type Origin = Pick<ObservationView, "instrumentId" | "simulated" | "reportedBy" | "identity">;

/**
 * Results by column: a quarter of the bytes of rows, and a fraction of their memory. `parameters` and `actual` have null where a
 * result has no such value; `actual` is absent where no result told it.
 */
export interface ResultColumns {
  readonly n: readonly number[];
  readonly position: readonly number[];
  /** Each after the one before it: the first since 1970. */
  readonly after_ms: readonly number[];
  readonly candidateId: Ids;
  readonly jobId: Ids;
  readonly parameters: Readonly<Record<string, readonly Value[]>>;
  readonly actual?: Readonly<Record<string, readonly Value[]>> | undefined;
  readonly origin: Shared<Origin>;
  readonly results: Shared<ObservationView["results"]>;
}

/** Results as columns: what goes to the page. */
export function resultColumns(results: readonly ObservationView[]): ResultColumns {
  const hasActual = results.some(({ actual }) => actual !== undefined);
  return {
    n: results.map(({ n }) => n),
    position: results.map(({ position }) => position),
    after_ms: results.map(({ time_ms }, k) => time_ms - (results[k - 1]?.time_ms ?? 0)),
    candidateId: idsOf(results.map(({ candidateId }) => candidateId)),
    jobId: idsOf(results.map(({ jobId }) => jobId)),
    parameters: valueColumns(results.map(({ parameters }) => parameters)),
    ...(hasActual ? { actual: valueColumns(results.map(({ actual = {} }) => actual)) } : {}),
    origin: shared(
      results.map(({ instrumentId, simulated, reportedBy, identity }) => ({
        ...{ instrumentId, simulated },
        ...(reportedBy !== undefined && { reportedBy }),
        ...(identity !== undefined && { identity }),
      })),
    ),
    results: shared(results.map((one) => one.results)),
  };
}

function idsOf(texts: readonly string[]): Ids {
  const [first = "", ...others] = texts;
  let [before, behind] = [first.length, first.length];
  for (const text of others) {
    while (!text.startsWith(first.slice(0, before))) before--;
    while (behind > 0 && !text.endsWith(first.slice(first.length - behind))) behind--;
  }
  // Digits that all have in common belong to the numbers.
  const start = first.slice(0, before).replace(/\d+$/, "").length;
  const end = first.slice(first.length - behind).replace(/^\d+/, "").length;
  const middles = texts.map((text) => text.slice(start, text.length - end));
  return texts.length > 0 && middles.every((text) => /^(0|[1-9]\d{0,8})$/.test(text))
    ? {
        before: first.slice(0, start),
        numbers: middles.map(Number),
        behind: first.slice(first.length - end),
      }
    : { texts };
}

function idAt(ids: Ids, row: number): string {
  return "texts" in ids ? ids.texts[row]! : `${ids.before}${ids.numbers[row]}${ids.behind}`;
}

function valueColumns(rows: readonly Parameters[]): Record<string, Value[]> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

function shared<Item>(list: readonly Item[]): Shared<Item> {
  const places = new Map<string, number>();
  const items: Item[] = [];
  const of = list.map((item) => {
    const key = JSON.stringify(item);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, items.length);
    return items.push(item) - 1;
  });
  return { items, of };
}

/** Each result is made where it is looked at, from the columns; what results have in common stays one object. */
export function readResultColumns(columns: ResultColumns): Results {
  const time_ms = new Float64Array(columns.after_ms.length);
  columns.after_ms.forEach((after, k) => {
    time_ms[k] = (time_ms[k - 1] ?? 0) + after;
  });
  return windowOf({ ...columns, time_ms }, 0, columns.n.length);
}

/** With the time of each result, ms since 1970. */
type TimedColumns = ResultColumns & { readonly time_ms: Float64Array };

function windowOf(columns: TimedColumns, first: number, end: number): Results {
  const length = end - first;
  const at = (k: number): ObservationView | undefined => {
    const row = k < 0 ? k + length : k;
    return row < 0 || row >= length ? undefined : resultAt(columns, first + row);
  };
  return {
    length,
    at,
    slice: (from, to = length) => {
      const start = Math.min(first + from, end);
      return windowOf(columns, start, Math.max(start, Math.min(first + to, end)));
    },
    saidAtFirst: () => {
      const { items, of } = columns.results;
      if (first === 0 && end === of.length) return items;
      return Array.from(new Set(of.slice(first, end)), (place) => items[place]!);
    },
    *[Symbol.iterator]() {
      for (let row = first; row < end; row++) yield resultAt(columns, row);
    },
  };
}

function resultAt(columns: TimedColumns, row: number): ObservationView {
  const { actual, origin, results } = columns;
  return {
    n: columns.n[row]!,
    position: columns.position[row]!,
    time_ms: columns.time_ms[row]!,
    candidateId: idAt(columns.candidateId, row),
    jobId: idAt(columns.jobId, row),
    parameters: valuesAt(columns.parameters, row),
    actual: actual && valuesAt(actual, row),
    results: results.items[results.of[row]!]!,
    ...origin.items[origin.of[row]!]!,
  };
}

function valuesAt(columns: Readonly<Record<string, readonly Value[]>>, row: number): Parameters {
  const values: Record<string, Parameters[string]> = {};
  for (const name in columns) {
    const value = columns[name]![row];
    if (value !== null && value !== undefined) values[name] = value;
  }
  return values;
}

/** Results in columns and those that came since. */
export function joinedResults(columns: ResultColumns, since: readonly ObservationView[]): Results {
  return joined(readResultColumns(columns), since);
}

function joined(head: Results, tail: readonly ObservationView[]): Results {
  if (tail.length === 0) return head;
  const length = head.length + tail.length;
  return {
    length,
    at: (k) => {
      const row = k < 0 ? k + length : k;
      return row < head.length ? head.at(row) : tail[row - head.length];
    },
    slice: (from, to = length) =>
      joined(
        head.slice(from, Math.min(to, head.length)),
        tail.slice(Math.max(0, from - head.length), Math.max(0, to - head.length)),
      ),
    saidAtFirst: () => [...(head.saidAtFirst?.() ?? []), ...tail.map(({ results }) => results)],
    *[Symbol.iterator]() {
      yield* head;
      yield* tail;
    },
  };
}
