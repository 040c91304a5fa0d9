import { isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { z } from "zod";

/** One thing wrong with a file of YAML. */
export interface ConfigurationProblem {
  readonly file: string;
  readonly line: number;
  /** Where in the document, e.g. `campaigns[0].budget`. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly text: string;
}

/** `file:line: path: what is wrong`, one line a problem. */
export function formatProblem(problem: ConfigurationProblem): string {
  const where = problem.path === "" ? "" : ` ${problem.path}:`;
  return `${problem.file}:${problem.line}:${where} ${problem.text}`;
}

/** What a value should be, in a user's words. */
const EXPECTED: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a block of keys",
  record: "a block of keys",
};
const EXCERPT_characters = 40;

function excerpt(input: unknown): string {
  const text = JSON.stringify(input) ?? String(input);
  return text.length > EXCERPT_characters ? `${text.slice(0, EXCERPT_characters)} …` : text;
}

/** An issue of a schema, in a user's words; one that names several keys, one by one. */
export function describeIssue(
  issue: z.core.$ZodIssue,
): { path: readonly PropertyKey[]; what: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      what: `the key "${key}" is not known here; remove it or correct its spelling`,
    }));
  }
  if (issue.code === "invalid_type") {
    const expected = EXPECTED[issue.expected] ?? issue.expected;
    const { input } = issue;
    if (input === undefined || input === null) {
      return [{ path: issue.path, what: `is missing; write ${expected}` }];
    }
    return [{ path: issue.path, what: `must be ${expected}, not ${excerpt(input)}` }];
  }
  if (issue.code === "invalid_union") {
    const isOwn = !issue.message.startsWith("Invalid") || !("discriminator" in issue);
    const what = isOwn ? issue.message : `${issue.discriminator} is not one of the known kinds`;
    return [{ path: issue.path, what }];
  }
  return [{ path: issue.path, what: issue.message }];
}

/** `campaigns[0].budget`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, k) =>
      typeof part === "number" ? `[${part}]` : k === 0 ? String(part) : `.${String(part)}`,
    )
    .join("");
}

/** Line of the innermost part of the path that the document has. */
export function lineOfPath(
  root: unknown,
  path: readonly PropertyKey[],
  counter: LineCounter,
): number {
  let node = root as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof part === "number") {
      node = (node.items[part] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else break;
  }
  return counter.linePos(offset).line;
}
