import { useState } from "preact/hooks";
import type { TodoView } from "../../../src/views/todo-view.ts";
import { OperatorDialog, type Question } from "./operator-dialog.tsx";
import { Photos } from "./photos.tsx";
import { useStore } from "./store.ts";
import { commentQuestion, doneQuestion, failedQuestion } from "./todo-questions.ts";
import { clockTime } from "./words.ts";

/** What is asked of the people at the bench, what is due first the first. */
export function TodoPanel() {
  const view = useStore((state) => state.todo);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const todos = view?.todos ?? [];
  return (
    <div class="laboratory">
      <h1>Bench</h1>
      {view?.isStopped === true ? (
        <p class="problem">Emergency stop: leave the instruments alone.</p>
      ) : null}
      {todos.length === 0 ? <p class="quiet">Nothing is asked of people.</p> : null}
      <div class="instruments">
        {todos.map((todo) => (
          <TodoCard key={`${todo.jobId}/${todo.attempt}`} todo={todo} ask={setQuestion} />
        ))}
      </div>
      {question === undefined ? null : (
        <OperatorDialog question={question} close={() => setQuestion(undefined)} />
      )}
    </div>
  );
}

function TodoCard(props: {
  readonly todo: TodoView["todos"][number];
  readonly ask: (question: Question) => void;
}) {
  const { todo, ask } = props;
  const { jobId, capability, sampleId, place, instructions, parameters, units, comments } = todo;
  const set = Object.entries(parameters).map(
    ([name, value]) => `${name} = ${value}${name in units ? ` ${units[name]}` : ""}`,
  );
  return (
    <section class="card" aria-label={`${capability} of ${jobId}`}>
      <div class="title-row">
        <h2>{capability}</h2>
        <span class={`state ${todo.isOverdue ? "bad" : "busy"}`}>
          {todo.isOverdue ? "overdue since" : "due"} {dayAndTime(todo.due_ms)}
        </span>
      </div>
      <p>
        <span class="parameters">{sampleId}</span>
        {place === undefined ? "" : `, ${place}`}
      </p>
      {instructions === undefined ? null : <p>{instructions}</p>}
      {set.length === 0 ? null : <p class="parameters">{set.join(", ")}</p>}
      {comments.map(({ position, by, text, time_ms, photos }) => (
        <div key={position} class="quiet">
          <p>
            {by}, {clockTime(time_ms)}: {text}
          </p>
          <Photos photos={photos} of={`Photograph by ${by} of ${sampleId}`} />
        </div>
      ))}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => ask(doneQuestion(todo))}>
          Done …
        </button>
        <button type="button" onClick={() => ask(failedQuestion(todo))}>
          Failed …
        </button>
        <button type="button" onClick={() => ask(commentQuestion(todo))}>
          Comment …
        </button>
      </div>
    </section>
  );
}

/** A person's deadline may be days away. */
function dayAndTime(time_ms: number): string {
  return new Date(time_ms).toLocaleString([], {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  });
}
