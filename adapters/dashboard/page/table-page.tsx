import { useEffect, useState } from "preact/hooks";
import { describeParameters } from "../../../src/views/observation-summary.ts";
import type { TableAnswer, TableWish } from "../table-page/table-ports.ts";
import { downloadText } from "./download.ts";
import { getJson, postJson } from "./requests.ts";
import { Scroll } from "./scroll.tsx";

interface Table {
  readonly name: string;
  readonly csv: string;
}

const OPENING: Wish = { goal: "phase-diagram", batch: 3 };

/** A page without a daemon: a table goes in; the map, the next points and a picture come out. Nothing leaves this machine. */
export function TablePage() {
  const [table, setTable] = useState<Table>();
  const [wish, setWish] = useState(OPENING);
  const [answer, setAnswer] = useState<TableAnswer>();
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    getJson<Table | null>("/table")
      .then((first) => first !== null && setTable(first))
      .catch(() => {}); // without a first table the page waits for one
  }, []);
  useEffect(() => {
    if (table === undefined) return;
    if (wish.goal === "optimise" && (wish.objectives ?? "") === "") return;
    let isOld = false;
    setBusy(true);
    postJson<TableAnswer>("/suggest", { ...wish, ...table })
      .then((found) => {
        if (isOld) return;
        setAnswer(found);
        setProblem("");
      })
      .catch((error: unknown) => {
        if (isOld) return;
        setAnswer(undefined);
        setProblem(error instanceof Error ? error.message : String(error));
      })
      .finally(() => !isOld && setBusy(false));
    return () => {
      isOld = true;
    };
  }, [table, wish]);
  const take = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) setTable({ name: file.name, csv: await file.text() });
  };
  return (
    <>
      <header>
        <span class="brand">Tieline</span>
        <span class="connection live">without a daemon</span>
      </header>
      <main id="main">
        <section
          class="card drop"
          aria-label="The table"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            void take(event.dataTransfer?.files[0]);
          }}
        >
          <h1>{table === undefined ? "Drop a table here" : table.name}</h1>
          <p>
            A CSV with a row for each point that could be measured: its axes, and the result where
            there is one. It stays on this machine.
          </p>
          <label>
            {table === undefined ? "Or choose a file" : "Another file"}{" "}
            <input
              type="file"
              accept=".csv,.tsv,.txt"
              onChange={(event) => void take(event.currentTarget.files?.[0])}
            />
          </label>
          <Wishes wish={wish} set={setWish} />
        </section>
        <p class="problem" role="alert">
          {problem}
        </p>
        <p class="quiet" role="status">
          {isBusy ? "Thinking …" : ""}
        </p>
        {answer === undefined ? null : (
          <Answer answer={answer} name={(table?.name ?? "table").replace(/\.\w+$/, "")} />
        )}
      </main>
    </>
  );
}

type Wish = Omit<TableWish, "name" | "csv">;

/** What is being typed is the field's own: an answer that arrives meanwhile draws the page anew and must not put the old value back. */
function Wishes(props: {
  readonly wish: Wish;
  readonly set: (change: (now: Wish) => Wish) => void;
}) {
  const { wish } = props;
  const set = (change: Partial<Wish>): void => props.set((now) => ({ ...now, ...change }));
  const text = (name: "objectives" | "label" | "axes", label: string) => (
    <label>
      {label}{" "}
      <input
        name={name}
        defaultValue={wish[name] ?? ""}
        onChange={(event) => set({ [name]: event.currentTarget.value || undefined })}
      />
    </label>
  );
  return (
    <div class="toolbar">
      <label>
        What for{" "}
        <select
          value={wish.goal}
          onChange={(event) => set({ goal: event.currentTarget.value as TableWish["goal"] })}
        >
          <option value="phase-diagram">a map of phases</option>
          <option value="optimise">the best value</option>
        </select>
      </label>
      {wish.goal === "optimise"
        ? text("objectives", "Columns to improve, e.g. yield:max")
        : text("label", "Column of the label (else the last)")}
      {text("axes", "Axes (else all others)")}
      <label>
        Points{" "}
        <input
          type="number"
          min="1"
          max="100"
          defaultValue={String(OPENING.batch)}
          onChange={(event) =>
            set({ batch: Math.max(1, Math.round(Number(event.currentTarget.value)) || 1) })
          }
        />
      </label>
    </div>
  );
}

function Answer({ answer, name }: { readonly answer: TableAnswer; readonly name: string }) {
  const { message, notes, points, svg, files } = answer;
  return (
    <>
      <section class="card" aria-labelledby="next">
        <h2 id="next">{points.length === 0 ? "What is known" : "Measure next"}</h2>
        <p>{message}</p>
        {notes.map((note) => (
          <p key={note} class="quiet">
            {note}
          </p>
        ))}
        {points.length === 0 ? null : (
          <Scroll label="Next points">
            <table>
              <thead>
                <tr>
                  <th scope="col">Line</th>
                  <th scope="col">Point</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {points.map(({ line, parameters, why }) => (
                  <tr key={line}>
                    <td class="number">{line}</td>
                    <td class="parameters">{describeParameters(parameters)}</td>
                    <td>{why}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
        <p class="downloads">
          {Object.entries(files).map(([file, text]) => (
            <button
              key={file}
              type="button"
              onClick={() => downloadText(`${name}-${file}`, "text/csv", text)}
            >
              {file}
            </button>
          ))}
          <button type="button" onClick={() => downloadText(`${name}.svg`, "image/svg+xml", svg)}>
            Picture (SVG)
          </button>
        </p>
      </section>
      <section class="card svg" aria-label="Picture">
        <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`} alt={message} />
      </section>
    </>
  );
}
