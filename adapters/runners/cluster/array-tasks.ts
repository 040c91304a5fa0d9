import { ARRAY_max } from "./batch-system.ts";

/** A text that names more tasks is no answer. */
const TASKS_max = 100_000;
const PART = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/;

/**
 * The tasks of an array that do not run yet, as Slurm writes them: `0-3,7,10-20:5%2` with how many may run at a time. A long list is cut
 * after 64 characters, in the middle of a number, and ends in `...`: then every later task that an array of ours can have is taken for
 * one that waits, since one that is not named there is not gone for that.
 */
export function waitingTasks(text: unknown): readonly number[] {
  if (typeof text !== "string") return [];
  const isCut = /\.\.\.(?:%.*)?$/.test(text);
  const parts = text.replace(/(?:\.\.\.)?(?:%.*)?$/, "").split(",");
  const named = (isCut ? parts.slice(0, -1) : parts).flatMap(tasksOfPart);
  return isCut ? [...named, ...range((named.at(-1) ?? -1) + 1, ARRAY_max - 1, 1)] : named;
}

function tasksOfPart(part: string): readonly number[] {
  const [, first, last, step] = PART.exec(part) ?? [];
  return first === undefined
    ? []
    : range(Number(first), Number(last ?? first), Number(step ?? 1) || 1);
}

function range(first: number, last: number, step: number): readonly number[] {
  const length = Math.min(TASKS_max, Math.max(0, Math.floor((last - first) / step) + 1));
  return Array.from({ length }, (_, k) => first + step * k);
}
