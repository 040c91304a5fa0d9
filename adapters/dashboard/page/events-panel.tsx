import { useEffect, useState } from "preact/hooks";
import type { EventLine } from "../../../src/views/event-stream-view.ts";
import { getJson } from "./requests.ts";
import { Scroll } from "./scroll.tsx";
import { useStore } from "./store.ts";
import { clockTime } from "./words.ts";

/** Everything that was logged, newest first; a search also looks at what the page no longer holds. */
export function EventsPanel() {
  const lines = useStore((state) => state.lines);
  const overview = useStore((state) => state.overview);
  const [search, setSearch] = useState("");
  const [found, setFound] = useState<readonly EventLine[]>([]);
  useEffect(() => {
    if (search.trim() === "") return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      getJson<EventLine[]>(`/api/events?search=${encodeURIComponent(search)}`, stop.signal)
        .then(setFound)
        .catch(() => {}); // the list then stays as it was
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [search, lines.at(-1)?.position]);
  const shown = search.trim() === "" ? [...lines].reverse() : found;
  return (
    <section class="card">
      <h1>Events: {overview?.counters.events ?? 0}</h1>
      <label class="search">
        Find{" "}
        <input
          type="search"
          placeholder="job, instrument, word …"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <Scroll label="Events">
        <table class="events">
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Time</th>
              <th scope="col">What</th>
              <th scope="col">About</th>
              <th scope="col">Details</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.position}>
                <td class="number">{line.position}</td>
                <td>{clockTime(line.time_ms)}</td>
                <td>{line.type}</td>
                <td class="parameters">{line.subject}</td>
                <td>{line.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
