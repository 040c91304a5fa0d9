import { useMemo, useState } from "preact/hooks";
import type { ObservationView } from "../../../src/views/campaign-view.ts";
import {
  describeObservations,
  describeParameters,
  placeOfObservation,
} from "../../../src/views/observation-summary.ts";
import type { Results } from "../../../src/views/results.ts";
import { Scroll } from "./scroll.tsx";
import { clockTime } from "./words.ts";

const ROWS_SHOWN = 50;

/** What was measured, newest first, with a filter: the map for those who read. */
export function ObservationsTable(props: {
  readonly observations: Results;
  /** The same with the ids of phases: both are found. */
  readonly plain: Results;
  readonly mark: (candidateId: string | undefined) => void;
  readonly open: (observation: ObservationView) => void;
}) {
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(ROWS_SHOWN);
  const { observations } = props;
  const word = search.trim().toLowerCase();
  const { rows, total } = useMemo(
    () =>
      word === "" ? newest(observations, limit) : matching(observations, props.plain, word, limit),
    [observations, props.plain, word, limit],
  );
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
      <Scroll label="Results">
        <table>
          <thead>
            <tr>
              <th scope="col">n</th>
              <th scope="col">Point</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ observation, at, result }) => (
              <tr
                key={observation.position}
                onMouseEnter={() => props.mark(observation.candidateId)}
                onMouseLeave={() => props.mark(undefined)}
              >
                <td class="number">
                  <button
                    type="button"
                    class="link"
                    aria-label={`Open result ${observation.n}`}
                    onClick={() => props.open(observation)}
                  >
                    {observation.n}
                  </button>
                </td>
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
      </Scroll>
      {total > limit ? (
        <button type="button" onClick={() => setLimit(limit + 10 * ROWS_SHOWN)}>
          Show more of {total}
        </button>
      ) : null}
    </>
  );
}

interface Row {
  readonly observation: ObservationView;
  readonly at: string;
  readonly result: string;
}

/** Only what is shown is written: a campaign may have thousands of results. */
function newest(observations: Results, limit: number) {
  const first = Math.max(0, observations.length - limit);
  const rows = Array.from(observations.slice(first), rowOf);
  return { rows: rows.reverse(), total: observations.length };
}

function matching(observations: Results, plain: Results, word: string, limit: number) {
  const found = Array.from(observations, rowOf)
    .filter(({ observation, at, result }, k) =>
      `${at} ${result} ${describeObservations(plain.at(k)?.results ?? [])} result ${observation.n},`
        .toLowerCase()
        .includes(word),
    )
    .reverse();
  return { rows: found.slice(0, limit), total: found.length };
}

function rowOf(observation: ObservationView): Row {
  return {
    observation,
    at: describeParameters(placeOfObservation(observation)),
    result: describeObservations(observation.results),
  };
}
