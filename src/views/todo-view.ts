import type { Comment, Todo } from "../domain/people.ts";
import type { LabFold } from "./lab-fold.ts";

/** The view `dashboard/todo`: what is asked of the people at the bench, what is due first the first. */
export interface TodoView {
  /** An emergency stop is on: nobody goes to an instrument. */
  readonly isStopped: boolean;
  readonly todos: readonly (Todo & { readonly comments: readonly Comment[] })[];
}

export function todoView(fold: LabFold): TodoView {
  const todos = fold.options.state.todos?.() ?? [];
  return {
    isStopped: fold.emergencyStop.active,
    todos: todos.map((todo) => {
      const comments = fold.campaigns.look(todo.campaignId)?.comments ?? [];
      return { ...todo, comments: comments.filter(({ sampleId }) => sampleId === todo.sampleId) };
    }),
  };
}
