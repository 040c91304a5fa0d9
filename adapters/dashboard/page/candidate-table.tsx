import { useState } from "preact/hooks";
import type { PromisingCandidate } from "../../../src/domain/planner-view.ts";
import { toCsv } from "../../../src/views/export-text.ts";
import { formatNumber, formatWithError } from "../../../src/views/observation-summary.ts";
import { axisHead, type QuantityUnits, quantityHead } from "../../../src/views/result-units.ts";
import { downloadText } from "./download.ts";
import { Scroll } from "./scroll.tsx";
import { percent } from "./words.ts";

const ROWS_SHOWN = 15;

interface Column {
  readonly name: string;
  /** What is written above it, with its unit. */
  readonly head: string;
  readonly value: (row: PromisingCandidate) => number | string;
  readonly show: (row: PromisingCandidate) => string;
}

/** The most promising candidates with every prediction, in the order of any column. */
export function CandidateTable(props: {
  readonly rows: readonly PromisingCandidate[];
  readonly units: QuantityUnits;
}) {
  const { rows, units } = props;
  const columns = columnsOf(rows, units);
  const [order, setOrder] = useState({ name: "score", falls: true });
  const [limit, setLimit] = useState(ROWS_SHOWN);
  if (rows.length === 0) return null;
  const by = columns.find((column) => column.name === order.name) ?? columns[0];
  const sorted = [...rows].sort((a, b) => {
    const [x, y] = [by?.value(a) ?? 0, by?.value(b) ?? 0];
    const rising = typeof x === "number" && typeof y === "number" ? x - y : compare(x, y);
    return order.falls ? -rising : rising;
  });
  const sortBy = (name: string): void =>
    setOrder({ name, falls: order.name === name ? !order.falls : name === "score" });
  return (
    <section class="card" aria-labelledby="candidates">
      <h2 id="candidates">Candidates</h2>
      <p class="quiet">
        The {rows.length} most promising; score is what measuring it is expected to gain.
      </p>
      <Scroll label="Promising candidates">
        <table class="candidates">
          <thead>
            <tr>
              {columns.map(({ name, head }) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={
                    order.name === name ? (order.falls ? "descending" : "ascending") : "none"
                  }
                >
                  <button type="button" class="sort" onClick={() => sortBy(name)}>
                    {head} {order.name === name ? (order.falls ? "▾" : "▴") : "↕"}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, limit).map((row) => (
              <tr key={row.candidateId}>
                {columns.map((column) => (
                  <td key={column.name} class={isNumber(column.value(row)) ? "number" : ""}>
                    {column.show(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <div class="downloads">
        {rows.length > limit ? (
          <button type="button" onClick={() => setLimit(rows.length)}>
            Show all {rows.length}
          </button>
        ) : null}
        <button
          type="button"
          onClick={() => downloadText("candidates.csv", "text/csv", candidatesCsv(sorted))}
        >
          CSV
        </button>
      </div>
    </section>
  );
}

function columnsOf(rows: readonly PromisingCandidate[], units: QuantityUnits): Column[] {
  const first = rows[0];
  // Of several objectives the gain is in hypervolume, which has no unit that anybody reads.
  const names = Object.keys(first?.predictions ?? {});
  const objective = names.length === 1 ? names[0] : undefined;
  const someInfeasible = rows.some((row) => row.feasibility < 0.999);
  return [
    ...Object.keys(first?.parameters ?? {}).map(
      (name): Column => ({
        name,
        head: axisHead(name),
        value: (row) => row.parameters[name] ?? "",
        show: (row) => shown(row.parameters[name] ?? ""),
      }),
    ),
    {
      name: "score",
      head: quantityHead(
        "score",
        objective === undefined ? {} : { score: units[objective] ?? "1" },
      ),
      value: (row) => row.expectedGain,
      show: (row) => formatNumber(row.expectedGain),
    },
    ...names.map(
      (name): Column => ({
        name: `${name} predicted`,
        head: quantityHead(`${name} predicted`, { [`${name} predicted`]: units[name] ?? "1" }),
        value: (row) => row.predictions[name]?.value ?? Number.NaN,
        show: (row) => {
          const { value, sd } = row.predictions[name] ?? { value: Number.NaN, sd: 0 };
          return formatWithError(value, sd);
        },
      }),
    ),
    ...(someInfeasible
      ? [
          {
            name: "feasible",
            head: "feasible",
            value: (row: PromisingCandidate) => row.feasibility,
            show: (row: PromisingCandidate) => percent(row.feasibility),
          },
        ]
      : []),
    {
      name: "measured",
      head: "measured",
      value: (row) => (row.isMeasured ? "yes" : ""),
      show: (row) => (row.isMeasured ? "yes" : ""),
    },
  ];
}

function candidatesCsv(rows: readonly PromisingCandidate[]): string {
  return toCsv(
    rows.map(({ candidateId, parameters, expectedGain, feasibility, isMeasured, predictions }) => ({
      candidateId,
      ...parameters,
      score: expectedGain,
      feasibility,
      isMeasured,
      ...Object.fromEntries(
        Object.entries(predictions).flatMap(([name, { value, sd }]) => [
          [name, value],
          [`${name}_sd`, sd],
        ]),
      ),
    })),
  );
}

function shown(value: number | string): string {
  return typeof value === "number" ? formatNumber(value) : value;
}

function isNumber(value: number | string): boolean {
  return typeof value === "number";
}

function compare(x: number | string, y: number | string): number {
  return String(x).localeCompare(String(y));
}
