import type { z } from "zod";

/** What an issue of a schema says; of a union, what each of its members says. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") {
    const kinds = issue.errors.flat().map((inner) => inner.message);
    return [...new Set(kinds)].join(" or ") || issue.message;
  }
  return issue.message;
}
