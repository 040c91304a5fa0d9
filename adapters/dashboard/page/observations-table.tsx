import { useMemo, useState } from "preact/hooks";
import type { ObservationView } from "../../../src/views/campaign-view.ts";
import {
  describeObservations,
  describeParameters,
} from "../../../src/views/observation-summary.ts";
import { clockTime } from "./words.ts";

const ROWS_SHOWN = 50;

/** What was measured, newest first, with a filter: the map for those who read. */
export function ObservationsTable(props: {
  readonly observations: readonly ObservationView[];
  readonly mark: (candidateId: string | undefined) => void;
}) {
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(ROWS_SHOWN);
  const { observations } = props;
  // Thousands of texts: made when a result comes, not when the mouse moves.
  const all = useMemo(
    () =>
      observations
        .map((observation, k) => ({
          observation,
          n: k + 1,
          at: describeParameters(observation.actual ?? observation.parameters),
          result: describeObservations(observation.results),
        }))
        .reverse(),
    [observations],
  );
  const word = search.trim().toLowerCase();
  const rows =
    word === ""
      ? all
      : all.filter(({ at, result }) => `${at} ${result}`.toLowerCase().includes(word));
  return (
    <>
      <label class="search">
        Find{" "}
        <input
          type="search"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">n</th>
              <th scope="col">Point</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, limit).map(({ observation, n, at, result }) => (
              <tr
                key={observation.position}
                onMouseEnter={() => props.mark(observation.candidateId)}
                onMouseLeave={() => props.mark(undefined)}
              >
                <td class="number">{n}</td>
                <td class="parameters">
                  {at}
                  <div class="quiet">
                    {clockTime(observation.time_ms)} {observation.instrumentId}
                  </div>
                </td>
                <td>{result}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > limit ? (
        <button type="button" onClick={() => setLimit(limit + 10 * ROWS_SHOWN)}>
          Show more of {rows.length}
        </button>
      ) : null}
    </>
  );
}
