import type { Todo } from "../../domain/people.ts";
import type { TodoView } from "../../views/todo-view.ts";

/** The list as lines: what is due first the first. */
export function describeTodos({ isStopped, todos }: TodoView, now_ms: number): string {
  const stop = isStopped ? "EMERGENCY STOP: leave the instruments alone.\n" : "";
  if (todos.length === 0) return `${stop}Nothing is asked of people.\n`;
  const lines = todos.flatMap((todo) => [
    `${todo.jobId}  ${todo.capability}  ${dueText(todo, now_ms)}`,
    `  sample ${todo.sampleId}${todo.place === undefined ? "" : `, ${todo.place}`}`,
    ...(todo.instructions === undefined ? [] : [`  ${todo.instructions}`]),
    ...settingLines(todo),
    ...askLines(todo),
    ...todo.comments.map(({ by, text }) => `  ${by}: ${text}`),
  ]);
  return `${stop}${lines.join("\n")}\n`;
}

/** `due in 3 h`, `overdue by 2 days`. */
function dueText({ due_ms }: Todo, now_ms: number): string {
  const left_ms = due_ms - now_ms;
  return left_ms >= 0 ? `due in ${duration(left_ms)}` : `OVERDUE by ${duration(-left_ms)}`;
}

function duration(time_ms: number): string {
  const minutes = Math.round(time_ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

function settingLines({ parameters, units }: Todo): string[] {
  const set = Object.entries(parameters).map(
    ([name, value]) => `${name} = ${value}${name in units ? ` ${units[name]}` : ""}`,
  );
  return set.length === 0 ? [] : [`  with ${set.join(", ")}`];
}

function askLines({ asks = [] }: Todo): string[] {
  const words = asks.map((ask) => {
    if ("kind" in ask) return ask.kind === "phases" ? "the phases" : "the curve";
    const { name, unit, min, max } = ask;
    const range = min === undefined && max === undefined ? "" : `, ${min ?? ""}..${max ?? ""}`;
    return `${name} (${unit}${range})`;
  });
  return words.length === 0 ? [] : [`  report ${words.join(", ")}`];
}
