import type { z } from "zod";

/** What generated classes write (finding `generated-classes-write-null`). */
const ABOUT_NULL =
  "leave out what is not there; pydantic, msgspec and orjson write null for NaN, too";

/** What an issue of a schema says; of a union, what each of its members says. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") {
    const kinds = issue.errors.flat().map((inner) => issueText(inner));
    return [...new Set(kinds)].join(" or ") || issue.message;
  }
  return /received null$/.test(issue.message) ? `${issue.message}; ${ABOUT_NULL}` : issue.message;
}
